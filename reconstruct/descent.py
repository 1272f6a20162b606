"""The one loop that optimises movies: parameterisation, likelihood, prior, mask, update rule, stop and observer are passed in."""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from jaxtyping import Float
from torch import Tensor


@dataclass
class State:
    """All that the next iteration depends on; the first axis of every tensor is the clip."""

    params: Tensor
    iteration: int = 0
    memory: dict[str, Tensor] = field(default_factory=dict)
    """what the update rule remembers"""


@dataclass(frozen=True)
class Fit:
    """How well movies explain the responses, and the direction that would explain them better."""

    loss_B: Tensor
    gradient_BTHW: Tensor
    terms: dict[str, Tensor] = field(default_factory=dict)
    """per clip, to log"""


@dataclass(frozen=True)
class Evaluation:
    """What an update rule may know."""

    value_B: Tensor
    gradient: Tensor
    terms: dict[str, Tensor]


@dataclass(frozen=True)
class Problem:
    """What is minimised: the misfit of the movie that the parameters make, plus the prior's energy of the parameters."""

    movie_of: Callable[[Tensor], Float[Tensor, "B T H W"]]
    fit: Callable[[Float[Tensor, "B T H W"]], Fit]
    mask_HW: Tensor
    """what the gradient to the movie is multiplied with"""
    energy: Callable[[Tensor], Float[Tensor, " B"]] | None = None

    def evaluate(self, params: Tensor) -> Evaluation:
        leaf = params.detach().requires_grad_()
        movie = self.movie_of(leaf)
        fit = self.fit(movie.detach())
        (gradient,) = torch.autograd.grad(movie, leaf, fit.gradient_BTHW * self.mask_HW)
        value_B, terms = fit.loss_B, {"loss": fit.loss_B, **fit.terms}
        if self.energy is not None:
            energy_B = self.energy(leaf)
            gradient = gradient + torch.autograd.grad(energy_B.sum(), leaf)[0]
            value_B, terms = value_B + energy_B.detach(), {**terms, "prior": energy_B.detach()}
        terms["gradient_norm"] = terms.get("gradient_norm", gradient.flatten(1).norm(dim=1))
        return Evaluation(value_B.detach(), gradient, terms)


def descend(
    state: State,
    evaluate: Callable[[Tensor], Evaluation],
    update: Callable[[State, Evaluation], None],
    stop: Callable[[State], bool],
    observe: Callable[[State, Evaluation], None],
) -> State:
    """Evaluate, then move, until `stop`; one evaluation an iteration. A term that is not finite stops before the step."""
    while not stop(state):
        evaluation = evaluate(state.params)
        require_finite(evaluation, state.iteration)
        update(state, evaluation)
        state.iteration += 1
        observe(state, evaluation)
    return state


class NotFinite(ValueError):
    """A term of the loss of one clip is not a number."""

    def __init__(self, clip: int, iteration: int, term: str, value: float):
        self.clip = clip
        super().__init__(
            f"iteration {iteration}: {term} is {value}; check the responses, and with method paper lower "
            "reconstruct.paper.learning_rate"
        )


def require_finite(evaluation: Evaluation, iteration: int) -> None:
    for name, values_B in evaluation.terms.items():
        broken = ~torch.isfinite(values_B)
        if broken.any():
            clip = int(broken.nonzero()[0])
            raise NotFinite(clip, iteration, name.replace("_", " "), float(values_B[clip]))
    for clip, gradient in enumerate(evaluation.gradient):
        if not torch.isfinite(gradient).all():
            raise NotFinite(clip, iteration, "gradient", float(gradient.sum()))
