"""The scores of activity by what the members were shown: clips that count, and tests over mice."""

import pandas as pd

from evaluate.activity_file import MASKED, MATCHED, MOVIE, RECONSTRUCTION
from evaluate.statistics import by_mouse, paired_test

MEASURES = ("poisson_loss", "activity_correlation")
COMPARISONS = ((MOVIE, MASKED), (RECONSTRUCTION, MATCHED))
FIRST_COLUMNS = ["measure", "comparison", "test"]


def scores_by_clip(scores: pd.DataFrame, measure: str) -> pd.DataFrame:
    """A row per mouse and clip, a column per version; a clip without the score (constant activity) in one is left out of all."""
    order = list(scores["version"].unique())
    wide = scores.pivot(index=["mouse", "clip"], columns="version", values=measure)
    return wide[order].dropna()


def compare_activity(scores: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Paired t-tests over mice, a row per measure and comparison; none where no clip has the score."""
    rows = []
    for measure in MEASURES:
        clips = scores_by_clip(scores, measure)
        if clips.empty:
            continue
        means = by_mouse(
            clips.melt(value_name=measure, ignore_index=False).reset_index(), "version", measure
        )
        rows += [{**paired_test(means, *pair, seed), "measure": measure} for pair in COMPARISONS]
    table = pd.DataFrame(rows) if rows else pd.DataFrame(columns=FIRST_COLUMNS)
    return table[FIRST_COLUMNS + [name for name in table if name not in FIRST_COLUMNS]]
