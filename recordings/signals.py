"""Signals of a trial: responses normalised with guards, trends removed, power spectra, change from frame to frame."""

import numpy as np
import pandas as pd
from jaxtyping import Float
from scipy import signal

from recordings.catalogue.change import measure_change
from recordings.reader import FRAME_RATE_HZ

SMALLEST_DIVISOR = 0.01
"""of the mean over the recording's neurons; smaller divisors are replaced by it, as in the competition"""
WELCH_WINDOW, WELCH_OVERLAP = 128, 64
STATISTICS = {
    "by_std": ("std",),
    "by_mean": ("mean",),
    "by_minmax": ("min", "max"),
}


def normalise_responses(
    responses_NT: Float[np.ndarray, "N T"], neurons: pd.DataFrame, how: str | None
) -> Float[np.ndarray, "N T"]:
    """Responses in units of each neuron's stored statistics; a copy.

    by_std: x / std; by_mean: (x - mean) / mean; by_minmax: (x - min) / (max - min); None: x. `neurons` has a row per
    neuron in the order of the responses. A divisor below 0.01 * the mean divisor of all neurons is replaced by that:
    a silent neuron stays small and finite. Raises ValueError for NaN, naming where it is.
    """
    if how is None:
        return np.array(responses_NT)
    if how not in STATISTICS:
        raise ValueError(f"unknown normalisation '{how}'; known are {', '.join(STATISTICS)}, None")
    if len(neurons) != len(responses_NT):
        raise ValueError(
            f"{how}: {len(neurons)} rows of statistics for {len(responses_NT)} neurons; give all neurons of one recording, "
            "then pick"
        )
    _refuse_nan(responses_NT, f"{how}: responses")
    statistics = [
        neurons[f"{name}_activation"].to_numpy(np.float64)[:, None] for name in STATISTICS[how]
    ]
    _refuse_nan(
        np.hstack(statistics), f"{how}: columns {', '.join(STATISTICS[how])} of the neurons"
    )
    offset, divisor = _offset_and_divisor(how, *statistics)
    return ((responses_NT - offset) / guard(divisor)).astype(responses_NT.dtype)


def _offset_and_divisor(how: str, *statistics: np.ndarray) -> tuple:
    if how == "by_minmax":
        lowest, highest = statistics
        return lowest, highest - lowest
    (statistic,) = statistics
    return (0.0 if how == "by_std" else statistic), statistic


def guard(divisor: np.ndarray) -> np.ndarray:
    """Divisors no smaller than a hundredth of their mean; ValueError where that is not positive."""
    floor = SMALLEST_DIVISOR * np.nanmean(divisor)
    if not floor > 0:
        raise ValueError(
            f"the neurons' statistics have mean {np.nanmean(divisor):g}, expected more than 0; are all responses hidden?"
        )
    return np.maximum(divisor, floor)


def detrend(
    values_T: Float[np.ndarray, "... T"], how: str = "linear", breaks: tuple[int, ...] = ()
) -> Float[np.ndarray, "... T"]:
    """The signal without its straight line ("linear", one per piece between `breaks`) or its mean ("constant"); a copy."""
    if how not in ("linear", "constant"):
        raise ValueError(f"unknown trend '{how}'; known are linear, constant")
    if np.size(values_T) == 0 or np.ndim(values_T) == 0:
        raise ValueError(f"signal: shape {np.shape(values_T)}, expected at least one frame")
    _refuse_nan(values_T, "signal")
    return signal.detrend(np.asarray(values_T, np.float64), type=how, bp=np.array(breaks, int))


def power_spectrum(
    values_T: Float[np.ndarray, "... T"], frame_rate_hz: float = FRAME_RATE_HZ
) -> tuple[Float[np.ndarray, " F"], Float[np.ndarray, "... F"]]:
    """Frequencies in Hz and power density in units^2 / Hz, by Welch's method.

    Demeaned; Hann windows of 128 frames, each 64 after the last, each freed from its straight line.
    """
    num_frames = np.shape(np.atleast_1d(values_T))[-1]
    if num_frames < WELCH_WINDOW:
        raise ValueError(
            f"a power spectrum needs at least {WELCH_WINDOW} frames, found {num_frames}; take a whole trial"
        )
    _refuse_nan(values_T, "signal")
    values_T = np.asarray(values_T, np.float64)
    return signal.welch(
        values_T - values_T.mean(axis=-1, keepdims=True),
        frame_rate_hz,
        window="hann",
        nperseg=WELCH_WINDOW,
        noverlap=WELCH_OVERLAP,
        detrend="linear",
    )


def frame_changes(video_THW: Float[np.ndarray, "T H W"]) -> Float[np.ndarray, " S"]:
    """Mean squared difference of each frame to the next one, in grey levels squared; one shorter than the video."""
    if np.ndim(video_THW) != 3:
        raise ValueError(
            f"video: shape {np.shape(video_THW)}, expected (frame, height, width); give all frames, such as video_THW"
        )
    return measure_change(np.moveaxis(video_THW, 0, -1))


def _refuse_nan(values: np.ndarray, name: str) -> None:
    blank = np.argwhere(np.isnan(values))
    if len(blank):
        place = ", ".join(map(str, blank[0]))
        raise ValueError(
            f"{name}: NaN at [{place}] and {len(blank) - 1} more places; cut to the valid frames, or leave the trial out"
        )
