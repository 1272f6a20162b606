"""Gabor: a drifting grating behind a round window in the middle of a grey screen, 12 x 25 frames."""

import numpy as np

from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH
from recordings.simulate.classes.plan import (
    Rendered,
    Switch,
    Transitions,
    VideoPlan,
    deal,
    join,
    jumps,
)

LABEL = "Gabor"
NUM_SEGMENTS, SEGMENT_FRAMES = 12, 25
GREY, AMPLITUDE = 128.0, 112.0
DIRECTIONS_DEG = tuple(range(0, 360, 45))
WAVELENGTHS_PX = (6.5, 13.7, 23.4)
CYCLES_PER_FRAME = (0.0165, 0.048, 0.12)
WINDOW_SIGMA_PX = 5.19
"""of a Gaussian: most contrast is lost 10 px from the centre, all of it is at 17 px"""
SMALLEST_CHANGE = 40.0
"""a mixed frame differs less than this from the content that it is nearer to, so that no transition frame is seen"""
GABORS = {
    f"gabor-{direction:03d}-w{w}-f{f}": (direction, wavelength, frequency)
    for direction in DIRECTIONS_DEG
    for w, wavelength in enumerate(WAVELENGTHS_PX)
    for f, frequency in enumerate(CYCLES_PER_FRAME)
}


def plan_gabors(num_videos: int, seed: int) -> list[VideoPlan]:
    """Movies that together show each of the 72 gratings as often as the others; six of them show each once."""
    contents = deal(GABORS, num_videos, NUM_SEGMENTS, seed)
    lengths = (SEGMENT_FRAMES,) * NUM_SEGMENTS
    return [
        VideoPlan(LABEL, f"{LABEL}-{seed}-{k}", (seed, 1, k), tuple(names), lengths)
        for k, names in enumerate(contents)
    ]


def render_gabors(plan: VideoPlan, transitions: Transitions) -> Rendered:
    """Draw the gratings in turn."""
    rng = plan.generator(0)
    clips = [
        draw_gabor(*GABORS[name], length)
        for name, length in zip(plan.contents, plan.lengths, strict=True)
    ]
    return join(clips, [_switch(jump, transitions, rng) for jump in jumps(clips)])


def draw_gabor(
    direction_deg: float, wavelength_px: float, cycles_per_frame: float, num_frames: int
) -> np.ndarray:
    """A grating (H, W, T) that drifts from phase zero behind the window."""
    rows = np.arange(SCREEN_HEIGHT)[:, None, None] - (SCREEN_HEIGHT - 1) / 2
    columns = np.arange(SCREEN_WIDTH)[None, :, None] - (SCREEN_WIDTH - 1) / 2
    angle = np.deg2rad(direction_deg)
    along = columns * np.cos(angle) + rows * np.sin(angle)
    cycles = along / wavelength_px - cycles_per_frame * np.arange(num_frames)
    window = np.exp(-(rows**2 + columns**2) / (2 * WINDOW_SIGMA_PX**2))
    return GREY + AMPLITUDE * window * np.sin(2 * np.pi * cycles)


def _switch(jump: float, transitions: Transitions, rng: np.random.Generator) -> Switch:
    kind, small = transitions.draw(rng), rng.uniform(0.3, 1.0)
    share = min(0.4, small * np.sqrt(SMALLEST_CHANGE / max(jump, 1e-9)))
    if kind == "late":
        return Switch(share, late=True)
    return Switch(1 - share) if kind == "blended" else Switch()
