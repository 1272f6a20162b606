"""`masks.alpha.method: robust`, the default: the pixels that the members need, until validation clips are explained.

From alpha 0, every step adds the mean gain of many clips through several members, blurred and with momentum, and stays in
0..1. Gain: minus the gradient of the error of the predicted responses, each neuron in units of its variance. How far it has
come is seen on clips that no step uses: explained = (error at alpha 0 - error now) / (error at alpha 0 - error at alpha 1).
"""

import logging
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from masks.blend import blend, gaussian_blur
from masks.settings import RobustAlphaSettings
from models.data import MouseData
from models.encoder import Encoder, add_behavior, predict_windows
from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH, Recording

logger = logging.getLogger(__name__)
NUM_VALIDATION_BATCHES = 4
NUM_VARIANCE_TRIALS = 32
SILENT_SHARE = 1e-6
"""of the median variance: in units of less, a neuron that rounding alone moves would outweigh all others"""
NUM_FIRST_BATCHES = 4
"""whose gain at alpha 0 sets the size of a step"""
FIRST, STEPS, VALIDATION = 0, 1, 2
"""purposes that draw clips of their own"""


@dataclass(frozen=True)
class Clips:
    """Movies to uncover and to cover them with, and what was recorded to the first."""

    foreground_BTHW: Tensor
    background_BTHW: Tensor
    behavior_BCT: Tensor
    responses_BNT: Tensor


def draw_clips(
    encoder: Encoder, recording: Recording, trials: list[int], num_clips: int, seed: tuple[int, ...]
) -> Clips:
    """From anywhere in any two different trials; a function of the seed alone."""
    if len(trials) < 2:
        raise ValueError(f"{len(trials)} trials; blending two movies needs at least 2 in every set")
    generator = np.random.default_rng(seed)
    length = encoder.spec.window_frames
    stacks: list[list] = [[], [], [], []]
    for _ in range(num_clips):
        one, other = generator.choice(trials, 2, replace=False)
        last = min(recording.num_valid_frames(int(t)) for t in (one, other)) - length
        start = int(generator.integers(0, last + 1))
        clip = recording.frames(int(one), start, start + length)
        background = recording.frames(int(other), start, start + length).video_THW
        arrays = (clip.video_THW, background, clip.behavior_CT, clip.responses_NT)
        for stack, array in zip(stacks, arrays, strict=True):
            stack.append(array)
    return Clips(*(torch.from_numpy(np.stack(stack)) for stack in stacks))


@dataclass(frozen=True)
class RobustAlpha:
    """What the steps of one mouse's mask share."""

    encoders: tuple[Encoder, ...]
    mouse: str
    data: MouseData
    settings: RobustAlphaSettings
    device: str = "cpu"

    def start(self) -> dict:
        """Alpha 0, the gain there, and the errors that the explained share lies between."""
        state = {"variance_N": self.measure_variance(), "losses": [], "explained": []}
        batches = [self.draw((FIRST, number)) for number in range(NUM_FIRST_BATCHES)]
        nowhere_HW = torch.zeros(SCREEN_HEIGHT, SCREEN_WIDTH)
        variance_N = state["variance_N"]
        gains = [self.gain(nowhere_HW, clips, variance_N)[0] for clips in batches]
        covered, shown = (self.validation_error(nowhere_HW + a, variance_N) for a in (0.0, 1.0))
        if not np.isfinite([covered, shown]).all():
            raise ValueError(
                f"the error on validation clips is {covered} at alpha 0, {shown} at alpha 1"
            )
        if covered <= shown:
            logger.info(
                "the members predict validation clips no better from the movie that was shown (error %.4g) than from "
                "another one (%.4g): all steps are run, and the mask means little; train the members longer",
                *(shown, covered),
            )
        drift_HW = torch.stack(gains).mean(0)
        unit = float(drift_HW.abs().max()) or 1.0
        state |= {"alpha": nowhere_HW, "drift": drift_HW, "unit": unit}
        return state | {"covered": covered, "shown": shown}

    def measure_variance(self) -> Float[Tensor, " N"]:
        """Of the responses of every neuron; infinite for one that hardly ever changes."""
        trials = self.data.training[:NUM_VARIANCE_TRIALS]
        responses = [self.data.recording.trial(trial).responses_NT for trial in trials]
        variance_N = np.concatenate(responses, axis=1).var(axis=1, dtype=np.float64)
        silent_N = variance_N <= SILENT_SHARE * np.median(variance_N)
        return torch.from_numpy(np.where(silent_N, np.inf, variance_N)).float()

    def step(self, state: dict) -> None:
        settings, number = self.settings, len(state["losses"])
        variance_N = state["variance_N"]
        gain_HW, loss = self.gain(state["alpha"], self.draw((STEPS, number)), variance_N)
        momentum = settings.momentum
        state["drift"] = momentum * state["drift"] + (1 - momentum) * gain_HW
        change_HW = state["drift"] / state["unit"] - settings.size_penalty
        state["alpha"] = (state["alpha"] + settings.step * change_HW).clamp(0, 1)
        state["losses"].append(loss)
        error = self.validation_error(state["alpha"], variance_N)
        known = state["covered"] - state["shown"]
        state["explained"].append((state["covered"] - error) / known if known > 0 else float("nan"))

    def finished(self, state: dict) -> bool:
        found = state["explained"]
        return bool(found) and found[-1] >= self.settings.explained_share

    def draw(self, purpose: tuple[int, int]) -> Clips:
        data = self.data
        trials = data.validation if purpose[0] == VALIDATION else data.training
        seed = (self.settings.seed, *purpose)
        return draw_clips(
            self.encoders[0], self.data.recording, trials, self.settings.batch_clips, seed
        )

    def gain(
        self, alpha_HW: Tensor, clips: Clips, variance_N: Tensor
    ) -> tuple[Float[Tensor, "H W"], float]:
        """Minus the gradient of the error, blurred; the error."""
        total_HW, total = torch.zeros_like(alpha_HW), 0.0
        for encoder in self.encoders:
            leaf_HW = alpha_HW.to(self.device).clone().requires_grad_()
            error = self.error(encoder, leaf_HW, clips, variance_N)
            (gradient_HW,) = torch.autograd.grad(error, leaf_HW)
            total_HW, total = total_HW - gradient_HW.cpu(), total + float(error.detach())
        count = len(self.encoders)
        return gaussian_blur(total_HW / count, self.settings.blur_sigma_px), total / count

    @cached_property
    def validation(self) -> list[Clips]:
        """The same clips after every step."""
        return [self.draw((VALIDATION, number)) for number in range(NUM_VALIDATION_BATCHES)]

    @torch.no_grad()
    def validation_error(self, alpha_HW: Tensor, variance_N: Tensor) -> float:
        alpha_HW = alpha_HW.to(self.device)
        errors = [
            float(self.error(encoder, alpha_HW, clips, variance_N))
            for clips in self.validation
            for encoder in self.encoders
        ]
        return sum(errors) / len(errors)

    def error(self, encoder: Encoder, alpha_HW: Tensor, clips: Clips, variance_N: Tensor) -> Tensor:
        """Mean over neurons of the squared error in units of the neuron's variance."""
        spec = encoder.spec
        movie = blend(
            alpha_HW, clips.foreground_BTHW.to(self.device), clips.background_BTHW.to(self.device)
        )
        inputs = add_behavior(spec.place(movie), clips.behavior_BCT.to(self.device))
        rates = predict_windows(encoder, inputs, self.mouse)
        scored = torch.from_numpy(spec.scored)
        error = (rates - clips.responses_BNT.to(self.device))[..., scored]
        return (error.square() / variance_N.to(self.device)[:, None]).mean()
