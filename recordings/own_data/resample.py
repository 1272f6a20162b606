"""Signals at any rate to values at given moments: interpolated when these are denser, averaged when they are sparser."""

from dataclasses import dataclass

import numpy as np

from recordings.own_data.kinds import LARGEST, numbers
from recordings.reader import FRAME_RATE_HZ

NUM_INTERVALS = 2.001
"""a gap of two of a signal's own intervals, that is one lost sample, is always bridged"""


@dataclass(frozen=True)
class Sampling:
    """When a signal was sampled."""

    name: str
    times_s: np.ndarray
    interval_s: float
    max_gap_s: float = 0.0

    @property
    def bridged_s(self) -> float:
        """The longest gap that is interpolated, and how far the first and last value are held."""
        return max(self.max_gap_s, NUM_INTERVALS * self.interval_s)

    def samples_around(self, moments_s: np.ndarray) -> slice:
        """All samples that values at these moments may be made of."""
        around_s = self.bridged_s + 1 / FRAME_RATE_HZ
        return slice(
            *np.searchsorted(self.times_s, [moments_s[0] - around_s, moments_s[-1] + around_s])
        )


def resample(values_CT: np.ndarray, sampling: Sampling, moments_s: np.ndarray) -> np.ndarray:
    """Values (C, moments) at evenly spaced moments 1/30 s apart.

    A signal of at most 30 Hz: on the straight line between its samples. A faster one: the mean of that line over the 1/30 s around the
    moment, which keeps the area. Samples with NaN in any channel are missing. ValueError where a moment lies in a gap of
    more than `bridged_s`, or farther than that from the first or last sample.
    """
    times_s, values_CT = _known_samples(values_CT, sampling, moments_s)
    _refuse_gaps(times_s, sampling, moments_s)
    if sampling.interval_s < 0.999 / FRAME_RATE_HZ:
        edges_s = moments_s[0] + (np.arange(len(moments_s) + 1) - 0.5) / FRAME_RATE_HZ
        return np.diff(_integral(values_CT, times_s, edges_s), axis=1) * FRAME_RATE_HZ
    return _line(values_CT, times_s, moments_s)


def _known_samples(
    values_CT: np.ndarray, sampling: Sampling, moments_s: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Times and values of the samples around the moments, without those that are missing."""
    around = sampling.samples_around(moments_s)
    times_s = sampling.times_s[around]
    values_CT = numbers(sampling.name, values_CT[:, around]).astype(np.float64)
    too_large = (np.abs(values_CT) > LARGEST).any(axis=0)
    if too_large.any():
        raise ValueError(
            f"{sampling.name}: infinite, or beyond {LARGEST:g}, at {times_s[np.argmax(too_large)]:.3f} s; give NaN where unknown"
        )
    known = ~np.isnan(values_CT).any(axis=0)
    return times_s[known], values_CT[:, known]


def _refuse_gaps(times_s: np.ndarray, sampling: Sampling, moments_s: np.ndarray) -> None:
    ends_s = np.r_[-np.inf, times_s, np.inf]
    after = np.clip(np.searchsorted(ends_s, moments_s), 1, None)
    start_s, stop_s = ends_s[after - 1], ends_s[after]
    length_s = np.where(np.isinf(start_s), stop_s - moments_s, stop_s - start_s)
    length_s = np.where(np.isinf(stop_s), moments_s - start_s, length_s)
    wrong = (length_s > sampling.bridged_s) & (stop_s != moments_s)
    if wrong.any():
        moment = int(np.argmax(wrong))
        start = max(start_s[moment], moments_s[0])
        stop = min(stop_s[moment], moments_s[-1])
        raise ValueError(
            f"{sampling.name}: no values from {start:.3f} to {stop:.3f} s (it was sampled from {sampling.times_s[0]:.3f} to "
            f"{sampling.times_s[-1]:.3f} s; gaps of up to {sampling.bridged_s:.3g} s are bridged); leave the trial out or fill the gap"
        )


def _line(values_CT: np.ndarray, times_s: np.ndarray, moments_s: np.ndarray) -> np.ndarray:
    """Linear between the samples, held before the first and after the last one."""
    left, share = _places(times_s, moments_s)
    right = np.minimum(left + 1, len(times_s) - 1)
    return values_CT[:, left] + share * (values_CT[:, right] - values_CT[:, left])


def _places(times_s: np.ndarray, moments_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The sample before each moment, and which share of the way to the next one has passed."""
    place = np.interp(moments_s, times_s, np.arange(len(times_s)))
    left = np.floor(place).astype(int)
    return left, place - left


def _integral(values_CT: np.ndarray, times_s: np.ndarray, moments_s: np.ndarray) -> np.ndarray:
    """Area (C, moments) under the line through the samples, from the first moment on."""
    first, last = moments_s[[0, -1]]
    if first < times_s[0]:
        times_s, values_CT = np.r_[first, times_s], values_CT[:, np.r_[0, : len(times_s)]]
    if last > times_s[-1]:
        order = np.r_[: len(times_s), len(times_s) - 1]
        times_s, values_CT = np.r_[times_s, last], values_CT[:, order]
    steps = np.diff(times_s) * (values_CT[:, 1:] + values_CT[:, :-1]) / 2
    area_CT = np.pad(np.cumsum(steps, axis=1), ((0, 0), (1, 0)))
    left, _ = _places(times_s, moments_s)
    beyond = (_line(values_CT, times_s, moments_s) + values_CT[:, left]) / 2
    area = area_CT[:, left] + (moments_s - times_s[left]) * beyond
    return area - area[:, :1]
