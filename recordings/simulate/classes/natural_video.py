"""NaturalVideo: 300 frames of one to nine shots, photographs seen by a moving camera."""

import numpy as np

from recordings.simulate.classes.plan import Rendered, Switch, VideoPlan, join, mean_square
from recordings.simulate.movies import simulate_shot
from recordings.simulate.photographs import (
    HELD_OUT_PHOTOGRAPHS,
    TRAINING_PHOTOGRAPHS,
    load_photographs,
)
from recordings.simulate.threads import one_thread

LABEL = "NaturalVideo"
NUM_FRAMES = 300
SHOTS = (2510, 1019, 731, 554, 318, 97, 26, 4, 2)
"""how many real movies have 1, 2, ... 9 shots"""
SHORTEST_SHOT_FRAMES = 32
"""no other cut then lies within the 30 frames that a cut is compared with"""
STILL_SHARE, SLOWNESS = 0.25, 10
"""of the shots, which are so many times slower"""
NUM_TRIES, MOST_FILMS = 10, 40
"""next shots that are tried after each cut, and films that are given up and begun anew; of 400 movies none needed more than 3"""
CLEAR_SPREADS, CLEAR_CHANGE = 7.0, 60.0
"""by how much a cut exceeds the frames around it: standard deviations of their change, and (grey levels)^2"""


def plan_natural_videos(num_videos: int, seed: int) -> list[VideoPlan]:
    """Movies of as many shots as real ones."""
    plans = []
    for k in range(num_videos):
        rng = np.random.default_rng([seed, 6, k])
        num_shots = 1 + int(rng.choice(len(SHOTS), p=np.array(SHOTS) / sum(SHOTS)))
        spare = NUM_FRAMES - num_shots * SHORTEST_SHOT_FRAMES
        cuts = np.sort(rng.integers(0, spare + 1, num_shots - 1))
        lengths = np.diff([0, *cuts, spare]) + SHORTEST_SHOT_FRAMES
        key = f"{LABEL}-{seed}-{k}"
        contents = tuple(f"{key}-shot-{shot}" for shot in range(num_shots))
        plans.append(VideoPlan(LABEL, key, (seed, 6, k), contents, tuple(lengths.tolist())))
    return plans


@one_thread()
def render_natural_video(plan: VideoPlan) -> Rendered:
    """Film the shots in turn; each cut is seen as such, that is, it stands out from the motion around it.

    Raises ValueError where no film has such cuts: none is made whose truth cannot be seen.
    """
    rng = plan.generator(0)
    photographs = load_photographs(TRAINING_PHOTOGRAPHS + HELD_OUT_PHOTOGRAPHS)
    films = (_film_all(photographs, plan.lengths, rng) for _ in range(MOST_FILMS))
    clips = next((film for film in films if film is not None), None)
    if clips is None:
        raise ValueError(
            f"{plan.key}: {MOST_FILMS} films of shots of {', '.join(map(str, plan.lengths))} frames have a cut that does not stand "
            "out from the motion around it; simulate the session with another seed"
        )
    return join(clips, [Switch()] * (len(clips) - 1))


def _film_all(
    photographs: dict, lengths: tuple[int, ...], rng: np.random.Generator
) -> list[np.ndarray] | None:
    """Shots with clear cuts, or None where motion before a cut is so strong that no next shot gives a clear one."""
    clips = [_film(photographs, lengths[0], rng)]
    for length in lengths[1:]:
        tries = (_film(photographs, length, rng) for _ in range(NUM_TRIES))
        clip = next((clip for clip in tries if _is_clear_cut(clips[-1], clip)), None)
        if clip is None:
            return None
        clips.append(clip)
    return clips


def _film(photographs: dict, num_frames: int, rng: np.random.Generator) -> np.ndarray:
    """One shot (H, W, T); a slow one fades from view to view."""
    slowness = SLOWNESS if rng.random() < STILL_SHARE else 1
    num_views = -(-num_frames // slowness) + (slowness > 1)
    views_THW = simulate_shot(photographs, num_views, rng)[0].clip(0, 255).astype(np.float64)
    view_T, faded_T = np.divmod(np.arange(num_frames), slowness)
    ahead_T = np.minimum(view_T + 1, num_views - 1)
    faded_T = (faded_T / slowness)[:, None, None]
    shot_THW = (1 - faded_T) * views_THW[view_T] + faded_T * views_THW[ahead_T]
    return shot_THW.round().transpose(1, 2, 0)


def _is_clear_cut(old_HWT: np.ndarray, new_HWT: np.ndarray) -> bool:
    nearby = SHORTEST_SHOT_FRAMES
    cut = mean_square(old_HWT[..., -1], new_HWT[..., 0])
    motions = [
        np.mean(np.diff(clip_HWT, axis=-1) ** 2, axis=(0, 1))
        for clip_HWT in (old_HWT[..., -nearby:], new_HWT[..., :nearby])
    ]
    return all(
        cut > motion.max() + CLEAR_SPREADS * motion.std() + CLEAR_CHANGE for motion in motions
    )
