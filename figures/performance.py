"""Reconstructions with their own movie and with other movies of the same mouse, and how often they pick their own."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from figures.checks import require_columns, require_known
from figures.save import Made
from figures.scores import MEASURES, confidence_interval
from figures.style import (
    DOUBLE_COLUMN_CM,
    FAINT,
    INK,
    MEASURE_LABELS,
    MUTED,
    SOURCE_COLOURS,
    house_style,
    in_rows,
    letter_panels,
    mouse_markers,
    new_figure,
)
from figures.variants import p_text
from recordings.csv_table import read_table

COLUMNS = {"own": "own\nmovie", "random": "one other\nmovie", "others": "all others,\nmean"}
COLOURS = {
    "own": SOURCE_COLOURS["smoothed_ensemble"],
    "random": SOURCE_COLOURS["other_clips"],
    "others": SOURCE_COLOURS["shuffled_neurons"],
}
TEST_COLUMNS = ("measure", "unit", "test", "comparison", "n", "mean", "low", "high", "p", "chance")
LINE = {"color": MUTED, "ls": (0, (4, 2)), "lw": 0.8, "zorder": 2}
MEAN_WIDTH, SPREAD = 0.12, 0.34
UNITS = {"clip": "clips", "mouse": "mice"}


@house_style()
def figure_performance(table: pd.DataFrame, tests: pd.DataFrame) -> Figure:
    """A point per clip and measure, own against other movies, with p over clips and over mice; shares of clips identified.

    `table` and `tests` as `evaluate.performance` makes them; a mouse with one clip has no other.
    """
    require_columns(table, ("mouse", "clip", "measure", *COLUMNS, "rank", "num_clips"), "table")
    require_columns(tests, TEST_COLUMNS, "tests")
    require_known(table["measure"], MEASURES, "measure of table")
    values = table[list(COLUMNS)].to_numpy()
    low = min(-0.3, np.nanmin(values, initial=0) - 0.05)
    fig = new_figure(DOUBLE_COLUMN_CM, 8.6)
    axes = fig.subplots(1, 3, width_ratios=[3, 3, 2.2])
    for ax, measure in zip(axes, MEASURES, strict=False):
        of_measure = tests[tests["measure"] == measure]
        draw_performance(ax, table[table["measure"] == measure], of_measure)
        ax.set_ylim(low, 1 + 0.28 * (1 - low))
        ax.set_yticks([tick for tick in ax.get_yticks() if low <= tick <= 1])
        ax.set_ylabel(MEASURE_LABELS[measure])
    draw_identification(axes[2], table, tests[tests["test"] == "identification"])
    letter_panels(axes)
    _legend(fig, table["mouse"])
    return fig


def draw_performance(ax: Axes, table: pd.DataFrame, tests: pd.DataFrame) -> None:
    """Draw points of clips, dashed means of mice, and the mean with its 95 % t interval; p above each null."""
    markers = mouse_markers(table["mouse"])
    ax.axhline(0, color=MUTED, lw=0.6, zorder=1)
    ax.axvspan(0.5, 2.5, color=FAINT, alpha=0.45, lw=0, zorder=0)
    means = table.groupby("mouse")[list(COLUMNS)].mean()
    for mouse in means.index:
        ax.plot(range(len(COLUMNS)), means.loc[mouse], **LINE)
    shifts = np.linspace(-SPREAD, SPREAD, len(table)) if len(table) > 1 else [-0.2]
    for place, column in enumerate(COLUMNS):
        for mouse, rows in table.assign(place=place + np.array(shifts)).groupby("mouse"):
            style = {"marker": markers[mouse], "s": 10, "lw": 0, "alpha": 0.75, "zorder": 3}
            ax.scatter(rows["place"], rows[column], color=COLOURS[column], **style)
        values = table[column].dropna().to_numpy()
        if len(values):
            _draw_mean(ax, place, values.mean(), confidence_interval(values))
        if column != "own":
            _write_tests(ax, place, tests[tests["comparison"] == f"own - {column}"])
    ax.set_xticks(range(len(COLUMNS)), COLUMNS.values())
    ax.tick_params(axis="x", length=0)
    ax.set_xlim(-0.5, len(COLUMNS) - 0.5)


def draw_identification(ax: Axes, table: pd.DataFrame, tests: pd.DataFrame) -> None:
    """Draw the share of clips that are picked by their reconstruction: each mouse, all clips with interval, chance dotted."""
    found = table[table["num_clips"] > 1]
    shares = found.assign(hit=found["rank"] == 1).groupby(["measure", "mouse"])["hit"].mean()
    markers = mouse_markers(table["mouse"])
    for place, measure in enumerate(MEASURES):
        test = tests[tests["measure"] == measure].iloc[0]
        for shift, (mouse, marker) in enumerate(markers.items(), 1):
            x = place - 0.42 + 0.3 * shift / len(markers)
            share = shares.get((measure, mouse), np.nan)
            ax.scatter(x, share, marker=marker, s=16, lw=0, color=COLOURS["own"], clip_on=False)
        _draw_mean(ax, place + 0.15, test["mean"], (test["low"], test["high"]))
        ax.plot([place - 0.42, place + 0.42], [test["chance"]] * 2, color=INK, ls=":", lw=1.0)
        if np.isfinite(test["p"]):
            hits = f"{test['mean'] * test['n']:.0f} of {test['n']:.0f}"
            _write(ax, place, f"{hits}\n{p_text(test['p'])}")
    if found.empty:
        ax.text(0.5, 0.5, "one clip per mouse:\nnothing to\nchoose from", ha="center", va="center")
    ax.set(xlim=(-0.5, 1.5), ylim=(0, 1.28), ylabel="share of clips identified")
    ax.set_yticks(np.linspace(0, 1, 6))
    ax.set_xticks(range(2), [MEASURE_LABELS[m].replace(" ", "\n") for m in MEASURES])
    ax.tick_params(axis="x", length=0)


def _draw_mean(ax: Axes, place: float, mean: float, interval: tuple[float, float]) -> None:
    ends = [place - MEAN_WIDTH, place + MEAN_WIDTH]
    ax.plot(ends, [mean] * 2, color=INK, lw=1.8, zorder=5, solid_capstyle="butt")
    ax.plot([place] * 2, interval, color=INK, lw=1.0, zorder=5, solid_capstyle="butt")


def _write_tests(ax: Axes, place: int, tests: pd.DataFrame) -> None:
    """p over clips and over mice, where there is one."""
    lines = [
        f"{p_text(test['p'])}\n({test['n']:.0f} {UNITS[test['unit']]})"
        for test in tests.to_dict("records")
        if np.isfinite(test["p"])
    ]
    _write(ax, place, "\n".join(lines))


def _write(ax: Axes, place: float, text: str) -> None:
    style = {"ha": "center", "va": "top", "fontsize": 6.5, "transform": ax.get_xaxis_transform()}
    ax.text(place, 0.985, text, **style)


def _legend(fig: Figure, mice: pd.Series) -> None:
    markers = mouse_markers(mice)
    handles = [
        Line2D([], [], ls="", marker=m, color=MUTED, ms=4, label=f"mouse {k}")
        for k, m in markers.items()
    ]
    mean, dotted = {"ls": "", "marker": "+", "ms": 9, "mew": 1.3}, {"color": INK, "ls": ":"}
    handles += [
        Line2D([], [], color=MUTED, ls=LINE["ls"], lw=0.8, label="mean of a mouse"),
        Line2D([], [], color=INK, label="mean, 95 % interval", **mean),
        Line2D([], [], lw=1.0, label="chance", **dotted),
    ]
    columns = min(len(handles), 4)
    fig.legend(handles=in_rows(handles, columns), loc="outside lower center", ncols=columns)


def make_performance(files: Any, settings: Any, of: Any) -> Made:
    """The figure `performance`."""
    table = read_table(files.scores)
    return figure_performance(table, read_table(files.tests)), table
