"""Drifting gratings: black and white bars of one width, speed and direction."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from recordings.artificial.limits import check_values, check_whole
from recordings.reader import FRAME_RATE_HZ, SCREEN_HEIGHT, SCREEN_WIDTH

WHITE = 255.0
STEPS = {0: (0, 1), 90: (-1, 0), 180: (0, -1), 270: (1, 0)}
"""rows and columns by which bars move, for each direction in degrees: right, up, left, down"""
WIDEST = 0.001
"""bars, in cycles per pixel: far beyond the screen"""


@dataclass(frozen=True)
class GratingSettings:
    """Which gratings there are: every direction with every pair of frequencies; the defaults are the paper's."""

    directions_deg: tuple[int, ...] = tuple(STEPS)
    """of the motion, anticlockwise from rightwards; 0 and 180 have vertical bars"""
    spatial_cycles_per_px: tuple[float, ...] = (0.5, 0.25, 0.125, 0.0625)
    temporal_hz: tuple[float, ...] = (15.0, 7.5, 3.75, 1.875, 0.9375, 0.46875, 0.0)
    num_frames: int = 60

    def __post_init__(self):
        check_whole("gratings: num_frames", self.num_frames, 1)
        check_values("gratings: spatial_cycles_per_px", self.spatial_cycles_per_px, WIDEST, 0.5)
        check_values("gratings: temporal_hz", self.temporal_hz, 0, FRAME_RATE_HZ / 2)
        check_values("gratings: directions_deg", self.directions_deg, 0, 270)
        for direction in self.directions_deg:
            if direction not in STEPS:
                raise ValueError(
                    f"gratings: directions_deg has {direction}; use some of {list(STEPS)}"
                )


def grating_movie(
    settings: GratingSettings, direction_deg: int, cycles_per_px: float, temporal_hz: float
) -> Float[np.ndarray, "T H W"]:
    """One square wave of 0 and 255; the first frame is white in its upper left corner.

    The direction cannot be told where a step is half a cycle: at 15 Hz, and at .5 cycles per pixel.
    """
    down, right = STEPS[direction_deg]
    place_HW = down * np.arange(SCREEN_HEIGHT)[:, None] + right * np.arange(SCREEN_WIDTH)
    moved_T = temporal_hz * np.arange(settings.num_frames) / FRAME_RATE_HZ
    cycles_THW = cycles_per_px * place_HW - moved_T[:, None, None]
    return np.where(cycles_THW % 1 < 0.5, WHITE, 0).astype(np.float32)
