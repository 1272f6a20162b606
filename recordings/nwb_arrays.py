"""Arrays of an NWB file in the order of axes that own data has, read stretch by stretch."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from recordings.own_data.kinds import number, numbers
from recordings.untrusted import printable, reading
from recordings.untrusted_hdf5 import Stored, examine


def place_of(series) -> str:
    """`container/series`, which tells two series of the same name apart."""
    parent = getattr(series.parent, "name", "root")
    return printable(f"{parent}/{series.name}")


def stored(name: str, values, path: str | Path) -> Stored | np.ndarray:
    """What pynwb gives for the values of a series; a dataset is examined first."""
    if isinstance(values, h5py.Dataset):
        return examine(name, values, path)
    with reading(name):
        array = np.asarray(values)
    if array.dtype == object or not array.size:
        raise ValueError(f"{name}: holds no array of numbers; fill it in")
    return array


@dataclass(frozen=True)
class Responses:
    """Responses (neurons, samples) of a series stored as (samples, neurons)."""

    values: Stored | np.ndarray
    factor: float
    offset: float

    @classmethod
    def of(cls, series, path: str | Path) -> "Responses":
        return cls(stored(place_of(series), series.data, path), *scale_of(series))

    @property
    def dtype(self) -> np.dtype:
        return self.values.dtype

    @property
    def shape(self) -> tuple[int, ...]:
        shape = self.values.shape
        return (1, *shape) if len(shape) == 1 else shape[::-1]

    def __getitem__(self, place: tuple[slice, slice]) -> np.ndarray:
        neurons, samples = place
        values_TN = scaled("responses", self.values[samples], self.factor, self.offset)
        return values_TN.reshape(len(values_TN), -1).T[neurons]


def scale_of(series) -> tuple[float, float]:
    """By what stored values are multiplied, and what is added then."""
    name = place_of(series)
    return number(f"{name}: conversion", series.conversion), number(
        f"{name}: offset", series.offset
    )


def scaled(name: str, values, factor: float, offset: float) -> np.ndarray:
    """Stored values in their unit; beyond float64 they become infinite, which is refused where they are used."""
    with np.errstate(over="ignore", invalid="ignore"):
        return numbers(name, values).astype(np.float64) * factor + offset


@dataclass(frozen=True)
class Frames:
    """Frames (T, H, W) out of stored ones, read as they are asked for; `index` says which is shown when."""

    stored: "Stored | np.ndarray | Pictures"
    index: np.ndarray | None
    width_first: bool

    @property
    def shape(self) -> tuple[int, ...]:
        num = len(self.stored) if self.index is None else len(self.index)
        size = self.stored.shape[1:]
        return (num, *(size[::-1] if self.width_first else size))

    def __getitem__(self, place: slice) -> np.ndarray:
        if self.index is None:
            frames = np.asarray(self.stored[place])
        else:
            wanted, order = np.unique(self.index[place], return_inverse=True)
            frames = np.stack([np.asarray(self.stored[int(one)]) for one in wanted])[order]
        return frames.swapaxes(1, 2) if self.width_first else frames


@dataclass(frozen=True)
class Pictures:
    """Images of an NWB file in their order, all of one size."""

    pictures: Sequence[Stored | np.ndarray]

    @classmethod
    def of(cls, images, path: str | Path) -> "Pictures":
        name = printable(images.name)
        with reading(name):
            pictures = list(images.order_of_images)
        found = [stored(f"{name}/{printable(one.name)}", one.data, path) for one in pictures]
        sizes = sorted({one.shape for one in found})
        if len(sizes) != 1:
            raise ValueError(f"images '{name}': sizes {sizes[:3]}, expected one size for all")
        return cls(found)

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self.pictures), *self.pictures[0].shape)

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, place: int) -> np.ndarray:
        return numbers("picture", self.pictures[place])
