"""Held-out clips beside the training movies that are most like them."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from figures.checks import require_columns
from figures.numerals import numeral
from figures.save import Made
from figures.style import DOUBLE_COLUMN_CM, house_style, new_figure
from recordings.csv_table import read_table
from recordings.duplicates import first_frame
from recordings.reader import Recording

USED, REJECTED, SPARE = "used", "rejected", "spare"
REJECTED_COLOUR, CROSS = "#D00000", "\u00d7"
NUM_COLUMNS = 4, 12
"""at least, so that few candidates do not fill the page, and at most"""
GAP_PX = 2
SIDE_CM, NUMBERS_CM, LEGEND_CM = 2.2, 0.95, 0.8
ROW_GAP = 0.08
"""between the numbers below a row and those above the next, as a share of a row's height"""


@dataclass(frozen=True)
class Pairs:
    """Candidates with the first frames of their movies and of the training movies most like them, row by row."""

    table: pd.DataFrame
    """columns mouse, trial, correlation, use, clip: as `label_candidates` gives them"""
    held_out_KHW: Float[np.ndarray, "K H W"]
    """0..255"""
    training_KHW: Float[np.ndarray, "K H W"]

    def __post_init__(self):
        columns = ("mouse", "trial", "correlation", "use", "clip")
        require_columns(self.table, columns, "duplicates")
        shapes = self.held_out_KHW.shape, self.training_KHW.shape
        if shapes[0] != shapes[1] or shapes[0][0] != len(self.table):
            raise ValueError(
                f"{len(self.table)} candidates, but frames {shapes[0]} and {shapes[1]}; expected two of one shape "
                "(candidate, row, column)"
            )

    def image(self, place: int) -> np.ndarray:
        """The held-out frame above the training frame."""
        gap = np.full((GAP_PX, self.held_out_KHW.shape[2]), np.nan)
        return np.concatenate([self.held_out_KHW[place], gap, self.training_KHW[place]])

    def rows(self) -> list[tuple[str, list[int]]]:
        """Name and places of each row of the figure; a mouse with many candidates has several, the first one named."""
        rows = []
        for mouse in self.table["mouse"].unique():
            places = np.flatnonzero(self.table["mouse"] == mouse).tolist()
            for start in range(0, len(places), NUM_COLUMNS[1]):
                name = "" if start else f"mouse {mouse}"
                rows.append((name, places[start : start + NUM_COLUMNS[1]]))
        return rows


def label_candidates(
    alike: pd.DataFrame, sets: pd.DataFrame, threshold: float, named: Collection[str]
) -> pd.DataFrame:
    """Add what became of each candidate: `clip`, its place where it is reconstructed, and `use`.

    used: it has a place in `sets`; rejected: it left its place as it correlates at `threshold` or more, which happens to no clip of
    the mice `named`, whose clips the config names; spare: neither.
    """
    places = sets[["mouse", "trial", "place"]].rename(columns={"place": "clip"})
    table = alike.merge(places, on=["mouse", "trial"], how="left", validate="one_to_one")
    used = table["clip"].notna()
    rejected = ~used & (table["correlation"] >= threshold) & ~table["mouse"].isin(named)
    return table.assign(use=np.select([used, rejected], [USED, REJECTED], SPARE))


def up_to_last_used(table: pd.DataFrame) -> pd.DataFrame:
    """The candidates of each mouse as far as the last one that is used, the first one at least."""
    of_mouse = table.groupby("mouse", sort=False)
    later = (table["use"] == USED)[::-1].groupby(table["mouse"]).cummax()
    return table[later | (of_mouse.cumcount() == 0)].reset_index(drop=True)


def read_pairs(alike: pd.DataFrame, recordings: dict[str, Recording]) -> Pairs:
    """The first frames of the movies that a table of labelled candidates names."""
    movies = (
        zip(alike["mouse"], alike["trial"], strict=True),
        zip(alike["training_mouse"], alike["training_trial"], strict=True),
    )
    frames = (np.stack([first_frame(recordings[m], n) for m, n in one]) for one in movies)
    return Pairs(alike, *frames)


@house_style()
def figure_duplicates(pairs: Pairs, threshold: float) -> Figure:
    """First frame of each candidate above that of the training movie most like it, with the correlation of the movies.

    Used ones have the place of their clip below, rejected ones, at `threshold` or above, a box and a cross.
    """
    rows = pairs.rows()
    num_columns = max(NUM_COLUMNS[0], *(len(places) for _, places in rows))
    pair_cm = (DOUBLE_COLUMN_CM - SIDE_CM) / num_columns * np.divide(*pairs.image(0).shape)
    height_cm = len(rows) * (pair_cm + NUMBERS_CM) + LEGEND_CM
    fig = new_figure(DOUBLE_COLUMN_CM, height_cm, layout="compressed")
    axes = fig.subplots(len(rows), num_columns, squeeze=False)
    for axes_of_row, (name, places) in zip(axes, rows, strict=True):
        for ax, place in zip(axes_of_row, places, strict=False):
            draw_pair(ax, pairs, place)
        for ax in axes_of_row[len(places) :]:
            ax.set_axis_off()
        _name_row(axes_of_row[0], name, pairs.held_out_KHW.shape[1])
    fig.get_layout_engine().set(hspace=ROW_GAP)
    handles = _legend(pairs.table["use"], threshold)
    fig.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    return fig


def draw_pair(ax: Axes, pairs: Pairs, place: int) -> None:
    """Draw two frames with the trial above, correlation and place of the clip below; boxed and crossed where it is rejected."""
    row = pairs.table.iloc[place]
    rejected = row["use"] == REJECTED
    ax.imshow(pairs.image(place), cmap="gray", vmin=0, vmax=255, interpolation="none")
    ax.set(xticks=[], yticks=[])
    ax.set_title(f"{row['trial']}", fontsize=7.0, pad=3)
    ax.spines[:].set_visible(rejected)
    ax.spines[:].set(color=REJECTED_COLOUR, linewidth=1.8)
    label = numeral(row["correlation"])
    if rejected:
        ax.set_xlabel(f"{CROSS} {label}", color=REJECTED_COLOUR, fontweight="bold", labelpad=3)
    elif row["use"] == USED:
        ax.set_xlabel(f"{label}\nclip {row['clip']}", labelpad=3)
    else:
        ax.set_xlabel(label, labelpad=3)


def _name_row(ax: Axes, name: str, height_px: int) -> None:
    """Say whose clips these are, and which frame is which."""
    below = height_px + GAP_PX
    ax.set_yticks([height_px / 2 - 0.5, below + height_px / 2 - 0.5], ["test", "training"])
    ax.tick_params(axis="y", length=0, pad=4)
    ax.set_ylabel(name, fontweight="bold", labelpad=4)


def _legend(uses: pd.Series, threshold: float) -> list[Line2D]:
    box = {"marker": "s", "mfc": "none", "mec": REJECTED_COLOUR, "mew": 1.8, "ms": 7}
    entries = [
        Line2D([], [], ls="", label="above: trial; below: correlation of the two movies"),
        Line2D([], [], ls="", label="clip: reconstructed, with this number"),
    ]
    if (uses == REJECTED).any():
        entries.append(
            Line2D([], [], ls="", label=f"{CROSS} rejected: \u2265 {threshold:g}", **box)
        )
    return entries


def make_duplicates(files: Any, settings: Any, of: Any) -> Made:
    """The figure `duplicates`."""
    alike = read_table(files.alike)
    sets = read_table(files.sets).astype({"place": "Int64"})
    threshold = settings.duplicate_correlation
    table = label_candidates(alike, sets, threshold, settings.named)
    folders = map(Path, files.recordings)
    recordings = dict(zip(settings.mice, map(Recording, folders), strict=True))
    pairs = read_pairs(up_to_last_used(table), recordings)
    return figure_duplicates(pairs, threshold), table
