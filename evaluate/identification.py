"""Whether a reconstruction tells which of several clips a mouse was shown."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

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
    def accuracy(self) -> float:
        """Share of the reconstructions whose own clip alone has the highest correlation; a constant one identifies nothing."""
        found_B = (self.rank_B == 1) & np.isfinite(np.diag(self.correlation_BB))
        return float(found_B.mean())

    @property
    def chance(self) -> float:
        """Accuracy of a guess."""
        return 1 / len(self.correlation_BB)

    @property
    def mean_rank(self) -> float:
        """Mean place of the own clip: 1 at best, (K + 1) / 2 by chance."""
        return float(self.rank_B.mean())


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
