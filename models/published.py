"""Checkpoints in the format of the published weights (pytorch-argus), read and written without pytorch-argus."""

from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor

from models.checkpoint import load_tensors
from models.dwiseneuro import DwiseNeuro
from models.settings import DwiseNeuroSettings
from models.shapes import NUM_CHANNELS
from recordings.files import replace_when_done

MODEL_NAME = "MouseModel"
READOUTS = "readouts."
CANVAS_KEYS = ("clip_frames", "frame_step", "canvas_px")


@dataclass(frozen=True)
class PublishedCheckpoint:
    """What a published file holds."""

    path: Path
    settings: DwiseNeuroSettings
    num_neurons: list[int]
    """of each readout"""
    state: dict


def read_published(path: str | Path) -> PublishedCheckpoint:
    """Read a published file without executing anything in it."""
    content = load_tensors(path)
    try:
        name, arguments = content["params"]["nn_module"]
        if name != "dwiseneuro":
            raise ValueError(f"holds a '{name}'")
        stack, inputs = content["params"]["frame_stack"], content["params"]["inputs_processor"][1]
        counts = [int(count) for count in arguments["readout_outputs"]]
        if min(counts) < 1:
            raise ValueError(f"readouts of {counts} neurons")
        settings = _settings_of(arguments, stack, inputs)
        state = dict(content["nn_state_dict"])
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise ValueError(
            f"{path}: not a published DwiseNeuro checkpoint ({type(error).__name__}: {error}); "
            "expected params with nn_module, frame_stack and inputs_processor, and nn_state_dict"
        ) from None
    return PublishedCheckpoint(Path(path), settings, counts, state)


def pick_mice(file: PublishedCheckpoint, places: dict[str, int]) -> DwiseNeuro:
    """The encoder with the readouts of these mice only."""
    state = {name: value for name, value in file.state.items() if not name.startswith(READOUTS)}
    for new, old in enumerate(places.values()):
        prefix = f"{READOUTS}{old}."
        own = [name for name in file.state if name.startswith(prefix)]
        state |= {f"{READOUTS}{new}.{name.removeprefix(prefix)}": file.state[name] for name in own}
    mice = {mouse: file.num_neurons[place] for mouse, place in places.items()}
    return _fill(file, mice, state)


def _fill(file: PublishedCheckpoint, mice: dict[str, int], state: dict) -> DwiseNeuro:
    if not all(isinstance(v, Tensor) and torch.isfinite(v).all() for v in state.values()):
        raise ValueError(
            f"{file.path}: has weights that are not finite numbers; download or train it again"
        )
    try:
        encoder = DwiseNeuro(file.settings, mice)
        encoder.load_state_dict(state)
    except (RuntimeError, TypeError, ZeroDivisionError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ValueError(
            f"{file.path}: its weights do not fit its own parameters ({reason})"
        ) from None
    return encoder.eval().requires_grad_(False)


def _settings_of(arguments: dict, stack: dict, inputs: dict) -> DwiseNeuroSettings:
    names = set(DwiseNeuroSettings.__dataclass_fields__) - set(CANVAS_KEYS)
    unknown = sorted(set(arguments) - names - {"in_channels", "readout_outputs"})
    if unknown:
        raise ValueError(f"parameters {unknown} are unknown")
    if arguments["in_channels"] != NUM_CHANNELS or inputs["pad_fill_value"] != 0:
        raise ValueError(f"takes {arguments['in_channels']} channels, padded {inputs}")
    if stack["position"] != "last":
        raise ValueError(f"its clips are at {stack['position']}, expected last")
    chosen = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in arguments.items()
        if name in names
    }
    return DwiseNeuroSettings(
        clip_frames=stack["size"],
        frame_step=stack["step"],
        canvas_px=tuple(inputs["size"]),
        **chosen,
    )


def save_published(path: str | Path, encoder: DwiseNeuro, settings: DwiseNeuroSettings) -> None:
    """Write an encoder as the published code would; argus itself can read it."""
    arguments = {
        "readout_outputs": list(encoder.num_neurons.values()),
        "in_channels": NUM_CHANNELS,
        **{name: value for name, value in asdict(settings).items() if name not in CANVAS_KEYS},
    }
    content = {
        "model_name": MODEL_NAME,
        "params": {
            "nn_module": ("dwiseneuro", arguments),
            "frame_stack": {
                "size": settings.clip_frames,
                "step": settings.frame_step,
                "position": "last",
            },
            "inputs_processor": (
                "stack_inputs",
                {"size": settings.canvas_px, "pad_fill_value": 0.0},
            ),
            "responses_processor": ("identity", {}),
        },
        "nn_state_dict": {name: tensor.cpu() for name, tensor in encoder.state_dict().items()},
    }
    with replace_when_done(path) as temporary, open(temporary, "wb") as file:
        torch.save(content, file)  # a path would be written into the file
