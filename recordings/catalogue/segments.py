"""Segments between the peaks of a movie, and the splitting of those that are several."""

import numpy as np

NOMINAL_DURATIONS = {
    "RandomDots": 60,
    "NaturalImages": 15,
    "Gabor": 25,
    "PinkNoise": 27,
    "GaussianDot": 9,
}
"""frames; shots of natural movies have none"""
MAX_DEVIATION = 4
"""frames; a segment that is off a multiple of its nominal duration by so many is not split"""


def cut_segments(peaks: np.ndarray, num_frames: int) -> np.ndarray:
    """First frames of the segments, and at the end the number of frames."""
    return np.concatenate([[0], np.asarray(peaks, np.intp) + 1, [num_frames]])


def split_segments(bounds: np.ndarray, label: str) -> np.ndarray:
    """Cut segments that last about twice, three times ... as long as segments of their label into equal parts."""
    if label not in NOMINAL_DURATIONS:
        return bounds
    nominal = NOMINAL_DURATIONS[label]
    starts: list[int] = []
    for start, duration in zip(bounds[:-1].tolist(), np.diff(bounds).tolist(), strict=True):
        parts = round(duration / nominal)
        if parts > 1 and abs(duration - parts * nominal) < MAX_DEVIATION:
            starts += [start + part * round(duration / parts) for part in range(parts)]
        else:
            starts.append(start)
    return np.array([*starts, bounds[-1]])
