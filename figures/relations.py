"""What goes with a good reconstruction: a point per clip, a fitted line, and the cross-correlation with the prediction."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from evaluate.relations import (
    ACCURACY,
    BEHAVIOUR_PARAMETERS,
    MOVIE_PARAMETERS,
    PARAMETERS,
    PREDICTION,
)
from figures.checks import require_columns, require_known
from figures.numerals import numeral
from figures.save import Made
from figures.style import (
    DOUBLE_COLUMN_CM,
    MEASURE_LABELS,
    MUTED,
    SOURCE_COLOURS,
    house_style,
    letter_panels,
    mouse_markers,
    new_figure,
)
from figures.variants import p_text
from recordings.csv_table import read_table

GRID = ((*MOVIE_PARAMETERS, PREDICTION), BEHAVIOUR_PARAMETERS)
LABELS = {
    "contrast": "contrast (grey levels)",
    "motion_energy": "motion energy\n(grey levels per frame)",
    "luminance": "luminance (grey level)",
    "pupil_size": "pupil size (as recorded)",
    "running_speed": "running speed\n(as recorded)",
    "gaze_movement": "gaze movement\n(as recorded, per frame)",
    PREDICTION: "activity correlation,\nfrom the movie",
}
POINT_COLOUR, LINE_COLOUR = SOURCE_COLOURS["ensemble"], SOURCE_COLOURS["smoothed_ensemble"]
ROOM = 0.3
"""share of the axis above the points, for the text"""


@house_style()
def figure_relations(
    clips: pd.DataFrame, fits: pd.DataFrame, lags: pd.DataFrame, frame_rate_hz: float
) -> Figure:
    """Frame correlation against each parameter, and the cross-correlation of both accuracies over lags.

    `clips`, `fits` and `lags` are the tables of `evaluate.relations`.
    """
    require_columns(clips, ("mouse", "clip", ACCURACY, *PARAMETERS), "clips")
    require_columns(fits, ("parameter", "n", "slope", "intercept", "r", "p"), "fits")
    require_known(PARAMETERS, fits["parameter"], "parameter of fits")
    fig = new_figure(DOUBLE_COLUMN_CM, 11.5)
    axes = fig.subplots(2, 4)
    panels = [name for row in GRID for name in row]
    for ax, parameter in zip(axes.flat, panels, strict=False):
        fit = fits[fits["parameter"] == parameter].iloc[0].to_dict()
        draw_relation(ax, clips, parameter, fit)
        ax.tick_params(labelleft=ax in axes[:, 0])
    for row in axes:
        row[0].set_ylabel(MEASURE_LABELS[ACCURACY])
    draw_lags(axes[-1, -1], lags, frame_rate_hz)
    fig.align_xlabels(axes)
    letter_panels(axes.flat)
    dots = {"ls": "", "color": POINT_COLOUR, "ms": 4}
    handles = [
        Line2D([], [], marker=marker, label=f"mouse {mouse}", **dots)
        for mouse, marker in mouse_markers(clips["mouse"]).items()
    ]
    handles.append(Line2D([], [], color=LINE_COLOUR, lw=1.6, label="linear fit; mean over clips"))
    fig.legend(handles=handles, loc="outside lower center", ncols=6, handletextpad=0.4)
    return fig


def draw_relation(ax: Axes, clips: pd.DataFrame, parameter: str, fit: dict) -> None:
    """Draw a point per clip and the line, with r, p and n."""
    known = clips.dropna(subset=[parameter, ACCURACY])
    for mouse, marker in mouse_markers(clips["mouse"]).items():
        points = known[known["mouse"] == mouse]
        style = {"marker": marker, "s": 12, "lw": 0, "alpha": 0.75, "color": POINT_COLOUR}
        ax.scatter(points[parameter], points[ACCURACY], zorder=3, **style)
    if len(known) and np.isfinite(fit["slope"]):
        ends = np.array([known[parameter].min(), known[parameter].max()])
        ax.plot(ends, fit["intercept"] + fit["slope"] * ends, color=LINE_COLOUR, lw=1.4, zorder=2)
    _leave_room(ax, clips[ACCURACY].dropna().to_numpy())  # of all clips: the same in every panel
    ax.text(0.03, 0.99, _fit_text(fit), ha="left", va="top", fontsize=6.5, transform=ax.transAxes)
    ax.set_xlabel(LABELS[parameter])
    ax.locator_params(axis="x", nbins=4)
    ax.margins(x=0.1)


def draw_lags(ax: Axes, lags: pd.DataFrame, frame_rate_hz: float) -> None:
    """Draw the mean over clips with its interval, over lags in seconds."""
    ax.axvline(0, color=MUTED, lw=0.6, zorder=1)
    ax.axhline(0, color=MUTED, lw=0.6, zorder=1)
    if lags.empty:
        text = "no clip to correlate"
    else:
        text = f"n = {lags['num_clips'].max()}"
        _draw_correlation(ax, lags, frame_rate_hz)
    ax.text(0.03, 0.99, text, ha="left", va="top", fontsize=6.5, transform=ax.transAxes)
    ax.margins(y=0.15)
    ax.set(xlabel="lag of the\nreconstruction (s)", title="cross-correlation")


def _draw_correlation(ax: Axes, lags: pd.DataFrame, frame_rate_hz: float) -> None:
    seconds = lags["lag_frames"] / frame_rate_hz
    if lags[["low", "high"]].notna().all(axis=None):
        style = {"color": LINE_COLOUR, "alpha": 0.25, "lw": 0, "zorder": 2}
        ax.fill_between(seconds, lags["low"], lags["high"], **style)
    ax.plot(seconds, lags["mean"], color=LINE_COLOUR, lw=1.4, zorder=3)


def _fit_text(fit: dict) -> str:
    if not np.isfinite(fit["r"]):
        return f"n = {fit['n']:.0f}"
    p = f", {p_text(fit['p'])}" if np.isfinite(fit["p"]) else ""
    return f"r = {numeral(fit['r'])}{p}\nn = {fit['n']:.0f}"


def _leave_room(ax: Axes, values: np.ndarray) -> None:
    if not len(values):
        return
    low, high = values.min(), values.max()
    span = max(high - low, 0.02)
    ax.set_ylim(low - 0.1 * span, high + (0.1 + ROOM) * span)


def make_relations(files: Any, settings: Any, of: Any) -> Made:
    """The figure `relations`."""
    clips, fits, lags = map(read_table, (files.relations, files.fits, files.lags))
    return figure_relations(clips, fits, lags, settings.frame_rate_hz), clips
