"""The gradient of a movie: that of a naive loop over windows, on any batching."""

import numpy as np
import pytest
import torch

from models.encoder import ClipSpec, Encoder, add_behavior
from models.loss import poisson_loss
from reconstruct import objective
from reconstruct.objective import NORM_EPSILON, Target, movie_gradient, window_gradients
from reconstruct.windows import window_starts
from tests.tiny import LinearEncoder, make_behavior

SPECS = [
    ClipSpec(32, warmup_frames=8),
    ClipSpec(16, frame_step=2, canvas_height=64, canvas_width=64, top=14),
    ClipSpec(16, frame_step=2, warmup_frames=3),
]


class CurvedEncoder(Encoder):
    """Rates that depend on the frames before, on behaviour and, nonlinearly, on the movie."""

    def __init__(self, spec: ClipSpec):
        super().__init__()
        self.spec, self.num_neurons = spec, {"A": 3}
        generator = torch.Generator().manual_seed(1)
        shape = (3, spec.canvas_height, spec.canvas_width)
        self.weight_NHW = torch.randn(shape, generator=generator) / 2000

    def forward(self, inputs, mouse):
        drive = torch.einsum("bthw,nhw->bnt", inputs[:, 0], self.weight_NHW)
        drive = drive + inputs[:, 1:].mean((-2, -1)).sum(1, keepdim=True) / 300
        lagged = torch.cat([drive[..., :2], drive[..., :-2]], dim=-1)
        return torch.nn.functional.softplus(drive - 0.7 * lagged)


def draw(spec: ClipSpec, num_frames: int) -> tuple[Target, torch.Tensor]:
    generator = torch.Generator().manual_seed(2)
    responses_NT = torch.rand(3, num_frames, generator=generator) * 3
    behavior_CT = torch.from_numpy(make_behavior(0, num_frames))
    shape = (num_frames, spec.canvas_height, spec.canvas_width)
    return Target("A", responses_NT, behavior_CT), torch.rand(shape, generator=generator) * 255


def naive_gradient(encoder, target, movie_THW, starts):
    """One window and one clip after the other, as the published code does it."""
    spec = encoder.spec
    buffer = np.full((len(starts), *movie_THW.shape), np.nan)
    losses, norms = [], []
    for k, start in enumerate(starts):
        cut = slice(start, start + spec.window_frames)
        leaf = add_behavior(movie_THW[cut], target.behavior_CT[:, cut]).clone().requires_grad_()
        rates = torch.zeros(1, 3, spec.window_frames)
        for first in range(spec.frame_step):
            rates[:, :, first :: spec.frame_step] = encoder(
                leaf[None, :, first :: spec.frame_step], "A"
            )
        skip = spec.warmup_frames * spec.frame_step
        loss = poisson_loss(rates[..., skip:], target.responses_NT[None, :, cut][..., skip:])
        loss.sum().backward()
        norm = float(leaf.grad.norm())
        buffer[k, cut] = leaf.grad[0] / (norm + NORM_EPSILON)
        losses.append(float(loss.detach()))
        norms.append(norm)
    return np.nanmean(buffer, axis=0), np.mean(losses), np.mean(norms)


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("num_frames", [32, 33, 40, 60])
def test_the_gradient_equals_a_naive_loop(spec, num_frames):
    encoder, starts = CurvedEncoder(spec), window_starts(num_frames, 32, 8)
    target, movie_THW = draw(spec, num_frames)
    result = movie_gradient(encoder, target, movie_THW, starts)
    gradient, loss, norm = naive_gradient(encoder, target, movie_THW, starts)
    np.testing.assert_allclose(result.gradient_THW, gradient, atol=1e-7, rtol=1e-4)
    assert (result.loss, result.gradient_norm) == pytest.approx((loss, norm), rel=1e-5)


@pytest.mark.parametrize("windows_per_batch", [1, 3, 100])
def test_batching_does_not_change_the_gradient(monkeypatch, windows_per_batch):
    encoder, starts = CurvedEncoder(SPECS[0]), window_starts(75, 32, 8)
    target, movie_THW = draw(SPECS[0], 75)
    expected = movie_gradient(encoder, target, movie_THW, starts)
    monkeypatch.setattr(objective, "WINDOWS_PER_BATCH", windows_per_batch)
    result = movie_gradient(encoder, target, movie_THW, starts)
    torch.testing.assert_close(result.gradient_THW, expected.gradient_THW, atol=1e-7, rtol=1e-4)
    assert result.loss == pytest.approx(expected.loss, rel=1e-6)


def test_windows_do_not_influence_each_other():
    encoder = CurvedEncoder(SPECS[0])
    target, movie_THW = draw(SPECS[0], 64)
    before = [tensor[0] for tensor in window_gradients(encoder, target, movie_THW, [0, 32])]
    movie_THW[32:] = 0
    after = [tensor[0] for tensor in window_gradients(encoder, target, movie_THW, [0, 32])]
    for one, other in zip(before, after, strict=True):
        torch.testing.assert_close(one, other)


def test_the_norm_spans_behaviour_too():
    weight_NHW = torch.zeros(1, 36, 64)
    weight_NHW[0, 3, 4] = 1.0
    spec, behavior_CT = ClipSpec(4), torch.ones(4, 4)
    target = Target("A", torch.zeros(1, 4), behavior_CT)
    for behavior_weight in (0.0, 36.0):
        encoder = LinearEncoder(weight_NHW, spec, behavior_weight=behavior_weight)
        gradient_KTHW, _, norm_K = window_gradients(encoder, target, torch.ones(4, 36, 64), [0])
        share = 4 * behavior_weight**2 / (36 * 64)
        norm = np.sqrt(4 * (1 + share)) / 4
        assert float(norm_K[0]) == pytest.approx(norm, rel=1e-5)
        assert float(gradient_KTHW[0, 2, 3, 4]) == pytest.approx(0.25 / (norm + 1e-6), rel=1e-5)


def test_a_flat_loss_gives_no_gradient_and_no_nan():
    encoder = LinearEncoder(torch.zeros(2, 36, 64), ClipSpec(4), offset=1.5)
    target = Target("A", torch.full((2, 4), 1.5), torch.zeros(4, 4))
    result = movie_gradient(encoder, target, torch.full((4, 36, 64), 127.5), [0, 0])
    assert float(result.gradient_THW.abs().max()) == 0
    assert result.gradient_norm == 0


def test_the_movie_is_not_changed_and_no_weight_gets_a_gradient():
    encoder = CurvedEncoder(SPECS[0])
    encoder.weight_NHW = torch.nn.Parameter(encoder.weight_NHW)
    target, movie_THW = draw(SPECS[0], 40)
    before = movie_THW.clone()
    movie_gradient(encoder, target, movie_THW, window_starts(40, 32, 8))
    assert torch.equal(movie_THW, before)
    assert not movie_THW.requires_grad
    assert encoder.weight_NHW.grad is None
