"""NaturalImages: ten pictures, each after a while of grey, 305 to 326 frames."""

from dataclasses import replace

import numpy as np

from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH
from recordings.simulate.classes.plan import (
    Rendered,
    Switch,
    Transitions,
    VideoPlan,
    join,
    jumps,
)
from recordings.simulate.movies import simulate_shot
from recordings.simulate.photographs import (
    HELD_OUT_PHOTOGRAPHS,
    TRAINING_PHOTOGRAPHS,
    load_photographs,
)
from recordings.simulate.threads import one_thread

LABEL = "NaturalImages"
NUM_PICTURES = 10
GREY = 128.0
GREY_CONTENT = "grey"
GREY_FRAMES, PICTURE_FRAMES = (13, 20), (15, 17)
"""ranges, the last number excluded"""
TOTAL_FRAMES = (305, 326)
GLITCH_FRAMES = 111
MIXED_SHARES, LEAST_MIXED_CHANGE = (0.08, 0.35), 60.0
"""range of the lesser share in a mixed frame, which changes the frame by so much at least: it is seen as a transition"""
FAINT_SHARE, FAINT_CHANGE, MOST_FAINT = 0.4, 40.0, 0.12
"""of the other switches: what is left of the old content changes the next frame by less than this, and grey still looks uniform"""


def plan_natural_images(num_videos: int, seed: int) -> list[VideoPlan]:
    """Movies of ten pictures each; no two pictures are alike."""
    plans = []
    for k in range(num_videos):
        key = f"{LABEL}-{seed}-{k}"
        pictures = [f"{key}-picture-{picture}" for picture in range(NUM_PICTURES)]
        contents = [name for picture in pictures for name in (GREY_CONTENT, picture)]
        rng = np.random.default_rng([seed, 5, k])
        plans.append(VideoPlan(LABEL, key, (seed, 5, k), tuple(contents), _lengths(rng)))
    return plans


def jitter(plan: VideoPlan) -> VideoPlan:
    """The same movie as another run of the display shows it: a boundary or two lie 1 or 2 frames later."""
    rng, lengths = plan.generator(3), np.array(plan.lengths)
    longer = np.flatnonzero(lengths[1::2] == max(PICTURE_FRAMES) - 1)
    if rng.random() < 0.5 and len(longer):
        picture = int(rng.choice(longer))
        lengths[2 * picture : 2 * picture + 2] += (1, -1)
    else:
        greys = np.flatnonzero(lengths[0::2] <= max(GREY_FRAMES) - 3)
        lengths[2 * rng.choice(greys)] += rng.integers(1, 3)
    return replace(plan, lengths=tuple(lengths.tolist()))


def freeze(plan: VideoPlan) -> VideoPlan:
    """The same movie with a glitch: one of the grey screens stays for far too long."""
    lengths = list(plan.lengths)
    lengths[2] = GLITCH_FRAMES
    return replace(plan, key=f"{plan.key}-glitch", lengths=tuple(lengths))


def render_natural_images(plan: VideoPlan, transitions: Transitions) -> Rendered:
    """Draw grey and pictures in turn."""
    pictures, rng = _pictures(plan.generator(1)), plan.generator(2)
    grey = np.full((SCREEN_HEIGHT, SCREEN_WIDTH), GREY)
    frames = [frame for picture in pictures for frame in (grey, picture)]
    clips = [
        np.repeat(frame[..., None], length, axis=-1)
        for frame, length in zip(frames, plan.lengths, strict=True)
    ]
    return join(clips, [_switch(jump, transitions, rng) for jump in jumps(clips)])


def _lengths(rng: np.random.Generator) -> tuple[int, ...]:
    while True:
        greys = rng.integers(*GREY_FRAMES, NUM_PICTURES)
        lengths = np.stack([greys, rng.integers(*PICTURE_FRAMES, NUM_PICTURES)], axis=1)
        if TOTAL_FRAMES[0] <= lengths.sum() <= TOTAL_FRAMES[1]:
            return tuple(lengths.ravel().tolist())


@one_thread()
def _pictures(rng: np.random.Generator) -> list[np.ndarray]:
    photographs = load_photographs(TRAINING_PHOTOGRAPHS + HELD_OUT_PHOTOGRAPHS)
    shots = (simulate_shot(photographs, 1, rng)[0] for _ in range(NUM_PICTURES))
    return [shot[0].clip(0, 255).round().astype(np.float64) for shot in shots]


def _switch(jump: float, transitions: Transitions, rng: np.random.Generator) -> Switch:
    kind, faint = transitions.draw(rng), rng.random() < FAINT_SHARE
    lesser = max(rng.uniform(*MIXED_SHARES), np.sqrt(LEAST_MIXED_CHANGE / jump))
    if kind == "late":
        return Switch(lesser, late=True)
    if kind == "blended":
        return Switch(1 - lesser)
    left = min(MOST_FAINT, np.sqrt(rng.uniform(0, FAINT_CHANGE) / jump))
    return Switch(1 - left * faint)
