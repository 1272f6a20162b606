"""The part of a movie that is scored: from the first scored frame on, inside the mask."""

import numpy as np
from jaxtyping import Bool, Float

Movie = Float[np.ndarray, "T H W"]
Mask = Bool[np.ndarray, "H W"]


def scored_pixels(
    movie_THW: Movie, mask_HW: Mask, skip_frames: int = 0
) -> Float[np.ndarray, "T P"]:
    """Grey levels (frames, masked pixels) after the skipped frames, as float64.

    Raises ValueError for a mask that is empty, of another shape or not boolean, for a clip without scored frames,
    and for grey levels that are not finite.
    """
    _check(movie_THW, mask_HW, skip_frames)
    pixels_TP = np.asarray(movie_THW[skip_frames:, mask_HW], np.float64)
    _check_finite(pixels_TP, skip_frames)
    return pixels_TP


def scored_pair(
    movie_THW: Movie, true_THW: Movie, mask_HW: Mask, skip_frames: int = 0
) -> tuple[Float[np.ndarray, "T P"], Float[np.ndarray, "T P"]]:
    """The same of a movie and of the true one, which must be of one shape."""
    _check_shapes(movie_THW, true_THW)
    return (
        scored_pixels(movie_THW, mask_HW, skip_frames),
        scored_pixels(true_THW, mask_HW, skip_frames),
    )


def scored_frames(
    movie_THW: Movie, true_THW: Movie, mask_HW: Mask, skip_frames: int = 0
) -> tuple[Movie, Movie]:
    """Whole frames of both movies after the skipped ones, as float64; checked alike, outside the mask too."""
    _check_shapes(movie_THW, true_THW)
    _check(movie_THW, mask_HW, skip_frames)
    frames = [np.asarray(m[skip_frames:], np.float64) for m in (movie_THW, true_THW)]
    for frames_THW in frames:
        _check_finite(frames_THW, skip_frames)
    return tuple(frames)


def _check_shapes(movie_THW: np.ndarray, true_THW: np.ndarray) -> None:
    if movie_THW.shape != true_THW.shape:
        raise ValueError(
            f"a movie of shape {movie_THW.shape} cannot be scored against one of {true_THW.shape}; "
            "run snakemake again so that both come from the same selection"
        )


def _check_finite(scored: np.ndarray, skip_frames: int) -> None:
    finite = np.isfinite(scored)
    if not finite.all():
        frame = skip_frames + np.argwhere(~finite)[0, 0]
        raise ValueError(
            f"a movie holds NaN or infinity at frame {frame}; "
            "cut the padding of the trial, or delete the file of movies and reconstruct it again"
        )


def _check(movie_THW: np.ndarray, mask_HW: np.ndarray, skip_frames: int) -> None:
    if movie_THW.ndim != 3 or mask_HW.shape != movie_THW.shape[1:] or mask_HW.dtype != bool:
        raise ValueError(
            f"a movie of shape {movie_THW.shape} with a mask of {mask_HW.dtype} of shape {mask_HW.shape}: "
            "expected frames, rows, columns and a boolean mask of rows, columns, such as alpha_HW >= threshold"
        )
    if not mask_HW.any():
        raise ValueError("no pixel is inside the mask; lower masks.evaluation_threshold")
    if not 0 <= skip_frames < len(movie_THW):
        raise ValueError(
            f"evaluate.skip_frames {skip_frames} leaves nothing of a clip of {len(movie_THW)} frames; "
            "set it to at least 0 and below the length of every clip"
        )
