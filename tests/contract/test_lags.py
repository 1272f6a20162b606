"""Lags of the cross-correlation that the shortest trial has no frames for are refused before anything runs."""

from pathlib import Path

import pytest
import yaml

from evaluate import statistics
from workflow import config as whole
from workflow.validation import read_config

ROOT = Path(__file__).resolve().parents[2]


def problems(max_lag_frames: int) -> list[str]:
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    config["evaluate"]["max_lag_frames"] = max_lag_frames
    return whole.contradictions(read_config(config))


def test_the_longest_lag_leaves_what_the_statistics_need():
    assert whole.FEWEST_FRAMES == statistics.FEWEST_FRAMES
    assert problems(27) == []
    statistics.cross_correlation(range(30), range(30), 27)  # 60 frames at least, 30 skipped


def test_a_longer_lag_is_refused():
    assert problems(28) == [
        "evaluate.max_lag_frames: 28 leaves fewer than 3 of the scored frames of a trial of "
        "recordings.selection.min_frames 60; lower it"
    ]
    with pytest.raises(ValueError, match="take 27 at most"):
        statistics.cross_correlation(range(30), range(30), 28)
