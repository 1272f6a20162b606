"""The job that asks whether the members' spread tells the error of one mouse's movies."""

import pandas as pd

from evaluate.tables import Scoring
from evaluate.uncertainty import Estimate, measure_coverage, relate_spread, spread_bins
from reconstruct.ensemble import SPREAD
from reconstruct.movies import MOVIES, read_movies


def calibrate_spread(scoring: Scoring, ensemble: str, num_members: int) -> dict[str, pd.DataFrame]:
    """Tables: calibration (coverage by nominal coverage), spread_bins, spread_clips. Of the mean before smoothing."""
    movies = zip(
        scoring.true_THW, read_movies(ensemble, MOVIES), read_movies(ensemble, SPREAD), strict=True
    )
    clips = [
        Estimate(scoring.mouse, clip, *one).errors(scoring.mask_HW, scoring.skip_frames)
        for clip, one in enumerate(movies)
    ]
    return {
        "calibration": measure_coverage(clips, num_members),
        "spread_bins": spread_bins(clips),
        "spread_clips": relate_spread(clips),
    }
