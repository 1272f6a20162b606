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
    before_T, after_T = _thresholds(change_T, preset)
    stands_out = (step_T[:-1] > before_T[1:-1]) & (step_T[1:] > after_T[1:-1])
    prominence_T = _prominence(change_T)
    if not preset.ramps:
        stands_out &= prominence_T > 0
    peaks = 1 + np.flatnonzero(stands_out)
    return _keep_apart(peaks, prominence_T[peaks - 1], preset.distance)


def _thresholds(change_T: np.ndarray, preset: Preset) -> tuple[np.ndarray, np.ndarray]:
    """For every sample, of the window before it and of the one after it; infinite where too few values are left."""
    blank = np.full(preset.window, np.nan)
    padded = np.concatenate([blank, change_T, blank])
    window_TW = np.lib.stride_tricks.sliding_window_view(padded, preset.window)
    kept_TW = ~np.isnan(window_TW)
    if preset.outlier_cut is not None:
        mean_T, std_T = _moments(window_TW, kept_TW)
        far_TW = np.abs(window_TW - mean_T[:, None])
        kept_TW &= far_TW <= preset.outlier_cut * ROUNDING * std_T[:, None]
    _, std_T = _moments(window_TW, kept_TW)
    threshold_T = np.maximum(preset.factor * std_T, preset.floor)
    threshold_T[kept_TW.sum(axis=1) < MIN_KEPT] = np.inf
    return threshold_T[: len(change_T)], threshold_T[preset.window + 1 :]


def _moments(window_TW: np.ndarray, kept_TW: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation (of the population) of the kept values; 0 where there are none."""
    count_T = np.maximum(kept_TW.sum(axis=1), 1)
    mean_T = np.where(kept_TW, window_TW, 0).sum(axis=1) / count_T
    square_TW = np.where(kept_TW, window_TW - mean_T[:, None], 0) ** 2
    return mean_T, np.sqrt(square_TW.sum(axis=1) / count_T)


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
