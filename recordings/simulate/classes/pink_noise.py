"""PinkNoise: oriented noise of full contrast that changes all the time, 12 x 27 frames."""

from collections.abc import Iterator

import numpy as np
from scipy.ndimage import gaussian_filter1d

from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH
from recordings.simulate.classes.plan import (
    Rendered,
    Switch,
    Transitions,
    VideoPlan,
    join,
)

LABEL = "PinkNoise"
NUM_SEGMENTS, SEGMENT_FRAMES = 12, 27
GREY, CONTRAST = 128.0, 39.0
"""mean and standard deviation of the pixels before they are cut off at 0 and 255"""
CHANGE, CHANGE_SPREADS = 395.0, (18.0, 8.0, 4.0)
"""of the change from frame to frame, (grey levels)^2: mean, and how it differs between segments, slowly within one, and at random"""
JUMPS = (1600.0, 2800.0)
"""range of the change at a switch"""
SLOW_FRAMES = 5.0
DIP_SHARES = (0.6, 0.72)
"""of the new content in a mixed frame where the noise only turns, with a step like any other: the change dips, and no jump is seen"""
UNSEEN_SHARE = 0.4
"""of the movies have a switch without even a dip: a segment then seems to last twice as long"""
TUNING_DEG = 18.0


def plan_pink_noise(num_videos: int, seed: int) -> list[VideoPlan]:
    """Movies of twelve segments each; no two segments are alike."""
    lengths = (SEGMENT_FRAMES,) * NUM_SEGMENTS
    plans = []
    for k in range(num_videos):
        key = f"{LABEL}-{seed}-{k}"
        contents = tuple(f"{key}-{segment:02d}" for segment in range(NUM_SEGMENTS))
        plans.append(VideoPlan(LABEL, key, (seed, 4, k), contents, lengths))
    return plans


def render_pink_noise(plan: VideoPlan, transitions: Transitions) -> Rendered:
    """Draw noise whose orientation changes from segment to segment.

    A mixed frame either hides the jump, so that the change signal only dips, or comes before it; one jump of some movies cannot be seen.
    """
    rng = plan.generator(0)
    clips, switches, unseen = [], [], rng.random() < UNSEEN_SHARE
    field = next(_fields(rng.uniform(0, np.pi), rng))
    for length in plan.lengths:
        kind = transitions.draw(rng)
        jump = CHANGE if kind == "blended" else rng.uniform(*JUMPS)
        fields = _fields(rng.uniform(0, np.pi), rng)
        drawn = [_step(field, next(fields), jump)]
        for change in _changes(length - 1, rng):
            drawn.append(_step(drawn[-1], next(fields), change))
        field = drawn[-1]
        clips.append((GREY + CONTRAST * np.stack(drawn, axis=-1)).clip(0, 255))
        if kind == "blended" and unseen and switches:
            kind, unseen = "sharp", False
        switches.append(_switch(kind, rng))
    return join(clips, switches[1:])


def _switch(kind: str, rng: np.random.Generator) -> Switch:
    if kind == "late":
        return Switch(rng.uniform(0.1, 0.3), late=True)
    if kind == "blended":
        return Switch(rng.uniform(*DIP_SHARES))
    return Switch()


def _changes(num_frames: int, rng: np.random.Generator) -> np.ndarray:
    """The wanted change from frame to frame, which wavers slowly."""
    between, slow, fast = CHANGE_SPREADS
    wander = gaussian_filter1d(rng.normal(size=num_frames), SLOW_FRAMES, mode="wrap")
    wander *= slow * np.sqrt(2 * np.sqrt(np.pi) * SLOW_FRAMES)
    return CHANGE + rng.normal(0, between) + wander + rng.normal(0, fast, num_frames)


def _step(field: np.ndarray, fresh: np.ndarray, change: float) -> np.ndarray:
    """Mix fresh noise into a field so that it changes by as much as wanted and keeps its variance."""
    kept = 1 - change / (2 * CONTRAST**2)
    other = fresh - (fresh * field).mean() * field
    return kept * field + np.sqrt(1 - kept**2) * other / other.std()


def _fields(angle_rad: float, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Noise (H, W) of mean 0 and variance 1 with a 1/f spectrum around one orientation."""
    rows = np.fft.fftfreq(SCREEN_HEIGHT)[:, None]
    columns = np.fft.fftfreq(SCREEN_WIDTH)[None, :]
    frequency = np.hypot(rows, columns)
    turn = np.arctan2(rows, columns) - angle_rad
    tuning = np.exp((np.cos(2 * turn) - 1) / (2 * np.deg2rad(TUNING_DEG)) ** 2)
    amplitude = np.where(frequency > 0, tuning / np.maximum(frequency, 1e-9), 0)
    while True:
        white = rng.normal(size=(SCREEN_HEIGHT, SCREEN_WIDTH))
        field = np.fft.ifft2(amplitude * np.fft.fft2(white)).real
        yield (field - field.mean()) / field.std()
