"""Training clips drawn from recordings on disk, and the statistics that initialise an encoder."""

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from models.encoder import ClipSpec, stack_inputs
from models.settings import TrainingSettings
from recordings.csv_table import read_table
from recordings.packed import PackedRecording
from recordings.reader import Recording
from recordings.selection import TRAINING, VALIDATION, content_of, trials_of


@dataclass(frozen=True)
class MouseData:
    """One mouse's recording and the trials of it that may be used."""

    recording: Recording | PackedRecording
    training: list[int]
    validation: list[int]
    content: str
    """digest of the data, for resumed jobs"""


def open_mice(
    mice: list[str], recordings: list[str], sets: str | Path, kind: type = Recording
) -> dict[str, MouseData]:
    """Recordings of a kind (as recorded, or packed) and sets of several mice."""
    table = read_table(sets)
    return {
        mouse: MouseData(
            kind(Path(folder)),
            trials_of(table, mouse, TRAINING),
            trials_of(table, mouse, VALIDATION),
            content_of(table, mouse),
        )
        for mouse, folder in zip(mice, recordings, strict=True)
    }


@dataclass(frozen=True)
class Batch:
    """Clips of several mice, those of a mouse in a row."""

    inputs_BCTHW: Tensor
    clips: dict[str, slice]
    """which clips are a mouse's; only mice that have any"""
    responses: dict[str, Tensor]
    """(its clips, neurons, frames) of each of them"""


def draw_batch(
    mice: dict[str, MouseData],
    spec: ClipSpec,
    settings: TrainingSettings,
    seed: int,
    update: int,
) -> Batch:
    """Random clips, shared out evenly among the mice over the updates, some of them mixed from two.

    A function of (seed, update) alone, so that a resumed run draws the same.
    """
    generator = np.random.default_rng([seed, update])
    numbers = update * settings.batch_clips + np.arange(settings.batch_clips)
    inputs, clips, responses = [], {}, {}
    for place, (mouse, data) in enumerate(mice.items()):
        count = int((numbers % len(mice) == place).sum())
        drawn = [
            _draw_clip(data, spec, settings.cutmix_probability, generator) for _ in range(count)
        ]
        if drawn:
            clips[mouse] = slice(len(inputs), len(inputs) + count)
            responses[mouse] = torch.stack([response for _, response in drawn])
            inputs += [clip for clip, _ in drawn]
    return Batch(torch.stack(inputs), clips, responses)


def _draw_clip(
    data: MouseData, spec: ClipSpec, cutmix_probability: float, generator: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Inputs and responses of a random clip, or of two, a box of the one pasted into the other."""
    inputs, responses = _cut_clip(data, spec, generator)
    if generator.random() >= cutmix_probability:
        return inputs, responses
    others, other_responses = _cut_clip(data, spec, generator)
    rows, columns = draw_box(*inputs.shape[-2:], generator)
    inputs[..., rows, columns] = others[..., rows, columns]
    area = (rows.stop - rows.start) * (columns.stop - columns.start)
    share = area / (inputs.shape[-2] * inputs.shape[-1])
    return inputs, (1 - share) * responses + share * other_responses


def _cut_clip(
    data: MouseData, spec: ClipSpec, generator: np.random.Generator
) -> tuple[Tensor, Tensor]:
    trial = int(generator.choice(data.training))
    span = (spec.clip_frames - 1) * spec.frame_step + 1
    start = int(generator.integers(0, data.recording.num_valid_frames(trial) - span + 1))
    clip = data.recording.frames(trial, start, start + span, spec.frame_step)
    return stack_inputs(clip, spec), torch.from_numpy(clip.responses_NT)


def draw_box(height: int, width: int, generator: np.random.Generator) -> tuple[slice, slice]:
    """Rows and columns of a box with a uniform share of the area around a uniform centre, cut at the borders."""
    side = math.sqrt(generator.random())
    centre = generator.integers(0, [height, width])
    half = np.array([height, width]) * side / 2
    low = np.maximum(centre - half, 0).astype(int)
    high = np.minimum(centre + half, [height, width]).astype(int)
    return slice(int(low[0]), int(high[0])), slice(int(low[1]), int(high[1]))


def stream_batches(draw: Callable[[int], Batch], updates: range) -> Iterator[Batch]:
    """The batches of these updates in order; the next is read while the last is in use."""
    with ThreadPoolExecutor(1) as reader:
        upcoming = [reader.submit(draw, update) for update in updates[:1]]
        for update in updates:
            batch = upcoming.pop().result()
            if update + updates.step in updates:
                upcoming.append(reader.submit(draw, update + updates.step))
            yield batch


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
