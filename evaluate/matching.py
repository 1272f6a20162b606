"""Luminance and contrast of a reconstruction set to those of the movie that was shown."""

import numpy as np
from jaxtyping import Bool, Float

GREY = 127.5


def match_contrast(
    movie_THW: Float[np.ndarray, "T H W"],
    true_THW: Float[np.ndarray, "T H W"],
    mask_HW: Bool[np.ndarray, "H W"],
) -> Float[np.ndarray, "T H W"]:
    """Give `movie_THW` the mean and standard deviation of `true_THW` inside the mask.

    x' = (x - mean(x)) / std(x) * std(true) + mean(true) over all masked pixels of all frames, clipped to 0..255;
    outside the mask grey 127.5. Raises ValueError where the mask is empty or the movie is constant inside it.
    """
    _check(movie_THW, true_THW, mask_HW)
    mask_HW = np.asarray(mask_HW, bool)
    inside = movie_THW[:, mask_HW].astype(np.float64)
    target = true_THW[:, mask_HW].astype(np.float64)
    if np.ptp(inside) == 0:
        raise ValueError(
            "the reconstruction is constant inside the mask, so its contrast cannot be matched; "
            "was it optimised (num_iterations of reconstruct, masks.update_threshold)?"
        )
    matched = (inside - inside.mean()) / inside.std() * target.std() + target.mean()
    result_THW = np.full(movie_THW.shape, GREY)
    result_THW[:, mask_HW] = np.clip(matched, 0.0, 255.0)
    return result_THW


def _check(movie_THW: np.ndarray, true_THW: np.ndarray, mask_HW: np.ndarray) -> None:
    if (
        movie_THW.ndim != 3
        or movie_THW.shape != true_THW.shape
        or mask_HW.shape != movie_THW.shape[1:]
    ):
        raise ValueError(
            f"movies {movie_THW.shape} and {true_THW.shape} with mask {mask_HW.shape}: "
            "expected two movies (frames, rows, columns) of one shape and a mask (rows, columns)"
        )
    if not np.any(mask_HW):
        raise ValueError("no pixel is inside the mask; lower masks.evaluation_threshold")
