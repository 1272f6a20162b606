"""Transparency masks: how much of each pixel the population needs, found by gradient.

A clip F is blended over the movie B of another trial, alpha * F + (1 - alpha) * B; alpha is moved so that the
prediction from the blend fits the responses recorded to F. Pixels that no neuron sees get no gradient and stay low.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from masks.paper import PaperAlpha
from masks.robust import RobustAlpha
from masks.settings import PaperAlphaSettings, RobustAlphaSettings
from masks.thresholds import explain
from models.data import MouseData
from models.encoder import Encoder, weights_digest
from recordings.hdf5 import new_hdf5
from recordings.progress import report_progress
from recordings.resume import Resume


class AlphaTraining(Protocol):
    """A way to find alpha; the state holds `alpha`, `losses` and whatever else a step needs."""

    def start(self) -> dict: ...
    def step(self, state: dict) -> None: ...
    def finished(self, state: dict) -> bool:
        """Before the last step."""
        ...


@dataclass(frozen=True)
class AlphaJob:
    """The mask of one mouse: what it is found with, and where it goes."""

    encoders: tuple[Encoder, ...]
    mouse: str
    data: MouseData
    settings: RobustAlphaSettings | PaperAlphaSettings
    output: Path
    code: str
    checkpoint_s: float
    device: str = "cpu"

    def run(self) -> None:
        """Find alpha and write it: alpha_HW on the screen, the loss of each step, what validation clips say."""
        try:
            self.train()
        except ValueError as error:
            raise ValueError(f"alpha mask of mouse {self.mouse}: {error}") from error

    def train(self) -> None:
        resume = Resume(self.output, self.fingerprint(), self.checkpoint_s)
        training = self.training()
        state = resume.load() or training.start()
        numbers = range(len(state["losses"]), self.settings.num_steps)
        for number in report_progress(numbers, f"alpha mask of mouse {self.mouse}"):
            if training.finished(state):
                break
            training.step(state)
            if not np.isfinite(state["losses"][-1]):
                raise ValueError(f"loss is {state['losses'][-1]} at step {number}")
            resume.save_when_due(lambda: state)
        self.write(state)
        resume.clear()

    def training(self) -> AlphaTraining:
        shared = (self.mouse, self.data, self.settings, self.device)
        if isinstance(self.settings, PaperAlphaSettings):
            return PaperAlpha(self.encoders[0], *shared)
        alike = [one for one in self.encoders if one.spec == self.encoders[0].spec]
        return RobustAlpha(tuple(alike[: self.settings.num_members]), *shared)

    def fingerprint(self) -> dict:
        return {
            **asdict(self.settings),
            "data": [self.data.content, self.data.training, self.data.validation],
            "encoders": [weights_digest(encoder) for encoder in self.encoders],
            "code": self.code,
        }

    def write(self, state: dict) -> None:
        screen = self.encoders[0].spec.screen
        with new_hdf5(self.output) as file:
            alpha = state["alpha"].cpu().numpy().astype(np.float32)
            # paper: of the frames of a window, which differ by their start only, the first is kept.
            file["alpha_HW"] = alpha if alpha.ndim == 2 else alpha[0, *screen]
            explain(file["alpha_HW"])
            file["loss"] = np.array(state["losses"])
            file["loss"].attrs.update(
                axes="step", meaning="error of the predicted responses, before the step"
            )
            if "explained" in state:
                file["explained"] = np.array(state["explained"])
                meaning = "share of what validation clips tell the members, after the step"
                file["explained"].attrs.update(axes="step", meaning=meaning)
            file.attrs.update(asdict(self.settings))
