"""A frame of an artificial stimulus of every cell beside its reconstruction, on the grid of space and time."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec

from figures.clips import dim_outside
from figures.compared import around
from figures.examples import CELL, Examples, is_constant, matched_movie, places_of, read_examples
from figures.numerals import numeral
from figures.save import Made
from figures.stimuli import AXES
from figures.style import (
    DOUBLE_COLUMN_CM,
    FAINT,
    INK,
    SOURCE_COLOURS,
    draw_outline,
    house_style,
    new_figure,
)
from recordings.csv_table import read_table

HALF_CM = DOUBLE_COLUMN_CM / 2
LEFT_CM, RIGHT_CM, TOP_CM, BOTTOM_CM, GAP_CM, NUMBER_CM = 1.6, 0.1, 0.95, 0.85, 0.1, 0.36
CONSTANT_COLOUR = SOURCE_COLOURS["smoothed_ensemble"]


def table_of_examples(examples: Examples, scores: pd.DataFrame) -> pd.DataFrame:
    """The scores of the stimuli that are drawn, in the order of the examples; `constant`: in the mask, over all frames."""
    first = scores.drop_duplicates(list(CELL))
    drawn = pd.DataFrame({"spatial": examples.spatial_C, "temporal": examples.temporal_C})
    drawn["constant"] = [is_constant(examples, place) for place in range(len(drawn))]
    return drawn.merge(first, on=list(CELL), validate="one_to_one")


@house_style()
def figure_grid(examples: Examples, table: pd.DataFrame, kind: str) -> Figure:
    """The last frame of one stimulus of every cell (left) and of its reconstruction (right), contrast matched.

    `table`: of `table_of_examples`; above each reconstruction stands the correlation of the whole movie.
    """
    grid = places_of(examples, kind)
    panel_cm = (HALF_CM - LEFT_CM - RIGHT_CM + GAP_CM) / grid.shape[1] - GAP_CM
    row_cm = panel_cm / _aspect(examples) + NUMBER_CM
    height_cm = TOP_CM + BOTTOM_CM + len(grid) * row_cm - NUMBER_CM
    fig = new_figure(DOUBLE_COLUMN_CM, height_cm, layout="none")
    spaces = {"wspace": GAP_CM / panel_cm, "hspace": NUMBER_CM / (row_cm - NUMBER_CM)}
    spaces |= {"top": 1 - TOP_CM / height_cm, "bottom": BOTTOM_CM / height_cm}
    for half, title in enumerate(("stimulus", "reconstruction, with r of the movie")):
        left_cm, right_cm = half * HALF_CM + LEFT_CM, (half + 1) * HALF_CM - RIGHT_CM
        sides = {"left": left_cm / DOUBLE_COLUMN_CM, "right": right_cm / DOUBLE_COLUMN_CM}
        axes = GridSpec(*grid.shape, fig, **sides, **spaces).subplots(squeeze=False)
        _name_half(axes, grid, kind)
        middle = (sides["left"] + sides["right"]) / 2
        fig.text(middle, 1 - 0.15 / height_cm, title, fontsize=8, ha="center", va="top")
        fig.text(middle, 0.12 / height_cm, AXES[kind][1], fontsize=7, ha="center", va="bottom")
        for ax, place in zip(axes.flat, grid.to_numpy().flat, strict=True):
            if half:
                draw_reconstruction(ax, examples, place, table.iloc[place])
            else:
                draw_frame(ax, examples.true_CTHW[place, -1], examples.mask_HW)
    return fig


def draw_reconstruction(ax: Axes, examples: Examples, place: int, score: pd.Series) -> None:
    """Draw the last frame under the correlation of the movie; one that is constant in the mask says so."""
    draw_frame(ax, matched_movie(examples, place)[-1], examples.mask_HW)
    ax.set_title(numeral(score["video_correlation"]), fontsize=6.5, pad=1.5)
    if score["constant"]:
        ax.spines[:].set(color=CONSTANT_COLOUR, linewidth=1.2)
        ax.set_title("constant", fontsize=6.5, pad=1.5, color=CONSTANT_COLOUR)


def draw_frame(ax: Axes, frame_HW: np.ndarray, mask_HW: np.ndarray) -> None:
    """Draw the part of the screen around the outlined mask, faint outside of it."""
    rows, columns = around(mask_HW)
    shown_HW = dim_outside(frame_HW, mask_HW)[rows, columns]
    ax.imshow(shown_HW, cmap=colormaps["gray"], vmin=0, vmax=255, interpolation="none")
    draw_outline(ax, mask_HW[rows, columns].astype(float), 0.5, colors=INK, linewidths=0.5)
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set(color=FAINT, linewidth=0.6, visible=True)


def _name_half(axes: np.ndarray, grid: pd.DataFrame, kind: str) -> None:
    """Scales of space at the left, of time below."""
    for ax, spatial in zip(axes[:, 0], grid.index, strict=True):
        ax.set_ylabel(f"{spatial:.3g}", fontsize=6.5, rotation=0, ha="right", va="center")
    for ax, temporal in zip(axes[-1], grid.columns, strict=True):
        ax.set_xlabel(f"{temporal:.3g}", fontsize=6.5, labelpad=2)
    fig = axes[0, 0].figure
    top, bottom = axes[0, 0].get_position().y1, axes[-1, 0].get_position().y0
    left = axes[0, 0].get_position().x0 - (LEFT_CM - 0.1) / DOUBLE_COLUMN_CM
    style = {"fontsize": 7, "rotation": 90, "ha": "left", "va": "center"}
    fig.text(left, (top + bottom) / 2, AXES[kind][0], multialignment="center", **style)


def _aspect(examples: Examples) -> float:
    rows, columns = around(examples.mask_HW)
    height, width = examples.mask_HW[rows, columns].shape
    return width / height


def make_stimulus_grid(files: Any, settings: Any, of: Any) -> Made:
    """The figure `stimulus_grid` of one kind."""
    examples = read_examples(files.examples)
    table = table_of_examples(examples, read_table(files.scores))
    return figure_grid(examples, table, of.kind), table
