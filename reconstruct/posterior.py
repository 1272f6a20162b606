"""`method: map`, the default: the most probable movie under the Poisson likelihood and the prior of natural movies.

Minimised over the white numbers z of the prior (`reconstruct.prior`), from z = 0, the mean frame:

    sum over neurons of loss(movie(z)) / noise + weight * |z|^2 / 2

loss: p - r log(p + 1e-8) summed over frames. noise: the neuron's dispersion (`reconstruct.noise`). weight: of the prior,
chosen with the moment to stop by the loss of held-out neurons; no step ever looks at the movie that was shown.
"""

from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

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


def in_units_of_noise(target: Target, noise_N: Float[Tensor, " N"]) -> Target:
    """The loss of every neuron divided by its noise; clips in which nothing responds are refused."""
    if not (target.responses_BNT.amax(2) * target.weight_BN > 0).any(1).all():
        raise ValueError("nothing responds, so no movie can be told from the responses")
    return replace(target, weight_BN=target.weight_BN / noise_N)
