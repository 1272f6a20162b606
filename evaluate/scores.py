"""How alike two movies are, inside a mask and after the skipped frames."""

import math

import numpy as np
from jaxtyping import Float

from evaluate.matching import GREY
from evaluate.pearson import pearson
from evaluate.scored import Mask, Movie, scored_frames, scored_pair

WHITE = 255.0


def video_correlation(
    movie_THW: Movie, true_THW: Movie, mask_HW: Mask, skip_frames: int = 0
) -> float:
    """Pearson over all masked pixels and frames of a clip; NaN if either is constant."""
    return pearson(*scored_pair(movie_THW, true_THW, mask_HW, skip_frames))


def frame_correlation(
    movie_THW: Movie, true_THW: Movie, mask_HW: Mask, skip_frames: int = 0
) -> float:
    """Pearson over the masked pixels of each frame, mean over frames; constant frames are left out."""
    frames_T = pearson(*scored_pair(movie_THW, true_THW, mask_HW, skip_frames), axis=1)
    return float(np.nanmean(frames_T)) if np.isfinite(frames_T).any() else float("nan")


def full_screen_correlation(
    movie_THW: Movie, true_THW: Movie, mask_HW: Mask, skip_frames: int = 0
) -> float:
    """Pearson over all pixels of the screen and frames, the movie grey (127.5) outside the mask and the truth untouched.

    A mask that covers a share s of the screen keeps even a perfect movie near sqrt(s).
    """
    # paper: 4.4 leaves out pixels whose alpha is below 0, which only its own mask training makes
    found_THW, true_THW = scored_frames(movie_THW, true_THW, mask_HW, skip_frames)
    return pearson(np.where(mask_HW, found_THW, GREY), true_THW)


def temporal_correlation_map(
    movie_THW: Movie, true_THW: Movie, mask_HW: Mask, skip_frames: int = 0
) -> Float[np.ndarray, "H W"]:
    """Pearson over the frames of each pixel; NaN outside the mask and where a pixel of either movie is constant."""
    pixels_P = pearson(*scored_pair(movie_THW, true_THW, mask_HW, skip_frames), axis=0)
    map_HW = np.full(mask_HW.shape, np.nan)
    map_HW[mask_HW] = pixels_P
    return map_HW


def rmse(movie_THW: Movie, true_THW: Movie, mask_HW: Mask, skip_frames: int = 0) -> float:
    """Root of the mean squared difference over all masked pixels and frames, in grey levels."""
    found_TP, true_TP = scored_pair(movie_THW, true_THW, mask_HW, skip_frames)
    return math.sqrt(np.mean((found_TP - true_TP) ** 2))


def psnr(movie_THW: Movie, true_THW: Movie, mask_HW: Mask, skip_frames: int = 0) -> float:
    """Peak signal-to-noise ratio 20 log10(255 / rmse) in decibels; infinite for identical movies."""
    error = rmse(movie_THW, true_THW, mask_HW, skip_frames)
    return 20 * math.log10(WHITE / error) if error else math.inf
