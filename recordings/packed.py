"""A recording repacked for training: frames of all its trials in a row, so that a clip is one short read.

In the Sensorium layout a trial stores each pixel's and each neuron's time course in a row: 31 frames of 300 touch
almost every page of 12 MB. Here a frame lies together, and only training and validation trials are kept.
"""

import math
import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.lib.format import dtype_to_descr, write_array_header_1_0

from recordings.files import replace_when_done
from recordings.progress import report_progress
from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH, Recording, Trial, load_array
from recordings.wording import size_text

NUM_BEHAVIORS = 4


@dataclass(frozen=True)
class PackedRecording:
    """A packed folder; trials and clips are read as from a `Recording`."""

    folder: Path

    @cached_property
    def table(self) -> pd.DataFrame:
        """First frame and number of frames of each trial."""
        return pd.read_csv(self.folder / "trials.csv", index_col="trial")

    @cached_property
    def arrays(self) -> dict[str, np.ndarray]:
        """Memory maps, frames first."""
        names = ("video", "responses", "behavior")
        return {name: load_array(self.folder / f"{name}.npy") for name in names}

    @cached_property
    def num_neurons(self) -> int:
        return self.arrays["responses"].shape[1]

    def num_valid_frames(self, trial: int) -> int:
        return int(self.table.num_frames[trial])

    def trial(self, number: int, max_frames: int | None = None) -> Trial:
        """Load one trial."""
        stop = self.num_valid_frames(number)
        return self.frames(number, 0, stop if max_frames is None else min(stop, max_frames))

    def frames(self, number: int, start: int, stop: int, step: int = 1) -> Trial:
        """Load every `step`-th of the frames start..stop-1 of one trial."""
        first = int(self.table.first_frame[number])
        chosen = slice(first + start, first + stop, step)
        video, responses, behavior = (
            self.arrays[name][chosen].astype(np.float32)
            for name in ("video", "responses", "behavior")
        )
        return Trial(number, video, np.ascontiguousarray(responses.T), behavior.T.copy())


def pack_recording(recording: Recording, trials: list[int], output: str | Path) -> None:
    """Write the valid frames of these trials; movies of whole grey levels as bytes, else as float32."""
    lengths = [recording.num_valid_frames(trial) for trial in trials]
    table = pd.DataFrame(
        {"trial": trials, "first_frame": np.cumsum([0, *lengths[:-1]]), "num_frames": lengths}
    )
    whole = all(_is_whole(recording, trial) for trial in trials)
    shapes = {
        "video": ((SCREEN_HEIGHT, SCREEN_WIDTH), np.uint8 if whole else np.float32),
        "responses": ((recording.num_neurons,), np.float32),
        "behavior": ((NUM_BEHAVIORS,), np.float32),
    }
    _refuse_full_disk(Path(output), shapes, sum(lengths))
    with replace_when_done(output) as folder:
        folder.mkdir()
        with ExitStack() as stack:
            files = {
                name: stack.enter_context(open(folder / f"{name}.npy", "wb")) for name in shapes
            }
            for name, (shape, dtype) in shapes.items():
                about = {"descr": dtype_to_descr(np.dtype(dtype)), "fortran_order": False}
                write_array_header_1_0(files[name], about | {"shape": (sum(lengths), *shape)})
            for number in report_progress(trials, f"packing {recording.folder.name}"):
                trial = recording.trial(number)
                rows = (trial.video_THW, trial.responses_NT.T, trial.behavior_CT.T)
                for name, frames in zip(shapes, rows, strict=True):
                    files[name].write(frames.astype(shapes[name][1]).tobytes())
        table.to_csv(folder / "trials.csv", index=False)


def _refuse_full_disk(output: Path, shapes: dict, num_frames: int) -> None:
    """Before hours of writing are lost."""
    per_frame = sum(math.prod(shape) * np.dtype(dtype).itemsize for shape, dtype in shapes.values())
    output.parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(output.parent).free
    if num_frames * per_frame > free:
        raise ValueError(
            f"{output}: needs {size_text(num_frames * per_frame)}, but {size_text(free)} are free; make room"
        )


def _is_whole(recording: Recording, trial: int) -> bool:
    """Whether the movie of a trial is made of the integers 0..255."""
    video = recording.array("videos", trial)[..., : recording.num_valid_frames(trial)]
    video = np.asarray(video, np.float32)
    return bool((video == video.astype(np.uint8)).all())
