"""How much one movie moves, and how many grey levels its frames hold, inside a mask."""

import numpy as np
from jaxtyping import Float
from scipy.special import entr

from evaluate.scored import Mask, Movie, scored_pixels

NUM_BINS, END_OF_BINS = 25, 256.0


def motion_energy(
    movie_THW: Movie, mask_HW: Mask, skip_frames: int = 0
) -> Float[np.ndarray, " T-1"]:
    """Mean |difference| of consecutive frames over the masked pixels, in grey levels, for each step after the skipped frames."""
    pixels_TP = scored_pixels(movie_THW, mask_HW, skip_frames)
    if len(pixels_TP) < 2:
        raise ValueError(
            f"evaluate.skip_frames {skip_frames} leaves one frame of a clip of {len(movie_THW)} frames, which holds no motion; lower it"
        )
    return np.abs(np.diff(pixels_TP, axis=0)).mean(axis=1)


def mean_motion_energy(movie_THW: Movie, mask_HW: Mask, skip_frames: int = 0) -> float:
    """Mean of `motion_energy` over steps."""
    return float(motion_energy(movie_THW, mask_HW, skip_frames).mean())


def entropy(movie_THW: Movie, mask_HW: Mask, skip_frames: int = 0) -> float:
    """Shannon entropy of the grey levels of each frame's masked pixels, mean over frames, in bits: 0..log2(25).

    -sum p log2 p over 25 equal bins of 0..256; few pixels fill few bins, so only masks of about one size compare.
    Raises ValueError for grey levels outside the bins.
    """
    pixels_TP = scored_pixels(movie_THW, mask_HW, skip_frames)
    if pixels_TP.min() < 0 or pixels_TP.max() >= END_OF_BINS:
        raise ValueError(
            f"grey levels {pixels_TP.min():g}..{pixels_TP.max():g} inside the mask, but the bins of the entropy span 0..256; "
            "clip the movie to 0..255"
        )
    bins_TP = np.minimum((pixels_TP * (NUM_BINS / END_OF_BINS)).astype(int), NUM_BINS - 1)
    counts = np.stack([np.bincount(bins_P, minlength=NUM_BINS) for bins_P in bins_TP])
    return float(entr(counts / bins_TP.shape[1]).sum(axis=1).mean() / np.log(2))
