"""Receptive fields from sparse noise: of encoders whose fields are known."""

from dataclasses import replace

import h5py
import numpy as np
import pandas as pd
import pytest
import torch

from masks import fields
from masks.fields import FieldMapping, map_fields, mean_behavior
from masks.locate import FieldMaps, coverage_of, fit_field, locate_fields, read_maps, write_fields
from masks.settings import OFF, ON
from masks.sparse_noise import BACKGROUND, SparseNoise, first_pixels, parts
from masks.thresholds import read_alpha
from models.encoder import ClipSpec, Encoder, clip_starts
from tests.tiny import Interrupted, LinearEncoder, stop_after

NOISE = SparseNoise(patch_px=3, step_px=3, before_frames=6, stimulus_frames=4, after_frames=4)
CENTRES = np.array([[10.0, 20.0], [18.5, 40.25], [25.0, 50.0]])
SIGMA_PX = 4.0


def bump(row: float, column: float) -> torch.Tensor:
    rows, columns = torch.meshgrid(torch.arange(36.0), torch.arange(64.0), indexing="ij")
    return torch.exp(-((rows - row) ** 2 + (columns - column) ** 2) / (2 * SIGMA_PX**2))


def make_encoder(spec: ClipSpec, **arguments) -> LinearEncoder:
    """Two neurons with on fields, one with an off field."""
    weight_NHW = torch.stack([bump(*centre) for centre in CENTRES]) / 2000
    weight_NHW[2] *= -1
    return LinearEncoder(weight_NHW, spec, offset=10.0, **arguments)


def make_mapping(spec: ClipSpec = ClipSpec(8, warmup_frames=2), **changes) -> FieldMapping:  # noqa: B008
    mapping = FieldMapping(make_encoder(spec), "A", NOISE, torch.zeros(4), 6, 16)
    return replace(mapping, **changes)


def num_clips(mapping: FieldMapping) -> int:
    return len(clip_starts(mapping.encoder.spec, mapping.noise.num_frames, mapping.stride_frames))


def test_stimuli_are_one_patch_each():
    movies = NOISE.movies(slice(0, 10**6))
    phases, rows, columns = NOISE.shape
    assert (phases, rows, columns) == (2, 12, 21)
    assert movies.shape == (504, 14, 36, 64)
    for number in (0, 21 * 5 + 7, 252, 503):
        phase, row, column = np.unravel_index(number, NOISE.shape)
        expected = torch.full((14, 36, 64), BACKGROUND)
        patch = slice(3 * row, 3 * row + 3), slice(3 * column, 3 * column + 3)
        expected[6:10, *patch] = {ON: 255.0, OFF: 0.0}[phase]
        assert torch.equal(movies[number], expected)
        assert torch.equal(NOISE.movies(slice(number, number + 1))[0], expected)


@pytest.mark.parametrize(
    ("length", "patch", "step", "expected"),
    [(6, 1, 1, [0, 1, 2, 3, 4, 5]), (64, 3, 30, [0, 30, 60]), (10, 4, 4, [1, 5]), (5, 5, 2, [0])],
)
def test_patches_lie_in_the_middle(length, patch, step, expected):
    assert first_pixels(length, patch, step).tolist() == expected


def test_parts_cover_everything_once():
    assert [(part.start, part.stop) for part in parts(7, 3)] == [(0, 3), (3, 6), (6, 7)]


@pytest.mark.parametrize(
    "spec",
    [
        ClipSpec(8, warmup_frames=2),
        ClipSpec(4, frame_step=2, canvas_height=64, canvas_width=64, top=14),
    ],
)
def test_responses_equal_their_closed_form(spec):
    """A linear neuron changes by its weights under the patch times the change of grey."""
    mapping = make_mapping(spec)
    found = mapping.respond(slice(100, 116))
    for rates_N3, movie in zip(found, NOISE.movies(slice(100, 116)), strict=True):
        expected_NT = mapping.encoder.respond(movie.numpy())
        means = [
            expected_NT[:, part].mean(1) for part in (slice(2, 6), slice(6, 10), slice(10, 14))
        ]
        np.testing.assert_allclose(rates_N3, np.stack(means, axis=1), rtol=1e-5)


class PlaceEncoder(Encoder):
    """A rate that knows the first frame of its clip and the place in it, so that no two clips agree about a frame."""

    def __init__(self, spec: ClipSpec):
        super().__init__()
        self.spec, self.num_neurons, self.clips = spec, {"A": 2}, 0

    def forward(self, inputs, mouse):
        self.clips += len(inputs)
        mean_BT = inputs[:, 0].mean((2, 3))
        rate_BT = mean_BT.cumsum(1) + torch.arange(1.0, 1 + inputs.shape[2]) ** 2
        return torch.stack([rate_BT, rate_BT.sqrt()], dim=1)


@pytest.mark.parametrize("stride", [1, 2, 3, 5])
@pytest.mark.parametrize(
    "spec",
    [ClipSpec(16, frame_step=2), ClipSpec(8, frame_step=3, warmup_frames=2), ClipSpec(20)],
)
def test_a_clip_that_windows_share_counts_once(spec, stride):
    """The paper's stimuli, 45 frames, and its stride of 1 need 15 clips of 16 frames; 28 of two a window share 13."""
    noise, part = replace(NOISE, before_frames=15, stimulus_frames=15, after_frames=15), slice(3, 7)
    mapping = FieldMapping(PlaceEncoder(spec), "A", noise, torch.zeros(4), stride, 16)
    found = mapping.respond(part)
    assert mapping.encoder.clips == 4 * num_clips(mapping)
    if stride == 1:
        assert num_clips(mapping) == 45 - spec.frame_step * (spec.clip_frames - 1)
    last = 45 - spec.window_frames
    clips = {w + k for w in (*range(0, last, stride), last) for k in range(spec.frame_step)}
    for rates_N3, movie in zip(found, noise.movies(part), strict=True):
        total, count = np.zeros((2, 45)), np.zeros(45)
        inputs = spec.place(movie)[None, None]
        for first in clips:
            frames = first + spec.frame_step * np.arange(spec.clip_frames)
            rate_NT = mapping.encoder(inputs[:, :, frames], "A")[0].numpy()
            kept = slice(spec.warmup_frames, None)
            total[:, frames[kept]] += rate_NT[:, kept]
            count[frames[kept]] += 1
        history = spec.warmup_frames * spec.frame_step
        means = [
            (total[:, a:b] / count[a:b]).mean(1) for a, b in ((history, 15), (15, 30), (30, 45))
        ]
        np.testing.assert_allclose(rates_N3, np.stack(means, axis=1), rtol=1e-5)


def test_behaviour_is_shown_at_its_mean():
    encoder = make_encoder(ClipSpec(8), behavior_weight=2.0)
    mapping = make_mapping(encoder=encoder, behavior_C=torch.tensor([1.0, 2.0, 3.0, 4.0]))
    still = replace(mapping, behavior_C=torch.zeros(4))
    change = mapping.respond(slice(0, 2)) - still.respond(slice(0, 2))
    torch.testing.assert_close(change, torch.full_like(change, 20.0), rtol=1e-4, atol=0)
    behavior = [np.ones((4, 10)), np.full((4, 30), 5.0)]
    assert mean_behavior(behavior).tolist() == [4.0] * 4


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"noise": replace(NOISE, after_frames=1, before_frames=2)}, "stimuli of 7 frames"),
        (
            {"noise": replace(NOISE, before_frames=2)},
            "before_frames 2: the encoder predicts nothing",
        ),
        ({"stride_frames": 7}, "stride_frames 7: a window predicts 6 frames"),
    ],
)
def test_stimuli_that_the_encoder_cannot_see_are_refused(changes, says):
    with pytest.raises(ValueError, match=says):
        make_mapping(**changes)


def run(mapping: FieldMapping, path, checkpoint_s: float = 0) -> None:
    map_fields(mapping, path, "code", checkpoint_s)


def test_centres_and_sizes_are_found(tmp_path):
    run(make_mapping(), tmp_path / "one.h5")
    ends = {"fields": ".h5", "neurons": ".csv", "coverage": ".h5"}
    made = {name: str(tmp_path / f"{name}{end}") for name, end in ends.items()}
    write_fields([str(tmp_path / "one.h5")] * 2, made, smallest_change=0.0, full_share=0.5)
    table = pd.read_csv(made["neurons"])
    np.testing.assert_allclose(table[["row_px", "column_px"]], CENTRES, atol=0.3)
    # the patch and the smoothing widen a field
    width = np.sqrt(SIGMA_PX**2 + 2.0**2 + (3**2 - 1) / 12)
    np.testing.assert_allclose(table[["sigma_row_px", "sigma_column_px"]], width, rtol=0.1)
    assert (table.goodness > 0.98).all()
    assert (table.on_change > 10 * table.off_change)[:2].all()
    assert table.off_change[2] > 10 * table.on_change[2]
    with h5py.File(made["fields"]) as file:
        assert file["on_NRC"].shape == file["off_NRC"].shape == (3, 12, 21)
        assert file["on_NRC"][0].max() > 10 * file["off_NRC"][0].max()
        assert file["off_NRC"][2].max() > 10 * file["on_NRC"][2].max()
        assert file["neurons"]["row_px"].tolist() == pytest.approx(table.row_px.tolist())
    alpha_HW = read_alpha(made["coverage"])
    write_fields([str(tmp_path / "one.h5")], made, smallest_change=0.0, full_share=1.0)
    np.testing.assert_allclose(alpha_HW, np.minimum(2 * read_alpha(made["coverage"]), 1), atol=1e-6)
    assert alpha_HW.shape == (36, 64)
    assert (alpha_HW.min(), alpha_HW.max()) == (pytest.approx(0, abs=0.02), 1)
    expected = sum(bump(*centre) for centre in CENTRES).numpy()
    assert np.corrcoef(alpha_HW.ravel(), np.minimum(expected, 0.5).ravel())[0, 1] > 0.9


def write_rates(path, before: list, during: list) -> None:
    """A member's file: one phase, one row, a column per value, one neuron."""
    windows = np.stack([before, during, before], axis=-1).astype(np.float32)
    with h5py.File(path, "w") as file:
        file["rows_px"], file["columns_px"] = np.arange(1.0), np.arange(len(before))
        file["rates_PRCNW"] = windows[None, None, :, None]


def test_a_change_is_a_share_of_the_rate_before(tmp_path):
    write_rates(tmp_path / "0.h5", [2.0, 4.0], [3.0, 3.0])
    found = read_maps([tmp_path / "0.h5"]).change_PRCN
    np.testing.assert_allclose(found.ravel(), [0.5, -0.25])


def test_members_are_averaged_before_the_share_is_taken(tmp_path):
    """A member that is all but silent does not decide by its ratio."""
    write_rates(tmp_path / "0.h5", [1.0, 1.0], [1.5, 1.0])
    write_rates(tmp_path / "1.h5", [1e-4, 1e-4], [1e-4, 2.1e-3])
    found = read_maps([tmp_path / "0.h5", tmp_path / "1.h5"]).change_PRCN
    np.testing.assert_allclose(found.ravel(), [0.5 / 1.0001, 0.002 / 1.0001], rtol=1e-4)


@pytest.mark.parametrize("other", ["encoder", "noise", "behaviour", "windows"])
def test_the_state_of_another_mapping_is_not_resumed(tmp_path, monkeypatch, other):
    with monkeypatch.context() as patch:
        patch.setattr(fields, "report_progress", stop_after(3))
        with pytest.raises(Interrupted):
            run(make_mapping(), tmp_path / "one.h5")
    changes = {
        "encoder": {"encoder": make_encoder(ClipSpec(8, warmup_frames=2), behavior_weight=1.0)},
        "noise": {"noise": replace(NOISE, after_frames=5)},
        "behaviour": {"behavior_C": torch.ones(4)},
        "windows": {"stride_frames": 5},
    }
    if other == "encoder":
        changes["encoder"]["encoder"].weight_NHW *= 1.5
    mapping = make_mapping(**changes[other])
    run(mapping, tmp_path / "one.h5")
    assert mapping.encoder.calls == 32 * num_clips(mapping)


def test_a_small_change_is_none_and_a_silent_neuron_has_no_centre():
    rows, columns = NOISE.rows_px, NOISE.columns_px
    changes = np.zeros((2, 12, 21, 2), np.float32)
    changes[ON, 4, 5, 0], changes[OFF, 8, 9, 0] = 0.3, 0.05
    maps = FieldMaps(rows, columns, changes)
    table, clean_NPRC = locate_fields(maps, smallest_change=0.1)
    assert clean_NPRC[0, OFF].max() == 0 < clean_NPRC[0, ON].max()
    assert (table.row_px[0], table.column_px[0]) == pytest.approx((rows[4], columns[5]), abs=0.1)
    assert (table.peak_row_px[0], table.peak_column_px[0]) == (rows[4], columns[5])
    assert np.isnan(table.row_px[1])
    assert table.change[1] == 0
    with pytest.raises(ValueError, match="no neuron changes with any patch"):
        coverage_of(clean_NPRC[1:], maps)


def test_a_gaussian_fits_itself():
    rows, columns = NOISE.rows_px, NOISE.columns_px
    map_RC = 0.7 * np.exp(
        -((rows[:, None] - 12.3) ** 2) / (2 * 5**2) - (columns - 33.3) ** 2 / (2 * 3**2)
    )
    found = fit_field(map_RC, rows, columns)
    expected = {"row_px": 12.3, "column_px": 33.3, "sigma_row_px": 5, "sigma_column_px": 3}
    assert found == pytest.approx(expected | {"goodness": 1}, rel=1e-3)


@pytest.mark.parametrize("num_done", [1, 20])
def test_resuming_equals_continuing_bit_for_bit(tmp_path, monkeypatch, num_done):
    run(make_mapping(), tmp_path / "undisturbed.h5")
    with monkeypatch.context() as patch:
        patch.setattr(fields, "report_progress", stop_after(num_done))
        with pytest.raises(Interrupted):
            run(make_mapping(), tmp_path / "one.h5")
    assert not (tmp_path / "one.h5").exists()
    mapping = make_mapping()
    run(mapping, tmp_path / "one.h5")
    assert mapping.encoder.calls == (32 - num_done) * num_clips(mapping)
    one, other = (read_maps([tmp_path / name]) for name in ("one.h5", "undisturbed.h5"))
    np.testing.assert_array_equal(one.change_PRCN, other.change_PRCN)
    assert not list(tmp_path.glob(".*"))


def test_predictions_that_are_not_finite_are_refused(tmp_path):
    mapping = make_mapping()
    mapping.encoder.offset = float("nan")
    with pytest.raises(
        ValueError, match="mouse A: the encoder predicts values that are not finite"
    ):
        run(mapping, tmp_path / "one.h5")
    assert not (tmp_path / "one.h5").exists()
