"""The class of a movie and its segments, from its pixels alone: no learning, three passes."""

from dataclasses import dataclass

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
    segments: pd.DataFrame
    """a row per segment: frame_start, frame_end (exclusive), descriptors, bad_properties, after_peak (not cut off by splitting)"""


def classify_video(video_HWT: np.ndarray) -> Classification:
    """Label the valid frames (36, 64, V) of a movie, grey levels 0..255 of any float dtype, and cut it into segments.

    First pass: peaks as in any movie. Second: as in movies of the first label. Third: segments that are too long for
    the second label are split. Segments are described and the classes tested in each pass. A movie of one frame is one segment.
    """
    frames = measure_frames(video_HWT)
    first = describe_segments(frames, _cut(frames, UNKNOWN)[1])
    first_label, _ = decide_label(first)
    peaks, unsplit = _cut(frames, first_label)
    second = _describe_again(frames, unsplit, first)
    second_label, _ = decide_label(second)
    third = _describe_again(frames, split_segments(unsplit, second_label), second)
    label, bad = decide_label(third)
    after_peak = np.isin(third["frame_start"], peaks + 1)
    segments = pd.DataFrame(third | {"bad_properties": bad, "after_peak": after_peak})
    return Classification(label, first_label, tuple(peaks.tolist()), segments)


def _cut(frames: FrameStatistics, label: str) -> tuple[np.ndarray, np.ndarray]:
    """Peaks as in movies of a label, and the bounds of the segments between them."""
    peaks = find_peaks(frames.change_T, PRESETS[label])
    return peaks, cut_segments(peaks, frames.num_frames)


def _describe_again(frames: FrameStatistics, bounds: np.ndarray, segments: dict) -> dict:
    """The segments as described before, where they are the same."""
    if np.array_equal(bounds[:-1], segments["frame_start"]):
        return segments
    return describe_segments(frames, bounds)
