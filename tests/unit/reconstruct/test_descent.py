"""The loop: one evaluation an iteration, the mask, and what stops it."""

import math

import pytest
import torch

from reconstruct.descent import Fit, NotFinite, Problem, State, descend

SHAPE = (2, 4, 2, 3)
ONES = torch.ones(2, 3)


def quadratic(mask_HW=ONES, energy=None, gain: float = 1.0) -> tuple[Problem, list]:
    """Movies of `gain` times the parameters that should be 3; the movies that were asked for."""
    seen = []

    def fit(movies):
        seen.append(movies)
        return Fit(0.5 * (movies - 3).square().flatten(1).sum(1), movies - 3)

    return Problem(lambda params: gain * params, fit, mask_HW, energy), seen


def plain_step(state: State, evaluation) -> None:
    state.params = state.params - 0.1 * evaluation.gradient


def run(
    problem: Problem, num_iterations: int, state: State | None = None, observe=lambda s, e: None
):
    state = state or State(torch.zeros(SHAPE))
    stop = lambda state: state.iteration >= num_iterations  # noqa: E731
    return descend(state, problem.evaluate, plain_step, stop, observe)


@pytest.mark.parametrize("num_iterations", [0, 1, 7])
def test_n_iterations_are_n_evaluations(num_iterations):
    problem, seen = quadratic()
    assert run(problem, num_iterations).iteration == len(seen) == num_iterations


def test_a_mask_of_zero_leaves_the_parameters():
    assert not run(quadratic(torch.zeros(2, 3))[0], 5).params.any()


def test_only_pixels_inside_the_mask_move():
    mask_HW = torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    moved = run(quadratic(mask_HW)[0], 5).params != 0
    assert torch.equal(moved, mask_HW.bool().expand(SHAPE))


def test_the_gradient_goes_through_the_parameterisation():
    problem, _ = quadratic(gain=2.0)
    evaluation = problem.evaluate(torch.ones(SHAPE))
    torch.testing.assert_close(evaluation.gradient, torch.full(SHAPE, 2.0 * (2 - 3)))


def test_the_optimum_lies_between_likelihood_and_prior():
    energy = lambda params: 0.5 * 2 * params.square().flatten(1).sum(1)  # noqa: E731
    state = run(quadratic(energy=energy)[0], 200)
    torch.testing.assert_close(state.params, torch.ones(SHAPE))


def test_the_value_is_loss_plus_prior():
    energy = lambda params: params.flatten(1).sum(1)  # noqa: E731
    evaluation = quadratic(energy=energy)[0].evaluate(torch.ones(SHAPE))
    terms = {name: values.tolist() for name, values in evaluation.terms.items()}
    assert terms["loss"] == [48.0, 48.0]
    assert terms["prior"] == [24.0, 24.0]
    assert evaluation.value_B.tolist() == [72.0, 72.0]


def test_going_on_equals_going_through():
    whole = run(quadratic()[0], 8)
    halves = run(quadratic()[0], 8, run(quadratic()[0], 3))
    assert torch.equal(whole.params, halves.params)


def test_every_iteration_is_observed_after_its_step():
    rows = []
    run(
        quadratic()[0],
        3,
        observe=lambda s, e: rows.append((s.iteration, float(s.params[0, 0, 0, 0]))),
    )
    assert [iteration for iteration, _ in rows] == [1, 2, 3]
    assert 0 < rows[0][1] < rows[1][1] < rows[2][1]


@pytest.mark.parametrize("poison", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_stops_before_the_step(poison):
    problem, seen = quadratic()

    def fit(movies):
        found = problem.fit(movies)
        if len(seen) == 3:
            found.loss_B[1] = poison
        return found

    state = State(torch.zeros(SHAPE))
    with pytest.raises(NotFinite, match=rf"iteration 2: loss is {poison}") as caught:
        run(Problem(problem.movie_of, fit, ONES), 9, state)
    assert caught.value.clip == 1
    assert state.iteration == 2
    torch.testing.assert_close(state.params, torch.full(SHAPE, 3 * (1 - 0.9**2)))
