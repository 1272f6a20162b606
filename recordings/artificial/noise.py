"""Movies of Gaussian noise whose smoothness in space and in time is known exactly."""

from functools import cache

import numpy as np
from jaxtyping import Float

from recordings.artificial.settings import NoiseSettings
from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH

MEAN, SPREAD = 127.5, 51.0
"""grey level and its standard deviation that noise, and then the whole movie, is scaled to"""
PADDING = 125.0
WHITE = 255.0
STREAM = 7
"""keeps these draws apart from others with the same seed"""


def noise_movie(
    settings: NoiseSettings, spatial_px: int, temporal_frames: int, repetition: int
) -> Float[np.ndarray, "T H W"]:
    """One movie, 0..255: a function of seed, lengths and repetition, whatever else is made."""
    first, after = settings.patch_columns_px
    rng = np.random.default_rng(
        [settings.seed, STREAM, int(spatial_px), int(temporal_frames), repetition]
    )
    shape = (settings.num_frames, SCREEN_HEIGHT, after - first)
    # paper: 4.7 z-scores all its noise together; here mean 0 and deviation 1 are those of the process, not of a sample.
    patch_THW = MEAN + SPREAD * correlated_noise(shape, spatial_px, temporal_frames, rng)
    around = ((0, 0), (0, 0), (first, SCREEN_WIDTH - after))
    movie_THW = np.pad(patch_THW, around, constant_values=PADDING)
    # paper: the padding counts in the second z-score, so that the patch has 4/3 of the spread (4.7).
    movie_THW = MEAN + SPREAD * (movie_THW - movie_THW.mean()) / movie_THW.std()
    return movie_THW.clip(0, WHITE).astype(np.float32)


def correlated_noise(
    shape_THW: tuple[int, int, int],
    spatial_px: int,
    temporal_frames: int,
    rng: np.random.Generator,
) -> Float[np.ndarray, "T H W"]:
    """Draw a stationary Gaussian process of variance 1 with covariance exp(-dt^2 / 2 Lt^2) exp(-dr^2 / 2 Ls^2).

    Exact on its grid: nothing wraps around and nothing changes towards an edge.
    """
    over_time, over_rows, over_columns = (
        covariance_root(length, size)
        for length, size in zip((temporal_frames, spatial_px, spatial_px), shape_THW, strict=True)
    )
    white_THW = rng.standard_normal(shape_THW)
    smooth_THW = over_rows @ white_THW @ over_columns
    return (over_time @ smooth_THW.reshape(shape_THW[0], -1)).reshape(shape_THW)


@cache
def covariance_root(length: int, size: int) -> np.ndarray:
    """The symmetric root of exp(-d^2 / 2 length^2) on a line; unlike other roots it is unique, on every machine."""
    if length == 0:
        return np.eye(size)
    places = np.arange(size)
    covariance = np.exp(-((places[:, None] - places) ** 2) / (2 * length**2))
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(values.clip(0))) @ vectors.T
