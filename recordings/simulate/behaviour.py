"""Pupil and running of a simulated mouse over a session, cut into trials."""

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import lfilter

from recordings.reader import FRAME_RATE_HZ

PUPIL_SIZE_RANGE = (10.0, 92.0)
RUNNING_RANGE = (0.0, 47.0)
GAZE_REACH_PX = 14.0
"""the pupil centre stays within this distance of its middle, per axis"""


def draw_gaze_center_px(rng: np.random.Generator) -> np.ndarray:
    """Middle (x, y) of a mouse's pupil positions in its camera's image."""
    return rng.uniform((115.0, 115.0), (185.0, 170.0)).astype(np.float32)


def simulate_behavior(
    num_trials: int, num_frames: int, gaze_center_px: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Behaviour (trials, 4, T): pupil size, running speed, pupil centre x, pupil centre y."""
    total = num_trials * num_frames
    running = _running(total, rng)
    gaze = [center + _gaze(total, rng) for center in gaze_center_px]
    session = np.stack([_pupil_size(running, rng), running, *gaze]).astype(np.float32)
    return session.reshape(4, num_trials, num_frames).transpose(1, 0, 2)


def _running(total: int, rng: np.random.Generator) -> np.ndarray:
    """Bouts of a few seconds between longer rests."""
    num_bouts = int(total / (8 * FRAME_RATE_HZ)) + 50
    lengths_s = rng.exponential([[12.0, 4.0]], (num_bouts, 2)) + 0.5
    speeds = np.stack([np.zeros(num_bouts), rng.gamma(3.0, 5.0, num_bouts)], axis=1)
    frames = np.round(lengths_s * FRAME_RATE_HZ).astype(int)
    steps = np.repeat(speeds.ravel(), frames.ravel())[:total]
    smooth = gaussian_filter1d(steps, 6.0)
    strides = 1 + 0.15 * gaussian_filter1d(rng.normal(size=total), 3.0) * np.sqrt(10.6)
    return np.clip(smooth * strides + rng.exponential(0.01, total), *RUNNING_RANGE)


def _pupil_size(running: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Slow wandering around a mouse's own size, wider after running."""
    mean = rng.uniform(38.0, 50.0)
    arousal = 2.0 * _low_pass(np.sqrt(running), 2.0) * 2.0
    wander = 9.0 * _wander(len(running), 20.0, rng) + 2.5 * _wander(len(running), 1.5, rng)
    return np.clip(gaussian_filter1d(mean + arousal + wander, 3.0), *PUPIL_SIZE_RANGE)


def _gaze(total: int, rng: np.random.Generator) -> np.ndarray:
    """Drift and saccade-like jumps of one axis around 0, in px of the pupil camera."""
    num_fixations = int(total / FRAME_RATE_HZ) + 50
    frames = np.round((rng.exponential(2.5, num_fixations) + 0.3) * FRAME_RATE_HZ).astype(int)
    fixations = np.repeat(rng.normal(0, 4.0, num_fixations), frames)[:total]
    drift = 3.0 * _wander(total, 15.0, rng) + 0.3 * rng.normal(size=total)
    return np.clip(gaussian_filter1d(fixations, 0.7) + drift, -GAZE_REACH_PX, GAZE_REACH_PX)


def _wander(total: int, time_constant_s: float, rng: np.random.Generator) -> np.ndarray:
    """Ornstein-Uhlenbeck noise of variance one."""
    keep = np.exp(-1 / (time_constant_s * FRAME_RATE_HZ))
    white = rng.normal(size=total)
    noise, _ = lfilter([np.sqrt(1 - keep**2)], [1, -keep], white, zi=[rng.normal()])
    return noise


def _low_pass(signal: np.ndarray, time_constant_s: float) -> np.ndarray:
    keep = np.exp(-1 / (time_constant_s * FRAME_RATE_HZ))
    return lfilter([1 - keep], [1, -keep], signal)
