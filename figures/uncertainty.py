"""Whether the spread of the members says how wrong their mean is."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from figures.checks import require_columns
from figures.save import Made
from figures.style import (
    INK,
    MUTED,
    SOURCE_COLOURS,
    house_style,
    letter_panels,
    mouse_markers,
    new_figure,
)
from recordings.csv_table import read_table

ONE_COLUMN_CM = 8.5
RAW_COLOUR, SCALED_COLOUR = SOURCE_COLOURS["ensemble"], SOURCE_COLOURS["smoothed_ensemble"]
DASHES = (0, (4, 2))


@house_style()
def figure_calibration(coverage: pd.DataFrame, bins: pd.DataFrame) -> Figure:
    """Observed against nominal coverage, raw and scaled; error against spread in bins of the spread."""
    columns = ("mouse", "clip", "nominal", "coverage", "scaled_coverage")
    require_columns(coverage, columns, "coverage")
    require_columns(bins, ("mouse", "bin", "rms_spread", "rms_error"), "spread_bins")
    legend = _legend(bins["mouse"])
    fig = new_figure(ONE_COLUMN_CM, 4.9 + 0.4 * -(-len(legend) // 3))
    axes = fig.subplots(1, 2)
    draw_coverage(axes[0], coverage)
    draw_bins(axes[1], bins)
    for ax in axes:
        ax.set_box_aspect(1)
    letter_panels(axes)
    fig.legend(handles=legend, loc="outside lower center", ncols=3)
    return fig


def mean_coverage(coverage: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Mean over the clips of each mouse: a row per nominal coverage, a column per mouse."""
    return coverage.groupby(["mouse", "nominal"])[measure].mean().unstack("mouse")


def draw_coverage(ax: Axes, coverage: pd.DataFrame) -> None:
    """Draw each mouse dashed and the mean of the mice solid, raw and scaled, over the diagonal."""
    ax.plot([0, 1], [0, 1], color=MUTED, lw=0.6)
    for measure, colour in (("coverage", RAW_COLOUR), ("scaled_coverage", SCALED_COLOUR)):
        of_mice = mean_coverage(coverage, measure)
        for mouse in of_mice:
            ax.plot(of_mice.index, of_mice[mouse], color=colour, lw=0.7, ls=DASHES, alpha=0.7)
        ax.plot(of_mice.index, of_mice.mean(axis=1), color=colour, lw=1.8)
    ax.set(xlim=(0, 1), ylim=(0, 1), xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    ax.set(xlabel="nominal coverage", ylabel="observed coverage")


def draw_bins(ax: Axes, bins: pd.DataFrame) -> None:
    """Draw the error of each bin against its spread, a marker per mouse, over the line where both are equal."""
    highest = 1.05 * np.nanmax(bins[["rms_spread", "rms_error"]].to_numpy())
    ax.plot([0, highest], [0, highest], color=MUTED, lw=0.6)
    for mouse, marker in mouse_markers(bins["mouse"]).items():
        of_mouse = bins[bins["mouse"] == mouse].sort_values("bin")
        style = {"color": INK, "lw": 0.7, "ls": DASHES, "marker": marker, "ms": 3.0, "mew": 0}
        ax.plot(of_mouse["rms_spread"], of_mouse["rms_error"], **style)
    ax.set(xlim=(0, highest), ylim=(0, highest))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=3))
    ax.set(xlabel="spread (grey levels)", ylabel="error (grey levels)")


def _legend(mice: pd.Series) -> list[Line2D]:
    """Of both panels."""
    means = {"raw": RAW_COLOUR, "scaled": SCALED_COLOUR}
    lines = [Line2D([], [], color=colour, lw=1.8, label=name) for name, colour in means.items()]
    lines.append(Line2D([], [], color=MUTED, lw=0.6, label="perfect"))
    dots = [
        Line2D([], [], color=INK, lw=0.7, ls=DASHES, marker=m, ms=3, mew=0, label=f"mouse {k}")
        for k, m in mouse_markers(mice).items()
    ]
    return [*lines, *dots]


def make_calibration(files: Any, settings: Any, of: Any) -> Made:
    """The figure `calibration`."""
    coverage = read_table(files.coverage)
    return figure_calibration(coverage, read_table(files.bins)), coverage
