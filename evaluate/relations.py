"""What goes with a good reconstruction: properties of movie, behaviour and predictions, clip by clip and frame by frame."""

import numpy as np
import pandas as pd

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
FRAME_PREDICTION = "frame_activity_correlation"
NO_FIT = {"n": 0} | dict.fromkeys(("slope", "intercept", "r", "p"), np.nan)
LAG_COLUMNS = ["lag_frames", "num_clips", "mean", "low", "high"]


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

    Positive lags: the reconstruction follows. Clips with a constant frame among those that are scored are left out, and at
    a lag those of which either series is constant; `num_clips` counts the rest.
    """
    scored = frames[frames["scored"]]
    found = []
    for _, clip in scored.groupby(["mouse", "clip"]):
        pair = clip.sort_values("frame")[[FRAME_PREDICTION, ACCURACY]]
        if pair.notna().all(axis=None):
            found.append(cross_correlation(*pair.to_numpy().T, _allowed(max_lag_frames, len(pair))))
    lags = pd.concat(found).dropna() if found else pd.DataFrame(columns=LAG_COLUMNS[:1])
    rows = []
    for lag, values in lags.groupby("lag_frames"):
        numbers = mean_with_interval(values["correlation"])
        row = {"lag_frames": int(lag), "num_clips": numbers["n"]}
        rows.append(row | {name: numbers[name] for name in LAG_COLUMNS[2:]})
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
