"""Where an array of a trial ends, and whether its responses were withheld."""

from pathlib import Path

import numpy as np


def count_valid_frames(rows_CT: np.ndarray, path: Path) -> int:
    """Frames before the tail of nothing but NaN; ValueError where there is NaN before it, or what float32 holds as infinity."""
    stored_CT = rows_CT
    with np.errstate(invalid="ignore", over="ignore"):
        rows_CT = np.asarray(stored_CT, np.float32)  # as the pipeline reads them
        suspect = ~np.isfinite(rows_CT.sum(axis=0, dtype=np.float64))
    broken = np.flatnonzero(suspect)
    if len(broken) == 0:
        return rows_CT.shape[-1]
    first = int(broken[0])
    blank = np.isnan(rows_CT[:, first:]).all(axis=0)
    if not blank.all():
        frame = first + int(np.argmin(blank)) if blank[0] else first
        what = f"NaN or infinity at frame {frame}"
        if blank[0]:
            what = f"frame {frame} is valid behind NaN"
        elif np.isfinite(stored_CT[:, frame]).all():
            what = f"a number at frame {frame} is too large for float32"
        raise ValueError(
            f"{path}: {what}; NaN may only fill whole frames at the end of a trial: "
            "repair the file, or delete the trial from all four data folders"
        )
    return first


def refuse_nothing(num_frames: int, path: Path) -> None:
    """Raise ValueError for an array without a valid frame."""
    if num_frames == 0:
        raise ValueError(f"{path}: nothing but NaN; delete the trial from all four data folders")


def are_withheld(responses_NT: np.ndarray) -> bool:
    """Whether these valid frames of responses are all zero, as the competition stored what it kept back."""
    return responses_NT.size > 0 and not responses_NT[:, :1].any() and not responses_NT.any()
