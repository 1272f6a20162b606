"""Statistics of the activity of each neuron over the frames that were measured, a block of neurons at a time."""

from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

from recordings.access import is_absent
from recordings.catalogue.scan import HIDDEN, MISSING
from recordings.progress import report_progress
from recordings.reader import MAX_META_BYTES, Recording, load_array

BLOCK_BYTES = 2**28
"""of responses in the memory of each worker"""
COORDINATES = ["coord_x", "coord_y", "coord_z"]
STATISTICS = ("mean", "median", "min", "max", "std")


def select_measured(trials: pd.DataFrame) -> dict[int, int]:
    """Valid frames of the responses of each trial whose responses are there and not withheld."""
    measured = trials[~trials.response_state.isin([HIDDEN, MISSING])]
    return dict(zip(measured.trial.tolist(), measured.valid_frames_response.tolist(), strict=True))


def summarise_neurons(
    recording: Recording,
    valid_frames: Mapping[int, int],
    num_workers: int = 1,
    block_bytes: int = BLOCK_BYTES,
) -> pd.DataFrame:
    """A row per neuron: ID, coord_x, coord_y, coord_z in um (NaN without coordinates), and <statistic>_activation over the first `valid_frames` of these trials.

    Every stored number is read once; std is that of the population. Without any trial the statistics are NaN.
    """
    table = _describe_neurons(recording)
    if sum(valid_frames.values()) == 0:
        return table.assign(**{f"{name}_activation": np.nan for name in STATISTICS})
    blocks = _divide(recording, valid_frames, block_bytes)
    work = partial(_summarise_block, recording, dict(valid_frames))
    title = f"neurons of {recording.folder.name}"
    if num_workers == 1:
        rows = list(report_progress(map(work, blocks), title, len(blocks)))
    else:
        # a spawned process would run the script that started it once more
        with ProcessPoolExecutor(num_workers, get_context("fork")) as pool:
            rows = list(report_progress(pool.map(work, blocks), title, len(blocks)))
    values_NS = np.concatenate(rows)
    columns = {f"{name}_activation": values_NS[:, k] for k, name in enumerate(STATISTICS)}
    return table.assign(**columns)


def _describe_neurons(recording: Recording) -> pd.DataFrame:
    """ID and coordinates, NaN where there are none; ValueError where they are not those of the recorded neurons."""
    folder = recording.folder / "meta/neurons"
    expected = {"unit_ids": (recording.num_neurons,)}
    if not is_absent(folder / "cell_motor_coordinates.npy"):  # own data may have none
        expected["cell_motor_coordinates"] = (recording.num_neurons, 3)
    found = {name: _load(folder / f"{name}.npy", shape) for name, shape in expected.items()}
    table = pd.DataFrame({"ID": found["unit_ids"]})
    table[COORDINATES] = found.get("cell_motor_coordinates", np.nan)
    return table


def _load(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """Numbers of this shape that float32 can hold; NaN where there is none."""
    stored = load_array(path, MAX_META_BYTES)
    if stored.shape != shape or stored.dtype.kind not in "iuf":
        raise ValueError(
            f"{path}: shape {stored.shape}, expected {shape} as the responses have it, of numbers (found {stored.dtype}); "
            "restore it from the recording's archive"
        )
    with np.errstate(over="ignore"):
        infinite = np.isinf(stored.astype(np.float32))
    if infinite.any():
        raise ValueError(
            f"{path}: neuron {int(np.argwhere(infinite)[0, 0])} has an infinite number, or one too large for float32; "
            "restore it from the recording's archive"
        )
    return np.array(stored)


def _divide(
    recording: Recording, valid_frames: Mapping[int, int], block_bytes: int
) -> list[tuple[int, int]]:
    """Neurons [start, stop) of each block."""
    itemsize = recording.array("responses", next(iter(valid_frames))).itemsize
    size = max(1, int(block_bytes // (itemsize * sum(valid_frames.values()))))
    return [
        (start, min(start + size, recording.num_neurons))
        for start in range(0, recording.num_neurons, size)
    ]


def _summarise_block(
    recording: Recording, valid_frames: dict[int, int], bounds: tuple[int, int]
) -> np.ndarray:
    """STATISTICS (N, 5) of the neurons of one block."""
    block_NT = _load_block(recording, valid_frames, *bounds)
    values_NS = np.array([_summarise(activity_T) for activity_T in block_NT])
    if not np.isfinite(values_NS).all():
        _refuse_broken(recording, valid_frames, *bounds)
    return values_NS


def _refuse_broken(
    recording: Recording, valid_frames: dict[int, int], start: int, stop: int
) -> None:
    for trial, num_frames in valid_frames.items():
        rows_NT = recording.array("responses", trial)[start:stop, :num_frames]
        if not np.isfinite(rows_NT).all():
            raise ValueError(
                f"{recording.path('responses', trial)}: NaN or infinity within the first {num_frames} frames, expected "
                "numbers; repair the file and scan the recording again"
            )


def _load_block(
    recording: Recording, valid_frames: dict[int, int], start: int, stop: int
) -> np.ndarray:
    """Rows of every response file, one trial behind the other: consecutive rows lie together on disk."""
    dtype = recording.array("responses", next(iter(valid_frames))).dtype
    block_NT = np.empty((stop - start, sum(valid_frames.values())), dtype)
    end = 0
    for trial, num_frames in valid_frames.items():
        begin, end = end, end + num_frames
        # mapped anew each time, so that pages that were read do not pile up in memory
        block_NT[:, begin:end] = recording.array("responses", trial)[start:stop, :num_frames]
    return block_NT


def _summarise(activity_T: np.ndarray) -> tuple[float, ...]:
    """STATISTICS of one neuron, whose samples are put into another order."""
    exact_T = activity_T.astype(np.float64)
    middle = len(exact_T) // 2
    lower = middle if len(exact_T) % 2 else middle - 1
    activity_T.partition(middle)  # in float32, which sorts as float64 does
    upper = float(activity_T[middle])
    below = upper if lower == middle else float(activity_T[:middle].max())
    return exact_T.mean(), (below + upper) / 2, exact_T.min(), exact_T.max(), exact_T.std()
