"""Movies like those of a hand-held camera: photographs panned, zoomed, rotated, cut and occluded by moving objects."""

from dataclasses import dataclass

import numpy as np
import torch
from scipy.ndimage import gaussian_filter1d
from scipy.special import expit
from torch.nn import functional

from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH
from recordings.settings import SimulationSettings
from recordings.simulate.photographs import (
    HELD_OUT_PHOTOGRAPHS,
    TRAINING_PHOTOGRAPHS,
    load_photographs,
)
from recordings.simulate.threads import one_thread

TRAINING_TIER, HELD_OUT_TIER, HIDDEN_TIER = "train", "oracle", "live_test_main"
SHOT_PROBABILITIES = (0.55, 0.27, 0.18)
"""that a clip has 1, 2, 3 shots"""
OBJECT_PROBABILITIES = (0.3, 0.4, 0.2, 0.1)
"""that a shot has 0, 1, 2, 3 moving objects"""
SHORTER_SIDE_PX = (70.0, 260.0)
"""of a whole photograph, in pixels of the screen"""
CUT_MARGIN_FRAMES = 8
NUM_VIEWPOINTS = 3
FLATTEST = 0.5
"""a view's contrast is raised by at most 1 / this"""


@dataclass(frozen=True)
class Clip:
    """One movie and where it comes from."""

    tier: str
    photographs: tuple[str, ...]
    video_THW: np.ndarray
    """uint8"""


@dataclass(frozen=True)
class Trajectory:
    """How a view moves over a photograph, frame by frame."""

    center_px_T2: np.ndarray
    zoom_T: np.ndarray
    angle_rad_T: np.ndarray


@one_thread()
def simulate_clips(settings: SimulationSettings, movie_set: int) -> list[Clip]:
    """Make the training, held-out and hidden clips; another movie set gives other movies."""
    if settings.clip_frames < 3 * CUT_MARGIN_FRAMES:
        raise ValueError(
            f"recordings.simulated.clip_frames is {settings.clip_frames}: too short for movies with cuts; "
            f"use {3 * CUT_MARGIN_FRAMES} or more"
        )
    counts = {
        TRAINING_TIER: settings.num_training_clips,
        HELD_OUT_TIER: settings.num_held_out_clips,
        HIDDEN_TIER: settings.num_hidden_clips,
    }
    training, held_out = map(load_photographs, (TRAINING_PHOTOGRAPHS, HELD_OUT_PHOTOGRAPHS))
    clips = []
    for kind, (tier, count) in enumerate(counts.items()):
        photographs = training if tier == TRAINING_TIER else held_out
        for index in range(count):
            rng = np.random.default_rng([settings.seed, 1, movie_set, kind, index])
            clips.append(_clip(tier, photographs, settings.clip_frames, rng))
    return clips


def _clip(tier: str, photographs: dict, num_frames: int, rng: np.random.Generator) -> Clip:
    num_shots = 1 + rng.choice(len(SHOT_PROBABILITIES), p=SHOT_PROBABILITIES)
    moments = np.arange(CUT_MARGIN_FRAMES, num_frames - CUT_MARGIN_FRAMES)
    cuts = np.sort(rng.choice(moments, num_shots - 1, replace=False))
    lengths = np.diff([0, *cuts, num_frames])
    shots = [simulate_shot(photographs, int(length), rng) for length in lengths]
    video_THW = np.concatenate([video for video, _ in shots]).clip(0, 255).round()
    used = sorted({name for _, names in shots for name in names})
    return Clip(tier, tuple(used), video_THW.astype(np.uint8))


def simulate_shot(
    photographs: dict, num_frames: int, rng: np.random.Generator
) -> tuple[np.ndarray, list[str]]:
    """One camera's view (T, H, W) of a photograph with moving objects before it, unbounded, and the names of what it shows."""
    num_objects = rng.choice(len(OBJECT_PROBABILITIES), p=OBJECT_PROBABILITIES)
    names = [str(name) for name in rng.permutation(list(photographs))[: 1 + num_objects]]
    video_THW = _view(photographs[names[0]], num_frames, rng)
    for name in names[1:]:
        object_THW = _view(photographs[name], num_frames, rng)
        video_THW += _outline(num_frames, rng) * (object_THW - video_THW)
    return video_THW, names


def _view(photograph: np.ndarray, num_frames: int, rng: np.random.Generator) -> np.ndarray:
    """A camera's view of one photograph with a random exposure; the richest of a few places to point it."""
    texture_HW = _texture(photograph, rng)
    size_px = np.array(texture_HW.shape)
    views = (_sample(texture_HW, _path(size_px, num_frames, rng)) for _ in range(NUM_VIEWPOINTS))
    video_THW = max(views, key=lambda view: view.std(axis=(1, 2)).mean())
    spread = max(float(video_THW.std()), FLATTEST * float(texture_HW.numpy().std()))
    mean, contrast = rng.gamma(9.0, 75.0 / 9.0), rng.uniform(42.0, 88.0)
    return (video_THW - video_THW.mean()) * np.float32(contrast / spread) + np.float32(mean)


def _texture(photograph: np.ndarray, rng: np.random.Generator) -> torch.Tensor:
    """Shrink a photograph to a random size on the screen and mirror every other one."""
    shorter_px = np.exp(rng.uniform(*np.log(SHORTER_SIDE_PX)))
    scale = shorter_px / min(photograph.shape)
    size = [max(SCREEN_HEIGHT, round(side * scale)) for side in photograph.shape]
    shrunk = functional.interpolate(
        torch.from_numpy(photograph)[None, None], size, mode="bilinear", antialias=True
    )[0, 0]
    return shrunk.flip(1) if rng.random() < 0.5 else shrunk


def _path(size_px: np.ndarray, num_frames: int, rng: np.random.Generator) -> Trajectory:
    start_px = rng.uniform(0.2, 0.8, 2) * size_px
    speed = rng.lognormal(np.log(0.55), 0.7)
    zoom = np.exp(rng.normal(0, 0.1) + rng.uniform(0, 0.2) * _wander(num_frames, 30.0, 1, rng))
    angle = rng.normal(0, 0.12) + rng.uniform(0, 0.12) * _wander(num_frames, 30.0, 1, rng)
    return Trajectory(start_px + _drift(num_frames, speed, rng), zoom[:, 0], angle[:, 0])


def _drift(num_frames: int, speed_px: float, rng: np.random.Generator) -> np.ndarray:
    """Displacement (T, 2) in pixels of a motion with fast, slow and resting parts."""
    velocity = rng.normal(0, 0.5, 2) + _wander(num_frames, 10.0, 2, rng)
    pace = np.exp(0.9 * _wander(num_frames, 14.0, 1, rng) - 0.4)
    return np.cumsum(speed_px * pace * velocity, axis=0)


def _wander(
    num_frames: int, sigma_frames: float, num_columns: int, rng: np.random.Generator
) -> np.ndarray:
    """Smooth noise (T, columns) of variance one."""
    margin = int(3 * sigma_frames)
    white = rng.normal(size=(num_frames + 2 * margin, num_columns))
    smooth = gaussian_filter1d(white, sigma_frames, axis=0)[margin : margin + num_frames]
    return smooth * np.sqrt(2 * np.sqrt(np.pi) * sigma_frames)


def _sample(texture_HW: torch.Tensor, path: Trajectory) -> np.ndarray:
    """Look through the moving screen at a texture that goes on mirrored beyond its edges."""
    rows, columns = _screen_px()
    sine, cosine = ((path.zoom_T * f(path.angle_rad_T))[:, None, None] for f in (np.sin, np.cos))
    y = path.center_px_T2[:, :1, None] + cosine * rows + sine * columns
    x = path.center_px_T2[:, 1:, None] + cosine * columns - sine * rows
    height, width = texture_HW.shape
    grid = np.stack([(2 * x + 1) / width - 1, (2 * y + 1) / height - 1], axis=-1)
    return functional.grid_sample(
        texture_HW.expand(len(grid), 1, -1, -1),
        torch.from_numpy(grid.astype(np.float32)),
        padding_mode="reflection",
        align_corners=False,
    )[:, 0].numpy()


def _outline(num_frames: int, rng: np.random.Generator) -> np.ndarray:
    """Opacity (T, H, W) of a soft ellipse that moves over the screen."""
    screen_px = np.array([SCREEN_HEIGHT, SCREEN_WIDTH])
    moved_px = _drift(num_frames, rng.lognormal(np.log(1.0), 0.6), rng)
    start_px = rng.uniform(-0.4, 0.4, 2) * screen_px
    center = (start_px + moved_px - moved_px.mean(axis=0)).astype(np.float32)
    rows, columns = _screen_px()
    y, x = rows - center[:, :1, None], columns - center[:, 1:, None]
    angle, radii_px = rng.uniform(0, np.pi), rng.uniform(5.0, 16.0, 2).astype(np.float32)
    along = np.float32(np.sin(angle)) * y + np.float32(np.cos(angle)) * x
    across = np.float32(np.cos(angle)) * y - np.float32(np.sin(angle)) * x
    power = np.float32(rng.uniform(2.0, 5.0))
    radius = np.abs(along / radii_px[0]) ** power + np.abs(across / radii_px[1]) ** power
    inside_px = (1 - radius ** (1 / power)) * radii_px.min()
    softness_px = np.float32(rng.uniform(0.15, 0.6))
    return expit(inside_px / softness_px)


def _screen_px() -> tuple[np.ndarray, np.ndarray]:
    """Row and column of each pixel, measured from the centre of the screen."""
    rows = np.arange(SCREEN_HEIGHT, dtype=np.float32) - (SCREEN_HEIGHT - 1) / 2
    columns = np.arange(SCREEN_WIDTH, dtype=np.float32) - (SCREEN_WIDTH - 1) / 2
    return rows[:, None], columns[None, :]
