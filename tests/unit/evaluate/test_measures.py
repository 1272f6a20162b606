"""The table of all measures: each column is what its function says."""

import numpy as np
import pytest

from evaluate.content import entropy, mean_motion_energy
from evaluate.measures import measure_clips
from evaluate.scores import full_screen_correlation, rmse, video_correlation
from evaluate.tables import Scoring

MASK = np.zeros((12, 13), bool)
MASK[1:11, 2:12] = True


@pytest.fixture
def scoring() -> Scoring:
    rng = np.random.default_rng(0)
    true_THW = [rng.uniform(0, 255, (length, 12, 13)) for length in (9, 7, 8)]
    return Scoring("A", [4, 9, 11], true_THW, MASK, skip_frames=2)


def test_every_column_is_what_its_function_says(scoring):
    rng = np.random.default_rng(1)
    movies = [np.clip(shown + rng.normal(0, 9, shown.shape), 0, 255) for shown in scoring.true_THW]
    table = measure_clips(scoring, movies, variant="x")
    assert list(table.trial) == [4, 9, 11]
    assert set(table.variant) == {"x"}
    for row, one, shown in zip(table.itertuples(), movies, scoring.true_THW, strict=True):
        assert row.video_correlation == video_correlation(one, shown, MASK, 2)
        assert row.full_screen_correlation == full_screen_correlation(one, shown, MASK, 2)
        assert row.rmse == rmse(one, shown, MASK, 2)
        assert row.motion_energy == mean_motion_energy(one, MASK, 2)
        assert row.true_entropy == entropy(shown, MASK, 2)
    assert list(table["rank"]) == [1, 1, 1]
    assert set(table.num_clips) == {3}


def test_clips_in_another_order_are_not_identified(scoring):
    movies = [scoring.true_THW[clip][:7] for clip in (1, 2, 0)]
    short = Scoring("A", [4, 9, 11], [m[:7] for m in scoring.true_THW], MASK, skip_frames=2)
    assert (measure_clips(short, movies)["rank"] > 1).all()
