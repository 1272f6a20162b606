"""Frames at which two stimuli are compared, and what a movie looks like in short: its digest and its block means."""

import hashlib

import numpy as np

from recordings.catalogue.labels import BACKGROUND

STATIC_LABELS = ("GaussianDot", "NaturalImages", BACKGROUND)
"""nothing moves within their segments"""
MOVING_LABELS = ("RandomDots", "Gabor", "PinkNoise")
MOVING_MARGIN, MOVING_STEP = 2, 8
NATURAL_STEP = 10
BLOCKS = (6, 8)
"""rows and columns of a thumbnail"""


def pick_key_frames(
    label: str, starts: np.ndarray, ends: np.ndarray, moving_step: int = MOVING_STEP
) -> np.ndarray:
    """Indices of the frames that stand for the segments [start, end) of a stimulus of this label, ascending.

    Static labels: the middle of each segment. RandomDots, Gabor, PinkNoise: every `moving_step`-th frame, 2 frames off the ends. Others: every 10th
    frame after the first, or the middle where that is not fewer.
    """
    bounds = zip(starts, ends, strict=True)
    picked = [_of_segment(label, start, end, moving_step) for start, end in bounds]
    return np.unique(np.concatenate(picked)) if picked else np.zeros(0, np.int64)


def _of_segment(label: str, start: int, end: int, moving_step: int) -> np.ndarray:
    middle = np.array([min(round((start + end) / 2), end - 1)])
    if label in STATIC_LABELS:
        return middle
    if label in MOVING_LABELS:
        return np.arange(start + MOVING_MARGIN, end - MOVING_MARGIN, moving_step)
    spread = np.arange(start + NATURAL_STEP, end, NATURAL_STEP)
    return spread if len(spread) > 1 else middle


def digest_frames(frames_HWT: np.ndarray, *words: str) -> str:
    """sha256 of the frames rounded to 0..255, of their shape, and of the words: equal on disk as float32 or float64."""
    levels = np.rint(frames_HWT).clip(0, 255).astype(np.uint8)
    title = " ".join([*words, "x".join(map(str, levels.shape))])
    digest = hashlib.sha256(title.encode())
    digest.update(np.ascontiguousarray(levels))
    return digest.hexdigest()


def average_blocks(video_HWT: np.ndarray) -> np.ndarray:
    """Thumbnails (T, 48) of the frames: means of 6 x 8 blocks of pixels.

    The mean squared difference of two thumbnails is never above that of the frames.
    """
    rows, columns = BLOCKS
    height, width, num_frames = video_HWT.shape
    blocks = video_HWT.reshape(rows, height // rows, columns, width // columns, num_frames)
    means = blocks.mean(axis=(1, 3), dtype=np.float32)
    return np.ascontiguousarray(means.reshape(rows * columns, num_frames).T)
