"""Scores of variants of the reconstruction and of smaller populations: a line per mouse, its mean over clips."""

import textwrap
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, NullLocator

from evaluate.complete import complete_clips
from figures.checks import require_columns, require_known
from figures.numerals import numeral
from figures.save import Made
from figures.scores import MEASURES, confidence_interval
from figures.style import (
    DOUBLE_COLUMN_CM,
    FAINT,
    INK,
    MEASURE_LABELS,
    MUTED,
    SINGLE_COLUMN_CM,
    SOURCE_COLOURS,
    house_style,
    in_rows,
    letter_panels,
    mouse_markers,
    new_figure,
)
from recordings.csv_table import read_table

MEAN_COLOUR = SOURCE_COLOURS["smoothed_ensemble"]
STARS = {0.001: "***", 0.01: "**", 0.05: "*"}
STARS_LABEL = "* p < 0.05, ** p < 0.01, *** p < 0.001, corrected"
VARIANT_CM, MARGIN_CM = 1.6, 2.1
LABEL_LETTERS, SHORT_NAME = 12, 3
CM_PER_INCH = 2.54
CROWDED = 8
"""variants from which their names stand aslant and what is written above them is small"""
FEWEST_MICE = 3
"""for an interval: with two, Student's t is so wide that it hides the mice"""
TICKS = MaxNLocator(5, steps=[1, 2, 5, 10])
SMALLEST_P = 1e-16
MOUSE_LINE = {"ls": (0, (4, 2)), "lw": 0.8, "ms": 2.8, "color": MUTED}
SAME_MOUSE = {"ls": (0, (4, 2)), "lw": 0.5, "color": "#B5B5B5"}
INTERVAL = {"color": MEAN_COLOUR, "lw": 6, "alpha": 0.25}


def means_of_mice(scores: pd.DataFrame, level: str) -> pd.DataFrame:
    """The plotted numbers: mean over clips of each mouse and level, in the order of the table."""
    require_columns(scores, ("mouse", "clip", level, *MEASURES), "scores")
    if scores[list(MEASURES)].isna().any(axis=None):
        raise ValueError(
            "table scores: a correlation is NaN; leave its clip out of every variant, as the tests do"
        )
    means = scores.groupby([level, "mouse"], sort=False, as_index=False)[list(MEASURES)].mean()
    present = pd.crosstab(means["mouse"], means[level]).stack()
    for mouse, name in present.index[present == 0]:
        raise ValueError(
            f"table scores: mouse {mouse} has no score at {level} {name}; score it or leave it out"
        )
    return means


@house_style()
def figure_population(scores: pd.DataFrame, posthoc: pd.DataFrame) -> Figure:
    """Correlations against the share of the neurons, a row per mode; significant steps of `posthoc` bracketed.

    `share` is in 0..1; a column `num_neurons` adds their mean number to the axis. `posthoc`: rows of
    `evaluate.statistics.posthoc_adjacent`, `mode` added where there are several; none for a single share.
    """
    require_columns(scores, ("mouse", "clip", "share", "mode", *MEASURES), "scores")
    _require_tests(posthoc, ("measure", "first", "second", "p_corrected"), "posthoc")
    modes = list(scores["mode"].unique())
    fig = new_figure(SINGLE_COLUMN_CM, 2.0 + 4.2 * len(modes))
    axes = fig.subplots(len(modes), 2, sharex=True, squeeze=False)
    for row, mode in zip(axes, modes, strict=True):
        of_mode = scores[scores["mode"] == mode]
        steps = posthoc[posthoc["mode"] == mode] if "mode" in posthoc else posthoc
        for ax, measure in zip(row, MEASURES, strict=True):
            draw_population(ax, of_mode, measure)
            draw_steps(ax, steps[steps["measure"] == measure] if len(steps) else steps)
            ax.set_ylabel(MEASURE_LABELS[measure])
            ax.set_title(mode)
    _share_room(axes.flat)
    letter_panels(axes.flat)
    for ax in axes[-1]:
        ax.set_xlabel("neurons (%, number)" if "num_neurons" in scores else "neurons (%)")
    starred = any(ax.texts for ax in axes.flat)
    legend_of_mice(fig, scores["mouse"], STARS_LABEL if starred else None)
    return fig


@house_style()
def figure_variants(
    scores: pd.DataFrame, tests: pd.DataFrame, standard: str = "standard"
) -> Figure:
    """Correlations of each variant, with change and p against the standard above.

    Columns are in the order of the table. `tests`: rows of `evaluate.statistics.compare_with_standard`.
    """
    require_columns(scores, ("mouse", "clip", "variant", *MEASURES), "scores")
    names = list(scores["variant"].unique())
    require_known([standard], names, "variant of scores")
    _require_tests(tests, ("measure", "first", "second", "change_percent", "p"), "tests")
    width = np.clip(MARGIN_CM + VARIANT_CM * len(names), SINGLE_COLUMN_CM, DOUBLE_COLUMN_CM)
    fig = new_figure(float(width), 11.0)
    axes = fig.subplots(2, 1, sharex=True)
    for ax, measure in zip(axes, MEASURES, strict=True):
        draw_variants(ax, scores, measure, standard)
        for place, name in enumerate(names):
            if name != standard:
                row = _test_of(tests, measure, name, standard)
                write_change(ax, place, row, 6.5 if len(names) < CROWDED else 6.0)
        ax.set_ylabel(MEASURE_LABELS[measure])
    letter_panels(axes)
    legend_of_mice(fig, scores["mouse"])
    return fig


def draw_population(ax: Axes, scores: pd.DataFrame, measure: str) -> None:
    """Draw each mouse dashed and the mean of the mice solid, with its 95 % interval, over shares on a log2 axis."""
    means = means_of_mice(scores, "share").pivot(index="share", columns="mouse", values=measure)
    percent = 100 * means.index.to_numpy(float)
    draw_mice(ax, percent, means)
    ax.set_xscale("log", base=2)
    ax.set_xticks(percent, _share_labels(scores, means.index))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xlim(percent.min() / 1.35, percent.max() * 1.35)
    leave_room(ax, means, below=0.08, above=0.2)


def draw_steps(ax: Axes, steps: pd.DataFrame) -> None:
    """Draw a bracket with stars over each step between shares whose corrected p is below .05."""
    # Read from a table whose other rows name variants, shares are text.
    for step in steps.astype({"first": float, "second": float}).to_dict("records"):
        stars = next((mark for p, mark in STARS.items() if step["p_corrected"] < p), None)
        if stars is None:
            continue
        left, right = 100 * step["first"] * 1.12, 100 * step["second"] / 1.12
        bracket = {"color": INK, "lw": 0.7, "transform": ax.get_xaxis_transform()}
        ax.plot([left, left, right, right], [0.9, 0.92, 0.92, 0.9], **bracket)
        middle = np.sqrt(left * right)
        ax.text(middle, 0.915, stars, ha="center", transform=ax.get_xaxis_transform())


def draw_variants(ax: Axes, scores: pd.DataFrame, measure: str, standard: str) -> None:
    """Draw a column per variant: a marker per mouse, the mean of the mice as a bar, with its 95 % interval."""
    names = list(scores["variant"].unique())
    means = means_of_mice(scores, "variant")
    means = means.pivot(index="variant", columns="mouse", values=measure).loc[names]
    place = names.index(standard)
    ax.axvspan(place - 0.5, place + 0.5, color=FAINT, alpha=0.45, lw=0, zorder=0)
    draw_categories(ax, np.arange(len(names)), means)
    wrapped = ["\n".join(textwrap.wrap(name.replace("_", " "), LABEL_LETTERS)) for name in names]
    aslant = {"rotation": 35, "ha": "right", "rotation_mode": "anchor"}
    ax.set_xticks(range(len(names)), wrapped, **(aslant if len(names) >= CROWDED else {}))
    ax.tick_params(axis="x", length=0)
    ax.set_xlim(-0.5, len(names) - 0.5)
    leave_room(ax, means, below=0.08, above=0.32)


def draw_mice(ax: Axes, places: np.ndarray, means: pd.DataFrame) -> None:
    """Draw a row per level, a column per mouse: mice dashed, their mean solid, with its interval where they are enough."""
    for mouse, marker in mouse_markers(means.columns).items():
        ax.plot(places, means[mouse], label=f"mouse {mouse}", marker=marker, zorder=4, **MOUSE_LINE)
    style = {"color": MEAN_COLOUR, "marker": "_", "ms": 9, "mew": 1.8, "zorder": 3}
    ax.plot(places, means.mean(axis=1), lw=1.8, label="mean", **style)
    draw_intervals(ax, places, means)


def draw_categories(ax: Axes, places: np.ndarray, means: pd.DataFrame) -> None:
    """Draw levels without an order: markers in front of light dashed lines that only tell which are of one mouse; means apart."""
    for mouse, marker in mouse_markers(means.columns).items():
        style = {"marker": marker, "ms": 3.2, "mfc": MUTED, "mec": MUTED, **SAME_MOUSE}
        ax.plot(places, means[mouse], label=f"mouse {mouse}", zorder=4, **style)
    bar = {"ls": "", "marker": "_", "ms": 13, "mew": 2.2, "color": MEAN_COLOUR}
    ax.plot(places, means.mean(axis=1), label="mean", zorder=3, **bar)
    draw_intervals(ax, places, means)


def draw_intervals(ax: Axes, places: np.ndarray, means: pd.DataFrame) -> None:
    """Draw the 95 % interval of the mean of the mice, where they are enough."""
    intervals = _intervals(means)
    if np.isfinite(intervals).all():
        ax.vlines(places, *intervals.T, zorder=2, **INTERVAL)


def _intervals(means: pd.DataFrame) -> np.ndarray:
    """Of the mean of the mice; NaN where they are too few."""
    if means.shape[1] < FEWEST_MICE:
        return np.full((len(means), 2), np.nan)
    return np.array([confidence_interval(row) for row in means.to_numpy()])


def leave_room(
    ax: Axes, means: pd.DataFrame, below: float, above: float, highest: float = 1.0
) -> None:
    """Shares of the axis that stay free below and above all points and intervals; no tick beyond the highest value."""
    values = np.concatenate([means.to_numpy().ravel(), _intervals(means).ravel()])
    low, high = np.nanmin(values), np.nanmax(values)
    unit = max(high - low, 0.01) / (1 - below - above)
    bottom, top = low - below * unit, high + above * unit
    ax.set_yticks([tick for tick in TICKS.tick_values(bottom, top) if tick <= highest])
    ax.set_ylim(bottom, top)


def _share_room(axes: Iterable[Axes]) -> None:
    """One range for all panels: correlations of different rows and columns compare at a glance."""
    axes = list(axes)
    bottoms, tops = zip(*(ax.get_ylim() for ax in axes), strict=True)
    bottom, top = min(bottoms), max(tops)
    for ax in axes:
        ax.set_yticks([tick for tick in TICKS.tick_values(bottom, top) if tick <= 1])
        ax.set_ylim(bottom, top)


def _share_labels(scores: pd.DataFrame, shares: pd.Index) -> list[str]:
    labels = [f"{100 * share:g}" for share in shares]
    if "num_neurons" not in scores:
        return labels
    counts = scores.groupby(["share", "mouse"])["num_neurons"].first().groupby("share").mean()
    return [f"{label}\n{counts[share]:.0f}" for label, share in zip(labels, shares, strict=True)]


def write_change(ax: Axes, place: int, row: dict, size: float = 6.5) -> None:
    """Write change and p above a column."""
    change, p = row["change_percent"], row["p"]
    text = f"{numeral(change, '+z.0f' if abs(change) >= 100 else '+z.1f')} %"
    if p == p:
        text += f"\n{p_text(p)}"
    style = {"ha": "center", "va": "top", "fontsize": size, "transform": ax.get_xaxis_transform()}
    ax.text(place, 0.985, text, **style)


def p_text(p: float) -> str:
    """`p = 0.020`, `p = 1.5e-5`, `p < 1e-16`."""
    if p < SMALLEST_P:
        return f"p < {numeral(SMALLEST_P, '.0e')}"
    return f"p = {numeral(p, '.3f' if p >= 0.001 else '.1e')}"


def _test_of(tests: pd.DataFrame, measure: str, name: str, standard: str) -> dict:
    chosen = (tests["measure"] == measure) & (tests["second"] == name)
    rows = tests[chosen & (tests["first"] == standard)].to_dict("records")
    if len(rows) != 1:
        raise ValueError(
            f"table tests: {'no' if not rows else 'more than one'} test of {name} against {standard} "
            f"for {measure}; make them with evaluate.statistics.compare_with_standard"
        )
    return rows[0]


def _require_tests(tests: pd.DataFrame, columns: tuple[str, ...], name: str) -> None:
    """Columns must be there where rows are; none are needed where there is nothing to compare."""
    if len(tests):
        require_columns(tests, columns, name)


def legend_of_mice(fig: Figure, mice: pd.Series, note: str | None = None) -> None:
    """Put markers of the mice, the mean and, where it is drawn, its interval below the panels."""
    markers = mouse_markers(mice)
    handles = [
        Line2D([], [], marker=m, label=f"mouse {k}", **MOUSE_LINE) for k, m in markers.items()
    ]
    handles.append(Line2D([], [], color=MEAN_COLOUR, lw=1.8, label="mean"))
    if len(markers) >= FEWEST_MICE:
        handles.append(Line2D([], [], label="95 % interval", solid_capstyle="butt", **INTERVAL))
    wide = fig.get_figwidth() * CM_PER_INCH > 1.5 * SINGLE_COLUMN_CM
    most = (6 if wide else 3) if max(map(len, markers)) <= SHORT_NAME else (4 if wide else 2)
    columns = min(most, len(handles))
    handles = in_rows(handles, columns)
    layout = {"ncols": columns, "columnspacing": 1.0, "handletextpad": 0.5, "title_fontsize": 6.5}
    fig.legend(handles=handles, title=note, loc="outside lower center", handlelength=1.7, **layout)


def make_variants(files: Any, settings: Any, of: Any) -> Made:
    """The figure `variants`."""
    scores = complete_clips(read_table(files.scores), list(MEASURES))
    tests = read_table(files.tests)
    return figure_variants(scores, tests[tests["family"] == "variants"]), scores


def make_population(files: Any, settings: Any, of: Any) -> Made:
    """The figure `population`."""
    scores, tests = read_table(files.scores), read_table(files.tests)
    chosen = tests[(tests["family"] == "populations") & (tests["test"] == "paired t")]
    return figure_population(scores, chosen), scores
