"""The tests of the classes on the described segments of a movie."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from recordings.catalogue.labels import UNKNOWN

Segments = Mapping[str, np.ndarray]
MIN_MARGIN_PX = 5
MIN_BACKGROUND = 0.5
MAX_SHOTS = 3
"""a natural movie with more shots has shots of different durations"""
MIN_STD_OF_SHOTS = 1.0
"""frames"""


@dataclass(frozen=True)
class Rule:
    """How many segments a movie of the class has, and which of them are bad."""

    num_segments: int
    tolerance: int
    max_bad: int
    find_bad: Callable[[Segments], np.ndarray]

    def test(self, segments: Segments) -> tuple[bool, np.ndarray]:
        """Whether the movie is of the class, and which segments are bad if it is."""
        bad = self.find_bad(segments)
        fits = abs(len(bad) - self.num_segments) <= self.tolerance
        return bool(fits and bad.sum() <= self.max_bad), bad


def decide_label(segments: Segments) -> tuple[str, np.ndarray]:
    """The label of a movie and which of its segments are bad, none where it is unknown."""
    verdicts = {label: rule.test(segments) for label, rule in RULES.items()}
    fitting = [label for label, (fits, _) in verdicts.items() if fits]
    if len(fitting) == 1:
        return fitting[0], verdicts[fitting[0]][1]
    # catalogue: the published code calls a movie of several classes natural; it is none that we know
    if not fitting and _is_natural(segments):
        return "NaturalVideo", np.array(segments["is_uniform"])
    return UNKNOWN, np.zeros(len(segments["duration"]), bool)


def _is_natural(segments: Segments) -> bool:
    durations = segments["duration"]
    irregular = len(durations) <= MAX_SHOTS or np.std(durations) >= MIN_STD_OF_SHOTS
    return bool(irregular and np.sum(segments["is_uniform"]) <= 1)


def _bad_dots(segments: Segments) -> np.ndarray:
    lasts = _near(segments["duration"], 9, 1)
    return ~(segments["is_static"] & lasts & _has_background(segments))


def _bad_images(segments: Segments) -> np.ndarray:
    """Pictures and plain grey must alternate; a segment like either neighbour is bad."""
    uniform = np.asarray(segments["is_uniform"])
    if not uniform.any():
        return np.ones(len(uniform), bool)
    alike = uniform[1:] == uniform[:-1]
    alternates = ~(np.append(alike, False) | np.append(False, alike))
    durations = segments["duration"]
    lasts = np.where(uniform, _near(durations, 15, 5), _near(durations, 15, 2))
    return ~(segments["is_static"] & alternates & lasts)


def _bad_gabors(segments: Segments) -> np.ndarray:
    lasts = _near(segments["duration"], 25, 2)
    return ~(lasts & _has_margins(segments, "left", "right") & _has_background(segments))


def _bad_noise(segments: Segments) -> np.ndarray:
    framed = _has_margins(segments, "left", "right", "top", "bottom")
    return ~_near(segments["duration"], 27, 2) | framed


def _bad_random_dots(segments: Segments) -> np.ndarray:
    return ~(_near(segments["duration"], 60, 2) & _has_background(segments))


RULES = {
    "GaussianDot": Rule(35, 2, 2, _bad_dots),
    "NaturalImages": Rule(20, 2, 4, _bad_images),
    "Gabor": Rule(12, 2, 2, _bad_gabors),
    "PinkNoise": Rule(12, 2, 2, _bad_noise),
    "RandomDots": Rule(4, 1, 1, _bad_random_dots),
}
"""of each parametric class"""


def _near(values: np.ndarray, expected: int, tolerance: int) -> np.ndarray:
    return np.abs(np.asarray(values) - expected) <= tolerance


def _has_margins(segments: Segments, *sides: str) -> np.ndarray:
    return np.all([segments[f"margin_{side}"] >= MIN_MARGIN_PX for side in sides], axis=0)


def _has_background(segments: Segments) -> np.ndarray:
    return np.asarray(segments["background_proportion"]) >= MIN_BACKGROUND
