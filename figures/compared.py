"""Reconstructions from recorded activity against those from predicted activity: what noise and encoders' errors add."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float

from evaluate.pearson import pearson
from figures.clips import Clip, MouseClips, read_clips
from reconstruct.ensemble import SMOOTHED
from reconstruct.movies import read_movies
from recordings.wording import counted

MARGIN_PX = 3
"""around the mask, of a cropped clip"""


@dataclass(frozen=True)
class ComparedClip(Clip):
    """A clip with its reconstruction from predicted activity; neither is matched in contrast."""

    predicted_THW: Float[np.ndarray, "T H W"]

    def __post_init__(self):
        super().__post_init__()
        shape = self.predicted_THW.shape
        if shape != self.true_THW.shape or not np.isfinite(self.predicted_THW).all():
            raise ValueError(
                f"clip {self.number}: the reconstruction from predicted activity {shape} must be finite and of the shape "
                f"of the clip {self.true_THW.shape}; delete the folder of the variant predicted and run snakemake again"
            )

    def error_THW(self, mask_HW: Bool[np.ndarray, "H W"]) -> Float[np.ndarray, "T H W"]:
        """From recorded minus from predicted activity; 0 outside the mask."""
        difference = self.reconstructed_THW.astype(float) - self.predicted_THW
        return np.where(np.asarray(mask_HW, bool), difference, 0.0)


def read_compared(mouse: str, clips: str | Path, predicted: str | Path) -> MouseClips:
    """The clips of a mouse, and the ensemble's movies of the variant `predicted`."""
    standard, mask_HW = read_clips(clips)
    movies = read_movies(predicted, SMOOTHED)
    require_clips(predicted, len(movies), clips, len(standard))
    compared = [
        ComparedClip(clip.number, clip.true_THW, clip.reconstructed_THW, movie)
        for clip, movie in zip(standard, movies, strict=True)
    ]
    return MouseClips(mouse, compared, mask_HW)


def require_clips(path: str | Path, found: int, clips: str | Path, expected: int) -> None:
    """Raise ValueError where an ensemble's file is of other clips than the file of what was shown."""
    if found != expected:
        raise ValueError(
            f"{path} holds {counted(found, 'clip')}, {clips} holds {expected}; delete both and run snakemake again"
        )


def crop_to_masks(mice: list[MouseClips]) -> list[MouseClips]:
    """The part of the screen around what any of the mice is scored in."""
    seen_HW = np.any([one.mask_HW for one in mice], axis=0)
    rows, columns = around(seen_HW)

    def crop(clip: ComparedClip) -> ComparedClip:
        names = ("true_THW", "reconstructed_THW", "predicted_THW")
        return replace(clip, **{name: getattr(clip, name)[:, rows, columns] for name in names})

    return [
        MouseClips(one.mouse, [crop(clip) for clip in one.clips], one.mask_HW[rows, columns])
        for one in mice
    ]


def around(mask_HW: Bool[np.ndarray, "H W"]) -> tuple[slice, slice]:
    """Rows and columns of a mask with a margin."""
    rows, columns = (
        slice(max(0, where.min() - MARGIN_PX), where.max() + 1 + MARGIN_PX)
        for where in np.nonzero(mask_HW)
    )
    return rows, columns


def errors_table(one: MouseClips, frame_rate_hz: float) -> pd.DataFrame:
    """A row for every clip and frame, over the pixels of the mask.

    `mean_absolute_error`: mean |e| in grey levels; `positive_share`: sum of the positive e over the sum of |e|, NaN where
    all are 0; `frame_correlation`, `frame_correlation_predicted`: Pearson of both reconstructions with the movie.
    """
    return pd.concat(
        [_errors_of_clip(one, clip, frame_rate_hz) for clip in one.clips], ignore_index=True
    )


def _errors_of_clip(one: MouseClips, clip: ComparedClip, frame_rate_hz: float) -> pd.DataFrame:
    mask_HW = np.asarray(one.mask_HW, bool)
    error_TP = clip.error_THW(mask_HW)[:, mask_HW]
    true_TP, recorded_TP, predicted_TP = (
        movie[:, mask_HW].astype(float)
        for movie in (clip.true_THW, clip.reconstructed_THW, clip.predicted_THW)
    )
    total, frames = np.abs(error_TP).sum(axis=1), np.arange(clip.num_frames)
    positive = np.clip(error_TP, 0, None).sum(axis=1)
    return pd.DataFrame(
        {
            "mouse": one.mouse,
            "clip": clip.number,
            "frame": frames,
            "time_s": frames / frame_rate_hz,
            "mean_absolute_error": total / mask_HW.sum(),
            "positive_share": np.divide(
                positive, total, out=np.full_like(total, np.nan), where=total > 0
            ),
            "frame_correlation": pearson(true_TP, recorded_TP, axis=1),
            "frame_correlation_predicted": pearson(true_TP, predicted_TP, axis=1),
        }
    )
