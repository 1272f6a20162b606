"""Clips without a score in one condition are left out of all."""

import logging

import numpy as np
import pandas as pd

from evaluate.complete import complete_clips


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
