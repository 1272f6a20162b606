"""In-silico receptive fields: what a member predicts when patches of sparse noise come and go.

Every stimulus gives each neuron three rates: before, during and after the patch, means over frames. `masks.locate` makes
fields of the rates of all members.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from masks.sparse_noise import SparseNoise, parts
from models.data import MouseData
from models.encoder import ClipSpec, Encoder, add_behavior, predict_trials, weights_digest
from recordings.hdf5 import new_hdf5
from recordings.progress import report_progress
from recordings.resume import Resume


@dataclass(frozen=True)
class FieldMapping:
    """One member's view of one mouse: what it is shown, and how."""

    encoder: Encoder
    mouse: str
    noise: SparseNoise
    behavior_C: Float[Tensor, " C"]
    """shown all the time: its mean over the training trials"""
    stride_frames: int
    """between the windows that predict a stimulus; a frame is the mean over the clips that score it"""
    batch: int
    """stimuli at once"""
    device: str = "cpu"

    def __post_init__(self):
        spec, noise = self.encoder.spec, self.noise
        if noise.num_frames < spec.window_frames:
            raise ValueError(
                f"masks.fields: stimuli of {noise.num_frames} frames; the encoder needs at least {spec.window_frames}"
            )
        if noise.before_frames <= first_scored(spec):
            raise ValueError(
                f"masks.fields.before_frames {noise.before_frames}: the encoder predicts nothing in the first "
                f"{first_scored(spec)} frames"
            )
        if not 1 <= self.stride_frames <= int(spec.scored.sum()):
            raise ValueError(
                f"masks.fields.stride_frames {self.stride_frames}: a window predicts {int(spec.scored.sum())} frames"
            )

    @torch.no_grad()
    def respond(self, part: slice) -> Float[Tensor, "S N 3"]:
        """Mean rates before, during and after some of the stimuli."""
        spec, noise = self.encoder.spec, self.noise
        movies = spec.place(noise.movies(part)).to(self.device)
        behavior_CT = self.behavior_C.to(self.device)[:, None].expand(-1, noise.num_frames)
        inputs = add_behavior(movies, behavior_CT.expand(len(movies), -1, -1))
        stride, clips = self.stride_frames, spec.frame_step
        rates_SNT = predict_trials(self.encoder, inputs, self.mouse, stride, clips)
        rates_STN = rates_SNT.mT.contiguous()
        before = slice(first_scored(spec), noise.before_frames)
        windows = (before, noise.during, noise.after)
        return torch.stack([rates_STN[:, window].mean(1) for window in windows], dim=2)


def first_scored(spec: ClipSpec) -> int:
    return int(np.argmax(spec.scored))


def field_mapping(
    encoder: Encoder, mouse: str, data: MouseData, settings: dict, device: str
) -> FieldMapping:
    """From the config's stimulus settings and the behaviour of the training trials."""
    shown = dict(settings)
    stride_frames, batch = shown.pop("stride_frames"), shown.pop("batch_stimuli")
    behavior_C = mean_behavior(map(data.recording.behavior, data.training))
    noise = SparseNoise(**shown)
    return FieldMapping(encoder, mouse, noise, behavior_C, stride_frames, batch, device)


def map_fields(mapping: FieldMapping, output: Path, code: str, checkpoint_s: float) -> None:
    """Show all stimuli and write the rates of all neurons."""
    fingerprint = {
        "noise": asdict(mapping.noise),
        "behavior": mapping.behavior_C.tolist(),
        "windows": [mapping.stride_frames, mapping.batch],
        "encoder": weights_digest(mapping.encoder),
        "code": code,
    }
    resume = Resume(output, fingerprint, checkpoint_s)
    total = int(np.prod(mapping.noise.shape))
    num_neurons = mapping.encoder.num_neurons[mapping.mouse]
    state = resume.load() or {"done": 0, "rates": torch.zeros(total, num_neurons, 3)}
    remaining = [part for part in parts(total, mapping.batch) if part.start >= state["done"]]
    for part in report_progress(remaining, f"receptive fields of mouse {mapping.mouse}"):
        rates = mapping.respond(part).cpu()
        if not torch.isfinite(rates).all():
            raise ValueError(
                f"mouse {mapping.mouse}: the encoder predicts values that are not finite; train or load it again"
            )
        state["rates"][part], state["done"] = rates, part.stop
        resume.save_when_due(lambda: state)
    write_rates(output, state["rates"], mapping.noise)
    resume.clear()


def write_rates(output: Path, rates_SN3: Float[Tensor, "S N 3"], noise: SparseNoise) -> None:
    """The rates in the three windows, and where the patches lay."""
    with new_hdf5(output) as file:
        file["rows_px"], file["columns_px"] = noise.rows_px, noise.columns_px
        rates = rates_SN3.view(*noise.shape, *rates_SN3.shape[1:]).numpy()
        chunks = (1, 1, *rates.shape[2:])
        data = file.create_dataset("rates_PRCNW", data=rates, chunks=chunks, compression="gzip")
        data.attrs["axes"] = "phase (off, on), row, column of the patch, neuron, window"
        data.attrs["windows"] = "before, during, after the patch"


def mean_behavior(behavior: Iterable[Float[np.ndarray, "C T"]]) -> Float[Tensor, " C"]:
    """Of every channel over the frames of all trials."""
    total, count = 0.0, 0
    for behavior_CT in behavior:
        total, count = total + behavior_CT.astype(np.float64).sum(1), count + behavior_CT.shape[1]
    return torch.from_numpy(total / count).float()
