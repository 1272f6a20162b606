"""The loss of movies: its frames, its neurons, its memory."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from models.encoder import ClipSpec
from reconstruct.likelihood import (
    Chunk,
    Likelihood,
    mean_over_windows,
    sum_over_frames,
    windows_that_fit,
)
from reconstruct.posterior import in_units_of_noise
from reconstruct.target import average_neurons, draw_share, hold_out, make_target, remove, silence
from reconstruct.windows import starts_for
from tests.tiny import LinearEncoder, make_movie, make_trial, read_pixels
from tests.unit.reconstruct.test_paper import CurvedEncoder, draw_trial

PIXELS = [(5, 6), (5, 40), (17, 30), (20, 61), (30, 3)]
SPECS = [ClipSpec(8), ClipSpec(8, warmup_frames=3), ClipSpec(4, frame_step=2, warmup_frames=1)]


def linear(spec=SPECS[0], num_clips: int = 2, num_frames: int = 21):
    encoder = LinearEncoder(read_pixels(PIXELS), spec)
    trials = [make_trial(n, make_movie(n, num_frames), encoder.respond) for n in range(num_clips)]
    return encoder, make_target("A", trials, len(PIXELS)), trials


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("starts", [[0, 8, 13], [0, 4, 8, 13], [0, 2, 13, 13]])
def test_every_scored_frame_counts_once(spec, starts):
    encoder, target, _ = linear(spec)
    likelihood = Likelihood((encoder,), target, sum_over_frames(encoder, target, starts))
    movie = torch.from_numpy(np.stack([make_movie(n, 21) for n in (5, 6)]))
    found = likelihood.summed(movie)
    scored = torch.zeros(21, dtype=torch.bool)
    for start in starts:
        scored[start : start + 8] |= torch.from_numpy(spec.scored)
    leaf = movie.clone().requires_grad_()
    rates = torch.stack([torch.einsum("thw,nhw->nt", m, encoder.weight_NHW) + 0.5 for m in leaf])
    points = rates - target.responses_BNT * torch.log(rates + 1e-8)
    loss_B = points[..., scored].sum((1, 2))
    torch.testing.assert_close(found.loss_B, loss_B.detach().double(), rtol=1e-5, atol=1e-4)
    (gradient,) = torch.autograd.grad(loss_B.sum(), leaf)
    torch.testing.assert_close(found.gradient_BTHW, gradient, rtol=1e-4, atol=1e-6)


def test_held_out_neurons_are_watched_and_not_heard():
    encoder, target, _ = linear()
    part = hold_out(target, 0.4, seed=1)
    held_N = part.held_out_BN[0] > 0
    assert int(held_N.sum()) == 2
    starts, movie = [0, 8, 13], torch.full((2, 21, 36, 64), 99.0)
    windows = sum_over_frames(encoder, target, starts)
    whole = Likelihood((encoder,), target, windows).summed(movie)
    part = Likelihood((encoder,), part, windows).summed(movie)
    torch.testing.assert_close(part.loss_B + part.terms["held_out_loss"], whole.loss_B)
    for neuron, (row, column) in enumerate(PIXELS):
        moved = bool(part.gradient_BTHW[:, :, row, column].any())
        assert moved == (not held_N[neuron])


def test_removed_neurons_leave_the_mean_and_silenced_ones_stay():
    encoder, target, _ = linear()
    kept_BN = torch.tensor([[True, True, False, False, True]] * 2)
    windows = mean_over_windows(encoder, target, [0, 8, 13])
    movie = torch.full((2, 21, 36, 64), 99.0)

    def loss_of(changed):
        return Likelihood((encoder,), average_neurons(changed), windows).normalised(movie).loss_B

    few = replace(
        target,
        responses_BNT=target.responses_BNT[:, kept_BN[0]],
        weight_BN=torch.ones(2, 3),
        held_out_BN=torch.zeros(2, 3),
    )
    alone = LinearEncoder(read_pixels([PIXELS[n] for n in (0, 1, 4)]), SPECS[0])
    expected = Likelihood((alone,), average_neurons(few), windows).normalised(movie).loss_B
    torch.testing.assert_close(loss_of(remove(target, kept_BN)), expected)
    rate = 99 / 255 + 0.5
    silenced = loss_of(silence(target, kept_BN))
    assert (silenced != loss_of(target)).all()
    # silent neurons add their rate: 2 of 5 neurons contribute p - 0 log p = rate
    torch.testing.assert_close(silenced, 0.6 * expected + 0.4 * rate, rtol=1e-5, atol=1e-5)


def test_a_smaller_share_is_a_part_of_a_larger_one():
    shares = [draw_share(1000, share, seed=3) for share in (0.125, 0.25, 0.5, 1.0)]
    for small, large in pairwise(shares):
        assert not (small & ~large).any()
    assert [int(s.sum()) for s in shares] == pytest.approx([125, 250, 500, 1000], abs=45)
    assert torch.equal(draw_share(1000, 0.5, 3), shares[2])
    assert not torch.equal(draw_share(1000, 0.5, 4), shares[2])


@pytest.mark.parametrize("num_windows", [1, 3, 1000])
def test_the_chunk_does_not_change_the_sum(num_windows):
    encoder = CurvedEncoder(ClipSpec(32, warmup_frames=8))
    trials = [draw_trial(number, 75) for number in range(2)]
    target = make_target("A", trials, 3)
    windows = sum_over_frames(encoder, target, [0, 20, 43])
    movies = torch.rand(2, 75, 36, 64, generator=torch.Generator().manual_seed(0)) * 255
    expected = Likelihood((encoder,), target, windows).summed(movies)
    found = Likelihood((encoder,), target, windows, chunk=Chunk(num_windows)).summed(movies)
    torch.testing.assert_close(found.gradient_BTHW, expected.gradient_BTHW, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(found.loss_B, expected.loss_B, rtol=1e-6, atol=0)


def test_a_chunk_that_does_not_fit_is_halved_and_nothing_is_lost():
    done, chunk = [], Chunk(8)

    def work(part: slice) -> None:
        if part.stop - part.start > 3:
            raise torch.OutOfMemoryError
        done.extend(range(part.start, part.stop))

    chunk.split(11, work)
    assert done == list(range(11))
    assert chunk.num_windows == 2


def test_one_window_that_does_not_fit_is_an_error():
    def work(part: slice) -> None:
        raise torch.OutOfMemoryError

    with pytest.raises(torch.OutOfMemoryError):
        Chunk(4).split(3, work)


def test_running_out_of_memory_after_the_gradient_adds_nothing_twice(monkeypatch):
    encoder, target, _ = linear()
    windows, movie = sum_over_frames(encoder, target, [0, 8, 13]), torch.full((2, 21, 36, 64), 99.0)
    expected = Likelihood((encoder,), target, windows).summed(movie)
    stack, refused = torch.stack, []

    def refuse_once(tensors, dim=0):
        if len(tensors) == 3 and tensors[0].dim() == 1 and not refused:
            refused.append(True)
            raise torch.OutOfMemoryError
        return stack(tensors, dim)

    monkeypatch.setattr(torch, "stack", refuse_once)
    found = Likelihood((encoder,), target, windows, chunk=Chunk(4)).summed(movie)
    assert refused
    torch.testing.assert_close(found.gradient_BTHW, expected.gradient_BTHW)
    torch.testing.assert_close(found.loss_B, expected.loss_B)


def test_every_neuron_counts_in_units_of_its_noise():
    target = make_target("A", [draw_trial(0, 40), draw_trial(1, 40)], 3)
    kept_BN = torch.tensor([[True, True, False], [True, False, True]])
    noise_N = torch.tensor([2.0, 4.0, 0.5])
    found = in_units_of_noise(remove(target, kept_BN), noise_N)
    expected = torch.tensor([[0.5, 0.25, 0.0], [0.5, 0.0, 2.0]])
    assert torch.equal(found.weight_BN, expected)
    held = hold_out(found, 0.5, seed=0)
    assert torch.equal(held.weight_BN + held.held_out_BN, expected)


def test_a_clip_to_which_nothing_responds_is_refused():
    responding = draw_trial(0, 40)
    silent = replace(responding, responses_NT=0 * responding.responses_NT)
    target = make_target("A", [responding, silent], 3)
    with pytest.raises(ValueError, match="nothing responds"):
        in_units_of_noise(target, torch.ones(3))


def test_a_stride_that_leaves_frames_without_prediction_is_refused():
    spec = ClipSpec(8, warmup_frames=3)
    assert starts_for(spec, 20, 5) == [0, 5, 10, 12]
    with pytest.raises(
        ValueError, match="window_stride_frames 6 leaves frames that no window pred"
    ):
        starts_for(spec, 20, 6)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"num_neurons": 0}, "trial 3: no neurons, so nothing can be reconstructed"),
        ({"num_neurons": 4}, r"trial 3: responses of shape \(3, 40\), expected \(4, 40\)"),
        ({"responses": np.nan}, "trial 3: responses hold nan at row 1, frame 5; mend"),
        ({"behaviour": np.inf}, "trial 3: behaviour hold inf at row 2, frame 7; mend"),
        ({"length": 39}, r"trial 3: responses of shape \(3, 39\), expected \(3, 40\)"),
    ],
)
def test_what_no_movie_can_be_fitted_to_is_refused(change, message):
    trial = draw_trial(3, 40)
    if "responses" in change:
        trial.responses_NT[1, 5] = change["responses"]
    if "behaviour" in change:
        trial.behavior_CT[2, 7] = change["behaviour"]
    if "length" in change:
        trial = replace(trial, responses_NT=trial.responses_NT[:, : change["length"]])
    with pytest.raises(ValueError, match=message):
        make_target("A", [trial], change.get("num_neurons", 3))


def test_a_population_of_nobody_is_refused():
    _, target, _ = linear()
    with pytest.raises(
        ValueError, match=r"no neuron is left; raise reconstruct\.population\.share"
    ):
        remove(target, torch.zeros(2, 5, dtype=torch.bool))


def test_fewer_windows_fit_where_less_memory_is_allowed(monkeypatch):
    encoder = CurvedEncoder(ClipSpec(32, warmup_frames=8))
    found = []
    for budget in (1, 3e6, 1e12):
        monkeypatch.setattr("reconstruct.likelihood.CPU_BYTES", budget)
        found.append(windows_that_fit(encoder, "A", "cpu"))
    assert found[0] == 1
    assert found[-1] == 8
    assert found == sorted(found)
