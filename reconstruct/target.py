"""What movies should explain: the responses of one mouse to several clips of one length."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from recordings.reader import Trial


@dataclass(frozen=True)
class Target:
    """Responses and behaviour of clips, and how much each neuron counts in the loss."""

    mouse: str
    responses_BNT: Float[Tensor, "B N T"]
    behavior_BCT: Float[Tensor, "B C T"]
    weight_BN: Float[Tensor, "B N"]
    """of each neuron in the loss"""
    held_out_BN: Float[Tensor, "B N"]
    """of each neuron in the held-out loss, which nothing descends"""

    @property
    def num_frames(self) -> int:
        return self.responses_BNT.shape[-1]


def make_target(mouse: str, trials: list[Trial], num_neurons: int, device: str = "cpu") -> Target:
    """The responses to clips of one length; every neuron counts 1."""
    for trial in trials:
        check_trial(trial, num_neurons, len(trials[0].video_THW))
    responses = np.stack([trial.responses_NT for trial in trials])
    behavior = np.stack([trial.behavior_CT for trial in trials])
    return Target(
        mouse,
        torch.from_numpy(responses).to(device),
        torch.from_numpy(behavior).to(device),
        torch.ones(len(trials), num_neurons, device=device),
        torch.zeros(len(trials), num_neurons, device=device),
    )


def check_trial(trial: Trial, num_neurons: int, num_frames: int) -> None:
    """Refuse responses and behaviour that no movie can be fitted to."""
    if num_neurons == 0:
        raise ValueError(f"trial {trial.number}: no neurons, so nothing can be reconstructed")
    for name, values, rows in (
        ("responses", trial.responses_NT, num_neurons),
        ("behaviour", trial.behavior_CT, len(trial.behavior_CT)),
    ):
        if values.shape != (rows, num_frames):
            raise ValueError(
                f"trial {trial.number}: {name} of shape {values.shape}, expected ({rows}, {num_frames}) as "
                "the encoder and the clip have"
            )
        if not np.isfinite(values).all():
            row, frame = np.argwhere(~np.isfinite(values))[0]
            raise ValueError(
                f"trial {trial.number}: {name} hold {values[row, frame]} at row {row}, frame {frame}; "
                "mend the recording, or give the trial a tier that recordings.selection does not use"
            )


def check_changes(trial: Trial) -> None:
    """Refuse recorded responses of which every neuron's stays as it is; what is predicted of a still movie may."""
    if not np.ptp(trial.responses_NT, axis=1).any():
        raise ValueError(
            f"trial {trial.number}: the responses never change, so no movie can be told from them; mend the recording, "
            "or give the trial a tier that recordings.selection does not use"
        )


def silence(target: Target, kept_BN: Bool[Tensor, "B N"]) -> Target:
    """The other neurons stay in the loss, their responses set to 0, as published."""
    return replace(target, responses_BNT=target.responses_BNT * kept_BN[..., None])


def remove(target: Target, kept_BN: Bool[Tensor, "B N"]) -> Target:
    """The other neurons leave the loss."""
    if not kept_BN.any(1).all():
        raise ValueError("no neuron is left; raise reconstruct.population.share")
    return replace(target, weight_BN=target.weight_BN * kept_BN)


def hold_out(target: Target, share: float, seed: int) -> Target:
    """A random share of the neurons that count, at least one, leaves the loss of each clip and is watched beside it."""
    weight_BN = target.weight_BN
    generator = torch.Generator().manual_seed(seed)
    order_N = torch.randperm(weight_BN.shape[1], generator=generator).to(weight_BN.device)
    held_BN = torch.zeros_like(weight_BN)
    for weight_N, held_N in zip(weight_BN, held_BN, strict=True):
        counting = order_N[weight_N[order_N] > 0]
        count = max(1, round(share * len(counting)))
        if count >= len(counting):
            raise ValueError(
                f"reconstruct.map.held_out_share {share} leaves none of {len(counting)} neurons to reconstruct from"
            )
        held_N[counting[:count]] = 1.0
    return replace(target, weight_BN=weight_BN * (1 - held_BN), held_out_BN=weight_BN * held_BN)


def average_neurons(target: Target) -> Target:
    """The loss of a clip becomes the mean over its neurons."""
    return replace(target, weight_BN=target.weight_BN / target.weight_BN.sum(1, keepdim=True))


def draw_share(num_neurons: int, share: float, seed: int) -> Bool[Tensor, " N"]:
    """A random share of the neurons; of one seed, a smaller share is a part of every larger one."""
    generator = torch.Generator().manual_seed(seed)
    # paper: keeps u > dropped fraction; the draw is one column (method 1.1, step 5).
    return torch.rand(num_neurons, 1, generator=generator)[:, 0] > 1 - share
