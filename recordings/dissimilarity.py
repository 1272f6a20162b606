"""How unlike videos or segments are: all pairs at once, on a few key frames each."""

from collections.abc import Callable, Sequence

import numpy as np
from jaxtyping import Float
from scipy.ndimage import gaussian_filter

from recordings.catalogue.keyframes import MOVING_LABELS, pick_key_frames

MAX_SHIFT = 2
"""frames by which segments of moving labels are compared shifted"""
BOUNDARY_TOLERANCE = 2
SIGMA_PX, RADIUS_PX, TRUNCATE = 1.5, 5, 3.5
WHITE = 255.0

Boundaries = tuple[tuple[int, int], ...]
"""first and last + 1 frame of each segment"""


def compare_videos(
    videos: Sequence[Callable[[], Float[np.ndarray, "T H W"]]],
    labels: Sequence[str],
    segments: Sequence[Boundaries],
    measure: str = "mse",
    check_boundaries: bool = True,
) -> Float[np.ndarray, "V V"]:
    """Dissimilarity of all pairs of videos: mean over the key frames of both that lie in both; NaN where not compared.

    Each video is a function that loads it; only frames that are compared stay in memory. With `check_boundaries`, pairs
    are compared only where they have as many segments and all start and end within 2 frames of each other. mse is in grey
    levels squared; ssim is (1 - SSIM) / 2, from 0 to 1.
    """
    _check_measure(measure)
    comparable = _comparable(segments, check_boundaries)
    compared = np.full((len(videos), len(videos)), np.nan)
    for group in _groups(comparable):
        keys = [_key_frames(labels[place], segments[place]) for place in group]
        union = sorted(set().union(*keys))
        frames, lengths = [], []
        for place in group:
            video = videos[place]()
            frames.append(_take(video, union))
            lengths.append(len(video))
        lengths = np.array(lengths)
        compared[np.ix_(group, group)] = _mean_over_frames(frames, keys, lengths, 0, measure)
    return np.where(comparable, compared, np.nan)


def compare_segments(
    segments: Sequence[Float[np.ndarray, "T H W"]], labels: Sequence[str], measure: str = "mse"
) -> Float[np.ndarray, "S S"]:
    """Dissimilarity of all pairs of segments of the same label; NaN for pairs of different labels.

    For Gabor, PinkNoise and RandomDots the smallest over shifts of either by up to 2 frames.
    """
    _check_measure(measure)
    compared = np.full((len(segments), len(segments)), np.nan)
    for label in sorted(set(labels)):
        group = [place for place, other in enumerate(labels) if other == label]
        lengths = np.array([len(segments[place]) for place in group])
        keys = [_key_frames(label, ((0, length),)) for length in lengths.tolist()]
        frames = [dict(enumerate(segments[place])) for place in group]
        reach = MAX_SHIFT if label in MOVING_LABELS else 0
        shifted = [
            _mean_over_frames(frames, keys, lengths, shift, measure)
            for shift in range(-reach, reach + 1)
        ]
        best = np.fmin.reduce(shifted)
        compared[np.ix_(group, group)] = np.fmin(best, best.T)
    return compared


def _key_frames(label: str, segments: Boundaries) -> set[int]:
    return set(pick_key_frames(label, *zip(*segments, strict=True)).tolist())


def _mean_over_frames(
    frames: list[dict[int, np.ndarray]],
    keys: list[set[int]],
    lengths: np.ndarray,
    shift: int,
    measure: str,
) -> np.ndarray:
    """Mean over key frames k of frame k of the first against frame k + shift of the second; NaN where there is none."""
    total = np.zeros((len(frames), len(frames)))
    count = np.zeros_like(total)
    for key in sorted(set().union(*keys)):
        rows = np.flatnonzero(lengths > key)
        columns = rows[(lengths[rows] > key + shift) & (key + shift >= 0)]
        if len(columns) == 0:
            continue
        is_key = np.array([key in own for own in keys])
        first = np.stack([frames[row][key] for row in rows])
        second = np.stack([frames[column][key + shift] for column in columns])
        values = MEASURES[measure](first, second)
        used = (is_key[rows][:, None] | is_key[columns]) & ~np.isnan(values)
        total[np.ix_(rows, columns)] += np.where(used, values, 0)
        count[np.ix_(rows, columns)] += used
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)


def mean_squared_errors(
    first_AHW: Float[np.ndarray, "A H W"], second_BHW: Float[np.ndarray, "B H W"]
) -> Float[np.ndarray, "A B"]:
    """Mean squared difference of every frame to every other; exactly 0 where only rounding is left, NaN for frames with NaN."""
    middle = WHITE / 2  # smaller numbers lose fewer digits in the difference of squares
    first = first_AHW.reshape(len(first_AHW), -1).astype(np.float64) - middle
    second = second_BHW.reshape(len(second_BHW), -1).astype(np.float64) - middle
    squares = np.square(first).sum(axis=1)[:, None] + np.square(second).sum(axis=1)
    errors = (squares - 2 * first @ second.T) / first.shape[1]
    return np.where(errors < 1e-12 * np.maximum(squares / first.shape[1], 1), 0.0, errors)


def structural_dissimilarities(
    first_AHW: Float[np.ndarray, "A H W"], second_BHW: Float[np.ndarray, "B H W"]
) -> Float[np.ndarray, "A B"]:
    """(1 - SSIM) / 2 of every frame to every other; Gaussian windows (sigma 1.5, 11 pixels), 5 pixels at the edges left out."""
    first, second = first_AHW.astype(np.float64), second_BHW.astype(np.float64)
    moments = _moments(second)
    similarity = [_similarity(frame[None], second, moments) for frame in first]
    return (1 - np.array(similarity)) / 2


MEASURES = {"mse": mean_squared_errors, "ssim": structural_dissimilarities}


def _moments(frames: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean = _blur(frames)
    return mean, _blur(frames**2) - mean**2


def _similarity(frame: np.ndarray, others: np.ndarray, moments: tuple) -> np.ndarray:
    c1, c2 = (0.01 * WHITE) ** 2, (0.03 * WHITE) ** 2
    mean, variance = _moments(frame)
    other_mean, other_variance = moments
    covariance = _blur(frame * others) - mean * other_mean
    above = (2 * mean * other_mean + c1) * (2 * covariance + c2)
    below = (mean**2 + other_mean**2 + c1) * (variance + other_variance + c2)
    inner = slice(RADIUS_PX, -RADIUS_PX)
    return (above / below)[:, inner, inner].mean(axis=(1, 2))


def _blur(frames: np.ndarray) -> np.ndarray:
    return gaussian_filter(frames, SIGMA_PX, truncate=TRUNCATE, axes=(1, 2))


def _comparable(segments: Sequence[Boundaries], check_boundaries: bool) -> np.ndarray:
    num_videos = len(segments)
    if not check_boundaries:
        return np.ones((num_videos, num_videos), bool)
    comparable = np.zeros((num_videos, num_videos), bool)
    counts = np.array([len(own) for own in segments])
    for count in np.unique(counts):
        group = np.flatnonzero(counts == count)
        edges = np.array([segments[place] for place in group]).reshape(len(group), -1)
        near = np.abs(edges[:, None] - edges[None]).max(axis=-1) <= BOUNDARY_TOLERANCE
        comparable[np.ix_(group, group)] = near
    return comparable


def _groups(comparable: np.ndarray) -> list[np.ndarray]:
    """Videos that are linked by comparable pairs: frames of one group at a time are in memory."""
    waiting, groups = set(range(len(comparable))), []
    while waiting:
        group, edge = set(), {min(waiting)}
        while edge:
            group |= edge
            linked = np.flatnonzero(comparable[sorted(edge)].any(axis=0)).tolist()
            edge = set(linked) - group
        waiting -= group
        groups.append(np.array(sorted(group)))
    return groups


def _take(video_THW: np.ndarray, frames: list[int]) -> dict[int, np.ndarray]:
    return {frame: np.array(video_THW[frame]) for frame in frames if frame < len(video_THW)}


def _check_measure(measure: str) -> None:
    if measure not in MEASURES:
        raise ValueError(f"unknown measure '{measure}'; known are {', '.join(MEASURES)}")
