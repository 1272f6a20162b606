"""The Poisson loss that trains encoders and reconstructs movies."""

from jaxtyping import Float
from torch import Tensor

EPSILON = 1e-8


def poisson_loss(
    rate: Float[Tensor, "B N T"], response: Float[Tensor, "B N T"]
) -> Float[Tensor, " B"]:
    """Mean over neurons and frames of p - r log(p + 1e-8), without the term that ignores p."""
    return (rate - response * (rate + EPSILON).log()).mean(dim=(-2, -1))
