"""One recording in the Sensorium 2023 layout, read lazily through memory maps."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from recordings.npy import load_array

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
        if not (self.folder / "data").is_dir():
            raise ValueError(
                f"{self.folder}: no recording here (expected a folder with data/videos, data/responses, ...); "
                "check recordings.folder and recordings.mice in config.yaml"
            )

    @cached_property
    def trials(self) -> tuple[int, ...]:
        """Trial numbers, ascending; numbers may be missing."""
        return tuple(sorted(self._numbers("videos")))

    @cached_property
    def tiers(self) -> dict[int, str]:
        """Tier of each trial on disk."""
        path = self.folder / "meta/trials/tiers.npy"
        names = _read_texts(path)
        if self.trials and self.trials[-1] >= len(names):
            raise ValueError(
                f"{path}: {len(names)} entries, but trial {self.trials[-1]} exists (expected one tier per trial number)"
            )
        return {trial: names[trial] for trial in self.trials}

    @cached_property
    def num_neurons(self) -> int:
        return self.array("responses", self.trials[0]).shape[0]

    def path(self, modality: str, trial: int) -> Path:
        return self.folder / "data" / modality / f"{trial}.npy"

    def array(self, modality: str, trial: int) -> np.ndarray:
        """The stored array, memory-mapped, NaN tail included."""
        return load_array(self.path(modality, trial))

    def num_valid_frames(self, trial: int) -> int:
        """Frames before the NaN tail, which must end the behaviour and every other array of the trial."""
        behavior = np.asarray(self.array("behavior", trial), np.float64)
        blank = np.isnan(behavior).all(axis=0)
        return int(np.argmax(blank)) if blank.any() else behavior.shape[1]

    def trial(self, number: int, max_frames: int | None = None) -> Trial:
        """Load one trial, NaN tail removed."""
        stop = self.num_valid_frames(number)
        stop = stop if max_frames is None else min(stop, max_frames)
        return self.frames(number, 0, stop)

    def behavior(self, number: int) -> np.ndarray:
        """Pupil size, running speed and pupil centre (4, T) of the valid frames alone; no movie and no response is read."""
        stop = self.num_valid_frames(number)
        parts = [self.array(modality, number)[:, :stop] for modality in MODALITIES[2:]]
        return np.concatenate([np.asarray(part, np.float32) for part in parts])

    def frames(self, number: int, start: int, stop: int, step: int = 1) -> Trial:
        """Load every `step`-th of the frames start..stop-1 of one trial."""
        video, responses, behavior, pupil = (
            np.asarray(self.array(modality, number)[..., start:stop:step], np.float32)
            for modality in MODALITIES
        )
        return Trial(
            number,
            np.ascontiguousarray(video.transpose(2, 0, 1)),
            np.maximum(responses, 0),
            np.concatenate([behavior, pupil]),
        )

    def _numbers(self, modality: str) -> list[int]:
        names = [p.stem for p in (self.folder / "data" / modality).glob("*.npy")]
        return [int(name) for name in names if name.isdecimal() and str(int(name)) == name]


def _read_texts(path: Path) -> list[str]:
    """A stored list of texts."""
    stored = load_array(path)
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
