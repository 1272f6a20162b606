"""Whether a reconstruction tells which of several clips a mouse was shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb, factorial

import numpy as np
from jaxtyping import Float, Int

from evaluate.pearson import standardise
from evaluate.scored import Mask, Movie, scored_pixels
from evaluate.scores import video_correlation

TIE = 1e-9
"""correlations that differ by no more are ties: rounding must not decide between copies of a clip"""


@dataclass(frozen=True)
class Identification:
    """Video correlations of every reconstruction (row) with every true clip (column); row and column k are one clip."""

    correlation_BB: Float[np.ndarray, "B B"]

    @property
    def rank_B(self) -> Float[np.ndarray, " B"]:
        """Place of a reconstruction's own clip among all clips: 1 is best, ties and a missing correlation take the worst."""
        correlation_BB = np.where(np.isnan(self.correlation_BB), -np.inf, self.correlation_BB)
        own_B1 = np.diag(correlation_BB)[:, None]
        return (correlation_BB >= own_B1 - TIE).sum(axis=1)

    @property
    def pick_B(self) -> Int[np.ndarray, " B"]:
        """The clip that alone has the highest correlation with a reconstruction; -1 where none has."""
        correlation_BB = np.where(np.isnan(self.correlation_BB), -np.inf, self.correlation_BB)
        highest_B1 = correlation_BB.max(axis=1, keepdims=True)
        best_BB = (correlation_BB >= highest_B1 - TIE) & np.isfinite(correlation_BB)
        return np.where(best_BB.sum(axis=1) == 1, best_BB.argmax(axis=1), -1)

    @property
    def num_hits(self) -> int:
        """How many reconstructions pick their own clip."""
        return int((self.pick_B == np.arange(len(self.pick_B))).sum())


def permutation_p(mice: Sequence[Identification]) -> float:
    """Probability of so many hits or more, all mice together, if each mouse's clips were dealt to its reconstructions at random.

    Exact, and fair to reconstructions that pick the same clip: one of those at most can be right.
    """
    chances = np.ones(1)
    for mouse in mice:
        chances = np.convolve(chances, hit_probabilities(mouse.pick_B))
    return float(min(1.0, chances[sum(mouse.num_hits for mouse in mice) :].sum()))


def hit_probabilities(pick_B: Int[np.ndarray, " B"]) -> Float[np.ndarray, " hits"]:
    """Probability of 0..K hits over all permutations of K clips.

    With m_j picks of clip j, k pairs that fit together can be had in e_k(m) ways (elementary symmetric polynomial);
    inclusion and exclusion then counts the permutations with exactly h hits.
    """
    num_clips = len(pick_B)
    ways = [1]
    for picks in np.bincount(pick_B[pick_B >= 0], minlength=num_clips).tolist():
        ways = [a + picks * b for a, b in zip([*ways, 0], [0, *ways], strict=True)]
    exactly = [
        sum(
            (-1) ** (k - hits) * comb(k, hits) * ways[k] * factorial(num_clips - k)
            for k in range(hits, num_clips + 1)
        )
        for hits in range(num_clips + 1)
    ]
    return np.array([count / factorial(num_clips) for count in exactly])


def identify_clips(
    movies: Sequence[Movie], true_movies: Sequence[Movie], mask_HW: Mask, skip_frames: int = 0
) -> Identification:
    """Correlate every reconstruction with every true clip of a mouse, over the frames that both have."""
    if not movies or len(movies) != len(true_movies):
        raise ValueError(
            f"{len(movies)} reconstructions for {len(true_movies)} true clips; "
            "expected one of each per clip, at least one, in the same order"
        )
    if len({len(movie) for movie in (*movies, *true_movies)}) == 1:
        return Identification(_products(movies, true_movies, mask_HW, skip_frames))
    rows = [
        [_correlation_of_common(movie, true, mask_HW, skip_frames) for true in true_movies]
        for movie in movies
    ]
    return Identification(np.array(rows))


def _products(
    movies: Sequence[Movie], true_movies: Sequence[Movie], mask_HW: Mask, skip_frames: int
) -> np.ndarray:
    """All correlations of clips of one length as one product of matrices."""
    found, true = (
        standardise(np.stack([scored_pixels(m, mask_HW, skip_frames).ravel() for m in clips]), 1)
        for clips in (movies, true_movies)
    )
    return found @ true.T


def _correlation_of_common(
    movie_THW: Movie, true_THW: Movie, mask_HW: Mask, skip_frames: int
) -> float:
    length = min(len(movie_THW), len(true_THW))
    return video_correlation(movie_THW[:length], true_THW[:length], mask_HW, skip_frames)
