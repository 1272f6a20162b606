"""The Poisson loss that trains encoders and reconstructs movies."""

from jaxtyping import Float
from torch import Tensor

EPSILON = 1e-8


def poisson_points(rate: Float[Tensor, "*B"], response: Float[Tensor, "*B"]) -> Float[Tensor, "*B"]:
    """p - r log(p + 1e-8) of every neuron and frame, without the term that ignores p."""
    return rate - response * (rate + EPSILON).log()


def poisson_loss(
    rate: Float[Tensor, "B N T"], response: Float[Tensor, "B N T"]
) -> Float[Tensor, " B"]:
    """The mean over neurons and frames."""
    return poisson_points(rate, response).mean(dim=(-2, -1))
