"""Clips without a score in one condition are left out of all."""

import logging

import numpy as np
import pandas as pd

from evaluate.complete import blank_incomplete, complete_clips, omitted_clips


def make_scores() -> pd.DataFrame:
    rows = [(m, c, v, 0.5) for m in "AB" for c in range(2) for v in ("standard", "half")]
    return pd.DataFrame(rows, columns=["mouse", "clip", "variant", "score"])


def test_complete_scores_stay_as_they_are():
    pd.testing.assert_frame_equal(complete_clips(make_scores(), ["score"]), make_scores())


def test_a_clip_that_one_variant_misses_is_left_out_of_all_and_named(caplog):
    scores = make_scores()
    scores.loc[1, "score"] = np.nan
    with caplog.at_level(logging.WARNING):
        kept = complete_clips(scores, ["score"])
    assert kept[["mouse", "clip"]].drop_duplicates().to_numpy().tolist() == [
        ["A", 1],
        ["B", 0],
        ["B", 1],
    ]
    assert "mouse A, clip 0: no score in one condition" in caplog.text
    assert omitted_clips(scores, ["score"]) == [("A", 0)]
    assert omitted_clips(make_scores(), ["score"]) == []


def test_a_sweep_misses_a_clip_in_all_variants_at_that_threshold_only():
    rows = [("A", 0, v, t, 0.5) for v in ("standard", "half") for t in (0.0, 1.0)]
    scores = pd.DataFrame(rows, columns=["mouse", "clip", "variant", "threshold", "score"])
    scores.loc[3, "score"] = np.nan
    blank = blank_incomplete(scores, ["score"])
    assert blank["score"].isna().tolist() == [False, True, False, True]
    assert len(blank) == 4
    assert scores["score"].isna().sum() == 1
