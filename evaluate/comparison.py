"""Variants against the standard run, mouse by mouse; populations and sizes of the ensemble against each other."""

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
        tables += [
            part.assign(family="populations", mode=mode)
            for part in _levels_of(chosen, "share", seed)
        ]
    table = pd.concat(tables, ignore_index=True)
    return table[FIRST_COLUMNS + [name for name in table if name not in FIRST_COLUMNS]]


def compare_sizes(sizes: pd.DataFrame, seed: int) -> pd.DataFrame:
    """An ANOVA over the numbers of averaged members per measure, and its post-hoc tests; nothing for a single member."""
    if sizes["num_members"].nunique() < 2:
        return pd.DataFrame(columns=["measure", "comparison", "test"])
    return pd.concat(_levels_of(sizes, "num_members", seed), ignore_index=True)


def _levels_of(table: pd.DataFrame, level: str, seed: int) -> list[pd.DataFrame]:
    """For each measure the ANOVA over ordered levels, then the tests between neighbours."""
    return [
        part
        for measure in MEASURES
        for part in (
            pd.DataFrame([repeated_anova(table, level, measure)]),
            posthoc_adjacent(table, level, measure, seed=seed),
        )
    ]
