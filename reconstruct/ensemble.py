"""One movie from the movies of several members."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

import h5py
import numpy as np
from scipy.ndimage import gaussian_filter

from reconstruct.movies import MOVIES, ClipFile, read_clip
from reconstruct.settings import BLACK, WHITE, SmoothingSettings

SMOOTHED, SPREAD = "smoothed", "spread"


def average_movies(movies: list[np.ndarray]) -> np.ndarray:
    """Pixel-wise mean of the members' movies, each clipped to the grey scale."""
    return np.mean([np.clip(movie, BLACK, WHITE) for movie in movies], axis=0, dtype=np.float64)


def smooth_movie(movie_THW: np.ndarray, settings: SmoothingSettings) -> np.ndarray:
    """Gaussian over time, height and width; borders reflected."""
    sigma = (settings.sigma_frames, settings.sigma_px, settings.sigma_px)
    return gaussian_filter(movie_THW.astype(np.float64), sigma)


def write_ensemble(output: str | Path, members: list[str], settings: SmoothingSettings) -> None:
    """Of every clip the mean of the members (`movies`), the mean smoothed (`smoothed`), and the members' `spread`."""

    def clips(files: list[h5py.File]) -> Iterator[dict[str, np.ndarray]]:
        for clip in range(len(files[0]["trial"])):
            movies = [read_clip(file, clip) for file in files]
            mean = average_movies(movies)
            spread = np.std(movies, axis=0, dtype=np.float64)
            yield {MOVIES: mean, SMOOTHED: smooth_movie(mean, settings), SPREAD: spread}

    with ExitStack() as stack:
        files = [stack.enter_context(h5py.File(path, "r")) for path in members]
        trials, num_frames = (files[0][name][:].tolist() for name in ("trial", "num_frames"))
        for path, file in zip(members, files, strict=True):
            if file["trial"][:].tolist() != trials:
                raise ValueError(
                    f"{path} holds trials {file['trial'][:].tolist()}, {members[0]} holds {trials}; delete "
                    "both and run snakemake again"
                )
        attributes = {"settings": json.dumps(asdict(settings), sort_keys=True)}
        ClipFile(trials, num_frames, attributes).write(output, clips(files))
