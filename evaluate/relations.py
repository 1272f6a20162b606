"""What goes with a good reconstruction: properties of movie, behaviour and predictions, clip by clip and frame by frame."""

import numpy as np
import pandas as pd

from evaluate.activity_file import BY_FRAME, MOVIE
from evaluate.statistics import (
    FEWEST_FRAMES,
    cross_correlation,
    linear_fit,
    mean_with_interval,
)

ACCURACY = "frame_correlation"
PREDICTION = "activity_correlation"
MOVIE_PARAMETERS = ("contrast", "motion_energy", "luminance")
BEHAVIOUR_PARAMETERS = ("pupil_size", "running_speed", "gaze_movement")
PARAMETERS = (*MOVIE_PARAMETERS, *BEHAVIOUR_PARAMETERS, PREDICTION)
FRAME_PREDICTION = BY_FRAME[MOVIE]
NO_FIT = {"n": 0} | dict.fromkeys(("slope", "intercept", "r", "p"), np.nan)
LAG_COLUMNS = ["lag_frames", "num_clips", "num_frames", "mean", "low", "high"]


def fit_relations(clips: pd.DataFrame) -> pd.DataFrame:
    """Line, r and p of the frame correlation on each parameter; clips in which either is NaN are left out, `n` counts the rest."""
    rows = []
    for parameter in PARAMETERS:
        known = clips[[parameter, ACCURACY]].dropna()
        fit = linear_fit(known[parameter], known[ACCURACY]) if len(known) else NO_FIT
        rows.append({"parameter": parameter} | {name: fit[name] for name in NO_FIT})
    return pd.DataFrame(rows)


def correlate_lags(frames: pd.DataFrame, max_lag_frames: int) -> pd.DataFrame:
    """Cross-correlation of the accuracy of prediction and of reconstruction, mean over clips with its 95 % t interval, by lag.

    Positive lags: the reconstruction follows. At a lag, pairs of frames without a value (a frame is constant) are left out,
    and clips of which either series is constant or too few frames are left; `num_clips` and `num_frames` count the rest.
    """
    scored = frames[frames["scored"]]
    found = []
    for _, clip in scored.groupby(["mouse", "clip"]):
        pair = clip.sort_values("frame")[[FRAME_PREDICTION, ACCURACY]]
        found.append(cross_correlation(*pair.to_numpy().T, _allowed(max_lag_frames, len(pair))))
    rows = []
    for lag, values in pd.concat(found).dropna().groupby("lag_frames"):
        numbers = mean_with_interval(values["correlation"])
        counts = {"num_clips": numbers["n"], "num_frames": int(values["num_frames"].sum())}
        rows.append({"lag_frames": int(lag), **counts} | {k: numbers[k] for k in LAG_COLUMNS[3:]})
    return pd.DataFrame(rows, columns=LAG_COLUMNS)


def _allowed(max_lag_frames: int, num_frames: int) -> int:
    """The largest lag, refused where a clip is too short for it."""
    most = num_frames - FEWEST_FRAMES
    if max_lag_frames > most:
        raise ValueError(
            f"evaluate.max_lag_frames {max_lag_frames} leaves too little of a clip with {num_frames} scored frames; "
            f"set it to {max(most, 0)} at most, or lower evaluate.skip_frames"
        )
    return max_lag_frames
