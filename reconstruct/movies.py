"""Files of clips: each array holds all of them, readable with h5py alone, and says its axes, unit and meaning."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np
import pandas as pd

from reconstruct.legend import LEGEND
from reconstruct.settings import BLACK, WHITE
from recordings.hdf5 import new_hdf5

MOVIES, TRACES = "movies", "traces"
FRAMES_PER_CHUNK = 32
BYTES = "uint8"


@dataclass(frozen=True)
class ClipFile:
    """What a file of movies, or of other values of each frame, says besides them."""

    trials: list[int]
    num_frames: list[int]
    attributes: dict = field(default_factory=dict)
    extras: dict[str, np.ndarray] = field(default_factory=dict)
    grey_levels: str = "float32"
    legend: Mapping[str, tuple[str, str, str]] = field(default_factory=lambda: LEGEND)
    """axes, unit and meaning of each array"""

    def write(self, path: str | Path, clips: Iterable[dict[str, np.ndarray]]) -> None:
        """Write clip after clip; each gives its arrays over frames by name."""
        with new_hdf5(path) as file:
            file.attrs.update(self.attributes)
            file["trial"], file["num_frames"] = np.array(self.trials), np.array(self.num_frames)
            for name, values in self.extras.items():
                file[name] = values
            for clip, arrays in enumerate(clips):
                for name, values in arrays.items():
                    if name not in file:
                        self._create(file, name, values.shape[1:])
                    file[name][clip, : len(values)] = self._converted(name, values)
            file.visititems(self._explain)

    def _create(self, file: h5py.File, name: str, shape: tuple[int, ...]) -> None:
        kind = self.grey_levels if name == MOVIES else "float32"
        longest = max(self.num_frames)
        file.create_dataset(
            name,
            shape=(len(self.trials), longest, *shape),
            dtype=kind,
            chunks=(1, min(FRAMES_PER_CHUNK, longest), *shape),
            fillvalue=0 if kind == BYTES else np.nan,
            compression="gzip",
            shuffle=True,
        )

    def _converted(self, name: str, values: np.ndarray) -> np.ndarray:
        if name == MOVIES and self.grey_levels == BYTES:
            return np.clip(values, BLACK, WHITE).round().astype(BYTES)
        return values

    def _explain(self, name: str, array: h5py.Dataset | h5py.Group) -> None:
        """Say in the file what an array is."""
        if name in self.legend:
            array.attrs.update(zip(("axes", "unit", "meaning"), self.legend[name], strict=True))


def traces_as_arrays(traces: pd.DataFrame) -> dict[str, np.ndarray]:
    """The columns of a trace as arrays of a file."""
    return {f"{TRACES}/{name}": traces[name].to_numpy() for name in traces}


def read_movies(path: str | Path, name: str = MOVIES) -> list[np.ndarray]:
    """One array of every clip, in clip order, each cut to its length."""
    with h5py.File(path, "r") as file:
        return [read_clip(file, clip, name) for clip in range(len(file["num_frames"]))]


def read_clip(file: h5py.File, clip: int, name: str = MOVIES) -> np.ndarray:
    return file[name][clip, : file["num_frames"][clip]]


def read_traces(path: str | Path) -> pd.DataFrame:
    """A row for every clip and iteration."""
    with h5py.File(path, "r") as file:
        return pd.DataFrame({name: values[:] for name, values in file[TRACES].items()})
