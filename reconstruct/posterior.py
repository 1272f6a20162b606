"""`method: map`, the default: the most probable movie under the Poisson likelihood and the prior of natural movies.

Minimised over the white numbers z of the prior (`reconstruct.prior`), from z = 0, the mean frame:

    loss(movie(z)) / unit + weight * |z|^2 / 2

loss: p - r log(p + 1e-8) summed over neurons and frames. unit: the responses' variance over their mean, the size of one
event, since responses are not counts. weight: of the prior, chosen with the moment to stop by the loss of held-out
neurons; no step ever looks at the movie that was shown.
"""

from dataclasses import replace

import numpy as np
import torch

from models.encoder import Encoder
from reconstruct.descent import Problem
from reconstruct.likelihood import Chunk, Likelihood, sum_over_frames
from reconstruct.prior import GaussianPrior
from reconstruct.target import Target
from reconstruct.windows import window_starts
from recordings.reader import Trial


def map_problem(
    encoders: tuple[Encoder, ...],
    target: Target,
    prior: GaussianPrior,
    weight: float,
    stride_frames: int,
    chunk: Chunk,
) -> Problem:
    """The white numbers are the parameters; all of the screen is free, the rest of the canvas stays as in training."""
    spec = encoders[0].spec
    starts = window_starts(target.num_frames, spec.window_frames, stride_frames)
    likelihood = Likelihood(
        encoders, target, sum_over_frames(encoders[0], target, starts), chunk=chunk
    )
    everywhere = torch.ones(spec.canvas_height, spec.canvas_width, device=prior.mean_HW.device)
    return Problem(
        lambda white: spec.place(prior.movie_of(white)),
        likelihood.summed,
        everywhere,
        lambda white: prior.energy(white, weight),
    )


def event_size(trials: list[Trial]) -> float:
    """Variance over mean of the responses, all neurons together."""
    variance = np.mean([trial.responses_NT.var(axis=1).mean() for trial in trials])
    mean = np.mean([trial.responses_NT.mean() for trial in trials])
    if not mean > 0:
        raise ValueError("the responses are zero throughout, so no movie can be told from them")
    return float(variance / mean)


def in_events(target: Target, unit: float) -> Target:
    """The same target with its loss in units of events."""
    return replace(target, weight_BN=target.weight_BN / unit)
