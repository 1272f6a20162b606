"""Error maps: the difference inside the mask, its numbers in closed form, labelled figures, clear refusals."""

import h5py
import numpy as np
import pandas as pd
import pytest

from figures.clips import MouseClips
from figures.compared import MARGIN_PX, ComparedClip, crop_to_masks, errors_table, read_compared
from figures.errors import View, figure_error_clips, figure_errors, middle_frame

VIEW = View(frame_rate_hz=30.0, skip_frames=10, error_limit=60.0)


@pytest.fixture
def mask_HW(make):
    return make.alpha() >= 1


@pytest.fixture
def compared(make, mask_HW):
    def of_mouse(mouse="A", num_clips=2):
        clips = [make.clip(number) for number in range(num_clips)]
        return MouseClips(
            mouse,
            [ComparedClip(c.number, c.true_THW, c.reconstructed_THW, c.true_THW) for c in clips],
            mask_HW,
        )

    return of_mouse


def test_the_error_is_recorded_minus_predicted_inside_the_mask(make, mask_HW):
    clip = make.clip()
    bright = ComparedClip(0, clip.true_THW, clip.reconstructed_THW, clip.reconstructed_THW - 7)
    error = bright.error_THW(mask_HW)
    np.testing.assert_allclose(error[:, mask_HW], 7, atol=1e-4)
    assert not error[:, ~mask_HW].any()


def test_numbers_of_a_known_error(mask_HW):
    """A quarter of the pixels 12 too bright, the others 4 too dark: 6 on average, half of it positive."""
    true = np.random.default_rng(0).uniform(50, 200, (3, *mask_HW.shape))
    error = np.full(mask_HW.sum() // 4 * 4, -4.0)
    error[: len(error) // 4] = 12.0
    inside = np.argwhere(mask_HW)[: len(error)].T
    mask = np.zeros_like(mask_HW)
    mask[tuple(inside)] = True
    recorded = true.copy()
    recorded[:, *inside] += error
    table = errors_table(MouseClips("A", [ComparedClip(0, true, recorded, true)], mask), 30.0)
    np.testing.assert_allclose(table["mean_absolute_error"], 6.0)
    np.testing.assert_allclose(table["positive_share"], 0.5)
    np.testing.assert_allclose(table["frame_correlation_predicted"], 1.0)
    expected = np.corrcoef(true[1, *inside], recorded[1, *inside])[0, 1]
    assert table["frame_correlation"][1] == pytest.approx(expected)


def test_cropping_keeps_what_is_scored_and_a_margin(compared, mask_HW):
    one, other = compared("A"), compared("B")
    other = MouseClips("B", other.clips, np.roll(mask_HW, 5, axis=1))
    found = crop_to_masks([one, other])
    rows, columns = np.nonzero(mask_HW)
    shape = np.ptp(rows) + 1 + 2 * MARGIN_PX, np.ptp(columns) + 6 + 2 * MARGIN_PX
    assert {clip.true_THW.shape[1:] for m in found for clip in m.clips} == {shape}
    for before, after in zip([one, other], found, strict=True):
        pd.testing.assert_frame_equal(errors_table(before, 30.0), errors_table(after, 30.0))


def test_a_mask_at_the_border_is_cropped_there(make):
    clip, mask = make.clip(), np.zeros((36, 64), bool)
    mask[:2, 60:] = True
    one = MouseClips("A", [ComparedClip(0, *[clip.true_THW] * 3)], mask)
    assert crop_to_masks([one])[0].mask_HW.shape == (2 + MARGIN_PX, 4 + MARGIN_PX)


def test_no_error_has_no_sign(make, mask_HW):
    true = make.clip().true_THW
    table = errors_table(MouseClips("A", [ComparedClip(0, true, true, true)], mask_HW), 30.0)
    assert (table["mean_absolute_error"] == 0).all()
    assert table["positive_share"].isna().all()


def test_the_table_has_every_frame_of_every_clip(compared):
    table = errors_table(compared("B", 3), 30.0)
    assert len(table) == 3 * 40
    assert set(table["mouse"]) == {"B"}
    assert table["time_s"].max() == pytest.approx(39 / 30)


def test_a_clip_has_four_rows_of_frames_and_a_curve_below(compared):
    fig = figure_errors(compared(), 1, VIEW)
    panels = [ax for ax in fig.axes if ax.images]
    assert len(panels) == 4 * 9
    names = {ax.get_ylabel() for ax in fig.axes} - {""}
    assert names == {
        "shown",
        "reconstructed",
        "from predicted\nactivity",
        "difference\n(grey levels)",
        "frame correlation",
    }
    curve = fig.axes[-1]
    assert curve.get_xlabel() == "time (s)"
    labels = [text.get_text() for text in curve.get_legend().get_texts()]
    assert labels == ["from recorded activity", "from predicted activity"]


@pytest.mark.parametrize(("mice", "num_clips"), [("A", 1), ("ABC", 4)])
def test_every_clip_has_one_map(compared, mice, num_clips):
    fig = figure_error_clips([compared(mouse, num_clips) for mouse in mice], VIEW)
    panels = [ax for ax in fig.axes if ax.images]
    assert len(panels) == len(mice) * num_clips
    assert [ax.get_title() for ax in panels[:num_clips]] == [f"clip {k}" for k in range(num_clips)]
    assert [ax.get_ylabel() for ax in panels[::num_clips]] == [f"mouse {m}" for m in mice]


def test_the_drawn_frame_is_the_middle_of_the_scored_ones():
    assert middle_frame(41, 0) == 20
    assert middle_frame(41, 30) == 35
    assert middle_frame(31, 30) == 30


def test_movies_of_another_shape_are_refused(make):
    clip = make.clip()
    with pytest.raises(ValueError, match=r"clip 0: .* predicted activity \(39, 36, 64\)"):
        ComparedClip(0, clip.true_THW, clip.reconstructed_THW, clip.true_THW[1:])


def test_another_number_of_clips_is_refused(make, mask_HW, tmp_path):
    clip = make.clip()
    with h5py.File(tmp_path / "clips.h5", "w") as file:
        file["mask_HW"] = mask_HW
        file["clip-0/true_THW"], file["clip-0/reconstructed_THW"] = clip.true_THW, clip.true_THW
    with h5py.File(tmp_path / "ensemble.h5", "w") as file:
        file["num_frames"], file["smoothed"] = [40, 30], np.stack([clip.true_THW] * 2)
    paths = tmp_path / "clips.h5", tmp_path / "ensemble.h5"
    with pytest.raises(ValueError, match=r"ensemble\.h5 holds 2 clips, .*clips\.h5 holds 1"):
        read_compared("A", *paths)
    with h5py.File(paths[1], "a") as file:
        del file["num_frames"]
        file["num_frames"] = [40]
    assert read_compared("A", *paths).clips[0].predicted_THW.shape == clip.true_THW.shape
