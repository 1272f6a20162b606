"""Temporal maps: identical, inverted, still pixels, clips without a number, summaries."""

import numpy as np
import pytest

from evaluate.tables import Scoring
from evaluate.temporal import summarise_map, temporal_map

MASK = np.zeros((4, 5), bool)
MASK[1:3, 1:4] = True


def scoring_of(num_clips: int) -> Scoring:
    rng = np.random.default_rng(0)
    shown = [rng.uniform(0, 255, (8 + clip, 4, 5)) for clip in range(num_clips)]
    return Scoring("A", list(range(num_clips)), shown, MASK, 2)


def test_identical_clips_correlate_at_one_in_every_pixel_of_the_screen():
    scoring = scoring_of(2)
    found = temporal_map(scoring, [0.3 * clip + 9 for clip in scoring.true_THW])
    np.testing.assert_allclose(found, np.ones((4, 5)))


def test_an_inverted_and_an_identical_clip_cancel():
    scoring = scoring_of(2)
    first, second = scoring.true_THW
    np.testing.assert_allclose(temporal_map(scoring, [255 - first, second]), 0, atol=1e-12)


def test_still_pixels_are_left_out_of_the_mean_and_missing_where_all_are_still():
    scoring = scoring_of(2)
    first, second = (clip.copy() for clip in scoring.true_THW)
    first[:, 0, 0] = 127.5
    first[:, 3, 4] = second[:, 3, 4] = 127.5
    found = temporal_map(scoring, [first, 255 - second])
    assert found[0, 0] == pytest.approx(-1)
    assert np.isnan(found[3, 4])
    assert np.isfinite(found).sum() == 19


def test_skipped_frames_do_not_count():
    scoring = scoring_of(1)
    movie = scoring.true_THW[0].copy()
    movie[:2] = 0
    np.testing.assert_allclose(temporal_map(scoring, [movie]), 1)


def test_summary_of_each_mask():
    map_HW = np.full((4, 5), 0.5)
    map_HW[1, 1], map_HW[0, 0] = 0.0, np.nan
    everywhere, nowhere = np.ones((4, 5), bool), np.zeros((4, 5), bool)
    masks = {"optimised": everywhere, "scored": MASK, "none": nowhere}
    table = summarise_map("A", map_HW, masks).set_index("mask")
    assert table["num_pixels"].tolist() == [20, 6, 0]
    assert table["num_known_pixels"].tolist() == [19, 6, 0]
    assert table.loc["optimised", "temporal_correlation"] == pytest.approx(18 * 0.5 / 19)
    assert table.loc["scored", "temporal_correlation"] == pytest.approx(5 * 0.5 / 6)
    assert np.isnan(table.loc["none", "temporal_correlation"])
