"""One recording in the Sensorium 2023 layout, read lazily through memory maps."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from recordings.access import is_folder, is_link_to_nothing, list_names, unreadable
from recordings.npy import load_array
from recordings.valid_frames import count_valid_frames
from recordings.wording import size_text

SCREEN_HEIGHT, SCREEN_WIDTH = 36, 64
FRAME_RATE_HZ = 30.0
MODALITIES = ("videos", "responses", "behavior", "pupil_center")
TIERS = (
    "train",
    "oracle",
    "live_test_main",
    "live_test_bonus",
    "final_test_main",
    "final_test_bonus",
)
MISSING_TIERS = ("", "none", "None", "nan", "NaN", "NAN")
AXES = {"videos": (SCREEN_HEIGHT, SCREEN_WIDTH), "behavior": (2,), "pupil_center": (2,)}
"""sizes before the frames; responses have one, of any size"""
MAX_ARRAY_BYTES = 2**29
"""of one array of a trial, which is read as a whole; 300 frames of 80,000 neurons have a fifth of it"""
MAX_META_BYTES = 2**24
"""of tiers, ids or coordinates"""


@dataclass(frozen=True)
class Trial:
    """The valid frames of one trial, as float32 in memory."""

    number: int
    video_THW: np.ndarray
    """0..255"""
    responses_NT: np.ndarray
    """negative rounding set to 0"""
    behavior_CT: np.ndarray
    """pupil size, running speed, pupil centre x, pupil centre y"""


@dataclass(frozen=True)
class Recording:
    """A recording folder; arrays stay on disk until a trial is asked for."""

    folder: Path

    def __post_init__(self):
        if is_link_to_nothing(self.folder):
            raise unreadable(self.folder, FileNotFoundError())
        if not is_folder(self.folder / "data"):
            raise ValueError(
                f"{self.folder}: no recording here (expected a folder with data/videos, data/responses, ...); "
                "check recordings.folder and recordings.mice in config.yaml"
            )

    @cached_property
    def trials(self) -> tuple[int, ...]:
        """Trial numbers, ascending; numbers may be missing."""
        return tuple(self._numbers("videos"))

    @cached_property
    def tiers(self) -> dict[int, str]:
        """Tier of each trial on disk."""
        names = self.stored_tiers
        if self.trials and self.trials[-1] >= len(names):
            raise ValueError(
                f"{self.tiers_path}: {len(names)} entries, but trial {self.trials[-1]} exists (expected one tier per trial "
                "number)"
            )
        return {trial: names[trial] for trial in self.trials}

    @cached_property
    def stored_tiers(self) -> list[str]:
        """A tier for every number from 0, also of trials that are not there."""
        return _read_texts(self.tiers_path)

    @property
    def tiers_path(self) -> Path:
        return self.folder / "meta/trials/tiers.npy"

    @cached_property
    def num_neurons(self) -> int:
        return self.array("responses", self.trials[0]).shape[0]

    def _numbers(self, modality: str) -> list[int]:
        """Numbers of the trials that have a file of this name, ascending, also one that cannot be read."""
        names = list_names(self.folder / "data" / modality)
        stems = [name.removesuffix(".npy") for name in names if name.endswith(".npy")]
        return sorted(int(stem) for stem in stems if stem.isdecimal() and str(int(stem)) == stem)

    def path(self, modality: str, trial: int) -> Path:
        return self.folder / "data" / modality / f"{trial}.npy"

    def array(self, modality: str, trial: int, shape: tuple[int, ...] | None = None) -> np.ndarray:
        """The stored array, memory-mapped, NaN tail included: numbers, frames last; refused if it has not this shape."""
        path = self.path(modality, trial)
        stored = load_array(path)
        axes = AXES.get(modality, stored.shape[:1])
        whole = shape or (*axes, *stored.shape[-1:])
        if stored.ndim != len(axes) + 1 or stored.shape != whole:
            like = (
                f"{shape} as in the rest of the recording"
                if shape
                else f"({', '.join(map(str, AXES.get(modality, ['neurons'])))}, frames)"
            )
            raise ValueError(
                f"{path}: shape {stored.shape}, expected {like}; "
                "store it as (height, width, frame), (neuron, frame) or (2, frame)"
            )
        if stored.dtype not in (np.float32, np.float64):
            raise ValueError(
                f"{path}: dtype {stored.dtype}, expected float32 or float64; convert it"
            )
        if stored.nbytes > MAX_ARRAY_BYTES:
            raise ValueError(
                f"{path}: {size_text(stored.nbytes)}, more than the {size_text(MAX_ARRAY_BYTES)} that are read at once; "
                "cut the trial into shorter ones"
            )
        return stored

    def num_valid_frames(self, trial: int) -> int:
        """Frames before the NaN tail, which must end the behaviour and every other array of the trial."""
        return count_valid_frames(self.array("behavior", trial), self.path("behavior", trial))

    def trial(self, number: int, max_frames: int | None = None) -> Trial:
        """Load one trial, NaN tail removed."""
        stop = self.num_valid_frames(number)
        stop = stop if max_frames is None else min(stop, max_frames)
        return self.frames(number, 0, stop)

    def behavior(self, number: int) -> np.ndarray:
        """Pupil size, running speed and pupil centre (4, T) of the valid frames alone; no movie and no response is read."""
        stop = self.num_valid_frames(number)
        return np.concatenate([self.read(name, number, slice(stop)) for name in MODALITIES[2:]])

    def frames(self, number: int, start: int, stop: int, step: int = 1) -> Trial:
        """Load every `step`-th of the frames start..stop-1 of one trial."""
        chosen = slice(start, stop, step)
        arrays = {modality: self.read(modality, number, chosen) for modality in MODALITIES}
        lengths = {modality: array.shape[-1] for modality, array in arrays.items()}
        for modality, length in lengths.items():
            if length != lengths["behavior"]:
                raise ValueError(
                    f"{self.path(modality, number)}: {length} of the frames {start} to {stop - 1}, but the behaviour has "
                    f"{lengths['behavior']}; restore both from the recording's archive"
                )
        return Trial(
            number,
            np.ascontiguousarray(arrays["videos"].transpose(2, 0, 1)),
            np.maximum(arrays["responses"], 0),
            np.concatenate([arrays["behavior"], arrays["pupil_center"]]),
        )

    def read(self, modality: str, number: int, frames: slice) -> np.ndarray:
        """These frames of one array as float32; ValueError for what is not finite, but for a tail of NaN."""
        stored = self.array(modality, number)
        with np.errstate(over="ignore"):
            values = np.asarray(stored[..., frames], np.float32)
        if not np.isfinite(values).all():
            rows_CT = stored.reshape(-1, stored.shape[-1])
            count_valid_frames(rows_CT, self.path(modality, number))  # names the frame
        return values


def _read_texts(path: Path) -> list[str]:
    """A stored list of texts."""
    stored = load_array(path, MAX_META_BYTES)
    if stored.ndim != 1 or stored.dtype.kind != "U":
        raise ValueError(
            f"{path}: shape {stored.shape} of {stored.dtype}, expected a list of texts, one tier per trial number; "
            "copy it again from the recording's archive"
        )
    try:
        return stored.tolist()
    except ValueError:
        raise ValueError(
            f"{path}: holds characters that no text has; copy it again from the recording's archive"
        ) from None
