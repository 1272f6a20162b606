"""Scores at every threshold: identical and inverted clips, masks that are all or nothing."""

import numpy as np
import pytest

from evaluate.scores import full_screen_correlation, video_correlation
from evaluate.sweep import THRESHOLDS, sweep_thresholds
from masks.geometry import ScreenSettings, diameter_deg

SCREEN = ScreenSettings(31.8, 56.5, 15.0)
ALPHA_HW = np.linspace(-0.2, 0.95, 36 * 64).reshape(36, 64)


def shown(num_clips: int = 2) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.uniform(0, 255, (6 + clip, 36, 64)) for clip in range(num_clips)]


def sweep(reconstruct, alpha_HW=ALPHA_HW):
    return sweep_thresholds([(reconstruct(m), m) for m in shown()], alpha_HW, 2, SCREEN)


def test_thresholds_are_tenths():
    assert THRESHOLDS == (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


@pytest.mark.parametrize(("sign", "offset"), [(1, 0), (-1, 255)])
def test_identical_and_inverted_clips_at_every_threshold_that_leaves_pixels(sign, offset):
    table = sweep(lambda movie: sign * movie + offset)
    assert len(table) == 2 * len(THRESHOLDS)
    left = table[table["threshold"] < 0.95]
    np.testing.assert_allclose(left["video_correlation"], sign)
    sizes = sign * left.groupby("threshold")["full_screen_correlation"].mean()
    assert (sizes.diff().dropna() < 0).all()


def test_an_empty_mask_has_a_size_and_no_score():
    last = sweep(lambda movie: movie).query("threshold == 1.0")
    assert (last[["num_pixels", "diameter_deg"]] == 0).all(axis=None)
    assert last[["video_correlation", "full_screen_correlation"]].isna().all(axis=None)


def test_constant_movies_have_no_score():
    table = sweep(lambda movie: np.full_like(movie, 127.5))
    assert table[["video_correlation", "full_screen_correlation"]].isna().all(axis=None)


def test_a_mask_of_the_whole_screen_gives_both_scores_alike():
    table = sweep(lambda movie: movie[::-1].copy(), np.ones((36, 64)))
    np.testing.assert_allclose(table["video_correlation"], table["full_screen_correlation"])
    np.testing.assert_allclose(table["diameter_deg"], 121.4, rtol=1e-3)


def test_rows_are_the_scores_inside_each_mask():
    table = sweep(lambda movie: movie[::-1].copy())
    for row in table[table["threshold"] < 0.95].itertuples():
        true, mask_HW = shown()[row.clip], row.threshold <= ALPHA_HW
        pair = true[::-1], true
        assert row.video_correlation == pytest.approx(video_correlation(*pair, mask_HW, 2))
        expected = full_screen_correlation(*pair, mask_HW, 2)
        assert row.full_screen_correlation == pytest.approx(expected)
        assert row.num_pixels == mask_HW.sum()
        assert row.diameter_deg == diameter_deg(mask_HW, SCREEN)
