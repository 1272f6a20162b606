"""What is known of each pixel of a mouse, as the mask figures take it."""

from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
from jaxtyping import Float

from recordings.csv_table import read_table


@dataclass(frozen=True)
class MouseMaps:
    """Maps of one mouse; coverage (0..1) and field centres (row, column in pixels) are known for simulated mice."""

    mouse: str
    alpha_HW: Float[np.ndarray, "H W"]
    coverage_HW: Float[np.ndarray, "H W"] | None = None
    centres_N2: Float[np.ndarray, "N 2"] | None = None

    @property
    def has_truth(self) -> bool:
        return self.coverage_HW is not None or self.centres_N2 is not None


def read_map(path: str | Path, name: str) -> np.ndarray:
    """One dataset of an HDF5 file."""
    with h5py.File(path, "r") as file:
        return file[name][()]


def read_mouse_maps(
    mice: list[str], alphas: list[str], coverages: list[str], neurons: list[str]
) -> list[MouseMaps]:
    """Masks of several mice; coverages and neurons are empty where no truth is known."""
    if not coverages:
        return [
            MouseMaps(m, read_map(path, "alpha_HW")) for m, path in zip(mice, alphas, strict=True)
        ]
    maps = []
    for mouse, *paths in zip(mice, alphas, coverages, neurons, strict=True):
        table = read_table(paths[2])
        centers_N2 = table[["field_row_px", "field_column_px"]].to_numpy()
        coverage_HW = np.load(paths[1], allow_pickle=False)
        maps.append(MouseMaps(mouse, read_map(paths[0], "alpha_HW"), coverage_HW, centers_N2))
    return maps
