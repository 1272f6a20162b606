"""How well predicted activity agrees with recorded activity, after the skipped frames."""

import numpy as np
import torch
from jaxtyping import Float

from evaluate.pearson import pearson
from models.loss import poisson_loss

Activity = Float[np.ndarray, "N T"]


def activity_correlation(rate_NT: Activity, responses_NT: Activity, skip_frames: int = 0) -> float:
    """Pearson over all neurons and frames, as in the paper; NaN if either is constant."""
    return pearson(*_scored(rate_NT, responses_NT, skip_frames))


def frame_activity_correlation(
    rate_NT: Activity, responses_NT: Activity, skip_frames: int = 0
) -> Float[np.ndarray, " T"]:
    """Pearson over the neurons of each frame that is not skipped; NaN where either is constant."""
    return pearson(*_scored(rate_NT, responses_NT, skip_frames), axis=0)


def activity_loss(rate_NT: Activity, responses_NT: Activity, skip_frames: int = 0) -> float:
    """Poisson loss p - r log(p + 1e-8), mean over all neurons and frames.

    Raises ValueError for a negative rate, of which there is no logarithm.
    """
    rate_NT, responses_NT = _scored(rate_NT, responses_NT, skip_frames)
    if (rate_NT < 0).any():
        where = _first(rate_NT < 0, skip_frames)
        raise ValueError(
            f"the predicted rates are negative at {where}; the Poisson loss needs an encoder whose rates are at least 0"
        )
    return float(poisson_loss(torch.from_numpy(rate_NT), torch.from_numpy(responses_NT)))


def _scored(
    rate_NT: Activity, responses_NT: Activity, skip_frames: int
) -> tuple[np.ndarray, np.ndarray]:
    if rate_NT.shape != responses_NT.shape or rate_NT.ndim != 2 or not rate_NT.size:
        raise ValueError(
            f"predicted rates of shape {rate_NT.shape} cannot be compared with responses of {responses_NT.shape}; "
            "expected the same neurons and frames of both, at least one"
        )
    if not 0 <= skip_frames < rate_NT.shape[1]:
        raise ValueError(
            f"evaluate.skip_frames {skip_frames} leaves nothing of a clip of {rate_NT.shape[1]} frames; "
            "set it to at least 0 and below the length of every clip"
        )
    return (
        _finite(rate_NT, skip_frames, "predicted rates"),
        _finite(responses_NT, skip_frames, "responses"),
    )


def _finite(values_NT: np.ndarray, skip_frames: int, what: str) -> np.ndarray:
    """The scored frames as float64, refused where a value is NaN or infinite."""
    # paper: B7, clips with NaN are dropped in silence, which leaves one mouse of five
    scored_NT = np.asarray(values_NT[:, skip_frames:], np.float64)
    if not np.isfinite(scored_NT).all():
        where = _first(~np.isfinite(scored_NT), skip_frames)
        raise ValueError(
            f"the {what} hold NaN or infinity at {where}; cut the padding of the trial, and leave out rows that are no neurons"
        )
    return scored_NT


def _first(wrong_NT: np.ndarray, skip_frames: int) -> str:
    neuron, frame = np.argwhere(wrong_NT)[0]
    return f"neuron {neuron}, frame {skip_frames + frame}"
