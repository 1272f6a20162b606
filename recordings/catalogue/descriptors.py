"""What a segment of a movie looks like: still or not, its contrast, margins and background."""

import numpy as np
from PIL import Image

from recordings.catalogue.change import GREY_LEVELS, NUM_BINS, FrameStatistics

MAX_TRANSITION = 3
"""frames at each end of a segment that may be blended with its neighbour"""
STATIC_LIMIT = 50.0
"""squared grey levels"""
RANGE_LIMIT = 35.0
"""grey levels; pixels within it are plain"""
UNIFORM_PROPORTION = 0.8


def describe_segments(frames: FrameStatistics, bounds: np.ndarray) -> dict[str, np.ndarray]:
    """Columns of a table with a row per segment; segment i has frames bounds[i]..bounds[i + 1] - 1.

    Transition frames at the ends of a segment count for its margins and duration alone. A segment of one frame changes by
    0, so it is static, and has no transition frames. `background_proportion` is, as published, a density: the part of the
    pixels in the fullest bin times 255/256, so that it is 0.99609 and not 1 for a plain segment.
    """
    starts, stops = np.asarray(bounds[:-1]), np.asarray(bounds[1:])
    first, last = _count_transitions(frames.change_T, starts, stops)
    core = starts + first, stops - last
    max_change = _max_change(frames.change_T, *core)
    low = _reduce(np.minimum, frames.row_low_HT.min(axis=0), *core)
    high = _reduce(np.maximum, frames.row_high_HT.max(axis=0), *core)
    intensity_range = high.astype(np.float64) - low
    color, proportion = _find_background(frames.bin_HWT, *core)
    is_static = max_change <= STATIC_LIMIT
    is_plain = intensity_range <= RANGE_LIMIT
    return {
        "frame_start": starts,
        "frame_end": stops,
        "duration": stops - starts,
        "transition_start": first,
        "transition_end": last,
        "max_change": max_change,
        "is_static": is_static,
        "intensity_range": intensity_range,
        **_find_margins(frames, starts, stops, is_plain),
        "background_color": color,
        "background_proportion": proportion,
        "is_uniform": (proportion >= UNIFORM_PROPORTION) & is_plain & is_static,
    }


def _count_transitions(change_T, starts, stops) -> tuple[np.ndarray, np.ndarray]:
    """The fewest frames (0..3) to leave out at the start, and at the end, for the rest to be still; 0 if 3 do not do."""
    loud_T = np.concatenate([[0], np.cumsum(change_T >= STATIC_LIMIT)])
    changes = stops - 1  # exclusive end of each segment's own changes
    tried_N = np.arange(MAX_TRANSITION + 1)
    short = changes - starts <= 2 * MAX_TRANSITION
    # looked up for short segments too, where it means nothing
    begins = np.minimum(starts[:, None] + tried_N, len(change_T))
    ends = np.maximum(changes[:, None] - tried_N, 0)
    still_at_start = loud_T[begins] == loud_T[ends[:, -1:]]
    still_at_end = loud_T[begins[:, -1:]] == loud_T[ends]
    first, last = still_at_start.argmax(axis=1), still_at_end.argmax(axis=1)
    return np.where(short, 0, first), np.where(short, 0, last)


def _max_change(change_T, starts, stops) -> np.ndarray:
    single = stops - starts == 1
    largest = _reduce(
        np.maximum, np.append(change_T, 0.0), starts, np.maximum(stops - 1, starts + 1)
    )
    return np.where(single, 0.0, largest)


def _find_background(bin_HWT, starts, stops) -> tuple[np.ndarray, np.ndarray]:
    """Centre of the fullest bin (of equally full ones the darkest) and its density."""
    width = GREY_LEVELS / NUM_BINS
    spans = zip(starts.tolist(), stops.tolist(), strict=True)
    count_SB = np.array([_count_bytes(bin_HWT[..., a:b]) for a, b in spans])[:, :NUM_BINS]
    color = (count_SB.argmax(axis=1) + 0.5) * width
    return color, count_SB.max(axis=1) / count_SB.sum(axis=1) / width


def _count_bytes(values: np.ndarray) -> list[int]:
    """How often each of 0..255 occurs; np.bincount, which takes whole words, needs twice the time."""
    return Image.fromarray(values.reshape(len(values), -1)).histogram()


def _find_margins(frames: FrameStatistics, starts, stops, is_plain) -> dict[str, np.ndarray]:
    extremes = (
        ("left", "right", frames.column_low_WT, frames.column_high_WT),
        ("top", "bottom", frames.row_low_HT, frames.row_high_HT),
    )
    margins = {}
    for near, far, low_T, high_T in extremes:
        low_S = _reduce(np.minimum, low_T, starts, stops).astype(np.float64)
        high_S = _reduce(np.maximum, high_T, starts, stops).astype(np.float64)
        for side, order in ((near, slice(None)), (far, slice(None, None, -1))):
            margin = _count_plain(low_S[order], high_S[order])
            margins[f"margin_{side}"] = np.where(is_plain, len(low_T), margin)
    return margins


def _count_plain(low_NS: np.ndarray, high_NS: np.ndarray) -> np.ndarray:
    """The most lines from the edge on whose grey levels are all within the limit."""
    range_NS = np.maximum.accumulate(high_NS) - np.minimum.accumulate(low_NS)
    return (range_NS <= RANGE_LIMIT).sum(axis=0)


def _reduce(ufunc: np.ufunc, values_T: np.ndarray, starts, stops) -> np.ndarray:
    """The ufunc over the samples starts..stops - 1 (at least one) of the last axis, per segment."""
    padded_T = np.concatenate([values_T, values_T[..., -1:]], axis=-1)
    between = np.stack([starts, stops], axis=1).ravel()
    return ufunc.reduceat(padded_T, between, axis=-1)[..., ::2]
