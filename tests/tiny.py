"""Tiny recordings in the Sensorium layout and stand-in encoders with known answers."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import h5py
import numpy as np
import torch

from models.encoder import ClipSpec, Encoder
from recordings.reader import Recording, Trial

GOLDEN = Path(__file__).parent / "golden"
"""numbers of the published code; its README.md says what they are"""
NUM_NEURONS, NUM_FRAMES, PADDED_FRAMES = 5, 40, 44
SHOWS = {
    0: ("train", 0),
    1: ("train", 1),
    2: ("oracle", 100),
    4: ("train", 2),
    5: ("train", 3),
    8: ("oracle", 101),
    9: ("train", 4),
    11: ("oracle", 100),
}
"""tier and movie of each trial number; 3, 6, 7 and 10 do not exist"""


def golden(name: str) -> dict[str, np.ndarray]:
    """One group of the published code's numbers."""
    with h5py.File(GOLDEN / "numbers.h5") as file:
        return {key: dataset[()] for key, dataset in file[name].items()}


def golden_trial(mouse: int, trial: int, frames: slice) -> Trial:
    """What was shown to the published code and recorded in some frames of a trial; no response is below zero."""
    recorded = golden("trials")
    parts = {
        name: recorded[f"mouse{mouse}_trial{trial}_{name}"]
        for name in ("videos", "behavior", "pupil_center", "responses")
    }
    behavior_CT = np.concatenate([parts["behavior"], parts["pupil_center"]])[:, frames]
    responses_NT = np.maximum(parts["responses"][:, frames], 0)
    return Trial(trial, parts["videos"][frames], responses_NT, behavior_CT)


def golden_pair() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A random reconstruction, ground truth and mask that the published code scored."""
    rng = np.random.default_rng(3)
    truth_THW = rng.uniform(0, 255, (50, 36, 64))
    noise_THW = rng.standard_normal(truth_THW.shape)
    movie_THW = np.clip(0.5 * truth_THW + 60 + 40 * noise_THW, 0, 255)
    return movie_THW, truth_THW, golden("metrics")["mask"] >= 1


def make_movie(movie: int, num_frames: int = NUM_FRAMES) -> np.ndarray:
    """Frames (T, 36, 64) of independent grey levels, the same for the same movie."""
    shape = (num_frames, 36, 64)
    return np.random.default_rng([7, movie]).uniform(0, 255, shape).astype(np.float32)


def noise_responses(video_THW: np.ndarray, number: int) -> np.ndarray:
    """Responses that have nothing to do with the movie."""
    rng = np.random.default_rng([8, number])
    return rng.gamma(1.0, 2.0, (NUM_NEURONS, len(video_THW))).astype(np.float32)


def write_recording(
    folder: Path,
    shows: dict[int, tuple[str, int]] = SHOWS,
    respond: Callable[[np.ndarray, int], np.ndarray] = noise_responses,
    num_frames: int = NUM_FRAMES,
) -> Recording:
    """Write a recording whose trials end in PADDED_FRAMES - NUM_FRAMES frames of NaN."""
    tiers = np.full(max(shows) + 1, "none", dtype="<U16")
    for number, (tier, movie) in shows.items():
        tiers[number] = tier
        video_THW = make_movie(movie, num_frames)
        write_trial(folder, number, video_THW, respond(video_THW, number))
    save(folder / "meta/trials/tiers.npy", tiers)
    return Recording(folder)


def write_trial(folder: Path, number: int, video_THW: np.ndarray, responses_NT: np.ndarray) -> None:
    """Write the four arrays of one trial, padded with NaN."""
    behavior_CT = make_behavior(number, len(video_THW))
    arrays = {
        "videos": video_THW.transpose(1, 2, 0),
        "responses": responses_NT,
        "behavior": behavior_CT[:2],
        "pupil_center": behavior_CT[2:],
    }
    for modality, values in arrays.items():
        blank = np.full((*values.shape[:-1], PADDED_FRAMES - NUM_FRAMES), np.nan, np.float32)
        padded = np.concatenate([values, blank], axis=-1).astype(np.float32)
        save(folder / f"data/{modality}/{number}.npy", padded)


def make_behavior(number: int, num_frames: int = NUM_FRAMES) -> np.ndarray:
    """Pupil size, running speed, pupil centre x and y."""
    rng = np.random.default_rng([9, number])
    middle = np.array([[40.0], [10.0], [150.0], [140.0]])
    return (middle + rng.normal(0, 3, (4, num_frames))).astype(np.float32)


def save(path: Path, values: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, values, allow_pickle=False)


def make_trial(
    number: int, video_THW: np.ndarray, respond: Callable[[np.ndarray], np.ndarray]
) -> Trial:
    """A trial in memory, its responses computed from the video."""
    return Trial(number, video_THW, respond(video_THW), make_behavior(number, len(video_THW)))


class LinearEncoder(Encoder):
    """Rate = offset + weights times pixels + weights times behaviour, frame by frame."""

    def __init__(
        self,
        weight_NHW: torch.Tensor,
        spec: ClipSpec,
        offset: float = 0.5,
        behavior_weight: float = 0.0,
        mouse: str = "A",
    ):
        super().__init__()
        self.register_buffer("weight_NHW", spec.place(weight_NHW.float(), padding=0.0))
        self.spec, self.num_neurons = spec, {mouse: len(weight_NHW)}
        self.offset, self.behavior_weight = offset, behavior_weight
        self.calls = 0

    def forward(self, inputs, mouse):
        assert mouse in self.num_neurons
        self.calls += 1
        drive = torch.einsum("bthw,nhw->bnt", inputs[:, 0], self.weight_NHW)
        behavior_B1T = inputs[:, 1:].mean((-2, -1)).sum(1, keepdim=True)
        return drive + self.behavior_weight * behavior_B1T + self.offset

    def respond(self, video_THW: np.ndarray, number: int = 0) -> np.ndarray:
        """What the neurons answer to a movie on the screen, without behaviour."""
        weight_NHW = self.weight_NHW[:, *self.spec.screen].numpy()
        rates = np.einsum("thw,nhw->nt", video_THW, weight_NHW) + self.offset
        return rates.astype(np.float32)


def read_pixels(pixels: list[tuple[int, int]]) -> torch.Tensor:
    """Weights (N, 36, 64) of neurons that read one pixel each: 1 at black + 255."""
    weight_NHW = torch.zeros(len(pixels), 36, 64)
    for neuron, (row, column) in enumerate(pixels):
        weight_NHW[neuron, row, column] = 1 / 255
    return weight_NHW


class Interrupted(Exception):
    """A job was killed."""


def stop_after(num_items: int) -> Callable[..., Iterator]:
    """A `report_progress` that is interrupted once so many items are done."""

    def report_progress(iterable: Iterable, title: str, total: int | None = None) -> Iterator:
        for index, item in enumerate(iterable):
            if index == num_items:
                raise Interrupted
            yield item

    return report_progress
