"""The factorised encoder: each fast form equals its plain one, and time never runs backwards."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from models.factorised import (
    GAZE_STEP_PX,
    CausalFilters,
    FactorisedEncoder,
    GaussianReadout,
    PointwiseLayer,
    screen_position,
)
from models.settings import FactorisedSettings

SETTINGS = {
    "clip_frames": 12,
    "warmup_frames": 4,
    "num_spatial": 3,
    "num_channels": 4,
    "spatial_kernel_px": 6,
    "temporal_kernel_frames": 5,
}


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def draw_inputs(num_clips: int = 2) -> torch.Tensor:
    inputs = draw(num_clips, 5, 12, 36, 64)
    inputs[:, 0] = inputs[:, 0] * 50 + 127
    inputs[:, 1:] = inputs[:, 1:, :, :1, :1]
    return inputs


@pytest.fixture
def encoder() -> FactorisedEncoder:
    """Random weights everywhere, evaluation mode."""
    torch.manual_seed(0)
    encoder = FactorisedEncoder(FactorisedSettings(**SETTINGS), {"A": 6, "B": 4})
    generator = torch.Generator().manual_seed(1)
    for readout in encoder.readouts.values():
        for parameter in (readout.position_N2, readout.gain_NC, readout.gaze_steps):
            nn.init.uniform_(parameter, -0.5, 0.5, generator=generator)
    for norm in (encoder.mix.norm, encoder.pool.norm):
        nn.init.uniform_(norm.running_var, 0.5, 2.0, generator=generator)
        nn.init.uniform_(norm.running_mean, -1.0, 1.0, generator=generator)
    encoder.movie_mean.fill_(127.0)
    encoder.movie_std.fill_(50.0)
    return encoder.eval().requires_grad_(False)


@pytest.mark.parametrize(("num_frames", "length"), [(9, 4), (3, 5), (1, 3), (6, 1)])
def test_temporal_filters_equal_a_loop_whose_first_frame_is_the_past(num_frames, length):
    filters = CausalFilters(2, 3, length)
    maps = draw(2, 2, num_frames, 4)
    expected = torch.zeros(2, 2, 3, num_frames, 4)
    for frame in range(num_frames):
        for lag in range(length):
            seen = maps[:, :, max(0, frame - lag)]
            expected[:, :, :, frame] += filters.kernel_CFK[:, :, lag, None] * seen[:, :, None]
    torch.testing.assert_close(filters(maps), expected.flatten(1, 2))


def test_a_frame_does_not_change_what_came_before(encoder):
    inputs = draw_inputs()
    changed = inputs.clone()
    changed[:, :, 7:] = draw(2, 5, 5, 36, 64, seed=1)[..., :1, :1] * 90
    before, after = encoder(inputs, "A"), encoder(changed, "A")
    torch.testing.assert_close(after[..., :7], before[..., :7], rtol=0, atol=1e-6)
    assert not torch.allclose(after[..., 7], before[..., 7])


def test_a_frame_is_forgotten_after_the_temporal_kernel(encoder):
    inputs = draw_inputs()
    changed = inputs.clone()
    changed[:, 0, 2] = 0
    before, after = encoder(inputs, "A"), encoder(changed, "A")
    assert not torch.allclose(after[..., 2:7], before[..., 2:7])
    torch.testing.assert_close(after[..., 7:], before[..., 7:], rtol=0, atol=1e-6)


def test_the_evaluated_layer_equals_batch_normalisation():
    layer = PointwiseLayer(3, 5)
    nn.init.uniform_(layer.norm.weight, 0.5, 2.0)
    nn.init.uniform_(layer.norm.bias, -1.0, 1.0)
    for seed in range(3):
        layer(draw(4, 3, 10, seed=seed) * 3 + 1)
    layer.eval()
    maps = draw(4, 3, 10, seed=9)
    expected = F.silu(layer.norm(torch.einsum("oi,bip->bop", layer.weight, maps)))
    torch.testing.assert_close(layer(maps), expected)


@pytest.mark.parametrize(("mouse", "num_neurons"), [("A", 6), ("B", 4)])
def test_rates_are_never_negative(encoder, mouse, num_neurons):
    rates = encoder(draw_inputs() * 3 - 200, mouse)
    assert rates.shape == (2, num_neurons, 12)
    assert float(rates.min()) >= 0


def test_clips_of_a_batch_do_not_influence_each_other(encoder):
    inputs = draw_inputs(3)
    alone = torch.cat([encoder(clip[None], "A") for clip in inputs])
    torch.testing.assert_close(encoder(inputs, "A"), alone)


def test_a_gaze_of_no_weight_leaves_the_movie():
    movie = draw(2, 3, 36, 64)
    moved = GaussianReadout(1, 1).undo_gaze(movie, draw(2, 2, 3))
    torch.testing.assert_close(moved, movie, atol=1e-4, rtol=0)


def test_a_learned_gaze_shifts_by_that_many_pixels():
    readout, movie = GaussianReadout(1, 1), draw(1, 2, 36, 64)
    readout.gaze_steps.data = torch.tensor([[2.0, 0.0], [0.0, 3.0]]) / GAZE_STEP_PX
    gaze_B2T = torch.tensor([[[1.0, -2.0], [1.0, 0.0]]])
    moved = readout.undo_gaze(movie, gaze_B2T)
    torch.testing.assert_close(moved[0, 0, :-3, :-2], movie[0, 0, 3:, 2:], atol=1e-4, rtol=0)
    torch.testing.assert_close(moved[0, 1, :, 4:], movie[0, 1, :, :-4], atol=1e-4, rtol=0)


def test_gaze_beyond_the_border_repeats_it():
    readout, movie = GaussianReadout(1, 1), draw(1, 1, 36, 64)
    readout.gaze_steps.data = torch.tensor([[0.0, 4.0], [0.0, 0.0]]) / GAZE_STEP_PX
    moved = readout.undo_gaze(movie, torch.ones(1, 2, 1))
    expected = movie[0, 0, -1:].expand(4, -1)
    torch.testing.assert_close(moved[0, 0, -4:], expected, atol=1e-4, rtol=0)


def test_a_readout_at_a_pixel_reads_its_feature():
    readout = GaussianReadout(2, 3).eval()
    row, column = torch.tensor([4.0, 17.0]), torch.tensor([25.0, 31.0])
    readout.position_N2.data = screen_position(2 * row + 0.5, 2 * column + 0.5)
    features = draw(1, 5, 3, 18, 32)
    rates = readout(features, torch.zeros(1, 4, 5))
    for neuron in range(2):
        seen_TC = features[0, :, :, int(row[neuron]), int(column[neuron])]
        drive_T = seen_TC @ readout.weight_NF[neuron] + readout.bias_N[neuron]
        torch.testing.assert_close(rates[0, neuron], F.softplus(drive_T), atol=1e-4, rtol=1e-4)


def test_corners_of_the_screen_are_corners_of_the_readout():
    corners = screen_position(torch.tensor([-0.5, 35.5]), torch.tensor([-0.5, 63.5]))
    torch.testing.assert_close(corners, torch.tensor([[-1.0, -1.0], [1.0, 1.0]]))


def test_without_drive_a_neuron_fires_at_its_mean_rate():
    readout = GaussianReadout(2, 3).eval()
    readout.rate_scale_N.copy_(torch.tensor([2.0, 7.0]))
    rates = readout(torch.zeros(1, 5, 3, 18, 32), torch.zeros(1, 4, 5))
    torch.testing.assert_close(rates[0], torch.tensor([[2.0], [7.0]]).expand(2, 5))


def test_pupil_and_running_are_gains():
    readout = GaussianReadout(1, 3).eval()
    readout.gain_NC.data = torch.tensor([[0.5, -0.25]])
    behavior = torch.zeros(1, 4, 3)
    behavior[0, :2] = torch.tensor([[1.0, 0.0, 100.0], [0.0, 2.0, 0.0]])
    rates = readout(torch.zeros(1, 3, 3, 18, 32), behavior)
    torch.testing.assert_close(rates[0, 0], torch.tensor([0.5, -0.5, 2.0]).exp())


def test_the_gradient_of_a_movie_is_finite_and_not_zero(encoder):
    for inputs in (draw_inputs(1), torch.full((1, 5, 12, 36, 64), 127.5)):
        leaf = inputs.clone().requires_grad_()
        encoder(leaf, "A").sum().backward()
        assert torch.isfinite(leaf.grad).all()
        assert float(leaf.grad[:, 0].abs().max()) > 0


def test_places_are_blurred_in_training_only(encoder):
    inputs = draw_inputs(1)
    torch.testing.assert_close(encoder(inputs, "A"), encoder(inputs, "A"), rtol=0, atol=0)
    readout, features = encoder.readouts["A"].train(), draw(1, 12, 8, 18, 32)
    behavior = torch.zeros(1, 4, 12)
    assert not torch.allclose(readout(features, behavior), readout(features, behavior))


def test_a_warmup_as_long_as_the_clip_is_refused():
    with pytest.raises(ValueError, match="warmup_frames 12 leaves no frame of clip_frames 12"):
        FactorisedSettings(**SETTINGS | {"warmup_frames": 12})


def test_an_odd_kernel_is_refused():
    with pytest.raises(ValueError, match="spatial_kernel_px 7 is odd"):
        FactorisedSettings(**SETTINGS | {"spatial_kernel_px": 7})


@pytest.mark.parametrize("size", [2, 4, 10, 12])
def test_maps_have_half_the_resolution_of_the_screen_for_any_kernel(size):
    settings = FactorisedSettings(**SETTINGS | {"spatial_kernel_px": size})
    maps = FactorisedEncoder(settings, {"A": 2}).eval().features(torch.zeros(1, 3, 36, 64))
    np.testing.assert_array_equal(maps.shape, (1, 3, 8, 18, 32))
