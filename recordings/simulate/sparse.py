"""A full-size recording that takes almost no disk: files with holes, for measuring speed and memory."""

from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap

from recordings.files import replace_when_done
from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH
from recordings.write_layout import save_array

NUM_EVENTS = 50


def write_sparse_recording(
    folder: Path,
    num_neurons: int,
    num_trials: int,
    num_frames: int,
    num_held_out: int,
    seed: int,
    dtype: type = np.float32,
) -> None:
    """Black movies with one lit frame, silent neurons with a few events; the last trials are the oracle tier."""
    generator = np.random.default_rng(seed)
    with replace_when_done(folder) as temporary:
        for trial in range(num_trials):
            arrays = _open_trial(temporary, trial, num_neurons, num_frames, dtype)
            lit = generator.integers(0, num_frames)
            arrays["videos"][..., lit] = generator.uniform(0, 255, (SCREEN_HEIGHT, SCREEN_WIDTH))
            neurons = generator.integers(0, num_neurons, NUM_EVENTS)
            frames = generator.integers(0, num_frames, NUM_EVENTS)
            arrays["responses"][neurons, frames] = generator.exponential(10, NUM_EVENTS)
            arrays["behavior"][:] = generator.uniform(10, 40, (2, num_frames))
            arrays["pupil_center"][:] = generator.uniform(90, 200, (2, num_frames))
        tiers = ["train"] * (num_trials - num_held_out) + ["oracle"] * num_held_out
        save_array(temporary / "meta/trials/tiers.npy", np.array(tiers))


def _open_trial(folder: Path, trial: int, num_neurons: int, num_frames: int, dtype: type) -> dict:
    shapes = {
        "videos": (SCREEN_HEIGHT, SCREEN_WIDTH, num_frames),
        "responses": (num_neurons, num_frames),
        "behavior": (2, num_frames),
        "pupil_center": (2, num_frames),
    }
    arrays = {}
    for modality, shape in shapes.items():
        path = folder / "data" / modality / f"{trial}.npy"
        path.parent.mkdir(parents=True, exist_ok=True)
        arrays[modality] = open_memmap(path, mode="w+", dtype=dtype, shape=shape)
    return arrays
