"""Tables: a row per clip, controls and subsets as they say."""

import itertools

import numpy as np
import pytest

from evaluate.scores import frame_correlation, video_correlation
from evaluate.tables import Scoring, score_ensemble_sizes
from reconstruct.ensemble import average_movies, smooth_movie
from reconstruct.settings import SmoothingSettings

MASK = np.ones((4, 5), bool)
SMOOTHING = SmoothingSettings(sigma_frames=0.5, sigma_px=0.5)


def movies(seed: int, lengths=(8, 6, 7)) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.uniform(0, 255, (length, 4, 5)) for length in lengths]


@pytest.fixture
def scoring() -> Scoring:
    return Scoring("A", [4, 9, 11], movies(0), MASK, skip_frames=2)


def test_rows_hold_both_scores_of_every_clip(scoring):
    found = movies(1)
    rows = scoring.rows("member", found, member=7)
    assert [(row["mouse"], row["clip"], row["trial"], row["member"]) for row in rows] == [
        ("A", 0, 4, 7),
        ("A", 1, 9, 7),
        ("A", 2, 11, 7),
    ]
    for row, one, shown in zip(rows, found, scoring.true_THW, strict=True):
        assert row["video_correlation"] == video_correlation(one, shown, MASK, 2)
        assert row["frame_correlation"] == frame_correlation(one, shown, MASK, 2)


def test_other_clips_are_all_but_the_own_over_common_frames(scoring):
    rows = scoring.rows_of_other_clips("other_clips", scoring.true_THW)
    for clip, row in enumerate(rows):
        own = scoring.true_THW[clip]
        others = [m for index, m in enumerate(scoring.true_THW) if index != clip]
        pairs = [(own[: len(m)], m[: len(own)]) for m in others]
        expected = np.mean([video_correlation(*pair, MASK, 2) for pair in pairs])
        assert row["video_correlation"] == pytest.approx(expected)
        assert row["video_correlation"] < 0.9


def test_with_one_clip_there_is_no_other():
    alone = Scoring("A", [4], movies(0)[:1], MASK, 2)
    (row,) = alone.rows_of_other_clips("other_clips", alone.true_THW)
    assert np.isnan(row["video_correlation"])


def test_ensemble_sizes_are_means_over_all_subsets(scoring):
    members = [movies(seed) for seed in (1, 2, 3)]
    table = score_ensemble_sizes(scoring, members, SMOOTHING).set_index(["num_members", "clip"])
    assert len(table) == 9
    for (size, clip), row in table.iterrows():
        subsets = itertools.combinations([m[clip] for m in members], size)
        means = [smooth_movie(average_movies(list(subset)), SMOOTHING) for subset in subsets]
        expected = [video_correlation(mean, scoring.true_THW[clip], MASK, 2) for mean in means]
        assert row.video_correlation == pytest.approx(np.mean(expected))
