"""One sweep over the pixels of a movie: everything that its segments, however cut, are described from."""

from dataclasses import dataclass

import numpy as np

NUM_BINS = 255
GREY_LEVELS = 256
"""the bins of the histogram share 0..256"""


@dataclass(frozen=True)
class FrameStatistics:
    """What classification needs of each frame of a movie."""

    change_T: np.ndarray
    """mean squared difference to the next frame, one less than there are frames"""
    row_low_HT: np.ndarray
    row_high_HT: np.ndarray
    column_low_WT: np.ndarray
    column_high_WT: np.ndarray
    bin_HWT: np.ndarray
    """of the grey level of each pixel, as uint8"""

    @property
    def num_frames(self) -> int:
        return self.row_low_HT.shape[1]


def measure_frames(video_HWT: np.ndarray) -> FrameStatistics:
    """Measure every frame of a movie of grey levels 0..255, in float32; raise ValueError on anything else."""
    video_HWT = np.ascontiguousarray(video_HWT, np.float32)
    if video_HWT.ndim != 3 or video_HWT.size == 0:
        raise ValueError(
            f"video of shape {video_HWT.shape}, expected (height, width, frame) with at least one frame"
        )
    row_low_HT, row_high_HT = video_HWT.min(axis=1), video_HWT.max(axis=1)
    low_T, high_T = row_low_HT.min(axis=0), row_high_HT.max(axis=0)
    wrong_T = ~((low_T > -1) & (high_T < GREY_LEVELS))
    if wrong_T.any():
        frame = int(wrong_T.argmax())
        raise ValueError(
            f"frame {frame} of the video has values from {low_T[frame]:g} to {high_T[frame]:g}, expected grey "
            "levels 0..255; give the valid frames alone, not the NaN after them"
        )
    return FrameStatistics(
        measure_change(video_HWT),
        row_low_HT,
        row_high_HT,
        video_HWT.min(axis=0),
        video_HWT.max(axis=0),
        _find_bins(video_HWT),
    )


def measure_change(video_HWT: np.ndarray) -> np.ndarray:
    """Mean squared difference between each frame and the next: at t, how new the content of frame t + 1 is."""
    difference_HWT = np.diff(np.asarray(video_HWT, np.float32), axis=2)
    height, width, _ = difference_HWT.shape
    difference_HWT *= difference_HWT
    # float32 along a row: relative error below 1e-6
    return difference_HWT.sum(axis=1).sum(axis=0, dtype=np.float64) / (height * width)


def _find_bins(video_HWT: np.ndarray) -> np.ndarray:
    """The bin of each pixel; a level within 1e-7 of its value below an edge may fall into the next bin."""
    return (video_HWT * np.float32(NUM_BINS / GREY_LEVELS)).astype(np.uint8)
