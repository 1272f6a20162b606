"""Correlations of the reconstructions, clip by clip, beside their controls."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from scipy import stats

from figures.checks import require_columns, require_known
from figures.save import Made
from figures.style import (
    CONTROLS,
    DOUBLE_COLUMN_CM,
    FAINT,
    INK,
    MEASURE_LABELS,
    MUTED,
    SOURCE_COLOURS,
    SOURCE_LABELS,
    house_style,
    letter_panels,
    mouse_markers,
    new_figure,
)
from recordings.csv_table import read_table

MEASURES = ("video_correlation", "frame_correlation")
CLIP_KEYS = ["source", "mouse", "clip", "trial"]


def clip_scores(scores: pd.DataFrame) -> pd.DataFrame:
    """One row per source and clip: members are averaged."""
    require_columns(scores, (*CLIP_KEYS, *MEASURES), "scores")
    require_known(scores["source"], SOURCE_COLOURS, "source of scores")
    return scores.groupby(CLIP_KEYS, as_index=False)[list(MEASURES)].mean()


def summarise_scores(scores: pd.DataFrame) -> pd.DataFrame:
    """Mean and 95 % t interval over clips for each source and measure, in the order of the figure."""
    clips = clip_scores(scores)
    rows = []
    for source in present_sources(clips):
        for measure in MEASURES:
            values = clips.loc[clips["source"] == source, measure].dropna().to_numpy()
            low, high = confidence_interval(values)
            numbers = {"num_clips": len(values), "mean": values.mean() if len(values) else np.nan}
            rows.append({"source": source, "measure": measure, **numbers, "low": low, "high": high})
    return pd.DataFrame(rows)


def confidence_interval(values: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """Student's t interval of the mean; NaN for fewer than two values."""
    if len(values) < 2:
        return float("nan"), float("nan")
    half = stats.sem(values) * stats.t.ppf((1 + level) / 2, len(values) - 1)
    return float(values.mean() - half), float(values.mean() + half)


def present_sources(scores: pd.DataFrame) -> list[str]:
    """The sources of the table in the order of the axis."""
    return [source for source in SOURCE_COLOURS if source in set(scores["source"])]


@house_style()
def figure_scores(scores: pd.DataFrame, limits: tuple[float, float] = (-0.3, 1.0)) -> Figure:
    """Video and frame correlation of each clip for every source; `limits` are widened where a point lies beyond."""
    clips = clip_scores(scores)
    values = clips[list(MEASURES)].to_numpy()
    limits = min(limits[0], np.nanmin(values) - 0.05), max(limits[1], np.nanmax(values))
    fig = new_figure(DOUBLE_COLUMN_CM, 8.2)
    axes = fig.subplots(1, 2, sharey=True)
    for ax, measure in zip(axes, MEASURES, strict=True):
        draw_scores(ax, scores, measure)
        ax.set_ylim(limits)
        ax.set_ylabel(MEASURE_LABELS[measure])
        ax.tick_params(labelleft=True)
    letter_panels(axes)
    markers = mouse_markers(clips["mouse"])
    dots = [
        Line2D([], [], ls="", marker=m, color=MUTED, ms=4, label=f"mouse {k}")
        for k, m in markers.items()
    ]
    bar = Line2D(
        [], [], ls="", color=INK, marker="+", ms=9, mew=1.3, label="mean, 95 % interval over clips"
    )
    fig.legend(
        handles=[*dots, bar],
        loc="outside lower center",
        ncols=min(len(dots) + 1, 6),
        handletextpad=0.4,
    )
    return fig


def draw_scores(ax: Axes, scores: pd.DataFrame, measure: str) -> None:
    """Draw a point per clip for each source, with the mean and its interval, and a line at zero."""
    clips = clip_scores(scores)
    sources, markers = present_sources(clips), mouse_markers(clips["mouse"])
    _shade_controls(ax, sources)
    ax.axhline(0, color=MUTED, lw=0.6, zorder=1)
    for position, source in enumerate(sources):
        of_source = clips[clips["source"] == source].sort_values(["mouse", "clip", "trial"])
        places = (
            position + np.linspace(-0.3, 0.12, len(of_source))
            if len(of_source) > 1
            else [position - 0.1]
        )
        of_source = of_source.assign(place=places)
        for mouse, points in of_source.groupby("mouse"):
            style = {"marker": markers[mouse], "s": 9, "lw": 0, "alpha": 0.75, "zorder": 3}
            ax.scatter(points["place"], points[measure], color=SOURCE_COLOURS[source], **style)
        _draw_mean(ax, position + 0.28, of_source[measure].dropna().to_numpy())
    labels = [SOURCE_LABELS[source] for source in sources]
    ax.set_xticks(range(len(sources)), labels, rotation=40, ha="right", rotation_mode="anchor")
    ax.tick_params(axis="x", length=0)
    ax.set_xlim(-0.6, len(sources) - 0.4)


def _draw_mean(ax: Axes, place: float, values: np.ndarray) -> None:
    if not len(values):
        return
    low, high = confidence_interval(values)
    ax.plot(
        [place - 0.11, place + 0.11],
        [values.mean()] * 2,
        color=INK,
        lw=1.6,
        zorder=4,
        solid_capstyle="butt",
    )
    if np.isfinite(low):
        ax.plot([place, place], [low, high], color=INK, lw=1.0, zorder=4, solid_capstyle="butt")


def _shade_controls(ax: Axes, sources: list[str]) -> None:
    places = [k for k, source in enumerate(sources) if source in CONTROLS]
    if places:
        ax.axvspan(places[0] - 0.5, places[-1] + 0.5, color=FAINT, alpha=0.45, lw=0, zorder=0)
        middle = (places[0] + places[-1]) / 2
        ax.text(
            middle,
            0.985,
            "controls",
            transform=ax.get_xaxis_transform(),
            ha="center",
            va="top",
            color=MUTED,
        )


def make_scores(files: Any, settings: Any, of: Any) -> Made:
    """The figure `scores`."""
    table = read_table(files.scores)
    return figure_scores(table), table
