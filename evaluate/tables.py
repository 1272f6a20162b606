"""Tidy tables from movies: one row a clip and source."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from evaluate.scores import frame_correlation, video_correlation
from reconstruct.ensemble import average_movies, smooth_movie
from reconstruct.settings import SmoothingSettings

MEASURES = {"video_correlation": video_correlation, "frame_correlation": frame_correlation}


@dataclass(frozen=True)
class Scoring:
    """Where and how movies of one mouse are scored."""

    mouse: str
    trials: list[int]
    true_THW: list[np.ndarray]
    mask_HW: np.ndarray
    skip_frames: int

    def rows(self, source: str, movies: list[np.ndarray], **columns) -> list[dict]:
        """Scores of one movie per clip."""
        return [
            {
                "mouse": self.mouse,
                "clip": clip,
                "trial": self.trials[clip],
                "source": source,
                **columns,
                **self.score(movies[clip], clip),
            }
            for clip in range(len(self.trials))
        ]

    def score(self, movie_THW: np.ndarray, clip: int) -> dict[str, float]:
        arguments = (movie_THW, self.true_THW[clip], self.mask_HW, self.skip_frames)
        return {name: measure(*arguments) for name, measure in MEASURES.items()}

    def pairs(self, movies: list[np.ndarray]) -> pd.DataFrame:
        """Every movie (`clip`) with every true movie (`other`), over the frames that both have."""
        rows = []
        for clip, movie_THW in enumerate(movies):
            for other, true_THW in enumerate(self.true_THW):
                length = min(len(movie_THW), len(true_THW))
                pair = (movie_THW[:length], true_THW[:length], self.mask_HW, self.skip_frames)
                keys = {"mouse": self.mouse, "clip": clip, "trial": self.trials[clip]}
                scores = {name: measure(*pair) for name, measure in MEASURES.items()}
                rows.append(keys | {"other": other} | scores)
        return pd.DataFrame(rows)

    def rows_of_other_clips(self, source: str, movies: list[np.ndarray]) -> list[dict]:
        """Each movie against the true movies of the other clips, mean over them; NaN where there is no other."""
        pairs = self.pairs(movies)
        means = pairs[pairs["clip"] != pairs["other"]].groupby("clip")[list(MEASURES)].mean()
        means = means.reindex(range(len(self.trials)))
        keys = {"mouse": self.mouse, "source": source}
        return [
            keys | {"clip": clip, "trial": trial} | means.loc[clip].to_dict()
            for clip, trial in enumerate(self.trials)
        ]


def score_ensemble_sizes(
    scoring: Scoring, members: list[list[np.ndarray]], smoothing: SmoothingSettings
) -> pd.DataFrame:
    """Mean score over all subsets of the members, by subset size; movies smoothed as the ensemble is."""
    rows = []
    for size in range(1, len(members) + 1):
        for clip, trial in enumerate(scoring.trials):
            scores = [
                scoring.score(
                    smooth_movie(average_movies([m[clip] for m in subset]), smoothing), clip
                )
                for subset in combinations(members, size)
            ]
            rows.append(
                {
                    "mouse": scoring.mouse,
                    "clip": clip,
                    "trial": trial,
                    "num_members": size,
                    **pd.DataFrame(scores).mean().to_dict(),
                }
            )
    return pd.DataFrame(rows)
