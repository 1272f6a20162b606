"""Training of one member: Poisson loss, CutMix, AdamW, an average of the weights, resume bit for bit."""

import copy
import logging
import math
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from models.checkpoint import MemberDescription, save_member
from models.data import Batch, MouseData, draw_batch, stream_batches, summarise_training
from models.device import choose_device
from models.encoder import Encoder, predict_trial, stack_inputs, weights_digest
from models.loss import poisson_loss
from models.registry import build_encoder
from models.settings import TrainingSettings
from recordings.csv_table import write_table
from recordings.progress import report_progress
from recordings.resume import Resume

logger = logging.getLogger(__name__)
NEGLIGIBLE = 1e-9
"""share of a neuron's power below which its variance is rounding"""


@dataclass(frozen=True)
class TrainingJob:
    """Where a member and its curve go, and how an interrupted training is found again."""

    output: Path
    curve: Path
    code: str
    """hash of the training code: a run is never resumed by another code"""
    checkpoint_s: float


def train_member(
    mice: dict[str, MouseData],
    description: MemberDescription,
    job: TrainingJob,
    teacher: Encoder | None = None,
) -> None:
    """Train; write the member and its curve by update and mouse."""
    data = {mouse: mouse_data.content for mouse, mouse_data in mice.items()}
    fingerprint = {**asdict(description), "data": data, "code": job.code}
    fingerprint["teacher"] = weights_digest(teacher) if teacher else None
    resume = Resume(job.output, fingerprint, job.checkpoint_s)
    run = TrainingRun(mice, description, choose_device(), teacher)
    state = resume.load()
    if state is not None:
        logger.info("resuming at update %d", state["update"])
        run.load_state(state)
    updates = range(run.update, run.settings.num_updates)
    batches = stream_batches(run.draw, updates)
    title = f"training {description.encoder}, seed {description.seed}"
    for batch in report_progress(batches, title, len(updates)):
        run.step(batch)
        resume.save_when_due(run.state)
    write_table(job.curve, pd.DataFrame(run.curve))
    save_member(job.output, run.average, description)
    resume.clear()


def describe_member(
    encoder: str, settings: dict, training: dict, seed: int, mice: dict[str, MouseData]
) -> MemberDescription:
    """A member for these mice."""
    num_neurons = {mouse: data.recording.num_neurons for mouse, data in mice.items()}
    return MemberDescription(encoder, dict(settings), dict(training), seed, num_neurons)


class TrainingRun:
    """The state of a training in progress and its one step."""

    def __init__(
        self,
        mice: dict[str, MouseData],
        description: MemberDescription,
        device: str,
        teacher: Encoder | None = None,
    ):
        self.mice, self.device = mice, device
        self.settings = settings = TrainingSettings(**description.training_settings)
        self.seed, self.update, self.curve = description.seed, 0, []
        torch.manual_seed(self.seed)
        self.encoder = build_encoder(
            description.encoder, description.encoder_settings, description.num_neurons
        )
        self.encoder.initialise(lambda mouse: summarise_training(mice[mouse]))
        self.encoder.to(device)
        self.teacher = teacher.to(device) if teacher else None
        self.average = copy.deepcopy(self.encoder).eval().requires_grad_(False)
        self.optimiser = torch.optim.AdamW(
            self.encoder.parameters(), lr=1.0, weight_decay=settings.weight_decay, fused=True
        )
        self.losses: dict[str, list[float]] = {mouse: [] for mouse in mice}

    def draw(self, update: int) -> Batch:
        return draw_batch(self.mice, self.encoder.spec, self.settings, self.seed, update)

    def step(self, batch: Batch) -> None:
        """One update, then the average, then validation when due."""
        s = self.settings
        torch.manual_seed(self.seed * 1_000_003 + self.update)
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(s, self.update)
        self.encoder.train()
        loss = self._loss(batch)
        if not math.isfinite(loss.item()):
            raise ValueError(
                f"distillation loss is {loss.item()} at update {self.update}; lower the learning rate"
            )
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        self._update_average()
        self.update += 1
        if self.update % s.validate_every_updates == 0 or self.update == s.num_updates:
            self._validate()

    def _loss(self, batch: Batch) -> Tensor:
        """Of a clip: summed over neurons and frames; mean over all clips, each with the readout of its mouse."""
        inputs = batch.inputs_BCTHW.to(self.device)
        clips = dict.fromkeys(self.mice, slice(None)) if self.teacher else batch.clips
        mixed = self.settings.mixed_precision and self.device != "cpu"
        with torch.autocast("cuda", torch.bfloat16, enabled=mixed):
            rates = self.encoder.predict_mice(inputs, clips)
        own = {m: rates[m][batch.clips[m]] if self.teacher else rates[m] for m in batch.clips}
        losses = {
            mouse: self._clip_losses(mouse, own[mouse], response_BNT.to(self.device))
            for mouse, response_BNT in batch.responses.items()
        }
        self._note_losses(losses)
        loss = torch.cat(list(losses.values())).mean()
        if self.teacher is None:
            return loss
        share = self.settings.distillation_share
        return (1 - share) * loss + share * self._distilled_loss(inputs, batch.clips, rates)

    def _clip_losses(self, mouse: str, rate_BNT: Tensor, response_BNT: Tensor) -> Tensor:
        """Poisson loss of each clip, summed over its neurons and scored frames."""
        scale = self.encoder.response_scale(mouse).to(self.device)
        scored = slice(self.encoder.spec.warmup_frames, None)
        rate_BNT = (rate_BNT.float() / scale)[..., scored]
        response_BNT = (response_BNT / scale)[..., scored]
        return poisson_loss(rate_BNT, response_BNT) * rate_BNT[0].numel()

    def _note_losses(self, losses: dict[str, Tensor]) -> None:
        """Keep each mouse's loss per neuron and frame for the curve; stop where it is no number."""
        frames = self.encoder.spec.clip_frames - self.encoder.spec.warmup_frames
        means = torch.stack([losses_B.detach().mean() for losses_B in losses.values()]).tolist()
        for mouse, mean in zip(losses, means, strict=True):
            if not math.isfinite(mean):
                raise ValueError(
                    f"training loss is {mean} for mouse {mouse} at update {self.update}; "
                    "lower models.training.<encoder>.learning_rate"
                )
            self.losses[mouse].append(mean / frames / self.encoder.num_neurons[mouse])

    def _distilled_loss(
        self, inputs: Tensor, clips: dict[str, slice], rates: dict[str, Tensor]
    ) -> Tensor:
        """The same loss to the teacher's rates of the mice that did not see a clip, mean over those mice."""
        with torch.no_grad():
            targets = self.teacher.predict_mice(inputs, dict.fromkeys(rates, slice(None)))
        total = torch.zeros((), device=self.device)
        for mouse, rate_BNT in rates.items():
            losses_B = self._clip_losses(mouse, rate_BNT, targets[mouse].float())
            own = losses_B[clips[mouse]].sum() if mouse in clips else 0.0
            total = total + losses_B.sum() - own
        return total / len(inputs) / (len(rates) - 1)

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
    """Single-trial correlation over all validation frames, mean over neurons whose response varies.

    A neuron that is predicted to be constant counts as 0.
    """
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
    predicted, varies = xx - x**2 > NEGLIGIBLE * xx, yy - y**2 > NEGLIGIBLE * yy
    norm = np.sqrt(np.where(predicted & varies, (xx - x**2) * (yy - y**2), 1))
    correlation = np.where(predicted, (xy - x * y) / norm, 0)
    return float(np.mean(correlation[varies])) if varies.any() else math.nan
