"""The gradient descent on the movie: one loop, everything passed in."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from reconstruct.objective import GradientResult
from reconstruct.settings import BLACK, WHITE, DescentSettings

SECOND_MOMENT_DECAY = 0.999


@dataclass
class DescentState:
    """All that the next iteration depends on."""

    movie_THW: Tensor
    velocity_THW: Tensor
    iteration: int = 0

    def to(self, device: str) -> "DescentState":
        movie, velocity = self.movie_THW.to(device), self.velocity_THW.to(device)
        return DescentState(movie, velocity, self.iteration)


def descend(
    state: DescentState,
    gradient_of: Callable[[Tensor], GradientResult],
    step: Callable[[DescentState, Tensor], None],
    mask_HW: Tensor,
    num_iterations: int,
    observe: Callable[[DescentState, GradientResult], None],
) -> DescentState:
    """Move the movie inside the mask until `num_iterations`; a non-finite loss stops before the step."""
    while state.iteration < num_iterations:
        result = gradient_of(state.movie_THW)
        if not (math.isfinite(result.loss) and math.isfinite(result.gradient_norm)):
            raise ValueError(
                f"iteration {state.iteration}: Poisson loss {result.loss}, gradient norm "
                f"{result.gradient_norm}; lower reconstruct.descent.learning_rate or check the responses"
            )
        step(state, result.gradient_THW * mask_HW)
        state.movie_THW.clamp_(BLACK, WHITE)
        state.iteration += 1
        observe(state, result)
    return state


def momentum_step(settings: DescentSettings) -> Callable[[DescentState, Tensor], None]:
    """The published update: momentum on normalised gradients, bias-corrected twice, no second moment."""

    def step(state: DescentState, gradient_THW: Tensor) -> None:
        # paper: the first gradient is discarded, t runs one ahead, and the first moment is corrected twice (6.1).
        if state.iteration == 0:
            return
        state.velocity_THW.mul_(settings.momentum).add_(gradient_THW, alpha=1 - settings.momentum)
        state.movie_THW.sub_(state.velocity_THW * step_size(settings, state.iteration))

    return step


def step_size(settings: DescentSettings, iteration: int) -> float:
    """What the velocity is multiplied with at an iteration (method 1.3, step 6)."""
    warmup = min(1.0, iteration / max(1, settings.warmup_iterations))
    t = iteration + 1
    correction = math.sqrt(1 - SECOND_MOMENT_DECAY**t) / (1 - settings.momentum**t) ** 2
    return settings.learning_rate * warmup * correction
