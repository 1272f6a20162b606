"""Correlations against the evaluation threshold and against the size of the mask, a line per variant."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from evaluate.complete import blank_incomplete
from figures.checks import require_columns, require_known
from figures.save import Made
from figures.style import (
    DOUBLE_COLUMN_CM,
    INK,
    MEASURE_LABELS,
    MEMBER_COLOURS,
    MUTED,
    house_style,
    letter_panels,
    new_figure,
)
from recordings.csv_table import read_table

MEASURES = {
    "video_correlation": MEASURE_LABELS["video_correlation"],
    "full_screen_correlation": "full-screen correlation",
}
SIZES = {"threshold": "evaluation threshold on alpha", "diameter_deg": "diameter of the mask (deg)"}
KEYS = ["variant", "mouse", "threshold"]
MOUSE_LINE = {"ls": (0, (4, 2)), "lw": 0.7, "alpha": 0.8}
MEAN_LINE = {"lw": 1.8, "marker": "o", "ms": 2.5}


def means_over_clips(scores: pd.DataFrame, variants: list[str]) -> pd.DataFrame:
    """The plotted numbers: per variant, mouse and threshold the mean over the clips that have a correlation; NaN where none has."""
    require_columns(scores, (*KEYS, "clip", "num_pixels", "diameter_deg", *MEASURES), "scores")
    require_known(variants, scores["variant"].unique(), "variants to draw")
    chosen = scores[scores["variant"].isin(variants)]
    values = ["num_pixels", "diameter_deg", *MEASURES]
    return chosen.groupby(KEYS, sort=False, as_index=False)[values].mean()


def means_over_mice(means: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Of the thresholds at which every mouse has a correlation: elsewhere a mean would be of other mice."""
    complete = means.groupby(["variant", "threshold"])[measure].transform(lambda v: v.notna().all())
    columns = ["diameter_deg", measure]
    return means[complete].groupby(["variant", "threshold"], as_index=False)[columns].mean()


@house_style()
def figure_threshold_scores(means: pd.DataFrame, evaluation_threshold: float) -> Figure:
    """Rows: correlation inside the mask, and of the whole screen; columns: against the threshold, and against the diameter."""
    names = list(means["variant"].unique())
    colours = dict(zip(names, MEMBER_COLOURS, strict=False))
    fig = new_figure(DOUBLE_COLUMN_CM, 12.0)
    axes = fig.subplots(len(MEASURES), len(SIZES), sharex="col", sharey="row")
    for row, (measure, label) in zip(axes, MEASURES.items(), strict=True):
        for ax, size in zip(row, SIZES, strict=True):
            for name, colour in colours.items():
                draw_sweep(ax, means[means["variant"] == name], measure, size, colour)
        row[0].set_ylabel(label)
        row[0].axvline(evaluation_threshold, color=MUTED, lw=0.8, zorder=1)
    for ax, label in zip(axes[-1], SIZES.values(), strict=True):
        ax.set_xlabel(label)
    letter_panels(axes.flat)
    _legend(fig, colours, evaluation_threshold)
    return fig


def draw_sweep(ax: Axes, means: pd.DataFrame, measure: str, size: str, colour: str) -> None:
    """Draw one variant: each mouse dashed, the mean of the mice solid."""
    for mouse, of_mouse in means.groupby("mouse"):
        ax.plot(
            of_mouse[size], of_mouse[measure], color=colour, label=f"mouse {mouse}", **MOUSE_LINE
        )
    mean = means_over_mice(means, measure)
    ax.plot(mean[size], mean[measure], color=colour, label="mean", zorder=3, **MEAN_LINE)


def _legend(fig: Figure, colours: dict[str, str], evaluation_threshold: float) -> None:
    handles = [Line2D([], [], color=c, label=name, **MEAN_LINE) for name, c in colours.items()]
    scored = f"masks.evaluation_threshold: {evaluation_threshold:g}"
    handles += [
        Line2D([], [], color=INK, label="a mouse", **MOUSE_LINE),
        Line2D([], [], color=MUTED, lw=0.8, label=scored),
    ]
    fig.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), 4))


def make_threshold_scores(files: Any, settings: Any, of: Any) -> Made:
    """The figure `threshold_scores`."""
    scores = blank_incomplete(read_table(files.scores), list(MEASURES))
    means = means_over_clips(scores, settings.variants)
    return figure_threshold_scores(means, settings.evaluation_threshold), means
