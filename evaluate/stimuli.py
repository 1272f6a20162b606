"""How well artificial stimuli are reconstructed: a row per stimulus, and the mean of each cell of the grid."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import pandas as pd

from evaluate.content import entropy, mean_motion_energy
from evaluate.matching import match_contrast
from evaluate.scores import frame_correlation, video_correlation
from evaluate.statistics import against_chance, with_bonferroni
from reconstruct.ensemble import average_movies
from reconstruct.movies import read_movies
from recordings.artificial.gratings import GratingSettings
from recordings.artificial.noise import NoiseSettings
from recordings.artificial.stimuli import movie_of, stimulus_table
from recordings.hdf5 import new_hdf5

Settings = NoiseSettings | GratingSettings
CELL = ["spatial", "temporal"]
MEASURES = [
    "video_correlation",
    "frame_correlation",
    "member_correlation",
    "ensembling_gain",
    "inverted_correlation",
    "other_repetitions",
    "entropy",
    "true_entropy",
    "motion_energy",
    "true_motion_energy",
]


@dataclass(frozen=True)
class StimulusScoring:
    """The reconstructions of all stimuli of one kind for one mouse, by number, and where they are scored."""

    mouse: str
    settings: Settings
    ensemble: dict[int, np.ndarray]
    members: list[dict[int, np.ndarray]]
    mask_HW: np.ndarray
    skip_frames: int

    def table(self) -> pd.DataFrame:
        """A row per stimulus, in the order of their numbers."""
        shown = stimulus_table(self.settings)
        rows = [self._row(stimulus, shown) for stimulus in shown.itertuples()]
        scored = pd.DataFrame(rows, columns=MEASURES)
        return pd.concat([shown.assign(mouse=self.mouse), scored], axis=1)

    def _row(self, stimulus, shown: pd.DataFrame) -> dict:
        movie_THW, true_THW = (self.ensemble[stimulus.number], self._true(stimulus.number))
        alone = [self._correlate(member[stimulus.number], true_THW) for member in self.members]
        found = self._correlate(movie_THW, true_THW)
        return {
            "video_correlation": found,
            "frame_correlation": frame_correlation(movie_THW, true_THW, *self._area),
            "member_correlation": float(np.mean(alone)),
            "ensembling_gain": found - float(np.mean(alone)),
            "inverted_correlation": self._with_partner(stimulus, shown),
            "other_repetitions": self._with_repetitions(stimulus, shown),
            **self._contents(movie_THW, true_THW),
        }

    def _with_partner(self, stimulus, shown: pd.DataFrame) -> float:
        """Of a reconstruction with that of the stimulus with black and white exchanged; NaN where none was shown."""
        cell = _same(shown, stimulus, [*CELL, "repetition", "direction_deg"])
        partner = cell[cell.inverted != stimulus.inverted].number
        if partner.empty:
            return float("nan")
        return self._correlate(self.ensemble[stimulus.number], self.ensemble[partner.iloc[0]])

    def _with_repetitions(self, stimulus, shown: pd.DataFrame) -> float:
        """Mean over other stimuli of the same lengths: what the lengths alone give away."""
        # paper: its null counts the inverted partner too, which pulls it below 0
        cell = _same(shown, stimulus, [*CELL, "inverted", "direction_deg"])
        others = cell[cell.number != stimulus.number].number
        movie_THW = self.ensemble[stimulus.number]
        found = [self._correlate(movie_THW, self._true(other)) for other in others]
        return float(np.mean(found)) if found else float("nan")

    def _contents(self, movie_THW: np.ndarray, true_THW: np.ndarray) -> dict[str, float]:
        """Of the scored frames, those of the reconstruction with luminance and contrast of the stimulus; NaN where it is constant."""
        measures: dict[str, Callable] = {"entropy": entropy, "motion_energy": mean_motion_energy}
        movie_THW, true_THW = (movie[self.skip_frames :] for movie in (movie_THW, true_THW))
        constant = np.ptp(movie_THW[:, self.mask_HW]) == 0
        matched_THW = None if constant else match_contrast(movie_THW, true_THW, self.mask_HW)
        found = {}
        for name, measure in measures.items():
            found[name] = float("nan") if constant else measure(matched_THW, self.mask_HW)
            found[f"true_{name}"] = measure(true_THW, self.mask_HW)
        return found

    @property
    def _area(self) -> tuple[np.ndarray, int]:
        return self.mask_HW, self.skip_frames

    def _correlate(self, one_THW: np.ndarray, other_THW: np.ndarray) -> float:
        return video_correlation(one_THW, other_THW, *self._area)

    def _true(self, number: int) -> np.ndarray:
        return movie_of(self.settings, int(number))

    def write_examples(self, output: str | Path) -> None:
        """The first stimulus of every cell beside its reconstruction, for figures and films."""
        first = stimulus_table(self.settings).drop_duplicates(CELL)
        with new_hdf5(output) as file:
            file["mask_HW"] = self.mask_HW
            for name in CELL:
                file[name] = first[name].to_numpy()
            true = np.stack([self._true(number) for number in first.number])
            found = np.stack([self.ensemble[number] for number in first.number])
            file.create_dataset("true_CTHW", data=true.astype(np.float32), compression="gzip")
            found = np.clip(found, 0, 255).astype(np.float32)
            file.create_dataset("reconstructed_CTHW", data=found, compression="gzip")


def read_numbered(path: str | Path) -> dict[int, np.ndarray]:
    """The movies of a file by the number of their stimulus."""
    with h5py.File(path, "r") as file:
        numbers = file["trial"][:].tolist()
    return dict(zip(numbers, read_movies(path), strict=True))


def average_numbered(members: list[dict[int, np.ndarray]]) -> dict[int, np.ndarray]:
    """The ensemble's movie of every stimulus, not smoothed, as published."""
    return {
        number: average_movies([movies[number] for movies in members]).astype(np.float32)
        for number in members[0]
    }


def average_cells(scores: pd.DataFrame) -> pd.DataFrame:
    """Mean of every cell: over the stimuli of a mouse that have the measure, then over mice.

    `num_stimuli` have a correlation of the ensemble; `num_paired` also one of every member: the gain is theirs.
    """
    of_mice = scores.groupby([*CELL, "mouse"], as_index=False)[MEASURES].mean()
    cells = of_mice.groupby(CELL, as_index=False)[MEASURES].mean()
    counted = scores.groupby(CELL)[["video_correlation", "ensembling_gain"]].count().to_numpy().T
    counts = dict(zip(("num_stimuli", "num_paired"), counted, strict=True))
    return cells.assign(**counts, num_mice=scores["mouse"].nunique())


def compare_cells(scores: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Paired tests over mice in every cell, corrected for their number: the own stimulus against others, ensemble against members."""
    rows = []
    for other in ("other_repetitions", "member_correlation"):
        both = scores.dropna(subset=["video_correlation", other])
        pairs = both.groupby([*CELL, "mouse"])[["video_correlation", other]].mean()
        family = [
            dict(zip(CELL, cell, strict=True))
            | against_chance(means["video_correlation"], means[other], seed)
            | {"comparison": f"own - {other}", "against": other}
            for cell, means in pairs.groupby(CELL)
        ]
        rows += with_bonferroni(family)
    return pd.DataFrame(rows, columns=None if rows else [*CELL, "against", "p_corrected"])


def _same(shown: pd.DataFrame, stimulus, names: list[str]) -> pd.DataFrame:
    """The stimuli that agree with one in what is named; nothing agrees with nothing."""
    alike = np.ones(len(shown), bool)
    for name in names:
        value = getattr(stimulus, name)
        alike &= (shown[name].isna() if pd.isna(value) else shown[name].eq(value)).to_numpy(bool)
    return shown[alike]
