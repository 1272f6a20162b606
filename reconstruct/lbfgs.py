"""Limited-memory BFGS for a batch of clips, one evaluation an iteration: a step that does not descend enough is cut.

Every clip accepts or cuts its own steps, so clips do not influence each other. Reference: Nocedal & Wright, Numerical
Optimization, algorithms 7.4 (two loops) and 3.1 (backtracking), with quadratic interpolation.
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from reconstruct.descent import Evaluation, State

ARMIJO = 1e-4
ROUNDING = 1e-7
"""relative error of a loss, which no step can improve on"""
FIRST_STEP = 10.0
"""length of the first step, when nothing is known of the curvature: ten standard deviations of the prior"""
VANISHED, PARABOLA = 0.01, 0.25
"""a step that leaves less than this share of the gradient must have lowered the loss by more than this share of what the slope promised:
at the bottom of a parabola it is half, in an all-white movie, which has no gradient to leave it by, almost nothing"""
SMALLEST_CUT, LARGEST_CUT = 0.1, 0.5
"""a refused step shrinks to a share of itself between these"""
HISTORY = 8
FLATTEST = 1e-10
"""a pair of steps and gradients with less curvature is not remembered"""


def lbfgs_update(state: State, evaluation: Evaluation) -> None:
    """Accept or cut the last step of every clip and propose the next one."""
    point_BD, gradient_BD = state.params.flatten(1), evaluation.gradient.flatten(1)
    memory = state.memory or start_memory(point_BD, gradient_BD, evaluation.value_B)
    ends_B = gradient_BD.norm(dim=1) < VANISHED * memory["gradient"].norm(dim=1)
    descends_B = descends_enough(memory, evaluation.value_B, ends_B)
    accepted_B = descends_B | (state.iteration == 0)
    cut_B = cut_step(memory, evaluation.value_B)
    for clip in accepted_B.nonzero()[:, 0].tolist():
        remember(memory, clip, point_BD[clip], gradient_BD[clip])
        memory["value"][clip] = evaluation.value_B[clip].double()
        memory["direction"][clip] = find_direction(memory, clip)
        slope = dot(memory["gradient"][clip], memory["direction"][clip])
        memory["slope"][clip] = slope.clamp(max=0.0)
    known_B = memory["curvature"].any(1)
    length_B = memory["direction"].norm(dim=1)
    fresh_B = torch.where(known_B, 1.0, (FIRST_STEP / length_B).clamp(max=1.0))
    memory["step"], memory["accepted"] = torch.where(accepted_B, fresh_B, cut_B), accepted_B
    state.memory = memory
    next_BD = memory["base"] + memory["step"][:, None] * memory["direction"]
    state.params = next_BD.view_as(state.params)


def accepted_params(state: State) -> Tensor:
    """The best point that each clip has reached; `state.params` is only being tried."""
    return state.memory["base"].view_as(state.params) if state.memory else state.params


def start_memory(point_BD: Tensor, gradient_BD: Tensor, value_B: Tensor) -> dict[str, Tensor]:
    num_clips, size = point_BD.shape
    pairs = point_BD.new_zeros(num_clips, HISTORY, size)
    zeros_B = point_BD.new_zeros(num_clips)
    return {
        "base": point_BD.clone(),
        "gradient": gradient_BD.clone(),
        "direction": torch.zeros_like(point_BD),
        "value": value_B.double().clone(),
        "slope": zeros_B,
        "step": zeros_B.clone(),
        "steps": pairs,
        "changes": pairs.clone(),
        "curvature": pairs[..., 0].clone(),
    }


def descends_enough(
    memory: dict[str, Tensor], value_B: Tensor, ends_B: Bool[Tensor, " B"]
) -> Bool[Tensor, " B"]:
    """Whether the loss fell by the share that a step owes of what the slope promised; more where it leaves no gradient."""
    before_B, share_B = memory["value"], torch.where(ends_B, PARABOLA, ARMIJO)
    allowed_B = before_B + share_B * memory["step"] * memory["slope"] + ROUNDING * before_B.abs()
    return value_B.double() <= allowed_B


def cut_step(memory: dict[str, Tensor], value_B: Tensor) -> Float[Tensor, " B"]:
    """Where the parabola through the two losses and the slope is lowest."""
    step_B, slope_B = memory["step"], memory["slope"]
    rise_B = (value_B.double() - memory["value"]).to(step_B) - slope_B * step_B
    lowest_B = -slope_B * step_B**2 / (2 * rise_B)
    lowest_B = torch.where(torch.isfinite(lowest_B), lowest_B, 0.0)
    return torch.clamp(lowest_B, SMALLEST_CUT * step_B, LARGEST_CUT * step_B)


def remember(memory: dict[str, Tensor], clip: int, point: Tensor, gradient: Tensor) -> None:
    """Move the base of a clip; keep the step and the change of the gradient where the loss curves upwards."""
    step, change = point - memory["base"][clip], gradient - memory["gradient"][clip]
    memory["base"][clip], memory["gradient"][clip] = point, gradient
    product = dot(step, change)
    if product > FLATTEST * dot(change, change):
        for name, value in (("steps", step), ("changes", change), ("curvature", product)):
            pairs = memory[name][clip]
            for place in range(HISTORY - 1):
                pairs[place] = pairs[place + 1]
            pairs[-1] = value


def find_direction(memory: dict[str, Tensor], clip: int) -> Float[Tensor, " D"]:
    """Minus the gradient times the inverse of the remembered curvature; plain descent where none is known."""
    steps, changes, curvature = (memory[name][clip] for name in ("steps", "changes", "curvature"))
    inverse = torch.where(curvature > 0, 1 / curvature.clamp(min=1e-30), 0.0)
    rest = memory["gradient"][clip].clone()
    shares = []
    for pair in reversed(range(HISTORY)):
        share = inverse[pair] * dot(steps[pair], rest)
        rest -= share * changes[pair]
        shares.append(share)
    size = dot(changes[-1], changes[-1])
    rest *= torch.where(size > 0, curvature[-1] / size.clamp(min=1e-30), 1.0)
    for pair, share in zip(range(HISTORY), reversed(shares), strict=True):
        rest += (share - inverse[pair] * dot(changes[pair], rest)) * steps[pair]
    return -rest


def dot(x: Float[Tensor, " D"], y: Float[Tensor, " D"]) -> Float[Tensor, ""]:
    return (x * y).sum()
