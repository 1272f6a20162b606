"""DwiseNeuro: the published code's numbers, shapes at any size, and what must not depend on what."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from models.dwiseneuro import (
    DropPath,
    DwiseNeuro,
    Pointwise,
    PositionEncoding,
    SpatialDepthwise,
    TemporalDepthwise,
    tile_channels,
)
from models.encoder import predict_trial, stack_inputs
from models.published import pick_mice, read_published
from models.readouts import PUBLISHED_NEURONS
from models.settings import DwiseNeuroSettings
from tests.published_format import save_published
from tests.tiny import GOLDEN, golden, golden_trial

SMALL = {
    "clip_frames": 4,
    "frame_step": 2,
    "canvas_px": (64, 64),
    "core_features": (8, 12),
    "spatial_strides": (4, 2),
    "spatial_kernel": 3,
    "temporal_kernel": 5,
    "expansion_ratio": 4,
    "se_reduce_ratio": 32,
    "cortex_features": (16,),
    "groups": 2,
    "softplus_beta": 0.07,
    "drop_rate": 0.4,
    "drop_path_rate": 0.1,
}
PAPER = SMALL | {
    "clip_frames": 16,
    "core_features": (64, 64, 64, 64, 128, 128, 128, 256, 256),
    "spatial_strides": (2, 1, 1, 1, 2, 1, 1, 2, 1),
    "expansion_ratio": 7,
    "cortex_features": (1024, 2048, 4096),
}
MICE = {"A": 0, "B": 1}


def build(settings=SMALL, num_neurons=None) -> DwiseNeuro:
    torch.manual_seed(0)
    return DwiseNeuro(DwiseNeuroSettings(**settings), num_neurons or {"A": 7, "B": 4})


def draw_inputs(*shape: int) -> torch.Tensor:
    return 255 * torch.rand(shape, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("member", [0, 1, 2])
@pytest.mark.parametrize("mouse", MICE)
def test_the_published_outputs(member, mouse):
    encoder = pick_mice(read_published(GOLDEN / f"member{member}.pth"), MICE)
    published = golden("encoder")
    with torch.no_grad():
        found = encoder(torch.from_numpy(published["inputs"]), mouse).numpy()
    expected = published[f"member{member}_mouse{MICE[mouse]}"]
    assert np.abs(found - expected).max() < 1e-5 * np.abs(expected).max()


def test_the_published_prediction_of_a_trial():
    encoder = pick_mice(read_published(GOLDEN / "member0.pth"), MICE)
    trial, mouse = golden_trial(0, 0, slice(64)), next(name for name in MICE if MICE[name] == 0)
    found = predict_trial(encoder, stack_inputs(trial, encoder.spec), mouse, batch_clips=3)
    expected = golden("full_trial_prediction")["mouse0_trial0"]
    assert np.abs(found.numpy() - expected).max() < 1e-5 * np.abs(expected).max()


@pytest.mark.parametrize(("mouse", "count"), [("A", 7), ("B", 4)])
def test_rates_have_the_neurons_of_the_mouse_and_are_positive(mouse, count):
    encoder = build().eval()
    rates = encoder(draw_inputs(3, 5, 4, 64, 64), mouse).detach()
    assert rates.shape == (3, count, 4)
    assert float(rates.min()) > 0


def test_mice_of_a_batch_are_predicted_as_each_alone():
    encoder, inputs = build().eval(), draw_inputs(5, 5, 4, 64, 64)
    clips = {"B": slice(0, 2), "A": slice(2, 5)}
    found = encoder.predict_mice(inputs, clips)
    for mouse, chosen in clips.items():
        expected = encoder(inputs[chosen], mouse)
        torch.testing.assert_close(found[mouse], expected, rtol=1e-4, atol=1e-5)


def test_the_screen_lies_in_the_middle_of_the_canvas():
    spec = build().spec
    assert (spec.top, spec.left, spec.window_frames) == (14, 0, 8)
    placed = spec.place(torch.ones(1, 36, 64))
    assert placed[0, 14:50].min() == 1
    assert float(placed.sum()) == 36 * 64


def test_clips_of_a_batch_do_not_influence_each_other():
    encoder, inputs = build().eval(), draw_inputs(3, 5, 4, 64, 64)
    together = encoder(inputs, "A")
    for clip, rates in zip(inputs, together, strict=True):
        torch.testing.assert_close(encoder(clip[None], "A")[0], rates, rtol=1e-4, atol=1e-5)


def test_position_encoding_is_sines_then_cosines_of_each_axis():
    code = PositionEncoding(8)(torch.zeros(1, 3, 4, 5, 8))[0]
    frequency = [1.0, 1e-4 ** (2 / 4)]
    for time, row, column in ((0, 0, 0), (2, 3, 4), (1, 0, 2)):
        expected = [math.sin(w * time) for w in frequency] + [math.cos(w * time) for w in frequency]
        expected += [math.sin(w * row) for w in frequency] + [math.cos(w * row) for w in frequency]
        np.testing.assert_allclose(code[time, row, column], expected, atol=1e-6)
    columns = PositionEncoding(12)(torch.zeros(1, 1, 1, 5, 12))[0, 0, 0, :, 8:]
    np.testing.assert_allclose(columns[:, 0], np.sin(np.arange(5)), atol=1e-6)


def test_channels_are_tiled_cyclically_and_cut():
    maps = torch.arange(3.0)[None, None]
    assert tile_channels(maps, 7)[0, 0].tolist() == [0, 1, 2, 0, 1, 2, 0]
    assert tile_channels(maps, 2)[0, 0].tolist() == [0, 1]


def test_depthwise_layers_are_the_three_dimensional_convolutions_they_stand_for():
    for layer, options in (
        (SpatialDepthwise(6, 3, stride=2), {"stride": (1, 2, 2), "padding": (0, 1, 1)}),
        (TemporalDepthwise(6, 5), {"padding": (2, 0, 0)}),
        (Pointwise(6, 4), {}),
    ):
        maps = draw_inputs(2, 6, 8, 7, 9)
        groups = 1 if isinstance(layer, Pointwise) else 6
        expected = F.conv3d(maps, layer.weight, layer.bias, groups=groups, **options)
        found = layer(maps.movedim(1, -1)).movedim(-1, 1)
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-4)


def test_drop_path_drops_whole_samples_and_keeps_the_mean():
    torch.manual_seed(0)
    drop = DropPath(0.25)
    dropped = drop(torch.ones(4000, 2, 3))
    kept = dropped[:, 0, 0] > 0
    assert torch.equal(dropped, kept[:, None, None].expand(-1, 2, 3) * torch.tensor(4 / 3))
    assert float(dropped.mean()) == pytest.approx(1, abs=0.03)
    assert torch.equal(drop.eval()(torch.ones(5, 2)), torch.ones(5, 2))


def test_convolutions_start_as_the_recipe_says():
    conv = build(PAPER, {"A": 4}).core.blocks[1].spat_covn_dw[0]
    assert float(conv.weight.detach().std()) == pytest.approx(math.sqrt(2 / 9), rel=0.05)


@pytest.mark.slow
def test_the_full_size_with_ten_mice_runs_and_is_saved_and_loaded(tmp_path):
    settings, mice = DwiseNeuroSettings(**PAPER), dict(PUBLISHED_NEURONS)
    encoder = build(PAPER, mice)
    inputs = draw_inputs(1, 5, 16, 64, 64).requires_grad_()
    rates = encoder.predict_mice(inputs, dict.fromkeys(mice, slice(None)))
    assert {mouse: rate.shape for mouse, rate in rates.items()} == {
        mouse: (1, count, 16) for mouse, count in mice.items()
    }
    sum(rate.mean() for rate in rates.values()).backward()
    assert float(inputs.grad.abs().max()) > 0
    for name, parameter in encoder.named_parameters():
        assert torch.isfinite(parameter.grad).all(), name
    encoder.zero_grad(set_to_none=True)
    save_published(tmp_path / "model.pth", encoder, settings)
    file = read_published(tmp_path / "model.pth")
    assert (file.settings, file.num_neurons) == (settings, list(mice.values()))
    assert list(file.state) == list(encoder.state_dict())
    assert all(torch.equal(file.state[k], v) for k, v in encoder.state_dict().items())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"spatial_strides": (2,)}, "2 core_features but 1 spatial_strides"),
        ({"cortex_features": (15,)}, "groups 2 does not divide"),
        ({"canvas_px": (64, 60)}, "canvas_px \\[64, 60\\] does not hold the screen"),
        ({"temporal_kernel": 4}, "temporal_kernel 4 must be odd"),
        ({"se_reduce_ratio": 33}, "se_reduce_ratio 33 leaves no channel"),
    ],
)
def test_impossible_sizes_are_refused(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        DwiseNeuroSettings(**SMALL | change)
