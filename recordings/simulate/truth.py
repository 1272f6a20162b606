"""What is known about a simulated mouse and about no real one, kept beside its recording."""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import h5py
import numpy as np

from recordings.hdf5 import new_hdf5
from recordings.settings import SimulationSettings
from recordings.simulate.fields import NeuronParameters, coverage
from recordings.simulate.movies import Clip
from recordings.simulate.neurons import TrueNeurons

COMPRESSION = {"compression": "gzip", "compression_opts": 1, "shuffle": True}


@dataclass(frozen=True)
class Truth:
    """A simulated mouse as it really is."""

    settings: SimulationSettings
    neurons: NeuronParameters
    coverage_HW: np.ndarray
    """how much of the population sees each pixel, 1 where most do"""
    reliability_N: np.ndarray
    """correlation of expected and measured response over the training trials"""
    trial_numbers_R: np.ndarray
    trial_clips_R: np.ndarray
    """index of the clip that each trial showed"""
    clip_tiers: tuple[str, ...]
    clip_photographs: tuple[tuple[str, ...], ...]

    @property
    def centers_px_N2(self) -> np.ndarray:
        """Row and column of each field's centre."""
        return self.neurons.center_px_N2


def build_truth(
    settings: SimulationSettings,
    neurons: NeuronParameters,
    reliability_N: np.ndarray,
    clips: list[Clip],
    shown: dict[int, int],
) -> Truth:
    """Collect the truth; `shown` maps trial numbers to clip indices."""
    return Truth(
        settings,
        neurons,
        coverage(neurons),
        reliability_N.astype(np.float32),
        np.array(list(shown.keys())),
        np.array(list(shown.values())),
        tuple(clip.tier for clip in clips),
        tuple(clip.photographs for clip in clips),
    )


def write_truth(path: Path, truth: Truth, expected_RNT: list[np.ndarray]) -> None:
    """Store the truth and the expected response of every trial, in the order of trial_numbers_R."""
    with new_hdf5(path) as file:
        file.attrs["settings"] = json.dumps(asdict(truth.settings))
        for name in ("coverage_HW", "reliability_N", "trial_numbers_R", "trial_clips_R"):
            file[name] = getattr(truth, name)
        names = [json.dumps(photographs) for photographs in truth.clip_photographs]
        file.create_dataset("clip_photographs", data=names, dtype=h5py.string_dtype())
        file.create_dataset("clip_tiers", data=truth.clip_tiers, dtype=h5py.string_dtype())
        for field in fields(NeuronParameters):
            file[f"neurons/{field.name}"] = getattr(truth.neurons, field.name)
        shape = (len(expected_RNT), *expected_RNT[0].shape)
        stored = file.create_dataset(
            "expected_RNT", shape, np.float32, chunks=(1, *shape[1:]), **COMPRESSION
        )
        for row, expected_NT in enumerate(expected_RNT):
            stored[row] = expected_NT


def read_truth(path: Path) -> Truth:
    """Read everything but the expected responses."""
    with _open(path) as file:
        arrays = [
            file[name][()]
            for name in ("coverage_HW", "reliability_N", "trial_numbers_R", "trial_clips_R")
        ]
        photographs = [tuple(json.loads(names)) for names in file["clip_photographs"].asstr()]
        return Truth(
            SimulationSettings(**json.loads(file.attrs["settings"])),
            _read_neurons(file),
            *arrays,
            tuple(file["clip_tiers"].asstr()),
            tuple(photographs),
        )


def read_expected_response(path: Path, trial: int) -> np.ndarray:
    """Expected response (N, T) of one trial, also of a hidden one."""
    with _open(path) as file:
        rows = np.flatnonzero(file["trial_numbers_R"][()] == trial)
        if len(rows) == 0:
            raise ValueError(f"{path}: no trial {trial}; use one of trial_numbers_R")
        return file["expected_RNT"][int(rows[0])]


def load_true_neurons(path: Path) -> TrueNeurons:
    """The neurons that made the responses, as a differentiable model."""
    with _open(path) as file:
        return TrueNeurons(_read_neurons(file)).eval()


def _read_neurons(file: h5py.File) -> NeuronParameters:
    return NeuronParameters(
        **{field.name: file[f"neurons/{field.name}"][()] for field in fields(NeuronParameters)}
    )


def _open(path: Path) -> h5py.File:
    try:
        return h5py.File(path, "r")
    except OSError:
        raise ValueError(
            f"{path}: no truth file of a simulated mouse; simulate the mouse again"
        ) from None
