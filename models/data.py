"""Training clips drawn from recordings on disk, and the statistics that initialise an encoder."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from models.encoder import ClipSpec, add_behavior
from recordings.reader import Recording
from recordings.selection import TRAINING, VALIDATION, content_of, trials_of


@dataclass(frozen=True)
class MouseData:
    """One mouse's recording and the trials of it that may be used."""

    recording: Recording
    training: list[int]
    validation: list[int]
    content: str
    """digest of the data, for resumed jobs"""


def open_mice(mice: list[str], recordings: list[str], sets: str | Path) -> dict[str, MouseData]:
    """Recordings and sets of several mice."""
    table = pd.read_csv(sets, dtype={"mouse": str})
    return {
        mouse: MouseData(
            Recording(Path(folder)),
            trials_of(table, mouse, TRAINING),
            trials_of(table, mouse, VALIDATION),
            content_of(table, mouse),
        )
        for mouse, folder in zip(mice, recordings, strict=True)
    }


@dataclass(frozen=True)
class Batch:
    """Clips of one mouse."""

    mouse: str
    inputs_BCTHW: Tensor
    responses_BNT: Tensor


def draw_batch(
    mice: dict[str, MouseData], spec: ClipSpec, num_clips: int, seed: int, update: int
) -> Batch:
    """Random clips of one mouse; a function of (seed, update) alone, so that a resumed run draws the same."""
    generator = np.random.default_rng([seed, update])
    mouse = list(mice)[update % len(mice)]
    data = mice[mouse]
    span = (spec.clip_frames - 1) * spec.frame_step + 1
    inputs, responses = [], []
    for trial in generator.choice(data.training, num_clips):
        length = data.recording.num_valid_frames(int(trial))
        start = int(generator.integers(0, length - span + 1))
        clip = data.recording.frames(int(trial), start, start + span)
        every = slice(None, None, spec.frame_step)
        video = spec.place(torch.from_numpy(clip.video_THW[every]))
        inputs.append(add_behavior(video, torch.from_numpy(clip.behavior_CT[:, every])))
        responses.append(torch.from_numpy(clip.responses_NT[:, every]))
    return Batch(mouse, torch.stack(inputs), torch.stack(responses))


@dataclass(frozen=True)
class MouseStatistics:
    """Moments over the training trials of one mouse, and where each neuron's field seems to be."""

    movie_mean: float
    movie_std: float
    behavior_mean_C: np.ndarray
    behavior_std_C: np.ndarray
    response_mean_N: np.ndarray
    field_N2: np.ndarray
    """row, column of each neuron's strongest correlation with luminance or contrast"""


CELL_PX = 4
LAGS_FRAMES = (4, 6, 8)


def summarise_training(data: MouseData) -> MouseStatistics:
    """One pass over the training trials, one trial in memory at a time."""
    sums = _Sums()
    for trial in data.training:
        sums.add(data.recording.trial(trial))
    return sums.finish()


class _Sums:
    """Running sums for `summarise_training`."""

    def __init__(self):
        self.frames = 0
        self.movie = self.movie_squared = 0.0
        self.lagged_frames = 0

    def add(self, trial) -> None:
        responses = trial.responses_NT.astype(np.float64)
        behavior = trial.behavior_CT.astype(np.float64)
        features = _feature_maps(trial.video_THW)
        stop = features.shape[1] - max(LAGS_FRAMES)
        early = [features.shape[1] - stop - lag for lag in LAGS_FRAMES]
        seen = np.concatenate([features[:, first : first + stop] for first in early])
        heard = responses[:, -stop:]
        parts = {
            "behavior": behavior.sum(1),
            "behavior_squared": (behavior**2).sum(1),
            "response": responses.sum(1),
            "product": heard @ seen.T,
            "heard": heard.sum(1),
            "seen": seen.sum(1),
            "seen_squared": (seen**2).sum(1),
        }
        for name, part in parts.items():
            setattr(self, name, getattr(self, name, 0.0) + part)
        self.movie += trial.video_THW.mean((1, 2), dtype=np.float64).sum()
        self.movie_squared += np.square(trial.video_THW).mean((1, 2), dtype=np.float64).sum()
        self.frames += responses.shape[1]
        self.lagged_frames += stop

    def finish(self) -> MouseStatistics:
        movie_mean = self.movie / self.frames
        behavior_mean = self.behavior / self.frames
        behavior_var = self.behavior_squared / self.frames - behavior_mean**2
        return MouseStatistics(
            float(movie_mean),
            float(np.sqrt(self.movie_squared / self.frames - movie_mean**2)),
            behavior_mean,
            np.sqrt(np.maximum(behavior_var, 1e-6)),
            self.response / self.frames,
            self._fields(),
        )

    def _fields(self) -> np.ndarray:
        n = self.lagged_frames
        covariance = self.product / n - np.outer(self.heard / n, self.seen / n)
        variance = np.maximum(self.seen_squared / n - (self.seen / n) ** 2, 1e-9)
        rows, columns = 36 // CELL_PX, 64 // CELL_PX
        score = (covariance**2 / variance).reshape(len(covariance), -1, rows, columns).sum(1)
        best = score.reshape(len(score), -1).argmax(1)
        row, column = np.divmod(best, columns)
        return np.stack([row, column], axis=1) * CELL_PX + (CELL_PX - 1) / 2


def _feature_maps(video_THW: np.ndarray) -> np.ndarray:
    """Luminance and local contrast in cells of CELL_PX pixels, (features, frames)."""
    mean, square = _cell_means(video_THW), _cell_means(np.square(video_THW))
    maps = np.stack([mean, np.sqrt(np.maximum(square - mean**2, 0))])
    return maps.transpose(0, 2, 3, 1).reshape(-1, len(video_THW))


def _cell_means(video_THW: np.ndarray) -> np.ndarray:
    rows, columns = (np.repeat(np.eye(n // CELL_PX), CELL_PX, axis=1) for n in video_THW.shape[1:])
    return rows @ video_THW @ columns.T / CELL_PX**2
