"""Training of one member: Poisson loss, AdamW, an average of the weights, resume bit for bit."""

import copy
import logging
import math
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from models.checkpoint import MemberDescription, save_member
from models.data import Batch, MouseData, draw_batch, summarise_training
from models.device import choose_device
from models.encoder import Encoder, predict_trial, stack_inputs
from models.loss import poisson_loss
from models.registry import build_encoder
from models.settings import TrainingSettings
from recordings.progress import report_progress
from recordings.resume import Resume

logger = logging.getLogger(__name__)
NEGLIGIBLE = 1e-9
"""share of a neuron's power below which its variance is rounding"""


def train_member(
    mice: dict[str, MouseData],
    description: MemberDescription,
    output: Path,
    code: str,
    checkpoint_s: float,
) -> pd.DataFrame:
    """Train, write the member to `output`, return its curve by update and mouse.

    `code` is a hash of the training code: a run is never resumed by another code.
    """
    settings = TrainingSettings(**description.training_settings)
    data = {mouse: mouse_data.content for mouse, mouse_data in mice.items()}
    fingerprint = {**asdict(description), "data": data, "code": code}
    resume = Resume(output, fingerprint, checkpoint_s)
    run = TrainingRun(mice, description, settings, choose_device())
    state = resume.load()
    if state is not None:
        logger.info("resuming at update %d", state["update"])
        run.load_state(state)
    updates = range(run.update, settings.num_updates)
    for _ in report_progress(updates, f"training member, seed {description.seed}"):
        run.step()
        resume.save_when_due(run.state)
    save_member(output, run.average, description)
    resume.clear()
    return pd.DataFrame(run.curve)


def describe_member(
    encoder: str, settings: dict, training: dict, seed: int, mice: dict[str, MouseData]
) -> MemberDescription:
    """A member for these mice."""
    num_neurons = {mouse: data.recording.num_neurons for mouse, data in mice.items()}
    return MemberDescription(encoder, dict(settings), dict(training), seed, num_neurons)


class TrainingRun:
    """The state of a training in progress and its one step."""

    def __init__(self, mice, description: MemberDescription, settings: TrainingSettings, device):
        self.mice, self.settings, self.device = mice, settings, device
        self.seed, self.update, self.curve = description.seed, 0, []
        torch.manual_seed(self.seed)
        self.encoder = build_encoder(
            description.encoder, description.encoder_settings, description.num_neurons
        )
        self.encoder.initialise(lambda mouse: summarise_training(mice[mouse]))
        self.encoder.to(device)
        self.average = copy.deepcopy(self.encoder).eval().requires_grad_(False)
        self.optimiser = torch.optim.AdamW(
            self.encoder.parameters(), lr=1.0, weight_decay=settings.weight_decay
        )
        self.losses: dict[str, list[float]] = {mouse: [] for mouse in mice}

    def step(self) -> None:
        """One update on clips of one mouse, then the average, then validation when due."""
        s = self.settings
        batch = draw_batch(self.mice, self.encoder.spec, s.batch_clips, self.seed, self.update)
        torch.manual_seed(self.seed * 1_000_003 + self.update)
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(s, self.update)
        self.encoder.train()
        loss = self._loss(batch)
        if not torch.isfinite(loss):
            raise ValueError(
                f"training loss is {loss.item()} for mouse {batch.mouse} at update {self.update}; "
                "lower models.training.learning_rate"
            )
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.encoder.parameters(), 1.0)
        self.optimiser.step()
        self._update_average()
        self.losses[batch.mouse].append(loss.item())
        self.update += 1
        if self.update % s.validate_every_updates == 0 or self.update == s.num_updates:
            self._validate()

    def _loss(self, batch: Batch) -> torch.Tensor:
        rates = self.encoder(batch.inputs_BCTHW.to(self.device), batch.mouse)
        scale = self.encoder.response_scale(batch.mouse).to(self.device)
        first = self.encoder.spec.warmup_frames
        target = batch.responses_BNT.to(self.device)
        return poisson_loss((rates / scale)[..., first:], (target / scale)[..., first:]).mean()

    @torch.no_grad()
    def _update_average(self) -> None:
        decay = min(self.settings.ema_decay, (1 + self.update) / (10 + self.update))
        for kept, new in zip(
            self.average.state_dict().values(), self.encoder.state_dict().values(), strict=True
        ):
            if kept.is_floating_point():
                kept.lerp_(new, 1 - decay)
            else:
                kept.copy_(new)

    def _validate(self) -> None:
        for mouse, data in self.mice.items():
            correlation = validation_correlation(self.average, mouse, data, self.device)
            losses = self.losses[mouse]
            loss = float(np.mean(losses)) if losses else math.nan
            self.losses[mouse] = []
            logger.info(
                "update %d mouse %s: training loss %.4f, validation correlation %.4f",
                *(self.update, mouse, loss, correlation),
            )
            self.curve.append(
                {
                    "update": self.update,
                    "mouse": mouse,
                    "training_loss": loss,
                    "validation_correlation": correlation,
                }
            )

    def state(self) -> dict:
        return {
            "update": self.update,
            "curve": self.curve,
            "losses": self.losses,
            "encoder": self.encoder.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
        }

    def load_state(self, state: dict) -> None:
        self.update, self.curve, self.losses = state["update"], state["curve"], state["losses"]
        self.encoder.load_state_dict(state["encoder"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])


def learning_rate(settings: TrainingSettings, update: int) -> float:
    """Linear warm-up, then a cosine to a hundredth."""
    if update < settings.warmup_updates:
        return settings.learning_rate * (update + 1) / settings.warmup_updates
    rest = max(1, settings.num_updates - settings.warmup_updates)
    fraction = (update - settings.warmup_updates) / rest
    return settings.learning_rate * (0.01 + 0.99 * (1 + math.cos(math.pi * fraction)) / 2)


@torch.no_grad()
def validation_correlation(encoder: Encoder, mouse: str, data: MouseData, device: str) -> float:
    """Single-trial correlation over all validation frames, mean over neurons with any response."""
    spec, sums = encoder.spec, 0.0
    stride = (spec.clip_frames - spec.warmup_frames) * spec.frame_step
    first = spec.warmup_frames * spec.frame_step
    for number in data.validation:
        trial = data.recording.trial(number)
        rate_NT = predict_trial(encoder, stack_inputs(trial, spec).to(device), mouse, stride)
        x = rate_NT[:, first:].cpu().numpy().astype(np.float64)
        y = trial.responses_NT[:, first:].astype(np.float64)
        count = np.full(len(x), x.shape[1])
        sums = sums + np.stack([v.sum(1) for v in (x, y, x * x, y * y, x * y)] + [count])
    x, y, xx, yy, xy = sums[:5] / sums[5]
    norm = np.sqrt(np.maximum((xx - x**2) * (yy - y**2), 0))
    varies = norm > NEGLIGIBLE * np.sqrt(xx * yy)
    return float(np.mean((xy - x * y)[varies] / norm[varies])) if varies.any() else math.nan
