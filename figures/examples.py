"""One artificial stimulus of every cell with its reconstruction, and where the cells lie on a page."""

from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import pandas as pd

from evaluate.matching import match_contrast

CELL = ("spatial", "temporal")
ASCENDING = {"noise": (False, True), "gratings": (True, False)}
"""whether rows and columns ascend: from coarse to fine downwards, from fast to slow rightwards"""


@dataclass(frozen=True)
class Examples:
    """One stimulus of every cell, with its reconstruction."""

    spatial_C: np.ndarray
    temporal_C: np.ndarray
    true_CTHW: np.ndarray
    reconstructed_CTHW: np.ndarray
    mask_HW: np.ndarray


def read_examples(path: str | Path) -> Examples:
    with h5py.File(path, "r") as file:
        names = (*CELL, "true_CTHW", "reconstructed_CTHW", "mask_HW")
        return Examples(*(file[name][()] for name in names))


def grid_of(cells: pd.DataFrame, measure: str, kind: str) -> pd.DataFrame:
    """Coarse stimuli above, slow ones at the right."""
    grid = cells.pivot(index="spatial", columns="temporal", values=measure)
    rows_ascend, columns_ascend = ASCENDING[kind]
    grid = grid.sort_index(ascending=rows_ascend)
    return grid.sort_index(axis=1, ascending=columns_ascend)


def places_of(examples: Examples, kind: str) -> pd.DataFrame:
    """The grid of stimuli, with the place of each among the examples."""
    table = pd.DataFrame({"spatial": examples.spatial_C, "temporal": examples.temporal_C})
    return grid_of(table.assign(place=range(len(table))), "place", kind).astype(int)


def is_constant(examples: Examples, place: int) -> bool:
    """Whether a reconstruction is one grey in the mask: it has no contrast and no correlation."""
    return bool(np.ptp(examples.reconstructed_CTHW[place][:, examples.mask_HW]) == 0)


def matched_movie(examples: Examples, place: int) -> np.ndarray:
    """The reconstruction with luminance and contrast of its stimulus; as it is where it is constant, which has no contrast."""
    movie_THW = examples.reconstructed_CTHW[place]
    if is_constant(examples, place):
        return movie_THW
    return match_contrast(movie_THW, examples.true_CTHW[place], examples.mask_HW)
