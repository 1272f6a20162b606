"""The class of a movie and its segments, from its pixels alone: no learning, three passes."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from recordings.catalogue.change import FrameStatistics, measure_frames
from recordings.catalogue.descriptors import describe_segments
from recordings.catalogue.labels import UNKNOWN
from recordings.catalogue.peaks import PRESETS, find_peaks
from recordings.catalogue.rules import decide_label
from recordings.catalogue.segments import cut_segments, split_segments


@dataclass(frozen=True)
class Classification:
    """What is shown in a movie, and when."""

    label: str
    first_label: str
    """before peaks were looked for as in movies of that label"""
    peaks: tuple[int, ...]
    """of the second pass; new content starts one frame later"""
    columns: dict[str, np.ndarray]
    """of the table of segments"""

    @cached_property
    def segments(self) -> pd.DataFrame:
        """A row per segment: frame_start, frame_end (exclusive), descriptors, bad_properties, after_peak (not cut off by splitting)."""
        return pd.DataFrame(self.columns)


def classify_video(video_HWT: np.ndarray) -> Classification:
    """Label the valid frames (36, 64, V) of a movie, grey levels 0..255 of any float dtype, and cut it into segments.

    First pass: peaks as in any movie. Second: as in movies of the first label. Third: segments that are too long for
    the second label are split. Segments are described and the classes tested in each pass. A movie of one frame is one segment.
    """
    frames = measure_frames(video_HWT)
    first = _judge(frames, _cut(frames, UNKNOWN)[1])
    peaks, unsplit = _cut(frames, first.label)
    second = _judge(frames, unsplit, first)
    third = _judge(frames, split_segments(unsplit, second.label), second)
    after_peak = np.isin(third.segments["frame_start"], peaks + 1)
    columns = third.segments | {"bad_properties": third.bad, "after_peak": after_peak}
    return Classification(third.label, first.label, tuple(peaks.tolist()), columns)


@dataclass(frozen=True)
class _Pass:
    segments: dict[str, np.ndarray]
    label: str
    bad: np.ndarray


def _cut(frames: FrameStatistics, label: str) -> tuple[np.ndarray, np.ndarray]:
    """Peaks as in movies of a label, and the bounds of the segments between them."""
    peaks = find_peaks(frames.change_T, PRESETS[label])
    return peaks, cut_segments(peaks, frames.num_frames)


def _judge(frames: FrameStatistics, bounds: np.ndarray, before: _Pass | None = None) -> _Pass:
    """Describe and test the segments between bounds; the pass before if it had the same."""
    if before and np.array_equal(bounds[:-1], before.segments["frame_start"]):
        return before
    segments = describe_segments(frames, bounds)
    return _Pass(segments, *decide_label(segments))
