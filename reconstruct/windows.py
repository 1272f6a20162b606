"""Where the encoder's windows lie on a clip."""

import numpy as np

from models.encoder import ClipSpec


def window_starts(num_frames: int, window_frames: int, stride_frames: int) -> list[int]:
    """Starts every `stride_frames`, and one window at the end (twice there when the stride fits exactly)."""
    rest = num_frames - window_frames
    if rest < 0:
        raise ValueError(
            f"a clip of {num_frames} frames is shorter than the encoder's window of {window_frames}; "
            "raise reconstruct.max_frames or choose longer trials"
        )
    # paper: a last window that equals the one before counts twice in the mean (method 1.3).
    return [*range(0, rest + 1, stride_frames), rest]


def starts_for(spec: ClipSpec, num_frames: int, stride_frames: int) -> list[int]:
    """The same for an encoder; a stride that leaves frames which no window predicts is refused."""
    num_scored = int(spec.scored.sum())
    if stride_frames > num_scored:
        raise ValueError(
            f"window_stride_frames {stride_frames} leaves frames that no window predicts; the encoder "
            f"predicts {num_scored} frames of a window, so take at most that"
        )
    return window_starts(num_frames, spec.window_frames, stride_frames)


def coverage(starts: list[int], window_frames: int, num_frames: int) -> np.ndarray:
    """How many windows hold each frame."""
    count = np.zeros(num_frames, int)
    for start in starts:
        count[start : start + window_frames] += 1
    return count
