"""What movies look like before any neuron is heard: a Gaussian with the mean frame and the spectrum of the training movies.

The spectrum is that of the cosine transform over time, rows and columns, in which natural movies are nearly uncorrelated
and no edge is joined to the opposite one. A movie is mean + transform of (white numbers times amplitudes), so the prior's
energy is half the sum of the squared white numbers.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import torch
from jaxtyping import Float
from scipy.fft import dctn
from torch import Tensor

from reconstruct.settings import BLACK, WHITE
from recordings.hdf5 import new_hdf5
from recordings.reader import Recording
from recordings.selection import TRAINING

SMALLEST_POWER = 1e-6
"""of a coefficient, in squared grey levels; natural movies stay above it"""


@dataclass(frozen=True)
class GaussianPrior:
    """Movies of one length from white numbers (B, T, 36, 64)."""

    mean_HW: Float[Tensor, "H W"]
    amplitude_THW: Float[Tensor, "T H W"]

    def movie_of(self, white_BTHW: Float[Tensor, "B T H W"]) -> Float[Tensor, "B T H W"]:
        """The movie, cut off at black and white."""
        return self.unclipped(white_BTHW).clamp(BLACK, WHITE)

    def unclipped(self, white_BTHW: Tensor) -> Tensor:
        coefficients = white_BTHW * self.amplitude_THW
        time, height, width = (
            cosines(length, str(white_BTHW.device)) for length in coefficients.shape[1:]
        )
        frames = height.T @ coefficients @ width
        return (time.T @ frames.flatten(2)).view_as(frames) + self.mean_HW

    def energy(self, white_BTHW: Tensor, weight: float = 1.0) -> Float[Tensor, " B"]:
        return 0.5 * weight * white_BTHW.square().flatten(1).sum(1)


@lru_cache
def cosines(length: int, device: str) -> Float[Tensor, "K L"]:
    """The orthonormal cosine transform (type II) of an axis as a matrix."""
    place = torch.arange(length, dtype=torch.float64)
    matrix = torch.cos(torch.pi * (place + 0.5) * place[:, None] / length)
    matrix *= (2 / length) ** 0.5
    matrix[0] /= 2**0.5
    return matrix.float().to(device)


@dataclass(frozen=True)
class Spectrum:
    """Mean frame and power of each coefficient of movies of some length."""

    mean_HW: np.ndarray
    power_THW: np.ndarray

    def prior(self, num_frames: int, device: str) -> GaussianPrior:
        """For movies of another length, between the nearest temporal frequencies."""
        known = np.arange(len(self.power_THW)) / len(self.power_THW)
        wanted = np.arange(num_frames) / num_frames
        right = (
            np.clip(np.searchsorted(known, wanted), 1, len(known) - 1) if len(known) > 1 else None
        )
        logs = np.log(np.maximum(self.power_THW, SMALLEST_POWER))
        if right is None:
            chosen = np.repeat(logs, num_frames, axis=0)
        else:
            share = (wanted - known[right - 1]) / (known[right] - known[right - 1])
            share = np.clip(share, 0, 1)[:, None, None]
            chosen = (1 - share) * logs[right - 1] + share * logs[right]
        amplitude = torch.from_numpy(np.exp(chosen / 2)).float().to(device)
        return GaussianPrior(torch.from_numpy(self.mean_HW).float().to(device), amplitude)


def measure_spectrum(movies: Iterable[np.ndarray], num_frames: int) -> tuple[Spectrum, int]:
    """From the first `num_frames` frames of every movie that has so many; the number of those movies."""
    total, squares, mean, count = 0.0, 0.0, 0.0, 0
    for movie_THW in movies:
        if len(movie_THW) < num_frames:
            continue
        movie = movie_THW[:num_frames].astype(np.float64)
        coefficients = dctn(movie, norm="ortho")
        total, squares = total + coefficients, squares + coefficients**2
        mean, count = mean + movie.mean(axis=0), count + 1
    if count < 2:
        raise ValueError(
            f"{count} training movies have {num_frames} frames; the prior needs at least 2: lower "
            "reconstruct.max_frames"
        )
    mean_HW = mean / count
    still = np.broadcast_to(mean_HW, (num_frames, *mean_HW.shape))
    centre = dctn(still, norm="ortho")
    power = (squares - 2 * centre * total) / count + centre**2
    return Spectrum(mean_HW, np.maximum(power, 0)), count


def training_movies(sets: pd.DataFrame, recordings: dict[str, str]) -> Iterator[np.ndarray]:
    """Every training movie once, whichever mouse saw it first."""
    rows = sets[sets["set"] == TRAINING].drop_duplicates("video")
    for mouse, folder in recordings.items():
        recording = Recording(Path(folder))
        for trial in sorted(rows[rows.mouse == mouse].trial):
            yield recording.trial(int(trial)).video_THW


def common_length(sets: pd.DataFrame, max_frames: int) -> int:
    """So many frames, at most `max_frames`, that half of the training trials have them."""
    return min(max_frames, int(sets[sets["set"] == TRAINING].num_frames.median()))


def write_spectrum(path: str | Path, spectrum: Spectrum, num_movies: int) -> None:
    with new_hdf5(path) as file:
        file.attrs["num_movies"] = num_movies
        file["mean_HW"] = spectrum.mean_HW.astype(np.float32)
        file.create_dataset("power_THW", data=spectrum.power_THW, dtype="f4", compression="gzip")


def read_spectrum(path: str | Path) -> Spectrum:
    with h5py.File(path, "r") as file:
        return Spectrum(
            file["mean_HW"][:].astype(np.float64), file["power_THW"][:].astype(np.float64)
        )
