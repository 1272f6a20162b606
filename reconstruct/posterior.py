"""`method: map`, the default: the most probable movie under the Poisson likelihood and the prior of natural movies.

Minimised over the white numbers z of the prior (`reconstruct.prior`), from z = 0, the mean frame:

    loss(movie(z)) / unit + weight * |z|^2 / 2

loss: p - r log(p + 1e-8) summed over neurons and frames. unit: the responses' variance over their mean, which is 1 for
counts, and responses are no counts. weight: of the prior, chosen with the moment to stop by the loss of held-out
neurons; no step ever looks at the movie that was shown.
"""

from dataclasses import replace

import torch

from models.encoder import Encoder
from reconstruct.descent import Problem
from reconstruct.likelihood import Chunk, Likelihood, sum_over_frames
from reconstruct.prior import GaussianPrior
from reconstruct.target import Target
from reconstruct.windows import starts_for


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
    starts = starts_for(spec, target.num_frames, stride_frames)
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


def in_units_of_counts(target: Target) -> Target:
    """The loss of each clip divided by variance over mean of the responses that count in it, all neurons together."""
    weight_BN, responses_BNT = target.weight_BN, target.responses_BNT
    mean_B = (responses_BNT.mean(2) * weight_BN).sum(1)
    variance_B = (responses_BNT.var(2, correction=0) * weight_BN).sum(1)
    if not ((mean_B > 0) & (variance_B > 0)).all():
        raise ValueError("the responses never change, so no movie can be told from them")
    return replace(target, weight_BN=weight_BN * (mean_B / variance_B)[:, None])
