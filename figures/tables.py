"""The files that other stages wrote, as figures take them."""

from pathlib import Path

import h5py
import numpy as np
import pandas as pd

from figures.mask_maps import MouseMaps


def read_table(path: str | Path) -> pd.DataFrame:
    """A tidy table; mouse names stay text even when they are digits."""
    return pd.read_csv(path, dtype={"mouse": str})


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
