"""GaussianDot: one white or black blob on a grey screen at a time, 35 x 9 frames."""

import numpy as np

from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH
from recordings.simulate.classes.plan import (
    Rendered,
    Switch,
    Transitions,
    VideoPlan,
    deal,
    join,
)

LABEL = "GaussianDot"
NUM_SEGMENTS, SEGMENT_FRAMES = 35, 9
GREY, AMPLITUDE, SIGMA_PX = 128.0, 126.5, 4.55
COLUMNS_PX, ROWS_PX = np.linspace(9.5, 53.5, 15), np.linspace(8.5, 26.5, 7)
GHOST_SHARES = (0.02, 0.34)
"""range of the share of the old blob that is left in the first frame of the new one"""
MIXED_RATIO = 2.0
"""mixed frames are so much more frequent here than in other classes"""
DOTS = {
    f"dot-x{x:02d}-y{y}-{color}": (column, row, sign)
    for x, column in enumerate(COLUMNS_PX)
    for y, row in enumerate(ROWS_PX)
    for color, sign in (("white", 1), ("black", -1))
}


def plan_dots(num_videos: int, seed: int) -> list[VideoPlan]:
    """Movies that together show each of 105 places in both colours; six of them show each blob once."""
    contents = deal(DOTS, num_videos, NUM_SEGMENTS, seed)
    lengths = (SEGMENT_FRAMES,) * NUM_SEGMENTS
    return [
        VideoPlan(LABEL, f"{LABEL}-{seed}-{k}", (seed, 2, k), tuple(names), lengths)
        for k, names in enumerate(contents)
    ]


def render_dots(plan: VideoPlan, transitions: Transitions) -> Rendered:
    """Draw the blobs in turn; a mixed frame always comes after the switch, so that no boundary is late."""
    rng = plan.generator(0)
    clips = [
        np.repeat(draw_dot(*DOTS[name])[..., None], length, axis=-1)
        for name, length in zip(plan.contents, plan.lengths, strict=True)
    ]
    mixed = MIXED_RATIO * transitions.blended_share
    ghosts = [rng.uniform(*GHOST_SHARES) * (rng.random() < mixed) for _ in clips[1:]]
    return join(clips, [Switch(1 - ghost) for ghost in ghosts])


def draw_dot(column_px: float, row_px: float, sign: int) -> np.ndarray:
    """A blob (H, W)."""
    rows = np.arange(SCREEN_HEIGHT)[:, None] - row_px
    columns = np.arange(SCREEN_WIDTH)[None, :] - column_px
    return GREY + sign * AMPLITUDE * np.exp(-(rows**2 + columns**2) / (2 * SIGMA_PX**2))
