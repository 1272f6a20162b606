"""The published descent: its numbers, its steps, and a naive loop over everything."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from models.encoder import ClipSpec, Encoder, add_behavior, predict_windows, stack_inputs
from models.frozen import freeze
from models.loss import poisson_points
from models.published import pick_mice, read_published
from reconstruct.descent import Evaluation, State, descend
from reconstruct.likelihood import Chunk
from reconstruct.paper import momentum_update, paper_problem, start_movies, step_size
from reconstruct.settings import PaperSettings
from reconstruct.target import make_target
from recordings.reader import Trial
from tests.tiny import GOLDEN, golden, golden_trial, make_behavior

PAPER = PaperSettings(
    num_iterations=1000,
    learning_rate=1000.0,
    warmup_iterations=10,
    momentum=0.9,
    window_stride_frames=8,
    start="grey",
    seed=0,
    loss="poisson",
    normalise_gradient=True,
    decay_to_grey=0.0,
)
SPECS = [
    ClipSpec(32, warmup_frames=8),
    ClipSpec(16, frame_step=2, canvas_height=64, canvas_width=64, top=14),
]


class CurvedEncoder(Encoder):
    """Rates that depend on the frames before, on behaviour and, nonlinearly, on the movie."""

    def __init__(self, spec: ClipSpec, seed: int = 1):
        super().__init__()
        self.spec, self.num_neurons = spec, {"A": 3}
        generator = torch.Generator().manual_seed(seed)
        shape = (3, spec.canvas_height, spec.canvas_width)
        self.weight_NHW = torch.randn(shape, generator=generator) / 2000

    def forward(self, inputs, mouse):
        drive = torch.einsum("bthw,nhw->bnt", inputs[:, 0], self.weight_NHW)
        drive = drive + inputs[:, 1:].mean((-2, -1)).sum(1, keepdim=True) / 300
        lagged = torch.cat([drive[..., :2], drive[..., :-2]], dim=-1)
        return torch.nn.functional.softplus(drive - 0.7 * lagged)


def draw_trial(number: int, num_frames: int) -> Trial:
    generator = np.random.default_rng(number)
    video_THW = generator.uniform(0, 255, (num_frames, 36, 64)).astype(np.float32)
    responses_NT = generator.gamma(1.0, 2.0, (3, num_frames)).astype(np.float32)
    return Trial(number, video_THW, responses_NT, make_behavior(number, num_frames))


def run(encoders, trials, mask_HW, num_iterations, settings=PAPER, chunk=8) -> list[torch.Tensor]:
    """The movies after each iteration."""
    target = make_target("A", trials, trials[0].responses_NT.shape[0])
    problem = paper_problem(encoders, target, mask_HW, settings, Chunk(chunk))
    state, movies = State(start_movies(trials, encoders[0].spec, settings)), []
    descend(
        state,
        problem.evaluate,
        momentum_update(settings),
        lambda state: state.iteration >= num_iterations,
        lambda state, evaluation: movies.append(state.params.clone()),
    )
    return movies


def run_naively(encoders, trial, mask_HW, num_iterations) -> list[np.ndarray]:
    """One encoder, window and interleaved clip after the other, as the published code does it."""
    spec, length = encoders[0].spec, encoders[0].spec.window_frames
    num_frames = len(trial.video_THW)
    num_windows = 2 + (num_frames - length) // 8
    starts = [8 * k for k in range(num_windows - 1)] + [num_frames - length]
    movie = torch.full((num_frames, spec.canvas_height, spec.canvas_width), 127.5)
    behavior, responses = torch.from_numpy(trial.behavior_CT), torch.from_numpy(trial.responses_NT)
    momentum, movies = torch.zeros_like(movie), []
    for i in range(num_iterations):
        buffer = np.full((len(encoders), num_windows, *movie.shape), np.nan, np.float32)
        for n, encoder in enumerate(encoders):
            for k, start in enumerate(starts):
                cut = slice(start, start + length)
                leaf = add_behavior(movie[cut], behavior[:, cut]).clone().requires_grad_()
                rates = torch.zeros(3, length)
                for first in range(spec.frame_step):
                    clip = leaf[None, :, first :: spec.frame_step]
                    rates[:, first :: spec.frame_step] = encoder(clip, "A")[0]
                skip = spec.warmup_frames * spec.frame_step
                p, r = rates[:, skip:], responses[:, cut][:, skip:]
                (p - r * torch.log(p + 1e-8)).mean().backward()
                buffer[n, k, cut] = (leaf.grad / (leaf.grad.norm() + 1e-6))[0]
        gradient = torch.from_numpy(np.nanmean(np.nanmean(buffer, axis=1), axis=0)) * mask_HW
        if i > 0:
            t, rate = i + 1, 1000 * min(1, i / 10)
            momentum = 0.9 * momentum + 0.1 * gradient.clamp(-1, 1)
            movie = movie - rate * math.sqrt(1 - 0.999**t) / (1 - 0.9**t) ** 2 * momentum
            movie = movie.clamp(0, 255)
        movies.append(movie.numpy())
    return movies


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("num_frames", [32, 33, 40, 60, 64, 300])
def test_movies_equal_those_of_a_naive_loop(spec, num_frames):
    encoders = (CurvedEncoder(spec), CurvedEncoder(spec, seed=5))[: 1 if num_frames > 60 else 2]
    trial = draw_trial(3, num_frames)
    mask_HW = torch.zeros(spec.canvas_height, spec.canvas_width)
    mask_HW[2:20, 5:50] = 1
    found = run(encoders, [trial], mask_HW, 2)
    for movie, expected in zip(found, run_naively(encoders, trial, mask_HW, 2), strict=True):
        np.testing.assert_allclose(movie[0], expected, atol=1e-3, rtol=0)


@pytest.mark.parametrize("chunk", [1, 3, 1000])
def test_neither_chunks_nor_other_clips_change_a_movie(chunk):
    encoders, mask_HW = (CurvedEncoder(SPECS[1]),), torch.ones(64, 64)
    trials = [draw_trial(number, 75) for number in range(3)]
    together = run(encoders, trials, mask_HW, 3, chunk=chunk)[-1]
    for trial, movie in zip(trials, together, strict=True):
        alone = run(encoders, [trial], mask_HW, 3)[-1][0]
        torch.testing.assert_close(movie, alone, atol=1e-3, rtol=0)


@pytest.mark.parametrize(
    ("name", "chunk"),
    [
        ("T40", 1),
        ("T40", 1000),
        pytest.param("T48_gradient_ensemble", 3, marks=pytest.mark.slow),
        pytest.param("T60", 8, marks=pytest.mark.slow),
    ],
)
def test_the_published_movies(name, chunk):
    published = golden(f"reconstruction_{name}")
    mouse, trial = int(published["mouse"]), int(published["trial"])
    encoders = tuple(freeze(read_member(int(member), mouse)) for member in published["members"])
    mask_HW = torch.from_numpy(golden("alpha_for_reconstruction")["alpha"] >= 0.5).float()
    steps = [int(key.split("_")[-1]) for key in published if key.startswith("movie_after")]
    shown = golden_trial(mouse, trial, slice(int(published["num_frames"])))
    movies = run(encoders, [shown], mask_HW, max(steps) + 1, chunk=chunk)
    for step in steps:
        expected = published[f"movie_after_iteration_{step}"]
        np.testing.assert_allclose(kept(movies[step][0]), expected, atol=1e-3, rtol=0)


def kept(canvas: torch.Tensor) -> torch.Tensor:
    """The pixels that are kept of what the published code computed."""
    return canvas[..., 1::4, 2::4]


def read_member(member: int, mouse: int):
    read = read_published(GOLDEN / f"member{member}.pth")
    return pick_mice(read, {"A": mouse}).eval().requires_grad_(False)


@pytest.mark.parametrize(
    ("form", "kind", "tolerance"),
    [
        ("modules", torch.float32, 1e-5),
        ("frozen", torch.float32, 1e-4),
        ("modules", torch.float64, 1e-5),
        ("frozen", torch.float64, 1e-5),
    ],
)
def test_the_published_gradient_of_a_window(form, kind, tolerance):
    published = golden("window_gradient")
    first = int(published["first_frame"])
    shown = golden_trial(0, 0, slice(first + 32))
    encoder = read_member(0, 0).to(kind)
    encoder = encoder if form == "modules" else freeze(encoder)
    inputs = stack_inputs(shown, encoder.spec)[None, :, first:].to(kind).requires_grad_()
    rates = predict_windows(encoder, inputs, "A")
    responses = torch.from_numpy(shown.responses_NT[:, first:])
    loss = poisson_points(rates, responses.to(kind)).mean()
    (gradient,) = torch.autograd.grad(loss, inputs)
    assert relative_error(rates[0].detach(), published["prediction"]) < tolerance
    assert relative_error(kept(gradient[0]), published["gradient"]) < tolerance
    assert float(gradient.norm()) == pytest.approx(float(published["gradient_norm"]), rel=tolerance)
    assert float(loss.detach()) == pytest.approx(float(published["loss"]), rel=tolerance)


def relative_error(found: torch.Tensor, expected: np.ndarray) -> float:
    return float((found.double() - torch.from_numpy(expected)).norm() / np.linalg.norm(expected))


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


def move(gradient: float, num_iterations: int, settings=PAPER) -> State:
    state, update = State(torch.full((1, 2, 2, 3), 127.5)), momentum_update(settings)
    for _ in range(num_iterations):
        update(state, Evaluation(torch.zeros(1), torch.full((1, 2, 2, 3), gradient), {}))
        state.iteration += 1
    return state


def test_the_first_gradient_is_discarded():
    assert float(move(0.1, 1).params.unique()) == 127.5


def test_steps_have_momentum_and_both_corrections():
    velocity, movie = 0.0, 127.5
    for i in (1, 2, 3):
        velocity = 0.9 * velocity + 0.1 * 1e-3
        correction = math.sqrt(1 - 0.999 ** (i + 1)) / (1 - 0.9 ** (i + 1)) ** 2
        movie -= 1000 * i / 10 * correction * velocity
    torch.testing.assert_close(move(1e-3, 4).params, torch.full((1, 2, 2, 3), movie))


@pytest.mark.parametrize(("sign", "limit"), [(1, 0.0), (-1, 255.0)])
def test_the_movie_stays_between_black_and_white(sign, limit):
    assert float(move(sign * 100.0, 6).params.unique()) == limit


def test_a_decay_pulls_the_movie_to_grey():
    settings = replace(PAPER, decay_to_grey=0.25)
    free, pulled = (
        float(move(0.1, 2).params[0, 0, 0, 0]),
        float(move(0.1, 2, settings).params[0, 0, 0, 0]),
    )
    assert pulled - 127.5 == pytest.approx(0.75 * (free - 127.5), rel=1e-4)


@pytest.mark.parametrize("share", [0.02, 0.25, 1.0])
def test_every_iteration_decays_the_first_too(share):
    """Without a gradient, n iterations leave (1 - share)^n of the way from grey; the start itself is not touched."""
    generator = torch.Generator().manual_seed(4)
    start = 255 * torch.rand((2, 3, 4, 5), generator=generator)
    state, first = State(start.clone()), State(start)
    update = momentum_update(replace(PAPER, decay_to_grey=share))
    for n in range(1, 5):
        update(state, Evaluation(torch.zeros(2), torch.zeros_like(start), {}))
        state.iteration += 1
        expected = (1 - share) ** n * (start - 127.5)
        torch.testing.assert_close(state.params - 127.5, expected, rtol=0, atol=1e-4)
    before = start.clone()
    update(first, Evaluation(torch.zeros(2), torch.ones_like(start), {}))
    expected = (1 - share) * (start - 127.5)
    torch.testing.assert_close(first.params - 127.5, expected, rtol=0, atol=1e-4)
    assert torch.equal(start, before)


@pytest.mark.parametrize("start", ["first_frame", "shown"])
@pytest.mark.parametrize(("low", "high"), [(0, 255), (30, 180), (90, 200)])
def test_a_true_start_stretches_the_canvas_whose_padding_is_black(start, low, high):
    """The lowest value of the canvas is that of the padding, 0: the screen is multiplied by 255 over its highest."""
    trials = [draw_trial(number, 34) for number in range(2)]
    trials = [replace(t, video_THW=low + (high - low) / 255 * t.video_THW) for t in trials]
    movies = start_movies(trials, SPECS[1], replace(PAPER, start=start))
    for trial, movie in zip(trials, movies, strict=True):
        kept = trial.video_THW[:1] if start == "first_frame" else trial.video_THW
        expected = np.zeros((34, 64, 64), np.float32)
        expected[:, *SPECS[1].screen] = kept * (255 / kept.max())
        np.testing.assert_allclose(movie, expected, rtol=0, atol=1e-4)


@pytest.mark.parametrize("start", ["grey", "noise", "static_noise", "first_frame", "shown"])
def test_movies_start_on_the_whole_canvas(start):
    trials = [draw_trial(number, 34) for number in range(2)]
    movies = start_movies(trials, SPECS[1], replace(PAPER, start=start))
    assert movies.shape == (2, 34, 64, 64)
    if start == "grey":
        assert float(movies.unique()) == 127.5
    else:
        assert (float(movies.min()), float(movies.max())) == pytest.approx((0, 255), abs=1e-3)
    still = torch.equal(movies[:, 0], movies[:, -1])
    assert still == (start in ("grey", "static_noise", "first_frame"))
    if start == "shown":
        screen, video = movies[0, :, *SPECS[1].screen].numpy(), trials[0].video_THW
        assert np.corrcoef(screen.ravel(), video.ravel())[0, 1] > 0.999


def test_a_noisy_start_is_that_of_its_seed():
    trials = [draw_trial(0, 34)]
    noise = [
        start_movies(trials, SPECS[0], replace(PAPER, start="noise", seed=s)) for s in (1, 1, 2)
    ]
    assert torch.equal(noise[0], noise[1])
    assert not torch.equal(noise[0], noise[2])


def test_the_squared_loss_and_the_fixed_factor():
    encoder, trial = CurvedEncoder(SPECS[0]), draw_trial(1, 32)
    settings = replace(PAPER, loss="squared", normalise_gradient=False)
    target = make_target("A", [trial], 3)
    problem = paper_problem((encoder,), target, torch.ones(36, 64), settings, Chunk())
    movie = torch.full((1, 32, 36, 64), 100.0, requires_grad=True)
    found = problem.evaluate(movie.detach())
    rates = encoder(add_behavior(movie, target.behavior_BCT), "A")[..., 8:]
    loss = (rates - target.responses_BNT[..., 8:]).square().mean()
    (gradient,) = torch.autograd.grad(loss, movie)
    torch.testing.assert_close(found.gradient, 100 * gradient, rtol=1e-4, atol=1e-6)
    assert float(found.value_B) == pytest.approx(float(loss.detach()), rel=1e-5)


def test_a_warmup_longer_than_the_descent_is_refused():
    with pytest.raises(ValueError, match="warmup_iterations 11 is above num_iterations 10"):
        replace(PAPER, num_iterations=10, warmup_iterations=11)
