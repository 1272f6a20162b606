"""What a laboratory has: arrays, when their samples were taken, and which movie was shown when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from recordings.own_data.kinds import numbers

BEHAVIOUR = {"pupil_size": 1, "running_speed": 1, "gaze": 2}
"""signals beside the responses, and their numbers of channels"""
CLOCKS = ("trial", "session")
FITS = ("refuse", "letterbox")


@dataclass(frozen=True)
class Signal:
    """Values along time, which is the last axis, and when each sample was taken: `times_s`, or `rate_hz` and `start_s`."""

    values: np.ndarray
    """responses (neurons, samples); gaze (2, samples), x and y; pupil size and running speed (samples,)"""
    rate_hz: float | None = None
    times_s: np.ndarray | None = None
    """on the clock of the session, increasing; the middle of a sample that took long"""
    start_s: float = 0.0
    """time of the first sample, with rate_hz"""


@dataclass(frozen=True)
class Movie:
    """Frames and when each came on the screen: `times_s`, or `rate_hz` and `start_s`; each stays until the next one comes."""

    frames_THW: np.ndarray
    """grey levels 0..255, any size; anything with a shape that gives an array for a slice of frames, like a dataset of h5py"""
    rate_hz: float | None = None
    times_s: np.ndarray | None = None
    start_s: float = 0.0
    clock: str = "trial"
    """trial: times count from the start of each trial that shows the movie; session: on the clock of everything else"""


@dataclass(frozen=True)
class OwnTrial:
    """A stretch of the session in which one movie was on the screen."""

    start_s: float
    stop_s: float
    tier: str
    """one of recordings.reader.TIERS: train, oracle (held out), ..."""
    movie: str
    movie_from_s: float = 0.0
    """place in a movie with clock 'trial' that is on the screen when the trial starts"""


@dataclass(frozen=True)
class OwnSession:
    """One recording of one mouse; a trial's number is its place in `trials`."""

    movies: Mapping[str, Movie]
    trials: Sequence[OwnTrial]
    responses: Signal
    pupil_size: Signal | None = None
    running_speed: Signal | None = None
    gaze: Signal | None = None
    not_measured: Sequence[str] = ()
    """names of BEHAVIOUR that do not exist; they are filled with zeros"""
    fit: str = "refuse"
    """what happens to frames that are not 16:9: refuse, or letterbox (grey bars)"""
    max_gap_s: float = 0.5
    """longest gap (NaN or no samples) in pupil size, running speed and gaze that is interpolated"""
    unit_ids: np.ndarray | None = None
    """(neurons,) integers"""
    coordinates_um: np.ndarray | None = None
    """(neurons, 3): x, y, depth"""
    notes: Mapping[str, str] = field(default_factory=dict)
    """kept beside the recording, in meta/own_data.json"""


def sample_times_s(name: str, sampled: Signal | Movie) -> np.ndarray:
    """When each sample was taken or each frame came; ValueError where that is not known or not increasing."""
    num, shape = _count(sampled), np.shape(_array_of(sampled))
    if (sampled.rate_hz is None) == (sampled.times_s is None):
        raise ValueError(f"{name}: give either rate_hz or times_s, and not both")
    least = 1 if isinstance(sampled, Movie) else 2
    if num < least:
        raise ValueError(f"{name}: shape {shape} has {num} samples, expected {least} or more")
    if sampled.times_s is None:
        if not 0 < sampled.rate_hz < np.inf:
            raise ValueError(f"{name}: rate_hz is {sampled.rate_hz:g}, expected more than 0")
        with np.errstate(over="ignore"):
            times_s = sampled.start_s + np.arange(num) / sampled.rate_hz
    else:
        times_s = numbers(f"{name}: times_s", sampled.times_s).astype(np.float64)
    if times_s.shape != (num,):
        raise ValueError(f"{name}: {_wrong_count(times_s, sampled, shape)}")
    with np.errstate(invalid="ignore", over="ignore"):
        late = np.flatnonzero(~(np.diff(times_s) > 0)) + 1
    if not np.isfinite(times_s).all() or len(late):
        first = late[0] if len(late) else int(np.argmin(np.isfinite(times_s)))
        raise ValueError(
            f"{name}: times must increase from sample to sample, but sample {first} is at {times_s[first]:g} s after "
            f"{times_s[max(first - 1, 0)]:g} s; sort the samples, drop the repeated ones, or correct rate_hz and start_s"
        )
    return times_s


def interval_of(times_s: np.ndarray, sampled: Signal | Movie) -> float:
    """Usual time between two samples in seconds; infinite where a single one has no rate."""
    if sampled.rate_hz is not None:
        return 1 / sampled.rate_hz
    return float(np.median(np.diff(times_s))) if len(times_s) > 1 else np.inf


def _array_of(sampled: Signal | Movie):
    return sampled.frames_THW if isinstance(sampled, Movie) else sampled.values


def _count(sampled: Signal | Movie) -> int:
    shape = np.shape(_array_of(sampled))
    if not shape:
        return 0
    return shape[0] if isinstance(sampled, Movie) else shape[-1]


def _wrong_count(times_s: np.ndarray, sampled: Signal | Movie, shape: tuple) -> str:
    frames = isinstance(sampled, Movie)
    axes = "(frame, height, width)" if frames else "(channel, sample)"
    other = shape[-1] if frames else shape[0]
    if times_s.ndim == 1 and len(times_s) == other:
        move = "np.moveaxis(frames, -1, 0)" if frames else "its transpose"
        return f"shape {shape} has its axes in another order, expected {axes}; give {move}"
    return f"{times_s.size} times_s for shape {shape}, expected one per sample of {axes}"
