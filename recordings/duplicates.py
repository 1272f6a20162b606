"""Held-out clips that training has as good as seen: the training movie most like each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from recordings.progress import report_progress
from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH, Recording
from recordings.selection import refuse_empty, split_trials
from recordings.settings import SplitSettings

AT_ONCE = (128, 32)
"""candidates and training movies in memory together: 440 MB at 300 frames"""
LEAST_CONTRAST = 0.01
"""of the frames that two movies share, in units of the whole movie's: below it they count as constant"""
EQUALLY_ALIKE = 1e-6
DECIMALS = 6
"""of the correlations in the table, so that copies in other contrast are at 1"""
CONSTANT = 1e-3
"""standard deviation in grey levels below which a movie is constant"""


@dataclass(frozen=True)
class Shown:
    """Trials of one mouse, whose movies are compared."""

    mouse: str
    recording: Recording
    trials: Sequence[int]


@dataclass(frozen=True)
class Movie:
    """The movie of one trial, on disk."""

    mouse: str
    recording: Recording
    trial: int

    @property
    def num_frames(self) -> int:
        return self.recording.num_valid_frames(self.trial)

    def standardised_HWT(self, num_frames: int) -> np.ndarray:
        """The first frames at most, with mean 0 and variance 1; zeros if they are constant."""
        stop = min(self.num_frames, num_frames)
        pixels = np.array(self.recording.array("videos", self.trial)[..., :stop], np.float32)
        pixels -= pixels.mean(dtype=np.float64)
        contrast = pixels.std(dtype=np.float64)
        return pixels / np.float32(contrast) if contrast > CONSTANT else np.zeros_like(pixels)


@dataclass(frozen=True)
class Block:
    """Movies in memory; zeros beyond their ends."""

    pixels_BHWT: np.ndarray
    num_frames_B: np.ndarray
    sums_BT: np.ndarray
    """over all pixels and the frames so far"""
    squares_BT: np.ndarray


def find_duplicates(
    trials: dict[str, pd.DataFrame],
    recordings: dict[str, Recording],
    settings: SplitSettings,
    at_once: tuple[int, int] = AT_ONCE,
) -> pd.DataFrame:
    """The training movie most like the movie of each candidate, in candidate order; movies that are equal are compared once."""
    table = split_trials(trials, settings)
    refuse_empty(table, settings)
    candidates = table.loc[table.candidate, ["mouse", "trial", "video"]]
    shown = candidates.drop_duplicates("video")
    trained = table[table.training].drop_duplicates("video")
    sets = (_shown(rows, recordings) for rows in (shown, trained))
    found = most_alike(*sets, settings.min_frames, at_once)
    found["video"] = shown.video.to_numpy()
    alike = candidates.merge(found.drop(columns=["mouse", "trial"]), on="video")
    return alike.drop(columns="video").round(DECIMALS)


def most_alike(
    held_out: list[Shown],
    training: list[Shown],
    min_frames: int,
    at_once: tuple[int, int] = AT_ONCE,
) -> pd.DataFrame:
    """The training movie that correlates most with each held-out candidate, the first of equals, a row each.

    Pearson over all pixels of the frames that both have (the longer movie is cut), and over their first frames. Movies
    are compared where they share `min_frames` and neither is constant in them.
    """
    candidates, trained = ([*_movies(sets)] for sets in (held_out, training))
    assert candidates
    assert trained
    correlation_AB = _correlate_all(candidates, trained, min_frames, at_once)
    rows = []
    for candidate, correlation_B in zip(candidates, correlation_AB, strict=True):
        highest = correlation_B.max()
        if highest == -np.inf:
            raise ValueError(
                f"mouse {candidate.mouse}, trial {candidate.trial}: no training movie shares {min_frames} frames that "
                "change with it; take the trial out of the recording, or lower recordings.selection.min_frames"
            )
        best = int(np.argmax(correlation_B >= highest - EQUALLY_ALIKE))
        rows.append(_describe(candidate, trained[best], correlation_B[best]))
    return pd.DataFrame(rows)


def first_frame(recording: Recording, trial: int) -> np.ndarray:
    """The first frame (36, 64) of a movie, nothing else of the trial read."""
    return np.array(recording.array("videos", trial)[..., 0], np.float32)


def _shown(rows: pd.DataFrame, recordings: dict[str, Recording]) -> list[Shown]:
    return [
        Shown(mouse, recordings[mouse], of_mouse.trial.tolist())
        for mouse, of_mouse in rows.groupby("mouse", sort=False)
    ]


def _movies(sets: list[Shown]) -> Iterator[Movie]:
    for shown in sets:
        for trial in shown.trials:
            yield Movie(shown.mouse, shown.recording, int(trial))


def _correlate_all(
    candidates: list[Movie], trained: list[Movie], min_frames: int, at_once: tuple[int, int]
) -> np.ndarray:
    """Correlations (candidate, training movie); -inf where two are not compared."""
    correlation_AB = np.empty((len(candidates), len(trained)))
    for group in _slices(len(candidates), at_once[0]):
        longest = max(movie.num_frames for movie in candidates[group])
        held = _load(candidates[group], longest)
        title = f"duplicates of clips {group.start + 1} to {group.stop} of {len(candidates)}"
        for block in report_progress(_slices(len(trained), at_once[1]), title):
            loaded = _load(trained[block], longest)
            correlation_AB[group, block] = _correlate(held, loaded, min_frames)
    return correlation_AB


def _slices(count: int, size: int) -> list[slice]:
    return [slice(start, min(start + size, count)) for start in range(0, count, size)]


def _load(movies: list[Movie], num_frames: int) -> Block:
    pixels_BHWT = np.zeros((len(movies), SCREEN_HEIGHT, SCREEN_WIDTH, num_frames), np.float32)
    sums, squares, lengths = [], [], []
    for place_HWT, movie in zip(pixels_BHWT, movies, strict=True):
        pixels_HWT = movie.standardised_HWT(num_frames)
        lengths.append(pixels_HWT.shape[-1])
        place_HWT[..., : lengths[-1]] = pixels_HWT
        sums.append(place_HWT.sum((0, 1), dtype=np.float64))
        squares.append(np.square(place_HWT, dtype=np.float64).sum((0, 1)))
    return Block(pixels_BHWT, np.array(lengths), np.cumsum(sums, 1), np.cumsum(squares, 1))


def _correlate(one: Block, other: Block, min_frames: int) -> np.ndarray:
    """Means and variances of the frames that two movies share are differences of sums: any lengths, one product."""
    shared_AB = np.minimum.outer(one.num_frames_B, other.num_frames_B)
    count_AB = shared_AB * SCREEN_HEIGHT * SCREEN_WIDTH
    row, column = np.ogrid[: shared_AB.shape[0], : shared_AB.shape[1]]
    means, variances = [], []
    for block, place in ((one, row), (other, column)):
        means.append(block.sums_BT[place, shared_AB - 1] / count_AB)
        square = block.squares_BT[place, shared_AB - 1] / count_AB
        variances.append(square - means[-1] ** 2)
    covariance = _products(one, other) / count_AB - means[0] * means[1]
    compared = (shared_AB >= min_frames) & (np.minimum(*variances) > LEAST_CONTRAST**2)
    norm = np.sqrt(np.where(compared, variances[0] * variances[1], 1.0))
    return np.where(compared, np.clip(covariance / norm, -1, 1), -np.inf)


def _products(one: Block, other: Block) -> np.ndarray:
    """Inner products of all pairs: single precision within a row of the screen, double over rows."""
    total_AB = np.zeros((len(one.pixels_BHWT), len(other.pixels_BHWT)))
    for row in range(SCREEN_HEIGHT):
        left, right = (b.pixels_BHWT[:, row].reshape(len(b.pixels_BHWT), -1) for b in (one, other))
        total_AB += left @ right.T
    return total_AB


def _describe(candidate: Movie, trained: Movie, correlation: float) -> dict:
    frames = (first_frame(movie.recording, movie.trial) for movie in (candidate, trained))
    return {
        "mouse": candidate.mouse,
        "trial": candidate.trial,
        "training_mouse": trained.mouse,
        "training_trial": trained.trial,
        "correlation": float(correlation),
        "first_frame_correlation": _pearson(*frames),
    }


def _pearson(one: np.ndarray, other: np.ndarray) -> float:
    """NaN if either is constant."""
    one, other = (values - values.mean(dtype=np.float64) for values in (one, other))
    norm = np.sqrt((one**2).sum() * (other**2).sum())
    return float((one * other).sum() / norm) if norm > 0 else float("nan")
