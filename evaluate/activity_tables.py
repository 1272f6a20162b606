"""Tidy tables of one mouse: scores of each version of a clip, properties of each clip, and its frames."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float

from evaluate.activity import activity_correlation, activity_loss, frame_activity_correlation
from evaluate.activity_file import BY_FRAME, MOVIE, RECORDED
from evaluate.content import mean_motion_energy, motion_energy
from evaluate.pearson import pearson
from evaluate.scored import scored_pair, scored_pixels
from evaluate.scores import frame_correlation
from recordings.reader import Trial

Movie = Float[np.ndarray, "T H W"]


@dataclass(frozen=True)
class ActivityScoring:
    """One clip of a mouse: what was shown, measured and reconstructed, and which part of it is scored."""

    mouse: str
    clip: int
    trial: Trial
    reconstruction_THW: Movie
    activities: dict[str, Float[np.ndarray, "N T"]]
    """as `read_activity` reads them"""
    mask_HW: Bool[np.ndarray, "H W"]
    skip_frames: int

    @property
    def place(self) -> dict:
        return {"mouse": self.mouse, "clip": self.clip, "trial": self.trial.number}

    def scores(self) -> list[dict]:
        """Poisson loss and correlation of every version, a row each."""
        return [
            {
                **self.place,
                "version": version,
                "poisson_loss": activity_loss(rate_NT, self._recorded, self.skip_frames),
                "activity_correlation": self._correlation(version),
            }
            for version, rate_NT in self.activities.items()
            if version != RECORDED
        ]

    def properties(self) -> dict:
        """How well the clip was reconstructed and predicted, and means over its scored frames of movie and behaviour."""
        true_THW, area = self.trial.video_THW, (self.mask_HW, self.skip_frames)
        true_TP = scored_pixels(true_THW, *area)
        behavior_CT = self.trial.behavior_CT[:, self.skip_frames :].astype(np.float64)
        return {
            **self.place,
            "frame_correlation": frame_correlation(self.reconstruction_THW, true_THW, *area),
            "activity_correlation": self._correlation(MOVIE),
            "contrast": float(true_TP.std()),
            "motion_energy": mean_motion_energy(true_THW, *area),
            "luminance": float(true_TP.mean()),
            "pupil_size": float(behavior_CT[0].mean()),
            "running_speed": float(behavior_CT[1].mean()),
            "gaze_movement": float(gaze_movement(behavior_CT).mean()),
        }

    def frames(self) -> pd.DataFrame:
        """A row per frame, the skipped ones too; motion and movement are those into the frame, NaN in the first."""
        true_THW, behavior_CT = self.trial.video_THW, self.trial.behavior_CT
        pair = scored_pair(self.reconstruction_THW, true_THW, self.mask_HW)
        numbers = np.arange(len(true_THW))
        columns = {
            "frame": numbers,
            "scored": numbers >= self.skip_frames,
            "motion_energy": np.r_[np.nan, motion_energy(true_THW, self.mask_HW)],
            "pupil_size": behavior_CT[0],
            "running_speed": behavior_CT[1],
            "gaze_movement": np.r_[np.nan, gaze_movement(behavior_CT)],
            "frame_correlation": pearson(*pair, axis=1),
        }
        return pd.DataFrame({**self.place, **columns, **self._predicted_frames()})

    def _predicted_frames(self) -> dict[str, Float[np.ndarray, " T"]]:
        return {
            column: frame_activity_correlation(self.activities[version], self._recorded)
            for version, column in BY_FRAME.items()
            if version in self.activities
        }

    @property
    def _recorded(self) -> Float[np.ndarray, "N T"]:
        return self.activities[RECORDED]

    def _correlation(self, version: str) -> float:
        return activity_correlation(self.activities[version], self._recorded, self.skip_frames)


def gaze_movement(behavior_CT: Float[np.ndarray, "C T"]) -> Float[np.ndarray, " T-1"]:
    """How far the pupil's centre moves from frame to frame, in the units of the recording."""
    return np.hypot(*np.diff(behavior_CT[2:4].astype(np.float64)))


def tabulate_activity(clips: list[ActivityScoring]) -> dict[str, pd.DataFrame]:
    """Tables: scores, relations, frames."""
    return {
        "scores": pd.DataFrame([row for clip in clips for row in clip.scores()]),
        "relations": pd.DataFrame([clip.properties() for clip in clips]),
        "frames": pd.concat([clip.frames() for clip in clips], ignore_index=True),
    }
