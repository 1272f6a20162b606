"""Checkpoints of ensemble members: plain tensors and settings, never pickled objects."""

import platform
from dataclasses import asdict, dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any, get_origin

import torch

from models.encoder import Encoder
from models.loading import check_values, check_weights, fill, weights_fit
from models.registry import build_encoder, settings_of
from models.settings import TrainingSettings, read_settings
from recordings.files import replace_when_done
from recordings.resume import write_tensors
from recordings.tensor_file import describe_tensors, load_tensors

FORMAT = "movie-reconstruction member 1"
TRAINED_HERE = "trained here"


@dataclass(frozen=True)
class MemberDescription:
    """Everything that makes a member what it is, besides its weights."""

    encoder: str
    encoder_settings: dict
    training_settings: dict
    seed: int
    """-1 for a loaded member"""
    num_neurons: dict[str, int]
    source: str = TRAINED_HERE
    """or the file that it was loaded from"""
    source_sha256: str = ""


def save_member(path: str | Path, encoder: Encoder, description: MemberDescription) -> None:
    """Write weights, description and versions."""
    versions = {"torch": str(torch.__version__), "python": platform.python_version()}
    content = {
        "format": FORMAT,
        "description": asdict(description),
        "versions": versions,
        "state": {name: tensor.cpu() for name, tensor in encoder.state_dict().items()},
    }
    with replace_when_done(path) as temporary:
        write_tensors(temporary, content)


def load_member(path: str | Path, device: str = "cpu") -> tuple[Encoder, MemberDescription]:
    """Read a member, frozen and in evaluation mode."""
    described = describe_tensors(path)
    if not isinstance(described, dict) or described.get("format") != FORMAT:
        raise ValueError(f"{path}: not a member of this project (expected format '{FORMAT}')")
    with weights_fit(path, "the encoder they name"):
        description = _read_description(described.get("description"))
        build = partial(build_encoder, description.encoder, description.encoder_settings)
        check_weights(build, description.num_neurons, described.get("state"), path)
    state = load_tensors(path, device)["state"]
    with weights_fit(path, "the encoder they name"):
        check_values(state)
    return fill(build, description.num_neurons, state).to(device), description


def _read_description(found: Any) -> MemberDescription:
    """What a file says of itself, every part of its type."""
    kinds = {
        field.name: get_origin(field.type) or field.type for field in fields(MemberDescription)
    }
    if not isinstance(found, dict) or set(found) != set(kinds):
        raise ValueError(f"its description is not one of a member, a table of {', '.join(kinds)}")
    odd = [name for name, kind in kinds.items() if type(found[name]) is not kind]
    if odd:
        raise ValueError(f"{odd[0]} in its description is a {type(found[odd[0]]).__name__}")
    description = MemberDescription(**found)
    read_settings(settings_of(description.encoder), description.encoder_settings)
    if description.source == TRAINED_HERE:
        read_settings(TrainingSettings, description.training_settings)
    return description


def require_neurons(path: str | Path, encoder: Encoder, mouse: str, num_neurons: int) -> None:
    """Refuse a member that was made for another recording."""
    if mouse not in encoder.num_neurons:
        raise ValueError(
            f"{path}: no readout for mouse {mouse} (has {sorted(encoder.num_neurons)})"
        )
    if encoder.num_neurons[mouse] != num_neurons:
        raise ValueError(
            f"{path}: readout of mouse {mouse} has {encoder.num_neurons[mouse]} neurons, "
            f"its recording {num_neurons}; train the member again"
        )
