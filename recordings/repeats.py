"""Repeats of one video: their mean response, and how much of a response repeats."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from recordings.presentation import Presentation, refuse_hidden

MAX_CUT = 2
"""frames by which the repeats of a video with jittered transitions differ in the published recordings"""


@dataclass(frozen=True)
class Repeats:
    """The responses to one video, combined over its presentations."""

    num_repeats: int
    mean_NT: Float[np.ndarray, "N T"]
    """weighted mean over repeats"""
    standard_error_NT: Float[np.ndarray, "N T"]
    """standard deviation over repeats / sqrt(number of repeats)"""
    reliability_N: Float[np.ndarray, " N"]
    """mean correlation over time of all pairs of repeats; NaN where a neuron is constant in a repeat"""
    explainable_N: Float[np.ndarray, " N"]
    """share of the variance over time that repeats; NaN where a neuron is constant in all; noise can make it negative"""


def combine_repeats(
    presentations: Sequence[Presentation],
    weights: Sequence[float] | None = None,
    max_cut: int = MAX_CUT,
) -> Repeats:
    """Combine the responses of one mouse to one video or segment, cut to the shortest presentation.

    A presentation may be at most `max_cut` frames longer than the shortest. Raises ValueError for presentations of several
    videos or mice, for the same one twice and for hidden responses.
    """
    presentations = list(presentations)
    _check_alike(presentations, max_cut)
    shortest = min((p.num_frames for p in presentations), default=0)
    for p in presentations:
        if p.num_frames > shortest + max_cut:
            raise ValueError(
                f"{p}: {p.num_frames} frames, another presentation has {shortest}; leave one out, or raise max_cut "
                f"(now {max_cut})"
            )
        refuse_hidden(p)
    return combine_responses([p.responses_NT[:, :shortest] for p in presentations], weights)


def combine_responses(
    responses_RNT: Sequence[Float[np.ndarray, "N T"]], weights: Sequence[float] | None = None
) -> Repeats:
    """Combine responses of equal length, one array per repeat; at least two.

    Weights (default equal) are divided by their sum and apply to the mean alone.

    reliability = (P(sum of z_r) - R) / (R (R - 1)), z_r the response of repeat r in standard scores over time, P the mean
    square over time: exactly the mean correlation of all pairs of repeats. explainable = S / (mean of var(y_r)) with
    S = (R var(mean of y_r) - mean of var(y_r)) / (R - 1), variances over time (Sahani & Linden 2003).
    """
    responses_RNT = np.asarray(responses_RNT, np.float64)
    num_repeats = len(responses_RNT)
    if num_repeats < 2:
        raise ValueError(f"{num_repeats} presentation, need at least 2 to combine")
    if np.isnan(responses_RNT).any():
        raise ValueError("responses hold NaN; cut them to the valid frames, or leave the trial out")
    return Repeats(
        num_repeats,
        np.tensordot(_normalised(weights, num_repeats), responses_RNT, axes=1),
        responses_RNT.std(axis=0, ddof=1) / np.sqrt(num_repeats),
        _reliability(responses_RNT),
        _explainable(responses_RNT),
    )


def _reliability(responses_RNT: np.ndarray) -> np.ndarray:
    num_repeats = len(responses_RNT)
    centred_RNT = responses_RNT - responses_RNT.mean(axis=-1, keepdims=True)
    deviation_RN1 = responses_RNT.std(axis=-1, keepdims=True)
    constant_RN1 = np.ptp(responses_RNT, axis=-1, keepdims=True) == 0
    scores_RNT = centred_RNT / np.where(constant_RN1, np.nan, deviation_RN1)
    power_N = np.square(scores_RNT.sum(axis=0)).mean(axis=-1)
    return (power_N - num_repeats) / (num_repeats * (num_repeats - 1))


def _explainable(responses_RNT: np.ndarray) -> np.ndarray:
    num_repeats = len(responses_RNT)
    total_N = responses_RNT.var(axis=-1).mean(axis=0)
    signal_N = num_repeats * responses_RNT.mean(axis=0).var(axis=-1) - total_N
    constant_N = (np.ptp(responses_RNT, axis=-1) == 0).all(axis=0)
    return signal_N / (num_repeats - 1) / np.where(constant_N, np.nan, total_N)


def _normalised(weights: Sequence[float] | None, num_repeats: int) -> np.ndarray:
    weights_R = np.ones(num_repeats) if weights is None else np.asarray(weights, np.float64)
    if weights_R.shape != (num_repeats,):
        raise ValueError(f"{weights_R.size} weights for {num_repeats} presentations; give one each")
    if not (weights_R >= 0).all() or not 0 < weights_R.sum() < np.inf:
        raise ValueError(
            f"weights {weights_R.tolist()}: expected numbers from 0 up, with a sum above 0"
        )
    return weights_R / weights_R.sum()


def _check_alike(presentations: list[Presentation], max_cut: int) -> None:
    """Of one mouse, and of one segment or of the same part of one video."""
    names = ["recording", "label", "segment_ID"]
    if not all(p.segment_ID for p in presentations):
        names.append("video_ID")
        if any(not p.video_ID for p in presentations):
            raise ValueError(
                "presentations of unknown videos; open the recordings with a catalogue, or use combine_responses on arrays"
            )
        starts = [p.frame_start for p in presentations]
        if starts and max(starts) > min(starts) + max_cut:
            raise ValueError(
                f"presentations that start at frames {min(starts)} to {max(starts)} of their video; combine the same segment"
            )
    for place, p in enumerate(presentations):
        if p in presentations[:place]:
            raise ValueError(
                f"{p}: given twice, which would look like a perfect repeat; give each once"
            )
    for name in names:
        found = sorted({getattr(p, name) for p in presentations})
        if len(found) > 1:
            raise ValueError(
                f"presentations with several values of {name}: {', '.join(found)}; combine those of one mouse and one video"
            )
