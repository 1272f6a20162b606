"""Movies of any size and rate to what was on the screen at given moments, in 36 x 64 pixels."""

import numpy as np
from skimage.transform import resize_local_mean

from recordings.own_data.kinds import numbers
from recordings.own_data.session import Movie
from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH

JITTER_S = 0.004
"""a frame may come on the screen so late after the moment that it belongs to"""
HOLD_S = 0.1
"""how much a movie may start after or end before its trial; the first or last frame fills that in"""
ASPECT = SCREEN_WIDTH / SCREEN_HEIGHT
ASPECT_TOLERANCE = 0.02
MOST_BARS = 20
"""a letterbox at most so many times as large as the frames in it"""
GREY = 128.0
"""of the bars of a letterbox"""


def frames_on_screen(
    name: str, times_s: np.ndarray, interval_s: float, moments_s: np.ndarray
) -> np.ndarray:
    """Index of the frame on the screen at each moment: the latest that had come; ValueError where the movie does not last."""
    early, late = times_s[0] - moments_s[0], moments_s[-1] - (times_s[-1] + interval_s)
    if max(early, late) > HOLD_S:
        raise ValueError(
            f"{name}: its frames are on the screen from {times_s[0]:.3f} to {times_s[-1] + interval_s:.3f} s, but the trial needs "
            f"them from {moments_s[0]:.3f} to {moments_s[-1]:.3f} s; correct the times of the movie or of the trial"
        )
    return np.maximum(np.searchsorted(times_s, moments_s + JITTER_S, side="right") - 1, 0)


def read_frames(name: str, movie: Movie, indices: np.ndarray, fit: str) -> np.ndarray:
    """Chosen frames (T, 36, 64) as float32, each read and resized once."""
    first, last = int(indices.min()), int(indices.max())
    wanted, order = np.unique(indices, return_inverse=True)
    frames_THW = numbers(name, movie.frames_THW[first : last + 1])[wanted - first]
    check_levels(name, frames_THW)
    return fit_screen(name, frames_THW, fit)[order]


def check_size(name: str, shape: tuple[int, ...], fit: str) -> None:
    """Refuse what is no grey movie of the screen's proportions; `fit` letterbox allows other proportions."""
    if len(shape) != 3:
        raise ValueError(
            f"{name}: shape {shape}, expected (frame, height, width); average colours into one grey level"
        )
    height, width = shape[1:]
    if height == 0 or width == 0:
        raise ValueError(f"{name}: shape {shape} has no pixels; expected (frame, height, width)")
    if max(width / height / ASPECT, height / width * ASPECT) > MOST_BARS:
        raise ValueError(
            f"{name}: frames of {height} x {width} (height x width) from shape {shape}, which would be nearly all bars; expected 16:9 "
            "or near it"
        )
    if fit == "refuse" and abs(width / height / ASPECT - 1) > ASPECT_TOLERANCE:
        raise ValueError(
            f"{name}: frames of {height} x {width} (height x width) from shape {shape}, expected 16:9 like the {SCREEN_HEIGHT} x "
            f"{SCREEN_WIDTH} of the encoders; put the axes in the order (frame, height, width), or take fit='letterbox' to add grey bars"
        )


def check_levels(name: str, frames_THW: np.ndarray) -> None:
    """Refuse anything but grey levels 0..255."""
    lowest, highest = float(frames_THW.min()), float(frames_THW.max())
    if not np.isfinite([lowest, highest]).all():
        raise ValueError(f"{name}: NaN or infinite pixels; expected grey levels 0..255 everywhere")
    if lowest < 0 or highest > 255:
        raise ValueError(
            f"{name}: pixels from {lowest:g} to {highest:g}, expected grey levels 0..255; rescale the movie"
        )
    if 0 < highest <= 1:
        raise ValueError(
            f"{name}: pixels from {lowest:g} to {highest:g}, expected grey levels 0..255; multiply the movie by 255"
        )


def fit_screen(name: str, frames_THW: np.ndarray, fit: str) -> np.ndarray:
    """Frames (T, 36, 64): every pixel the mean of the area that it covers; with bars first where `fit` is letterbox."""
    check_size(name, frames_THW.shape, fit)
    if frames_THW.shape[1:] == (SCREEN_HEIGHT, SCREEN_WIDTH):
        return frames_THW.astype(np.float32)
    frames_THW = frames_THW.astype(np.float64)
    if fit == "letterbox":
        frames_THW = _add_bars(frames_THW)
    size = (SCREEN_HEIGHT, SCREEN_WIDTH)
    resized = resize_local_mean(frames_THW, size, preserve_range=True, channel_axis=0)
    return np.clip(resized, 0, 255).astype(np.float32)


def _add_bars(frames_THW: np.ndarray) -> np.ndarray:
    height, width = frames_THW.shape[1:]
    if abs(width / height / ASPECT - 1) <= ASPECT_TOLERANCE:
        return frames_THW
    missing = (max(0, round(width / ASPECT) - height), max(0, round(height * ASPECT) - width))
    around = [(0, 0), *((number // 2, number - number // 2) for number in missing)]
    return np.pad(frames_THW, around, constant_values=GREY)
