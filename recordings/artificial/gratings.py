"""Drifting gratings: black and white bars of one width, speed and direction."""

import numpy as np
from jaxtyping import Float

from recordings.artificial.settings import STEPS, GratingSettings
from recordings.reader import FRAME_RATE_HZ, SCREEN_HEIGHT, SCREEN_WIDTH

WHITE = 255.0


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
