"""Centres and sizes of receptive fields from the maps of all members, and the population's coverage of the screen."""

from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from jaxtyping import Float
from scipy.ndimage import gaussian_filter
from scipy.optimize import curve_fit

from masks.settings import OFF, ON
from masks.thresholds import explain
from recordings.csv_table import write_table
from recordings.hdf5 import new_hdf5
from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH

SMOOTHING_PX = 2.0
SMALLEST_RATE = 1e-6
CHANGE = "change of the rate as a share of the rate before, smoothed; 0 below masks.fields.smallest_change"
COLUMNS = ["row_px", "column_px", "sigma_row_px", "sigma_column_px", "goodness"]


def write_fields(
    responses: list[str], made: dict[str, str], smallest_change: float, full_share: float
) -> None:
    """From the members' rates: `fields`, the maps with a table of neurons; `neurons`, the table alone; `coverage`, the mask."""
    maps = read_maps([Path(path) for path in responses])
    table, clean_NPRC = locate_fields(maps, smallest_change)
    with new_hdf5(made["fields"]) as file:
        file["rows_px"], file["columns_px"] = maps.rows_px, maps.columns_px
        for phase, name in ((ON, "on_NRC"), (OFF, "off_NRC")):
            data = clean_NPRC[:, phase].astype(np.float32)
            chunks = (1, *data.shape[1:])
            made_of = file.create_dataset(name, data=data, chunks=chunks, compression="gzip")
            made_of.attrs.update(
                axes="neuron, row, column of the patch", unit="share", meaning=CHANGE
            )
        file["neurons"] = table.to_records(index=False)
    write_table(made["neurons"], table)
    alpha_HW = np.minimum(coverage_of(clean_NPRC, maps) / full_share, 1)
    with new_hdf5(made["coverage"]) as file:
        file["alpha_HW"] = alpha_HW
        explain(file["alpha_HW"])


@dataclass(frozen=True)
class FieldMaps:
    """Change of every neuron's rate with every patch, as a share of the rate before; phase by row by column of the patch."""

    rows_px: np.ndarray
    columns_px: np.ndarray
    change_PRCN: Float[np.ndarray, "P R C N"]

    @property
    def step_px(self) -> float:
        return float(self.columns_px[1] - self.columns_px[0])


def read_maps(paths: list[Path]) -> FieldMaps:
    """Change of the members' mean rate: so no member that is all but silent decides by its ratio; one file in memory at a time."""
    total_PRCN2: np.ndarray | float = 0.0
    for path in paths:
        with h5py.File(path, "r") as file:
            total_PRCN2 = total_PRCN2 + file["rates_PRCNW"][..., :2]
            rows_px, columns_px = file["rows_px"][:], file["columns_px"][:]
    before_PRCN, during_PRCN = np.moveaxis(total_PRCN2 / len(paths), -1, 0)
    before_PRCN = before_PRCN.clip(min=SMALLEST_RATE)
    return FieldMaps(rows_px, columns_px, (during_PRCN - before_PRCN) / before_PRCN)


def clean_maps(
    changes_PRCN: Float[np.ndarray, "P R C N"], smallest_change: float, step_px: float
) -> Float[np.ndarray, "N P R C"]:
    """Changes below the smallest are none; smoothed, nothing beyond the screen."""
    kept_PRCN = np.where(changes_PRCN < smallest_change, 0, changes_PRCN)
    sigma = SMOOTHING_PX / step_px
    smooth = gaussian_filter(kept_PRCN, (0, sigma, sigma, 0), mode="constant")
    return np.ascontiguousarray(np.moveaxis(smooth, -1, 0))


def gaussian(places: np.ndarray, height, row, column, sigma_row, sigma_column) -> np.ndarray:
    rows, columns = places
    exponent = ((rows - row) / sigma_row) ** 2 + ((columns - column) / sigma_column) ** 2
    return height * np.exp(-exponent / 2)


def fit_field(
    map_RC: Float[np.ndarray, "R C"], rows_px: np.ndarray, columns_px: np.ndarray
) -> dict:
    """Centre and size of one field: of the Gaussian that fits best, its share of the explained variance as goodness.

    Without any change, or where no Gaussian fits, all values are NaN.
    """
    nothing = dict.fromkeys(COLUMNS, np.nan)
    if not map_RC.max() > 0:
        return nothing
    peak = np.unravel_index(map_RC.argmax(), map_RC.shape)
    start = [map_RC.max(), rows_px[peak[0]], columns_px[peak[1]], 4.0, 4.0]
    margin = SCREEN_HEIGHT / 4
    low = [0, rows_px[0] - margin, columns_px[0] - margin, 0.5, 0.5]
    high = [np.inf, rows_px[-1] + margin, columns_px[-1] + margin, SCREEN_HEIGHT, SCREEN_WIDTH]
    places = np.stack([axis.ravel() for axis in np.meshgrid(rows_px, columns_px, indexing="ij")])
    values = map_RC.ravel().astype(np.float64)
    try:
        found, _ = curve_fit(gaussian, places, values, start, bounds=(low, high), max_nfev=200)
    except RuntimeError:
        return nothing
    rest = values - gaussian(places, *found)
    goodness = 1 - rest.var() / values.var()
    return dict(zip(COLUMNS, [*found[1:], goodness], strict=True))


def locate_fields(maps: FieldMaps, smallest_change: float) -> tuple[pd.DataFrame, np.ndarray]:
    """A row per neuron, fitted to its on and off fields and to their sum; the clean maps (N, P, R, C)."""
    clean_NPRC = clean_maps(maps.change_PRCN, smallest_change, maps.step_px)
    rows = []
    for neuron, map_PRC in enumerate(clean_NPRC):
        row = {"neuron": neuron}
        for name, one in (("", map_PRC.sum(0)), ("on_", map_PRC[ON]), ("off_", map_PRC[OFF])):
            found = fit_field(one, maps.rows_px, maps.columns_px)
            row |= {name + column: value for column, value in found.items()}
            row[name + "change"] = float(one.max())
            row[name + "peak_row_px"], row[name + "peak_column_px"] = peak_of(one, maps)
        rows.append(row)
    return pd.DataFrame(rows), clean_NPRC


def peak_of(map_RC: np.ndarray, maps: FieldMaps) -> tuple[float, float]:
    if not map_RC.max() > 0:
        return np.nan, np.nan
    row, column = np.unravel_index(map_RC.argmax(), map_RC.shape)
    return float(maps.rows_px[row]), float(maps.columns_px[column])


def coverage_of(
    clean_NPRC: Float[np.ndarray, "N P R C"], maps: FieldMaps
) -> Float[np.ndarray, "H W"]:
    """How much of the population sees each pixel of the screen, 1 where most do: the mean of the fields, each 1 at its peak."""
    mean_RC = mean_field(clean_NPRC.sum(1))
    if not mean_RC.max() > 0:
        raise ValueError(
            "no neuron changes with any patch; lower masks.fields.smallest_change, or take larger patches"
        )
    return on_screen(mean_RC / mean_RC.max(), maps)


def mean_field(maps_NRC: Float[np.ndarray, "N R C"]) -> Float[np.ndarray, "R C"]:
    """Over neurons, each 1 at its peak; those without a field do not count."""
    peak_N = maps_NRC.max((1, 2))
    seen = peak_N > 0
    if not seen.any():
        return np.zeros(maps_NRC.shape[1:])
    return (maps_NRC[seen] / peak_N[seen, None, None]).mean(0)


def on_screen(map_RC: np.ndarray, maps: FieldMaps) -> Float[np.ndarray, "H W"]:
    """From the grid of patches to pixels, bilinear; beyond the outermost patches their values."""
    rows, columns = np.arange(SCREEN_HEIGHT), np.arange(SCREEN_WIDTH)
    by_row = np.stack([np.interp(rows, maps.rows_px, column) for column in map_RC.T], axis=1)
    return np.stack([np.interp(columns, maps.columns_px, row) for row in by_row]).astype(np.float32)
