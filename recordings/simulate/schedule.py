"""What is shown to whom in a simulated session: movies, tiers, repeats, and what went wrong."""

from dataclasses import dataclass
from math import ceil

import numpy as np
import pandas as pd

from recordings.simulate.classes import natural_images
from recordings.simulate.classes.gabor import plan_gabors
from recordings.simulate.classes.gaussian_dot import plan_dots
from recordings.simulate.classes.natural_video import plan_natural_videos
from recordings.simulate.classes.pink_noise import plan_pink_noise
from recordings.simulate.classes.plan import Transitions, VideoPlan
from recordings.simulate.classes.random_dots import plan_random_dots

TRAIN, ORACLE = "train", "oracle"
MAIN_TIERS = (ORACLE, "live_test_main", "final_test_main")
LIVE_BONUS, FINAL_BONUS = "live_test_bonus", "final_test_bonus"
RELEASED_TIERS = (TRAIN, ORACLE)
"""of the mice whose other responses are withheld"""
JITTERED_SHARE = 0.3
"""of the repeats, one at least, of a movie that is not always shown with the same timing"""
DTYPES = ("float32", "float64")


@dataclass(frozen=True)
class SessionSettings:
    """A session of partner mice that all see the same movies; the default one is small and has everything."""

    seed: int = 1
    num_mice: int = 2
    num_neurons: int = 12
    num_train_videos: int = 14
    num_main_videos: int = 2
    """NaturalVideo, of each of the three tiers oracle, live_test_main and final_test_main"""
    num_gabor_videos: int = 3
    num_gaussian_dot_videos: int = 2
    num_random_dots_videos: int = 2
    num_pink_noise_videos: int = 2
    num_natural_images_videos: int = 2
    num_repeats: int = 3
    """of every movie that is not of the training tier"""
    dtype: str = "float32"
    hidden_mice: tuple[int, ...] = (1,)
    """mice, counted from 0, whose test responses are zeros and whose trial numbers have no gaps"""
    num_missing_trials: int = 3
    """gaps among the trial numbers of the other mice"""
    glitch: bool = True
    """whether the first mouse sees grey for 111 frames in one NaturalImages trial"""
    motionless: bool = True
    """whether each mouse stays still in one of its trials"""
    blended_share: float = 0.35
    late_share: float = 0.08
    jitter_share: float = 0.4
    """of the NaturalImages movies whose boundaries move by 1 or 2 frames in some repeats"""

    def __post_init__(self):
        if self.dtype not in DTYPES:
            raise ValueError(f"dtype is {self.dtype!r}, expected one of {', '.join(DTYPES)}")
        if self.glitch and self.num_natural_images_videos == 0:
            raise ValueError(
                "glitch is true, but num_natural_images_videos is 0; a glitch needs one"
            )
        if self.num_mice < 1 or self.num_neurons < 1 or self.num_repeats < 1:
            raise ValueError("num_mice, num_neurons and num_repeats must be 1 or more")
        if self.num_train_videos < 1:
            raise ValueError("num_train_videos is below 1; a session needs a training tier")
        if not 0 <= self.blended_share + self.late_share <= 1:
            raise ValueError(
                "blended_share and late_share add up to more than 1; lower one of them"
            )

    @property
    def transitions(self) -> Transitions:
        return Transitions(self.blended_share, self.late_share)


@dataclass(frozen=True)
class Showing:
    """One trial of one mouse."""

    mouse: int
    trial: int
    tier: str
    plan: VideoPlan
    hidden: bool
    glitch: bool
    motionless: bool

    @property
    def order(self) -> tuple:
        """Showings of one movie follow each other."""
        return (self.plan.key, self.plan.lengths, self.mouse, self.trial)


@dataclass(frozen=True)
class SessionTruth:
    """What is in the recordings of a session."""

    trials: pd.DataFrame
    """recording, trial, trial_type, label, video (equal for equal movies, whatever the timing of that showing), valid_frames, hidden, glitch, motionless"""
    segments: pd.DataFrame
    """recording, trial, segment_index, frame_start, frame_end (exclusive), content (equal for equal segments)"""
    neurons: pd.DataFrame
    """recording, ID, coord_x, coord_y, coord_z and mean, min, max and std_activation over all frames but hidden ones"""


def plan_session(settings: SessionSettings) -> list[list[Showing]]:
    """The trials of each mouse; partners see the same movies, some of them in other tiers."""
    natural = plan_natural_videos(
        settings.num_train_videos + len(MAIN_TIERS) * settings.num_main_videos, settings.seed
    )
    parametric = plan_parametric(settings)
    return [_plan_mouse(settings, mouse, natural, parametric) for mouse in range(settings.num_mice)]


def plan_parametric(settings: SessionSettings) -> list[list[VideoPlan]]:
    """The movies of each class that is not NaturalVideo, class by class, without classes that have none."""
    seed = settings.seed
    classes = [
        plan_gabors(settings.num_gabor_videos, seed),
        plan_dots(settings.num_gaussian_dot_videos, seed),
        plan_random_dots(settings.num_random_dots_videos, seed),
        plan_pink_noise(settings.num_pink_noise_videos, seed),
        natural_images.plan_natural_images(settings.num_natural_images_videos, seed),
    ]
    return [plans for plans in classes if plans]


def _plan_mouse(
    settings: SessionSettings,
    mouse: int,
    natural: list[VideoPlan],
    parametric: list[list[VideoPlan]],
) -> list[Showing]:
    rng = np.random.default_rng([settings.seed, 8, mouse])
    shows = [(TRAIN, plan) for plan in natural[: settings.num_train_videos]]
    for place, plan in enumerate(natural[settings.num_train_videos :]):
        tier = MAIN_TIERS[(place + mouse) % len(MAIN_TIERS)]
        shows += [(tier, plan)] * settings.num_repeats
    for place, plans in enumerate(parametric):
        tier = LIVE_BONUS if (place + mouse) % 3 == 0 else FINAL_BONUS
        for index, plan in enumerate(plans):
            shows += [(tier, shown) for shown in _repeats(settings, plan, index)]
    if settings.glitch and mouse == 0:
        tier, plan = shows[-1]
        whole = next(p for p in parametric[-1] if p.key == plan.key)
        shows[-1] = (tier, natural_images.freeze(whole))
    return _number(settings, mouse, shows, rng)


def _repeats(settings: SessionSettings, plan: VideoPlan, index: int) -> list[VideoPlan]:
    """All showings of a movie, the index-th of its class; of some NaturalImages a few are timed a little differently."""
    repeats = settings.num_repeats
    num_movies = ceil(settings.jitter_share * settings.num_natural_images_videos)
    if plan.label != natural_images.LABEL or index >= num_movies:
        return [plan] * repeats
    num_changed = ceil(JITTERED_SHARE * repeats)
    return [natural_images.jitter(plan)] * num_changed + [plan] * (repeats - num_changed)


def _number(
    settings: SessionSettings,
    mouse: int,
    shows: list[tuple[str, VideoPlan]],
    rng: np.random.Generator,
) -> list[Showing]:
    """Give the trials numbers in no order, with gaps where the mouse has some."""
    withheld = mouse in settings.hidden_mice
    last = len(shows) - 1 + (0 if withheld else settings.num_missing_trials)
    numbers = [last, *rng.choice(last, len(shows) - 1, replace=False).tolist()]
    numbers = rng.permutation(numbers).tolist()
    still = int(rng.integers(len(shows))) if settings.motionless else None
    return [
        Showing(
            mouse,
            number,
            tier,
            plan,
            hidden=withheld and tier not in RELEASED_TIERS,
            glitch=plan.key.endswith("-glitch"),
            motionless=row == still,
        )
        for row, (number, (tier, plan)) in enumerate(zip(numbers, shows, strict=True))
    ]
