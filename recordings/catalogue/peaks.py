"""Where the content of a movie changes: samples of the change signal that stand out on both sides."""

from dataclasses import dataclass

import numpy as np

from recordings.catalogue.labels import UNKNOWN

MIN_KEPT = 3
"""values that a side needs to have a threshold"""
ROUNDING = 1 + 1e-9
"""a value at the outlier cut is kept, whatever the rounding"""


@dataclass(frozen=True)
class Preset:
    """How far a peak must stand out, and from what."""

    window: int
    """samples on each side"""
    distance: int
    """peaks closer than this are one"""
    factor: float
    """threshold, in standard deviations of the side"""
    outlier_cut: float | None = 2.0
    """values of a side so many standard deviations from its mean are left out"""
    ramps: bool = True
    """a step from one level to another counts as well"""
    floor: float = 10.0
    """lowest threshold, squared grey levels"""


# catalogue: the published detector takes a sample on a steep ramp (above one neighbour, below the other) for a peak
# of negative prominence. Between two Gabors of different speed such a step can be all that shows of the switch, so it counts,
# and yields to any true peak near by; in natural movies it is motion that gets faster, so there it does not.
PRESETS = {
    UNKNOWN: Preset(window=10, distance=7, factor=5),
    "NaturalVideo": Preset(window=30, distance=7, factor=5, outlier_cut=None, ramps=False),
    "RandomDots": Preset(window=20, distance=45, factor=5),
    "NaturalImages": Preset(window=10, distance=10, factor=3),
    "Gabor": Preset(window=10, distance=20, factor=3),
    "PinkNoise": Preset(window=10, distance=20, factor=5),
    "GaussianDot": Preset(window=5, distance=7, factor=3),
}
"""of each label; unknown: for the first pass"""


def find_peaks(change_T: np.ndarray, preset: Preset) -> np.ndarray:
    """Peaks and valleys of a change signal, ascending: new content starts one frame later.

    A sample is one if it differs from each of its neighbours by more than that side's threshold. Those closer than the
    distance to a more prominent one (equally prominent: to an earlier one) are left out.
    """
    if len(change_T) < MIN_KEPT:
        return np.zeros(0, np.intp)
    step_T = np.abs(np.diff(change_T))
    prominence_T = _prominence(change_T)
    candidate_T = (step_T[:-1] > preset.floor) & (step_T[1:] > preset.floor)
    if not preset.ramps:
        candidate_T &= prominence_T > 0
    frames = 1 + np.flatnonzero(candidate_T)
    before, after = _thresholds(change_T, frames, preset)
    peaks = frames[(step_T[frames - 1] > before) & (step_T[frames] > after)]
    return _keep_apart(peaks, prominence_T[peaks - 1], preset.distance)


def _thresholds(change_T, frames, preset: Preset) -> np.ndarray:
    """Of the windows before some samples, and of those after them; infinite where too few values are left."""
    blank = np.full(preset.window, np.nan)
    padded = np.concatenate([blank, change_T, blank])
    window_TW = np.lib.stride_tricks.sliding_window_view(padded, preset.window)
    window_NW = window_TW[np.concatenate([frames, frames + preset.window + 1])]
    kept_NW = ~np.isnan(window_NW)
    if preset.outlier_cut is not None:
        mean_N, std_N = _moments(window_NW, kept_NW)
        far_NW = np.abs(window_NW - mean_N[:, None])
        kept_NW &= far_NW <= preset.outlier_cut * ROUNDING * std_N[:, None]
    _, std_N = _moments(window_NW, kept_NW)
    threshold_N = np.maximum(preset.factor * std_N, preset.floor)
    threshold_N[kept_NW.sum(axis=1) < MIN_KEPT] = np.inf
    return threshold_N.reshape(2, -1)


def _moments(window_NW: np.ndarray, kept_NW: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation (of the population) of the kept values; 0 where there are none."""
    count_N = np.maximum(kept_NW.sum(axis=1), 1)
    mean_N = np.where(kept_NW, window_NW, 0).sum(axis=1) / count_N
    square_NW = np.where(kept_NW, window_NW - mean_N[:, None], 0) ** 2
    return mean_N, np.sqrt(square_NW.sum(axis=1) / count_N)


def _prominence(change_T: np.ndarray) -> np.ndarray:
    """Of every sample but the first and the last: by how much it is above, or below, both neighbours."""
    left_T, inner_T, right_T = change_T[:-2], change_T[1:-1], change_T[2:]
    above_T = inner_T - np.maximum(left_T, right_T)
    return np.maximum(above_T, np.minimum(left_T, right_T) - inner_T)


def _keep_apart(peaks: np.ndarray, prominences: np.ndarray, distance: int) -> np.ndarray:
    kept: list[int] = []
    for peak in peaks[np.lexsort((peaks, -prominences))].tolist():
        if all(abs(peak - other) >= distance for other in kept):
            kept.append(peak)
    return np.array(sorted(kept), np.intp)
