"""Variants against the standard run, mouse by mouse, and populations against each other."""

import pandas as pd

from evaluate.statistics import compare_with_standard, posthoc_adjacent, repeated_anova
from reconstruct.variants import STANDARD

MEASURES = ("video_correlation", "frame_correlation")
FIRST_COLUMNS = ["family", "mode", "measure", "comparison", "test"]


def population_table(scores: pd.DataFrame, populations: dict[str, list[str]]) -> pd.DataFrame:
    """The scores of reduced populations under their mode (what is done to the other neurons), the whole one in each."""
    parts = [
        scores[scores["variant"].isin([STANDARD, *names])].assign(mode=mode)
        for mode, names in populations.items()
    ]
    return pd.concat(parts) if parts else scores.head(0).assign(mode=[])


def compare_variants(
    scores: pd.DataFrame, populations: dict[str, list[str]], seed: int
) -> pd.DataFrame:
    """A row per variant and measure; per mode of reduced populations also an ANOVA and its post-hoc tests."""
    if scores["variant"].nunique() < 2:
        return pd.DataFrame(columns=FIRST_COLUMNS)
    tables = [
        compare_with_standard(scores, "variant", measure, STANDARD, seed).assign(
            family="variants", mode=""
        )
        for measure in MEASURES
    ]
    for mode, chosen in population_table(scores, populations).groupby("mode"):
        for measure in MEASURES:
            rows = pd.DataFrame([repeated_anova(chosen, "share", measure)])
            steps = posthoc_adjacent(chosen, "share", measure, seed=seed)
            tables += [part.assign(family="populations", mode=mode) for part in (rows, steps)]
    table = pd.concat(tables, ignore_index=True)
    return table[FIRST_COLUMNS + [name for name in table if name not in FIRST_COLUMNS]]
