"""Artificial stimuli: heat maps over the grid of space and time."""

from string import ascii_lowercase
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.checks import require_columns
from figures.examples import CELL, grid_of
from figures.numerals import MINUS, numeral
from figures.save import Made
from figures.style import (
    DOUBLE_COLUMN_CM,
    ERROR_COLOURS,
    FAINT,
    INK,
    house_style,
    new_figure,
)
from recordings.csv_table import read_table

AXES = {
    "noise": ("spatial length (px)", "temporal length (frames)"),
    "gratings": ("spatial frequency\n(cycles/px)", "temporal frequency (Hz)"),
}
PANELS = {
    "video_correlation": ("correlation", "cividis"),
    "ensembling_gain": ("gain of the ensemble", "cividis"),
    "other_repetitions": ("other repetitions", "cividis"),
    "inverted_correlation": ("inverted partner", ERROR_COLOURS),
    "true_entropy": ("entropy, stimulus (bits)", "cividis"),
    "entropy": ("entropy, reconstruction", "cividis"),
    "true_motion_energy": ("motion energy, stimulus", "cividis"),
    "motion_energy": ("motion energy, reconstr.", "cividis"),
}
SHARED = {"entropy": "true_entropy", "motion_energy": "true_motion_energy"}
"""panels that are drawn on the scale of another"""
MOST_COLUMNS = 4
MOST_UPRIGHT = 4
"""columns up to which their names stand upright"""
LETTERS_PT, SIZES_PT = 36.0, (5.0, 7.0)
"""size of the numbers: the first over the number of columns, within the limits"""
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
LARGEST_WRITTEN = 9
"""rows or columns up to which the cells hold their numbers"""


@house_style()
def figure_stimuli(cells: pd.DataFrame, kind: str) -> Figure:
    """A heat map of every measure that the cells have."""
    require_columns(cells, (*CELL, *PANELS), "cells")
    names = [name for name in PANELS if cells[name].notna().any()]
    num_rows = -(-len(names) // MOST_COLUMNS)
    num_columns = -(-len(names) // num_rows)
    grid = grid_of(cells, "video_correlation", kind)
    height = 1.6 + 3.4 * len(grid) / grid.shape[1]
    fig = new_figure(DOUBLE_COLUMN_CM, num_rows * max(height, 3.4))
    axes = fig.subplots(num_rows, num_columns, sharex=True, sharey=True, squeeze=False)
    for ax in axes.flat[len(names) :]:
        ax.axis("off")
    for letter, ax, name in zip(ascii_lowercase, axes.flat, names, strict=False):
        draw_heat_map(ax, grid_of(cells, name, kind), *_scale(cells, name))
        ax.set_title(rf"$\bf{{{letter}}}$  {PANELS[name][0]}", loc="left", fontsize=7)
    _name_axes(axes, len(names), kind)
    return fig


def with_tests(cells: pd.DataFrame, tests: pd.DataFrame) -> pd.DataFrame:
    """The cells with the corrected p of each of their tests, as `p_` and what the correlation was tested against."""
    chosen = tests[[*CELL, "against", "p_corrected"]]
    values = chosen.pivot(index=list(CELL), columns="against", values="p_corrected").add_prefix(
        "p_"
    )
    return cells.merge(values.reset_index(), on=list(CELL), how="left")


def draw_heat_map(ax: Axes, grid: pd.DataFrame, colours: str, low: float, high: float) -> None:
    """Draw the grid with its numbers in the cells."""
    colour_map = matplotlib.colormaps[colours].with_extremes(bad=FAINT)
    image = ax.imshow(grid, cmap=colour_map, vmin=low, vmax=high, aspect="equal")
    turned = 90 if grid.shape[1] > MOST_UPRIGHT else 0
    ax.set_xticks(range(grid.shape[1]), [f"{value:.3g}" for value in grid], rotation=turned)
    ax.set_yticks(range(len(grid)), [f"{value:.3g}" for value in grid.index])
    ax.tick_params(length=0, labelsize=6.5, pad=2)
    ax.spines[:].set_visible(False)
    if max(grid.shape) > LARGEST_WRITTEN:
        ax.figure.colorbar(image, ax=ax, shrink=0.8)
        return
    for (row, column), value in np.ndenumerate(grid.to_numpy()):
        dark = image.cmap(image.norm(value))[:3] @ LUMINANCE < 0.5
        text = _short(value)
        size = np.clip(LETTERS_PT / grid.shape[1], *SIZES_PT)
        style = {"ha": "center", "va": "center", "fontsize": size}
        ax.text(column, row, text, color="white" if dark else INK, **style)


def _short(value: float) -> str:
    """Two decimals below 10, without a leading 0; none above."""
    text = numeral(value, "z.2f" if abs(value) < 10 else ".0f")
    return text.replace("0.", ".", 1) if text.lstrip(MINUS).startswith("0.") else text


def _scale(cells: pd.DataFrame, name: str) -> tuple[str, float, float]:
    colours = PANELS[name][1]
    if colours == ERROR_COLOURS:
        return colours, -1.0, 1.0
    pair = [name, SHARED.get(name) or next((k for k, v in SHARED.items() if v == name), name)]
    values = cells[pair].to_numpy()
    if name in ("video_correlation", "other_repetitions"):
        values = cells[["video_correlation", "other_repetitions"]].to_numpy()
    return colours, min(0.0, float(np.nanmin(values))), float(np.nanmax(values))


def _name_axes(axes: np.ndarray, num_panels: int, kind: str) -> None:
    space, time = AXES[kind]
    for row in axes:
        row[0].set_ylabel(space)
    for place in range(num_panels):
        if place + axes.shape[1] >= num_panels:
            ax = axes.flat[place]
            ax.set_xlabel(time)
            ax.tick_params(labelbottom=True)


def make_stimuli(files: Any, settings: Any, of: Any) -> Made:
    """The figure `stimuli` of one kind."""
    cells = with_tests(read_table(files.cells), read_table(files.tests))
    return figure_stimuli(cells, of.kind), cells
