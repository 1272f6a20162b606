"""What the same reconstruction gives when it must fail, and when it must do best."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from torch import Tensor

from models.encoder import ClipSpec, Encoder
from recordings.reader import Trial
from recordings.simulate.truth import load_true_neurons, read_expected_response

TRUE_CLIP_FRAMES = 48
TRUE_WARMUP_FRAMES = 16


def shuffle_neurons(trial: Trial, seed: int) -> Trial:
    """The trial with its responses handed to other neurons: what is left is no picture."""
    order = np.random.default_rng([seed, trial.number]).permutation(len(trial.responses_NT))
    return replace(trial, responses_NT=np.ascontiguousarray(trial.responses_NT[order]))


def remove_noise(trial: Trial, truth_path: str | Path) -> Trial:
    """The trial with the expected responses of the simulated neurons instead of the measured ones."""
    expected_NT = read_expected_response(truth_path, trial.number)
    return replace(trial, responses_NT=np.ascontiguousarray(expected_NT[:, : len(trial.video_THW)]))


def remove_noise_of_all(trials: list[Trial], truth_path: str | Path) -> list[Trial]:
    """The same for many trials."""
    return [remove_noise(trial, truth_path) for trial in trials]


class TrueEncoder(Encoder):
    """The simulated neurons themselves, behind the encoders' interface: the upper bound."""

    def __init__(self, truth_path: str | Path, mouse: str):
        super().__init__()
        self.neurons = load_true_neurons(truth_path)
        self.spec = ClipSpec(TRUE_CLIP_FRAMES, warmup_frames=TRUE_WARMUP_FRAMES)
        self.num_neurons = {mouse: len(self.neurons.gain_N)}
        self.eval().requires_grad_(False)

    def forward(self, inputs: Tensor, mouse: str) -> Tensor:
        return self.neurons(inputs)
