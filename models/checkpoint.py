"""Checkpoints of ensemble members: plain tensors and settings, never pickled objects."""

import platform
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from models.encoder import Encoder
from models.registry import build_encoder
from recordings.files import replace_when_done

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
    with replace_when_done(path) as temporary, open(temporary, "wb") as file:
        torch.save(content, file)  # a path would be written into the file


def load_tensors(path: str | Path, device: str = "cpu") -> dict:
    """Read a torch file without executing anything in it; refuse what is not plain data, by name."""
    try:
        return torch.load(path, map_location=device, weights_only=True)
    except FileNotFoundError:
        raise ValueError(f"{path}: missing; run snakemake to make it") from None
    except Exception as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0].split(". ")[0]
        raise ValueError(
            f"{path}: not a readable checkpoint of plain tensors ({reason}); delete it, and make, download or copy it again"
        ) from None


def load_member(path: str | Path, device: str = "cpu") -> tuple[Encoder, MemberDescription]:
    """Read a member, frozen and in evaluation mode."""
    content = load_tensors(path, device)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f"{path}: not a member of this project (expected format '{FORMAT}')")
    try:
        description = MemberDescription(**content["description"])
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path}: its description is not one of a member ({error})") from None
    encoder = build_encoder(
        description.encoder, description.encoder_settings, description.num_neurons
    )
    try:
        encoder.load_state_dict(content["state"])
    except RuntimeError as error:
        reason = str(error).strip().splitlines()[-1].strip()
        raise ValueError(f"{path}: weights do not fit the encoder they name ({reason})") from None
    return encoder.to(device).eval().requires_grad_(False), description


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
