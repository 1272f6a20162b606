"""One movie from the movies of several members."""

import json
from dataclasses import asdict
from pathlib import Path

import h5py
import numpy as np
from scipy.ndimage import gaussian_filter

from reconstruct.settings import BLACK, WHITE, SmoothingSettings
from recordings.files import replace_when_done


def average_movies(movies: list[np.ndarray]) -> np.ndarray:
    """Pixel-wise mean of the members' movies, each clipped to the grey scale."""
    return np.mean([np.clip(movie, BLACK, WHITE) for movie in movies], axis=0, dtype=np.float64)


def smooth_movie(movie_THW: np.ndarray, settings: SmoothingSettings) -> np.ndarray:
    """Gaussian over time, height and width; borders reflected."""
    sigma = (settings.sigma_frames, settings.sigma_px, settings.sigma_px)
    return gaussian_filter(movie_THW.astype(np.float64), sigma)


def write_ensemble(output: str | Path, members: list[str], settings: SmoothingSettings) -> None:
    """The ensemble of every clip: movie_THW, the plain mean, and smoothed_THW."""
    movies = zip(*(read_movies(path) for path in members), strict=True)
    with replace_when_done(output) as temporary, h5py.File(temporary, "w") as file:
        file.attrs["settings"] = json.dumps(asdict(settings), sort_keys=True)
        for index, clip in enumerate(movies):
            mean = average_movies(list(clip))
            group = file.create_group(f"clip-{index}")
            for name, movie in (
                ("movie_THW", mean),
                ("smoothed_THW", smooth_movie(mean, settings)),
            ):
                group.create_dataset(name, data=movie.astype(np.float32), compression="gzip")


def read_movies(path: str | Path, name: str = "movie_THW") -> list[np.ndarray]:
    """One dataset of every clip, in clip order."""
    with h5py.File(path, "r") as file:
        return [file[f"clip-{index}"][name][:] for index in range(len(file))]
