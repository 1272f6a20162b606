"""Writing arrays of a recording in the Sensorium layout."""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import numpy as np


def write_trial(
    folder: Path, trial: int, arrays: Mapping[str, np.ndarray], num_frames: int, dtype="float32"
) -> None:
    """Store the arrays of a trial by modality, their last axis, time, filled up with NaN to `num_frames`."""
    for modality, values in arrays.items():
        padded = np.full((*values.shape[:-1], num_frames), np.nan, dtype)
        padded[..., : values.shape[-1]] = values
        save_array(folder / "data" / modality / f"{trial}.npy", padded)


def save_array(path: Path, values: np.ndarray) -> None:
    """Store an array, in a folder that need not exist."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        # numpy writes to a real file by itself, and says nothing where its last bytes find no room
        np.save(SimpleNamespace(write=file.write), values, allow_pickle=False)
