"""The descent: the published step sizes, the mask, the limits, and what stops it."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from reconstruct.descent import DescentState, descend, momentum_step, step_size
from reconstruct.objective import GradientResult
from reconstruct.settings import DescentSettings
from tests.tiny import GOLDEN, needs_golden

PAPER = DescentSettings(
    num_iterations=1000,
    learning_rate=1000.0,
    warmup_iterations=10,
    momentum=0.9,
    window_stride_frames=8,
    track_every_iterations=10,
)
ONES = torch.ones(2, 3)


def start(value: float = 127.5, shape=(4, 2, 3)) -> DescentState:
    return DescentState(torch.full(shape, value), torch.zeros(shape))


def constant(value: float):
    """A gradient that is the same everywhere and always, and the movies it was asked for."""
    seen = []

    def gradient_of(movie_THW):
        seen.append(movie_THW.clone())
        return GradientResult(torch.full_like(movie_THW, value), 1.0, 1.0)

    return gradient_of, seen


def run(gradient_of, num_iterations: int, mask_HW=ONES, settings=PAPER, state=None):
    state = state or start()
    ignore = lambda state, result: None  # noqa: E731
    return descend(state, gradient_of, momentum_step(settings), mask_HW, num_iterations, ignore)


@pytest.mark.parametrize(
    ("iteration", "expected"),
    [
        (1, 123.9),
        (2, 149.1),
        (5, 176.2),
        (9, 211.7),
        (10, 222.2),
        (20, 181.8),
        (50, 225.1),
        (100, 310.0),
        (200, 426.8),
        (500, 627.9),
        (999, 795.2),
    ],
)
def test_the_published_step_sizes(iteration, expected):
    assert step_size(PAPER, iteration) == pytest.approx(expected, abs=0.06)


def test_without_warmup_the_first_step_has_the_full_rate():
    settings = replace(PAPER, warmup_iterations=0)
    assert step_size(settings, 1) == pytest.approx(10 * step_size(PAPER, 1))


def test_the_first_gradient_is_discarded():
    gradient_of, _ = constant(0.1)
    state = run(gradient_of, 1)
    assert torch.equal(state.movie_THW, start().movie_THW)
    assert torch.equal(state.velocity_THW, start().velocity_THW)


def test_steps_have_momentum_and_both_corrections():
    gradient_of, _ = constant(1e-3)
    state = run(gradient_of, 4)
    velocity, movie = 0.0, 127.5
    for i in (1, 2, 3):
        velocity = 0.9 * velocity + 0.1 * 1e-3
        correction = math.sqrt(1 - 0.999 ** (i + 1)) / (1 - 0.9 ** (i + 1)) ** 2
        movie -= 1000 * i / 10 * correction * velocity
    torch.testing.assert_close(state.movie_THW, torch.full((4, 2, 3), movie))


@pytest.mark.parametrize("num_iterations", [1, 2, 7])
def test_n_iterations_are_n_gradients(num_iterations):
    gradient_of, seen = constant(1e-3)
    state = run(gradient_of, num_iterations)
    assert len(seen) == state.iteration == num_iterations


def test_a_mask_of_zero_leaves_the_movie():
    gradient_of, _ = constant(0.5)
    state = run(gradient_of, 5, mask_HW=torch.zeros(2, 3))
    assert torch.equal(state.movie_THW, start().movie_THW)


def test_only_pixels_inside_the_mask_move():
    mask_HW = torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    state = run(constant(1e-3)[0], 5, mask_HW=mask_HW)
    moved = state.movie_THW != 127.5
    assert torch.equal(moved, mask_HW.bool().expand(4, -1, -1))


@pytest.mark.parametrize(("sign", "limit"), [(1, 0.0), (-1, 255.0)])
def test_the_movie_stays_between_black_and_white(sign, limit):
    gradient_of, seen = constant(sign * 100.0)
    state = run(gradient_of, 6)
    assert torch.equal(state.movie_THW, start(limit).movie_THW)
    assert all(0 <= float(movie.min()) <= float(movie.max()) <= 255 for movie in seen)


def test_going_on_equals_going_through():
    gradient_of, _ = constant(1e-3)
    whole = run(gradient_of, 8)
    halves = run(gradient_of, 8, state=run(gradient_of, 3))
    assert torch.equal(whole.movie_THW, halves.movie_THW)
    assert torch.equal(whole.velocity_THW, halves.velocity_THW)


def test_every_iteration_is_observed_after_its_step():
    rows = []
    descend(
        start(),
        constant(1e-3)[0],
        momentum_step(PAPER),
        ONES,
        3,
        lambda state, result: rows.append((state.iteration, float(state.movie_THW[0, 0, 0]))),
    )
    assert [iteration for iteration, _ in rows] == [1, 2, 3]
    assert rows[0][1] == 127.5 > rows[1][1] > rows[2][1]


@pytest.mark.parametrize(("loss", "norm"), [(math.nan, 1.0), (math.inf, 1.0), (1.0, math.nan)])
def test_a_loss_that_is_not_finite_stops_before_the_step(loss, norm):
    def gradient_of(movie_THW):
        broken = state.iteration == 2
        values = (loss, norm) if broken else (1.0, 1.0)
        return GradientResult(torch.full_like(movie_THW, 1e-3), *values)

    state, moves = start(), []
    with pytest.raises(
        ValueError, match=rf"iteration 2: Poisson loss {loss}, gradient norm {norm}"
    ):
        descend(
            state,
            gradient_of,
            momentum_step(PAPER),
            ONES,
            9,
            lambda state, result: moves.append(state.movie_THW.clone()),
        )
    assert len(moves) == 2
    assert torch.equal(state.movie_THW, moves[-1])


def test_a_warmup_longer_than_the_descent_is_refused():
    with pytest.raises(ValueError, match="warmup_iterations 11 is above num_iterations 10"):
        replace(PAPER, num_iterations=10, warmup_iterations=11)


@needs_golden
@pytest.mark.parametrize("name", ["T40", "T48_gradient_ensemble", "T60", "T64"])
def test_the_published_movie_after_the_first_update(name):
    published = np.load(GOLDEN / f"reconstruction_{name}.npz", allow_pickle=False)
    gradients = [torch.from_numpy(published[f"masked_gradient_{i}"]) for i in (0, 1)]
    state, movies = start(shape=tuple(gradients[0].shape)), []
    descend(
        state,
        lambda movie: GradientResult(gradients[state.iteration], 1.0, 1.0),
        momentum_step(PAPER),
        torch.ones(64, 64),
        2,
        lambda state, result: movies.append(state.movie_THW.clone()),
    )
    for iteration, movie in enumerate(movies):
        expected = published[f"movie_after_iteration_{iteration}"]
        np.testing.assert_allclose(movie, expected, atol=1e-3, rtol=0)
