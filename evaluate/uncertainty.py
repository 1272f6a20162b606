"""Whether the spread of the members says how wrong their mean is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float
from scipy import stats

NOMINAL = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
RANGE_OF_SCALE, NUM_HALVINGS = (1e-6, 1e6), 50
ROUNDING = 1e-9
NEEDS_MEMBERS = "give the standard deviation over at least two members"


@dataclass(frozen=True)
class Errors:
    """The scored pixels of a clip: how far the mean is off, and how far the members are apart; grey levels."""

    mouse: str
    clip: int
    error_K: Float[np.ndarray, "K"]
    """absolute"""
    spread_K: Float[np.ndarray, "K"]

    @cached_property
    def sorted_ratio_K(self) -> np.ndarray:
        """Errors in units of the spread, ascending; where the spread is 0, 0 for no error, else infinite."""
        ratio_K = np.where(self.error_K > 0, np.inf, 0.0)
        return np.sort(np.divide(self.error_K, self.spread_K, out=ratio_K, where=self.spread_K > 0))

    def coverage(self, width_L: np.ndarray) -> np.ndarray:
        """Share of pixels whose truth lies within so many spreads of the mean."""
        inside_L = np.searchsorted(self.sorted_ratio_K, width_L, side="right")
        return inside_L / len(self.sorted_ratio_K)


@dataclass(frozen=True)
class Estimate:
    """A clip that was shown, the mean of its reconstructions, and their standard deviation over members (of M, not M - 1)."""

    mouse: str
    clip: int
    true_THW: Float[np.ndarray, "T H W"]
    mean_THW: Float[np.ndarray, "T H W"]
    spread_THW: Float[np.ndarray, "T H W"]

    def __post_init__(self):
        arrays = {name: getattr(self, name) for name in ("true_THW", "mean_THW", "spread_THW")}
        shapes = [str(array.shape) for array in arrays.values()]
        if len(set(shapes)) > 1 or self.true_THW.ndim != 3:
            raise ValueError(
                f"{self._name}: movies {', '.join(shapes[:2])} and {shapes[2]}; expected three of one shape "
                "(frames, rows, columns)"
            )
        for name, array in arrays.items():
            remedy = NEEDS_MEMBERS if name == "spread_THW" else "cut the NaN tail first"
            if not np.isfinite(array).all():
                raise ValueError(f"{self._name}: {name} has NaN or infinite pixels; {remedy}")
        if (self.spread_THW < 0).any() or not self.spread_THW.any():
            fault = (
                "negative pixels"
                if self.spread_THW.any()
                else "nothing but 0: the members do not differ"
            )
            raise ValueError(f"{self._name}: spread_THW has {fault}; {NEEDS_MEMBERS}")

    @property
    def _name(self) -> str:
        return f"mouse {self.mouse}, clip {self.clip}"

    def errors(self, mask_HW: Bool[np.ndarray, "H W"], skip_frames: int) -> Errors:
        """Inside the mask, without the first `skip_frames` frames."""
        mask_HW = np.asarray(mask_HW, bool)
        num_frames = max(len(self.true_THW) - skip_frames, 0)
        if mask_HW.shape != self.true_THW.shape[1:] or not mask_HW.any() or not num_frames:
            raise ValueError(
                f"{self._name}: no pixel of the movie {self.true_THW.shape} is scored (mask {mask_HW.shape} with "
                f"{mask_HW.sum()} pixels, {num_frames} frames); lower masks.evaluation_threshold or evaluate.skip_frames"
            )
        true, mean, spread = (
            movie_THW[skip_frames:, mask_HW].astype(np.float64).ravel()
            for movie_THW in (self.true_THW, self.mean_THW, self.spread_THW)
        )
        return Errors(self.mouse, self.clip, np.abs(true - mean), spread)


def widths_of(nominal: Sequence[float], num_members: int | None = None) -> np.ndarray:
    """How many spreads on either side of the mean should cover these shares of the truth.

    Of a Gaussian; with `num_members` M of Student's t with M - 1 degrees of freedom, times sqrt((M + 1) / (M - 1)):
    right where the truth is like one more member.
    """
    upper_L = (1 + np.asarray(nominal)) / 2
    if num_members is None:
        return stats.norm.ppf(upper_L)
    if num_members < 2:
        raise ValueError(f"the spread of {num_members} members says nothing; {NEEDS_MEMBERS}")
    widening = np.sqrt((num_members + 1) / (num_members - 1))
    return widening * stats.t.ppf(upper_L, num_members - 1)


def measure_coverage(
    clips: list[Errors], num_members: int | None = None, nominal: Sequence[float] = NOMINAL
) -> pd.DataFrame:
    """How often mean +- width * spread covers the truth, a row per clip and nominal coverage.

    `scaled_coverage` is that of the spread times `scale`, the number that the other clips of the mouse need.
    """
    width_L, tables = widths_of(nominal, num_members), []
    for one, others in _leave_one_out(clips):
        scale = fit_scale(others, nominal, width_L)
        columns = {
            "mouse": one.mouse,
            "clip": one.clip,
            "nominal": nominal,
            "coverage": one.coverage(width_L),
            "scale": scale,
            "scaled_coverage": one.coverage(scale * width_L),
        }
        tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


def fit_scale(clips: list[Errors], nominal: Sequence[float], width_L: np.ndarray) -> float:
    """The smallest factor on the spread with which the coverage, mean over clips and nominal coverages, is reached."""
    wanted = np.mean(nominal) - ROUNDING

    def reaches(logarithm: float) -> bool:
        width = np.exp(logarithm) * width_L
        return np.mean([clip.coverage(width) for clip in clips]) >= wanted

    low, high = np.log(RANGE_OF_SCALE)
    if reaches(low) or not reaches(high):
        zero, infinite = (
            100 * np.mean([np.mean(clip.sorted_ratio_K == value) for clip in clips])
            for value in (0, np.inf)
        )
        raise ValueError(
            f"mouse {clips[0].mouse}: no factor makes the spread right: it is 0 in {infinite:.0f} % of the pixels, "
            f"which are wrong, and {zero:.0f} % have no error; do the members differ, and from the truth?"
        )
    for _ in range(NUM_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if reaches(middle) else (middle, high)
    return float(np.exp(high))


def relate_spread(clips: list[Errors]) -> pd.DataFrame:
    """Of each clip Spearman's correlation of spread and absolute error over pixels and frames, and the size of both.

    NaN where either is constant.
    """
    rows = []
    for clip in clips:
        constant = np.ptp(clip.spread_K) == 0 or np.ptp(clip.error_K) == 0
        spearman = np.nan if constant else stats.spearmanr(clip.spread_K, clip.error_K).statistic
        rows.append(
            {
                "mouse": clip.mouse,
                "clip": clip.clip,
                "spearman": float(spearman),
                "rms_spread": _rms(clip.spread_K),
                "rms_error": _rms(clip.error_K),
            }
        )
    return pd.DataFrame(rows)


def spread_bins(clips: list[Errors], num_bins: int = 10) -> pd.DataFrame:
    """Spread and error (root mean squares) of the pixels of each mouse in bins of equally many, by spread."""
    rows = []
    for mouse, of_mouse in _by_mouse(clips).items():
        spread = np.concatenate([clip.spread_K for clip in of_mouse])
        error = np.concatenate([clip.error_K for clip in of_mouse])
        order = np.argsort(spread, kind="stable")
        for number, chosen in enumerate(np.array_split(order, num_bins)):
            sizes = {"rms_spread": _rms(spread[chosen]), "rms_error": _rms(error[chosen])}
            rows.append({"mouse": mouse, "bin": number, "num_pixels": len(chosen), **sizes})
    return pd.DataFrame(rows)


def _leave_one_out(clips: list[Errors]) -> Iterator[tuple[Errors, list[Errors]]]:
    """Each clip with the other clips of its mouse."""
    for mouse, of_mouse in _by_mouse(clips).items():
        if len(of_mouse) < 2:
            raise ValueError(
                f"mouse {mouse}: 1 clip, need 2: the scale of a clip comes from the others; raise "
                "recordings.selection.num_clips"
            )
        for one in of_mouse:
            yield one, [other for other in of_mouse if other is not one]


def _by_mouse(clips: list[Errors]) -> dict[str, list[Errors]]:
    mice = {clip.mouse: [] for clip in clips}
    for clip in clips:
        mice[clip.mouse].append(clip)
    return mice


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2)))
