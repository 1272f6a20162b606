"""What a simulated stimulus is made of, before any frame is drawn, and how its segments are joined."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np


@dataclass(frozen=True)
class VideoPlan:
    """One movie: which contents it shows in turn, and for how many frames each."""

    label: str
    key: str
    """equal for equal movies, whichever mouse or trial shows them"""
    seed: tuple[int, ...]
    contents: tuple[str, ...]
    """equal for equal segments, whichever movie they are part of"""
    lengths: tuple[int, ...]

    @property
    def num_frames(self) -> int:
        return sum(self.lengths)

    def generator(self, purpose: int) -> np.random.Generator:
        """The movie's own generator for one purpose; numbers drawn for another do not change it."""
        return np.random.default_rng([*self.seed, purpose])


@dataclass(frozen=True)
class Transitions:
    """How often a switch passes through a frame that mixes the old and the new content."""

    blended_share: float
    """of all switches: a mixed frame that hardly or not at all moves the boundary"""
    late_share: float
    """of all switches: a mixed frame that is nearer to the old content, so that the new one begins a frame later"""

    def draw(self, rng: np.random.Generator) -> str:
        """One of "late", "blended" and "sharp"."""
        drawn = rng.random()
        if drawn < self.late_share:
            return "late"
        return "blended" if drawn < self.late_share + self.blended_share else "sharp"


@dataclass(frozen=True)
class Switch:
    """The first frame after a switch: this share of the new content, the rest being the last frame of the old one."""

    new_share: float = 1.0
    late: bool = False
    """whether the new content is taken to begin after the mixed frame"""


@dataclass(frozen=True)
class Rendered:
    """A movie's frames (H, W, T), 0..255 as float64, and the frame at which each of its segments begins."""

    video_HWT: np.ndarray
    starts: tuple[int, ...]


def join(clips_HWT: Sequence[np.ndarray], switches: Sequence[Switch]) -> Rendered:
    """Put clips one after the other; each switch but the first clip's own beginning mixes one frame."""
    joined = [np.asarray(clips_HWT[0], np.float64)]
    for clip, switch in zip(clips_HWT[1:], switches, strict=True):
        mixed = np.array(clip, np.float64)
        mixed[..., 0] += (1 - switch.new_share) * (joined[-1][..., -1] - mixed[..., 0])
        joined.append(mixed)
    nominal = np.cumsum([0, *(clip.shape[-1] for clip in joined[:-1])])
    late = np.array([False, *(switch.late for switch in switches)])
    starts = tuple((nominal + late).tolist())
    return Rendered(np.concatenate(joined, axis=-1), starts)


def mean_square(first: np.ndarray, second: np.ndarray) -> float:
    """Mean squared difference of two frames, the unit of the change signal."""
    return float(np.mean((np.asarray(first, np.float64) - second) ** 2))


def jumps(clips_HWT: Sequence[np.ndarray]) -> list[float]:
    """The change between the last frame of each clip and the first of the next."""
    return [mean_square(old[..., -1], new[..., 0]) for old, new in pairwise(clips_HWT)]


def deal(names: Iterable[str], num_videos: int, num_segments: int, seed: int) -> list[list[str]]:
    """Shuffle all names, deal them out to movies, and shuffle again when none is left."""
    stack = list(names)
    rng = np.random.default_rng([seed])
    rounds = -(-num_videos * num_segments // len(stack))
    dealt = [stack[i] for _ in range(rounds) for i in rng.permutation(len(stack))]
    return [dealt[k * num_segments : (k + 1) * num_segments] for k in range(num_videos)]
