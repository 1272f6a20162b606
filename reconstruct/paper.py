"""`method: paper`: the published descent, on the encoder's whole canvas (method 1.2 and 1.3, with its quirks)."""

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from models.encoder import ClipSpec, Encoder
from models.loss import poisson_points
from reconstruct.descent import Evaluation, Problem, State
from reconstruct.likelihood import Chunk, Likelihood, mean_over_windows, squared_points
from reconstruct.settings import BLACK, GREY, POISSON, SQUARED, WHITE, PaperSettings
from reconstruct.target import Target, average_neurons
from reconstruct.windows import starts_for
from recordings.reader import Trial

SECOND_MOMENT_DECAY = 0.999
POINTS = {POISSON: poisson_points, SQUARED: squared_points}


def paper_problem(
    encoders: tuple[Encoder, ...],
    target: Target,
    mask_HW: Tensor,
    settings: PaperSettings,
    chunk: Chunk,
) -> Problem:
    """Movies are their own parameters; `mask_HW` spans the canvas."""
    spec = encoders[0].spec
    starts = starts_for(spec, target.num_frames, settings.window_stride_frames)
    target = average_neurons(target)
    windows = mean_over_windows(encoders[0], target, starts)
    likelihood = Likelihood(encoders, target, windows, POINTS[settings.loss], chunk)
    fit = likelihood.normalised if settings.normalise_gradient else likelihood.multiplied
    return Problem(lambda movies: movies * 1, fit, mask_HW)


def start_movies(trials: list[Trial], spec: ClipSpec, settings: PaperSettings) -> Tensor:
    """The first movies on the canvas; drawn on the CPU."""
    shape = (len(trials), len(trials[0].video_THW), spec.canvas_height, spec.canvas_width)
    generator = torch.Generator().manual_seed(settings.seed)
    if settings.start == "grey":
        return torch.full(shape, GREY)
    if settings.start == "noise":
        return stretch(torch.randn(shape, generator=generator))
    if settings.start == "static_noise":
        frame = torch.randn((len(trials), 1, *shape[2:]), generator=generator)
        return stretch(frame).expand(shape).clone()
    # paper: black padding takes part in the stretch, so a movie without black keeps its lower end.
    shown = spec.place(torch.from_numpy(np.stack([trial.video_THW for trial in trials])), BLACK)
    if settings.start == "first_frame":
        return stretch(shown[:, :1]).expand(shape).clone()
    return stretch(shown)


def stretch(movies: Tensor) -> Tensor:
    """Each movie's values over the whole range from black to white."""
    flat = movies.flatten(1)
    low, high = (edge[:, None, None, None] for edge in (flat.amin(1), flat.amax(1)))
    return BLACK + (WHITE - BLACK) * (movies - low) / (high - low).clamp(min=1e-9)


def momentum_update(settings: PaperSettings) -> Callable[[State, Evaluation], None]:
    """Momentum on normalised gradients, bias-corrected twice, no second moment; then black..white."""

    def update(state: State, evaluation: Evaluation) -> None:
        # paper: the first gradient is discarded, t runs one ahead, and the first moment is corrected twice (6.1).
        if state.iteration == 0:
            state.memory["velocity"] = torch.zeros_like(state.params)
        else:
            velocity, gradient = state.memory["velocity"], evaluation.gradient.clamp(-1, 1)
            velocity.mul_(settings.momentum).add_(gradient, alpha=1 - settings.momentum)
            state.params = state.params - velocity * step_size(settings, state.iteration)
        state.params = state.params.clamp(BLACK, WHITE)
        if settings.decay_to_grey:
            state.params.add_(GREY - state.params, alpha=settings.decay_to_grey)

    return update


def step_size(settings: PaperSettings, iteration: int) -> float:
    """What the velocity is multiplied with at an iteration (method 1.3, step 6)."""
    warmup = min(1.0, iteration / max(1, settings.warmup_iterations))
    t = iteration + 1
    correction = math.sqrt(1 - SECOND_MOMENT_DECAY**t) / (1 - settings.momentum**t) ** 2
    return settings.learning_rate * warmup * correction
