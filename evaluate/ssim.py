"""Structural similarity of two movies: the standard one, and the one of the paper, which is something else."""

import numpy as np
from skimage.metrics import structural_similarity

from evaluate.scored import Mask, Movie, scored_frames, scored_pair
from evaluate.scores import WHITE

SIGMA_PX = 1.5


def ssim(movie_THW: Movie, true_THW: Movie, mask_HW: Mask, skip_frames: int = 0) -> float:
    """Structural similarity (Wang et al. 2004), mean over all masked pixels and frames of its map; 1 for identical movies.

    Frame by frame, Gaussian windows of 11 x 11 pixels (sigma 1.5), k1 = .01, k2 = .03, data range 255. Windows of masked
    pixels near the edge reach up to 5 pixels beyond it, so there the movie outside the mask counts.
    """
    movies = scored_frames(movie_THW, true_THW, mask_HW, skip_frames)
    frames = [_ssim_map(*pair)[mask_HW].mean() for pair in zip(*movies, strict=True)]
    return float(np.mean(frames))


def paper_global_ssim(
    movie_THW: Movie, true_THW: Movie, mask_HW: Mask, skip_frames: int = 0
) -> float:
    """The paper's "SSIM", which is no standard one: a single window over all masked pixels and frames, k1 = k2 = 1.

    Constants of 255^2 swamp luminance and contrast, so it saturates near 1: independent noise over all grey levels scores 6/7.
    The covariance is the sample's, the standard deviations the population's: identical movies score a little above 1.
    """
    # paper: 4.4, literally
    found, true = (p.ravel() for p in scored_pair(movie_THW, true_THW, mask_HW, skip_frames))
    c1 = c2 = WHITE**2
    c3 = c2 / 2
    luminance = (2 * found.mean() * true.mean() + c1) / (found.mean() ** 2 + true.mean() ** 2 + c1)
    contrast = (2 * found.std() * true.std() + c2) / (found.var() + true.var() + c2)
    structure = (np.cov(found, true)[0, 1] + c3) / (found.std() * true.std() + c3)
    return float(luminance * contrast * structure)


def _ssim_map(frame_HW: np.ndarray, true_HW: np.ndarray) -> np.ndarray:
    settings = {"gaussian_weights": True, "sigma": SIGMA_PX, "use_sample_covariance": False}
    return structural_similarity(frame_HW, true_HW, data_range=WHITE, full=True, **settings)[1]
