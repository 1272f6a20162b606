"""Sentences about variants, populations, thresholds and artificial stimuli."""

import pandas as pd

from evaluate.complete import omitted_clips
from figures.in_words import (
    capital,
    interval,
    levels_tested,
    listed,
    number,
    omitted,
    p_of,
    paragraphs,
    percent,
    told,
)
from figures.scores import MEASURES
from figures.style import MEASURE_LABELS
from figures.threshold_scores import MEASURES as SWEPT
from figures.threshold_scores import means_over_mice
from recordings.wording import counted

LARGEST_P = 0.05
"""of what is called different"""
TESTED = f"(p < {LARGEST_P:g}, paired over mice, corrected)"
AGAINST = {
    "other_repetitions": f"above other repetitions {TESTED}",
    "member_correlation": f"above single members {TESTED}",
}


def tell_variants(scores: pd.DataFrame, variant_tests: pd.DataFrame, variants: pd.DataFrame) -> str:
    """Mean over mice of the standard run and of each variant, the difference with its interval, change and p."""
    tests = variant_tests[variant_tests["family"] == "variants"]
    order = [name for name in scores["variant"].unique() if name in set(tests["second"])]
    tests = tests.set_index("second", drop=False).loc[order]
    texts = [_of_variants(tests[tests["measure"] == measure], measure) for measure in MEASURES]
    return paragraphs(*texts, omitted(omitted_clips(variants, MEASURES)))


def _of_variants(tests: pd.DataFrame, measure: str) -> str:
    if tests.empty:
        return ""
    first = tests.iloc[0]
    label, mice = capital(MEASURE_LABELS[measure]), _mice(first["n"])
    lead = f"{label}, mean over {mice} (difference with its 95 % interval, change, p)"
    items = [f"{first['first']} {number(first['mean_first'])}"]
    items += [
        f"{row.second} {number(row.mean_second)}"
        + told(
            number(row.mean_difference),
            interval(row.low, row.high),
            percent(row.change_percent),
            p_of(row.p),
        )
        for row in tests.itertuples()
    ]
    return listed(lead, items)


def tell_populations(
    scores: pd.DataFrame, variant_tests: pd.DataFrame, variants: pd.DataFrame
) -> str:
    """Mean over mice of every share, the ANOVA and the corrected p of each step, by mode."""
    tests = variant_tests[variant_tests["family"] == "populations"]
    texts = [
        _of_mode(scores[scores["mode"] == mode], tests[tests["mode"] == mode], mode, measure)
        for mode in scores["mode"].unique()
        for measure in MEASURES
    ]
    return paragraphs(*texts, omitted(omitted_clips(variants, MEASURES)))


def _of_mode(scores: pd.DataFrame, tests: pd.DataFrame, mode: str, measure: str) -> str:
    means = scores.groupby(["share", "mouse"])[measure].mean().groupby("share").mean()
    items = [f"{100 * share:g} % {number(mean)}" for share, mean in means[::-1].items()]
    chosen = tests[tests["measure"] == measure]
    items += levels_tested(chosen, lambda share: f"{100 * float(share):g}", " %")
    mice = _mice(scores["mouse"].nunique())
    label = capital(MEASURE_LABELS[measure])
    return listed(f"{label}, others {mode}, mean over {mice}", filter(None, items))


def tell_thresholds(means: pd.DataFrame, threshold_scores: pd.DataFrame) -> str:
    """Of every drawn variant the threshold at which the mean over mice is highest; which clips are left out where there is a mask."""
    texts = []
    for measure, label in SWEPT.items():
        best = [
            _best(name, of_variant, measure)
            for name, of_variant in means_over_mice(means, measure).groupby("variant", sort=False)
        ]
        mice = _mice(means["mouse"].nunique())
        texts += [listed(f"Highest {label}, mean over {mice}", best)] if best else []
    masked = threshold_scores[threshold_scores["num_pixels"] > 0]
    return paragraphs(*texts, omitted(omitted_clips(masked, list(SWEPT))))


def _best(name: str, means: pd.DataFrame, measure: str) -> str:
    row = means.loc[means[measure].idxmax()]
    return f"{name} {number(row[measure])} at {row['threshold']:g}"


def tell_stimuli(cells: pd.DataFrame) -> str:
    """Best and worst cell, and means of gain and inverted partners over cells."""
    known = cells.dropna(subset=["video_correlation"])
    if known.empty:
        return ""
    values = known["video_correlation"]
    ends = {"highest": values.idxmax(), "lowest": values.idxmin()}
    items = [f"{name} {_cell(known.loc[place])}" for name, place in ends.items()]
    others = {"ensembling_gain": "gain", "inverted_correlation": "inverted partner"}
    items += [
        f"mean {label} over cells {number(cells[column].mean())}"
        for column, label in others.items()
        if cells[column].notna().any()
    ]
    items += _tested(cells)
    fewer = "at most " if cells["num_mice"].nunique() > 1 else ""
    return listed(f"Correlation, mean over {fewer}{_mice(cells['num_mice'].max())}", items)


def _tested(cells: pd.DataFrame) -> list[str]:
    """In how many cells the correlation is above what it was tested against."""
    told = []
    for against, words in AGAINST.items():
        name = f"p_{against}"
        if name in cells and cells[name].notna().any():
            above = (cells["video_correlation"] > cells[against]) & (cells[name] < LARGEST_P)
            told.append(f"{words} in {above.sum()} of {counted(len(cells), 'cell')}")
    return told


def tell_grid(shown: pd.DataFrame) -> str:
    """Best and worst of the stimuli that are drawn."""
    known = shown.dropna(subset=["video_correlation"])
    if known.empty:
        return ""
    places = known["video_correlation"].idxmax(), known["video_correlation"].idxmin()
    items = [_cell(known.loc[place]) for place in places]
    return listed("Correlation of whole movies, best and worst", items)


def _cell(row: pd.Series) -> str:
    place = f"{row['spatial']:g} in space, {row['temporal']:g} in time"
    return f"{number(row['video_correlation'])} ({place})"


def _mice(size: float) -> str:
    return counted(int(size), "mouse", "mice")
