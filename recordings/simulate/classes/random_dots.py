"""RandomDots: light and dark dots all over a grey screen, all moving, 4 x 60 frames."""

from dataclasses import dataclass, replace

import numpy as np

from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH
from recordings.simulate.classes.plan import Rendered, Switch, VideoPlan, join, mean_square

LABEL = "RandomDots"
NUM_SEGMENTS, SEGMENT_FRAMES = 4, 60
GREY, AMPLITUDE = 128.0, 76.4
MARGIN_PX = 5.0
"""dots that leave the screen by more come in again on the other side"""
FIELD_PX = np.array([SCREEN_HEIGHT + 2 * MARGIN_PX, SCREEN_WIDTH + 2 * MARGIN_PX])
NUM_DOTS = (28, 44)
RADIUS_PX = 2.9
CHANGES = (220.0, 520.0)
"""range of the mean change from frame to frame inside a segment, (grey levels)^2; low ones are drawn more often"""
COHERENT_SHARE = 0.85
"""of the dots, which go the same way: the fewer they are, the more the change wavers as dots pass over each other"""
JUMPS = (740.0, 950.0)
"""range of the change at a switch"""
SMALLEST_STEP = 200.0
"""between the change inside a segment and that at its end"""
SPEEDS_PX = (0.05, 3.0)
SAMPLED_FRAMES = (0, 15, 30, 45)


@dataclass(frozen=True)
class Dots:
    """Where the dots are in the first frame of a segment and how they move."""

    place_px_D2: np.ndarray
    heading_D2: np.ndarray
    sign_D: np.ndarray
    speed_px: float


def plan_random_dots(num_videos: int, seed: int) -> list[VideoPlan]:
    """Movies of four segments each; no two segments are alike."""
    lengths = (SEGMENT_FRAMES,) * NUM_SEGMENTS
    plans = []
    for k in range(num_videos):
        key = f"{LABEL}-{seed}-{k}"
        contents = tuple(f"{key}-{segment}" for segment in range(NUM_SEGMENTS))
        plans.append(VideoPlan(LABEL, key, (seed, 3, k), contents, lengths))
    return plans


def render_random_dots(plan: VideoPlan) -> Rendered:
    """Move the dots; at a switch all turn and a few jump elsewhere."""
    rng = plan.generator(0)
    num_dots = int(rng.integers(*NUM_DOTS))
    sign_D = rng.permutation(np.where(np.arange(num_dots) % 2, 1.0, -1.0))
    dots = _turn(rng.uniform(0, FIELD_PX, (num_dots, 2)), sign_D, rng)
    clips = []
    for length in plan.lengths:
        if clips:
            dots = _jump(clips[-1], dots, rng)
        clips.append(draw_dots(dots, np.arange(length)))
        place_px_D2 = dots.place_px_D2 + length * dots.speed_px * dots.heading_D2
        dots = _turn(place_px_D2 % FIELD_PX, sign_D, rng)
    return join(clips, [Switch()] * (len(clips) - 1))


def draw_dots(dots: Dots, frames_T: np.ndarray) -> np.ndarray:
    """The screen (H, W, T) at some frames; dots of both colours cancel where they meet."""
    steps = dots.speed_px * dots.heading_D2[:, None] * frames_T[:, None]
    places = (dots.place_px_D2[:, None] + steps) % FIELD_PX - MARGIN_PX
    video_HWT = np.zeros((SCREEN_HEIGHT, SCREEN_WIDTH, len(frames_T)))
    rows = np.arange(SCREEN_HEIGHT)[:, None, None]
    columns = np.arange(SCREEN_WIDTH)[None, :, None]
    for place_T2, sign in zip(places, dots.sign_D, strict=True):
        distance = np.hypot(rows - place_T2[:, 0], columns - place_T2[:, 1])
        video_HWT += sign * np.clip(RADIUS_PX + 0.5 - distance, 0, 1)
    return GREY + AMPLITUDE * video_HWT.clip(-1, 1)


def _turn(place_px_D2: np.ndarray, sign_D: np.ndarray, rng: np.random.Generator) -> Dots:
    """New headings, most of the dots going the same way, at the speed that gives the wanted change."""
    coherent = rng.random(len(sign_D)) < COHERENT_SHARE
    angle_D = np.where(coherent, rng.uniform(0, 2 * np.pi), rng.uniform(0, 2 * np.pi, len(sign_D)))
    heading_D2 = np.stack([np.sin(angle_D), np.cos(angle_D)], axis=1)
    dots = Dots(place_px_D2, heading_D2, sign_D, 0.0)
    wanted = CHANGES[0] + (CHANGES[1] - CHANGES[0]) * rng.random() ** 2
    slow, fast = SPEEDS_PX
    for _ in range(10):
        dots = replace(dots, speed_px=(slow + fast) / 2)
        slow, fast = (slow, dots.speed_px) if _change(dots) > wanted else (dots.speed_px, fast)
    return dots


def _change(dots: Dots) -> float:
    """Typical change from frame to frame."""
    first, second = (draw_dots(dots, np.array(SAMPLED_FRAMES) + k) for k in (0, 1))
    return mean_square(first, second)


def _jump(clip_HWT: np.ndarray, dots: Dots, rng: np.random.Generator) -> Dots:
    """Put as many dots elsewhere as give the wanted change at the switch."""
    inside = max(_change(dots), mean_square(clip_HWT[..., 1:], clip_HWT[..., :-1]))
    wanted = min(max(rng.uniform(*JUMPS), inside + SMALLEST_STEP), JUMPS[1])
    elsewhere = rng.uniform(0, FIELD_PX, dots.place_px_D2.shape)
    moved = []
    for count in range(len(elsewhere)):
        place = np.concatenate([elsewhere[:count], dots.place_px_D2[count:]])
        moved.append(replace(dots, place_px_D2=place))
        jump = mean_square(draw_dots(moved[-1], np.array([0]))[..., 0], clip_HWT[..., -1])
        if jump >= wanted:
            break
    return moved[-1]
