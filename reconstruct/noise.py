"""How far each neuron strays from what the encoders expect of it: in these units its word counts in the likelihood.

The dispersion, mean squared error of the prediction over mean response, is 1 for counts and a perfect encoder. Recorded
events have arbitrary units, neurons differ in noise, and encoders err; all three are in it.
"""

import logging

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from models.encoder import Encoder, predict_trial, stack_inputs
from reconstruct.target import check_trial
from recordings.reader import Trial

logger = logging.getLogger(__name__)
ROUNDING = 1e-6
"""deviation, as a share of the mean, that is none"""
UNEXPLAINED = 0.01
"""of the responses' variance: no encoder is believed to explain more than the rest of it"""


@torch.no_grad()
def measure_noise(
    encoders: tuple[Encoder, ...], mouse: str, trials: list[Trial], device: str = "cpu"
) -> Float[Tensor, " N"]:
    """Dispersion of every neuron on trials that no encoder was trained on; infinite for one that never changes."""
    spec, num_neurons = encoders[0].spec, encoders[0].num_neurons[mouse]
    stride, skipped = int(spec.scored.sum()), int(np.argmax(spec.scored))
    responses, squares_N = [], 0.0
    for trial in trials:
        check_trial(trial, num_neurons, len(trial.video_THW))
        responses_NT = torch.from_numpy(trial.responses_NT).to(device)[:, skipped:].double()
        responses.append(responses_NT)
        for encoder in encoders:
            inputs = stack_inputs(trial, spec).to(device)
            expected_NT = predict_trial(encoder, inputs, mouse, stride)[:, skipped:]
            if not torch.isfinite(expected_NT).all():
                raise ValueError(
                    f"trial {trial.number}: an encoder predicts values that are not finite; train or load it again"
                )
            squares_N = squares_N + (responses_NT - expected_NT).square().sum(1) / len(encoders)
    every_NT = torch.cat(responses, dim=1)
    noise_N = dispersion(squares_N / every_NT.shape[1], every_NT).float()
    if not torch.isfinite(noise_N).all():
        silent = int(torch.isinf(noise_N).sum())
        logger.info(
            "%d of %d neurons never change in %d validation trials and count nothing",
            *(silent, num_neurons, len(trials)),
        )
    return noise_N


def dispersion(error_N: Float[Tensor, " N"], responses_NT: Float[Tensor, "N T"]) -> Tensor:
    """From the mean squared error."""
    mean_N, variance_N = responses_NT.mean(1), responses_NT.var(1, correction=0)
    constant_N = variance_N <= (ROUNDING * mean_N).square()
    says_nothing_N = constant_N | (mean_N <= 0)
    if says_nothing_N.all():
        raise ValueError("the responses never change in the validation trials")
    noise_N = torch.maximum(error_N, UNEXPLAINED * variance_N) / mean_N
    return torch.where(says_nothing_N, torch.inf, noise_N)
