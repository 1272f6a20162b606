"""Sentences about scores, members, activity and clips; each from the csv of a figure and the tables of its tests."""

import pandas as pd

from evaluate.activity_comparison import MEASURES as OF_ACTIVITY
from evaluate.activity_comparison import scores_by_clip
from evaluate.complete import omitted_clips
from figures.duplicates import REJECTED, USED
from figures.in_words import (
    capital,
    levels_tested,
    listed,
    number,
    omitted,
    p_of,
    paragraphs,
    percent,
    told,
    with_interval,
)
from figures.numerals import numeral
from figures.scores import MEASURES, summarise_scores
from figures.style import MEASURE_LABELS, SOURCE_LABELS
from recordings.wording import counted

LEVELS = (0.5, 0.95)
"""nominal coverages that are quoted"""
SEVERAL = {"clip": "clips", "mouse": "mice"}
INTERVAL = ["mean", "low", "high"]


def tell_scores(scores: pd.DataFrame) -> str:
    """Mean video correlation of every source over clips, with its interval."""
    summary = summarise_scores(scores)
    rows = summary[summary["measure"] == MEASURES[0]]
    most = int(rows["num_clips"].max())
    means = [
        f"{SOURCE_LABELS[row.source]} {with_interval(row.mean, row.low, row.high)}"
        + (told(f"of {row.num_clips:.0f}") if row.num_clips < most else "")
        for row in rows.itertuples()
    ]
    return listed(f"Video correlation, mean over {counted(most, 'clip')} (95 % interval)", means)


def tell_performance(_: pd.DataFrame, performance_tests: pd.DataFrame) -> str:
    """Mean with interval and p against one other clip over clips and mice; how many clips are identified."""
    return paragraphs(*(_performance(performance_tests, measure) for measure in MEASURES))


def _performance(tests: pd.DataFrame, measure: str) -> str:
    chosen = tests[tests["measure"] == measure]
    mean = chosen[(chosen["test"] == "mean") & (chosen["unit"] == "clip")].iloc[0]
    paired = chosen[chosen["comparison"] == "own - random"].itertuples()
    ps = [f"{p_of(row.p)} over {SEVERAL[row.unit]}" for row in paired if p_of(row.p)]
    tested = told("against one other clip " + " and ".join(ps)) if ps else ""
    picked = chosen[chosen["test"] == "identification"].iloc[0]
    items = [f"own movie {with_interval(*mean[INTERVAL])}{tested}"]
    if picked["n"]:
        chance = f"chance {100 * picked['chance']:.0f} %"
        share = f"{100 * picked['mean']:.0f} % of {counted(int(picked['n']), 'clip')} picked"
        items.append(share + told(chance, p_of(picked["p"])))
    num_clips = counted(int(mean["n"]), "clip")
    label = capital(MEASURE_LABELS[measure])
    return listed(f"{label}, mean over {num_clips} (95 % interval)", items)


def tell_sizes(
    sizes: pd.DataFrame, ensemble_tests: pd.DataFrame, ensemble_sizes: pd.DataFrame
) -> str:
    """Mean over mice of each number of members, the ANOVA and the corrected p of each step."""
    texts = []
    for measure in MEASURES:
        means = (
            sizes.groupby(["num_members", "mouse"])[measure].mean().groupby("num_members").mean()
        )
        items = [f"{counted(size, 'member')} {number(mean)}" for size, mean in means.items()]
        tests = ensemble_tests[ensemble_tests["measure"] == measure]
        num_mice = counted(sizes["mouse"].nunique(), "mouse", "mice")
        lead = f"{capital(MEASURE_LABELS[measure])}, mean over {num_mice}"
        texts.append(listed(lead, filter(None, [*items, *levels_tested(tests, _size)])))
    return paragraphs(*texts, omitted(omitted_clips(ensemble_sizes, MEASURES)))


def _size(num_members: str) -> str:
    return f"{float(num_members):g}"


def tell_calibration(coverage: pd.DataFrame) -> str:
    """Share of pixels inside the intervals of two levels, raw and scaled, and the factors."""
    means = coverage.groupby(["nominal", "mouse"])[["coverage", "scaled_coverage"]].mean()
    means = means.groupby("nominal").mean()
    items = [
        f"{100 * level:.0f} % should, {100 * means.coverage[level]:.0f} % do raw, "
        f"{100 * means.scaled_coverage[level]:.0f} % scaled"
        for level in LEVELS
        if level in means.index
    ]
    scales = coverage.groupby("mouse")["scale"].mean()
    factors = ", ".join(f"{scale:.2f} (mouse {mouse})" for mouse, scale in scales.items())
    lead = "Pixels inside their interval, mean over mice"
    return paragraphs(listed(lead, items), f"Mean factor: {factors}.")


def tell_activity(scores: pd.DataFrame, activity_tests: pd.DataFrame) -> str:
    """Mean over mice for each version, with the tests."""
    return paragraphs(*(_activity(scores, activity_tests, measure) for measure in OF_ACTIVITY))


def _activity(scores: pd.DataFrame, tests: pd.DataFrame, measure: str) -> str:
    clips = scores_by_clip(scores, measure)
    if clips.empty:
        return ""
    means = clips.groupby("mouse").mean().mean()
    items = [f"{version.replace('_', ' ')} {number(mean)}" for version, mean in means.items()]
    items += [
        f"{row.comparison.replace(' - ', ' against ')}{told(percent(row.change_percent), p_of(row.p))}"
        for row in tests[tests["measure"] == measure].itertuples()
    ]
    num_mice = counted(clips.index.get_level_values("mouse").nunique(), "mouse", "mice")
    return listed(f"{capital(MEASURE_LABELS[measure])}, mean over {num_mice}", items)


def tell_relations(
    _: pd.DataFrame, relation_fits: pd.DataFrame, cross_correlation: pd.DataFrame
) -> str:
    """Pearson's r of each parameter with p, and the lag of the largest cross-correlation."""
    items = [
        f"{row.parameter.replace('_', ' ')} r = {number(row.r)}{told(p_of(row.p), f'n = {row.n}')}"
        for row in relation_fits.itertuples()
    ]
    text = listed("With the mean frame correlation", items)
    known = cross_correlation.dropna(subset=["mean"])
    if known.empty:
        return text
    known = known[known["num_clips"] == known["num_clips"].max()]
    size = counted(int(known["num_clips"].iloc[0]), "clip")
    return paragraphs(text, f"Cross-correlation, mean over {size}: {_largest_lag(known)}.")


def _largest_lag(lags: pd.DataFrame) -> str:
    """Where the cross-correlation is largest in size, and whether any interval is clear of 0."""
    peak = lags.loc[lags["mean"].abs().idxmax()]
    lag = f"{numeral(peak['lag_frames'], 'z.0f')} {'frame' if abs(peak['lag_frames']) == 1 else 'frames'}"
    found = f"largest at a lag of {lag}, {with_interval(peak['mean'], peak['low'], peak['high'])}"
    ends = lags[["low", "high"]].dropna()
    clear = (ends["low"] > 0) | (ends["high"] < 0)
    return found if ends.empty or clear.any() else f"{found}; no lag has an interval without 0"


def tell_duplicates(table: pd.DataFrame) -> str:
    """How many candidates are rejected, and which of the reconstructed ones resembles training most."""
    candidates = f"{counted(len(table), 'candidate')}, {(table['use'] == REJECTED).sum()} rejected."
    used = table[table["use"] == USED]
    if used["correlation"].isna().all():
        return candidates
    most = used.loc[used["correlation"].idxmax()]
    return (
        f"{candidates} Of {counted(len(used), 'candidate')} that {'is' if len(used) == 1 else 'are'} reconstructed, most like a training movie: "
        f"mouse {most['mouse']}, trial {most['trial']}, correlation {number(most['correlation'])}."
    )
