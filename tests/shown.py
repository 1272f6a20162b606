"""Hand-made movies of each class with known boundaries: frames (36, 64, V) in float32, and the first frame of each segment."""

import itertools
from collections.abc import Callable, Iterable

import numpy as np
from scipy.ndimage import gaussian_filter

GREY = 128.0
HEIGHT, WIDTH = 36, 64
GLITCH = 111
"""frames of grey where a picture was due"""

Movie = tuple[np.ndarray, list[int]]


def join(clips: Iterable[np.ndarray], old_part: float | None = None) -> Movie:
    """Clips (T, H, W) one after another; `old_part`: each starts with a frame that shows so much of the clip before it."""
    clips = [np.array(clip, np.float32) for clip in clips]
    if old_part is not None:
        for before, after in itertools.pairwise(clips):
            after[0] = old_part * before[-1] + (1 - old_part) * after[0]
    starts = np.cumsum([0, *map(len, clips)])[:-1].tolist()
    return np.concatenate(clips).transpose(1, 2, 0), starts


def still(frame_HW: np.ndarray, num_frames: int) -> np.ndarray:
    return np.repeat(frame_HW[None], num_frames, axis=0)


def grey(num_frames: int) -> np.ndarray:
    return np.full((num_frames, HEIGHT, WIDTH), GREY)


def texture(rng: np.random.Generator, blur: tuple[float, float], contrast: float) -> np.ndarray:
    """Smooth noise of that standard deviation."""
    noise_HW = gaussian_filter(rng.normal(size=(HEIGHT, WIDTH)), blur, mode="wrap")
    return np.clip(GREY + contrast * noise_HW / noise_HW.std(), 0, 255)


def drift(frame_HW: np.ndarray, num_frames: int, axis: int) -> np.ndarray:
    """One pixel per frame, around the edges."""
    return np.stack([np.roll(frame_HW, t, axis) for t in range(num_frames)])


def make_dots(seed: int = 0, old_part: float | None = None, duration: int = 9) -> Movie:
    """35 white or black blobs."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    # each far from the one before it
    lefts, tops = rng.uniform(8, 24, 35), rng.uniform(8, 28, 35)
    lefts[::2] += 30
    blobs = [
        np.exp(-((rows - top) ** 2 + (columns - left) ** 2) / (2 * 4.5**2))
        for top, left in zip(tops, lefts, strict=True)
    ]
    signs = rng.choice([-1, 1], 35)
    clips = [still(GREY + 127 * s * b, duration) for s, b in zip(signs, blobs, strict=True)]
    return join(clips, old_part)


def make_images(seed: int = 0, old_part: float | None = None, glitch: bool = False) -> Movie:
    """Ten times grey, then a picture; in the second grey there may be a glitch."""
    rng = np.random.default_rng(seed)
    clips = []
    for place in range(10):
        num_frames = GLITCH if glitch and place == 1 else int(rng.integers(13, 19))
        clips += [grey(num_frames), still(texture(rng, (3, 3), 50), 15)]
    return join(clips, old_part)


def make_gabors(seed: int = 0, old_part: float | None = None) -> Movie:
    """12 drifting patches in the middle of the screen."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    inside = (np.abs(rows - 17.5) < 10) & (np.abs(columns - 31.5) < 10)
    clips = []
    for place in range(12):
        angle = np.pi * (place % 4) / 4 + rng.uniform(0, 0.2)
        across = rows * np.sin(angle) + columns * np.cos(angle)
        speed = rng.uniform(0.1, 0.5)
        waves = [np.sin(across * 0.9 - speed * t + 3 * place) for t in range(25)]
        clips.append(GREY + 100 * inside * np.array(waves))
    return join(clips, old_part)


def make_noise(seed: int = 0, old_part: float | None = None) -> Movie:
    """12 pieces of oriented noise that drift, across and along in turn."""
    rng = np.random.default_rng(seed)
    blurs = [(2, 6), (6, 2)] * 6
    return join(
        [drift(texture(rng, blur, 60), 27, axis=int(blur[1] == 2)) for blur in blurs], old_part
    )


def make_random_dots(seed: int = 0, old_part: float | None = None) -> Movie:
    """Four sets of light and dark squares that all move."""
    rng = np.random.default_rng(seed)
    clips = []
    for _ in range(4):
        frame_HW = np.full((HEIGHT, WIDTH), GREY)
        for dot in range(20):
            top, left = rng.integers(0, HEIGHT - 5), rng.integers(0, WIDTH - 5)
            frame_HW[top : top + 5, left : left + 5] = GREY + 76 * (-1) ** dot
        clips.append(drift(frame_HW, 60, axis=1))
    return join(clips, old_part)


def make_natural(
    seed: int = 0, old_part: float | None = None, durations: tuple[int, ...] = (47, 120, 65, 68)
) -> Movie:
    """Shots of blurred scenes, every other one panned."""
    rng = np.random.default_rng(seed)
    scenes = [texture(rng, (4, 6), 55) for _ in durations]
    shots = [
        drift(scene, num_frames, 1) if place % 2 else still(scene, num_frames)
        for place, (scene, num_frames) in enumerate(zip(scenes, durations, strict=True))
    ]
    return join(shots, old_part)


MOVIES: dict[str, Callable[..., Movie]] = {
    "GaussianDot": make_dots,
    "NaturalImages": make_images,
    "Gabor": make_gabors,
    "PinkNoise": make_noise,
    "RandomDots": make_random_dots,
    "NaturalVideo": make_natural,
}
