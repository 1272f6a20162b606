"""Checkpoints in the format of the published weights (pytorch-argus), read and written without pytorch-argus."""

from dataclasses import asdict
from pathlib import Path

import torch

from models.checkpoint import load_tensors
from models.dwiseneuro import DwiseNeuro
from models.settings import DwiseNeuroSettings
from models.shapes import NUM_CHANNELS
from recordings.files import replace_when_done

MODEL_NAME = "MouseModel"
CANVAS_KEYS = ("clip_frames", "frame_step", "canvas_px")


def load_published(path: str | Path, readouts: dict[str, int], device: str = "cpu") -> DwiseNeuro:
    """The encoder of a published file, frozen, in evaluation mode; `readouts` is the place of each mouse's readout.

    Readouts of other mice are kept under the names "readout-<place>".
    """
    content = load_tensors(path, device)
    try:
        name, arguments = content["params"]["nn_module"]
        stack, inputs = content["params"]["frame_stack"], content["params"]["inputs_processor"][1]
        counts = arguments["readout_outputs"]
        settings = _settings_of(arguments, stack, inputs)
        state = content["nn_state_dict"]
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise ValueError(
            f"{path}: not a published DwiseNeuro checkpoint ({type(error).__name__}: {error}); "
            "expected params with nn_module, frame_stack and inputs_processor, and nn_state_dict"
        ) from None
    if name != "dwiseneuro":
        raise ValueError(f"{path}: holds a '{name}', expected a 'dwiseneuro'")
    encoder = DwiseNeuro(settings, _name_readouts(path, counts, readouts))
    try:
        encoder.load_state_dict(state)
    except RuntimeError as error:
        reason = " ".join(str(error).split())[:200]
        raise ValueError(f"{path}: its weights do not fit its own parameters ({reason})") from None
    return encoder.to(device).eval().requires_grad_(False)


def _settings_of(arguments: dict, stack: dict, inputs: dict) -> DwiseNeuroSettings:
    names = set(DwiseNeuroSettings.__dataclass_fields__)
    chosen = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in arguments.items()
        if name in names
    }
    if arguments["in_channels"] != NUM_CHANNELS or inputs["pad_fill_value"] != 0:
        raise ValueError(f"takes {arguments['in_channels']} channels, padded {inputs}")
    return DwiseNeuroSettings(
        clip_frames=stack["size"], frame_step=stack["step"], canvas_px=inputs["size"][0], **chosen
    )


def _name_readouts(path, counts: list[int], readouts: dict[str, int]) -> dict[str, int]:
    """Mouse -> number of neurons, in the order of the file."""
    for mouse, place in readouts.items():
        if not 0 <= place < len(counts):
            raise ValueError(
                f"{path}: mouse {mouse} wants readout {place}, but there are {len(counts)}"
            )
    names = {place: mouse for mouse, place in readouts.items()}
    return {names.get(place, f"readout-{place}"): count for place, count in enumerate(counts)}


def save_published(path: str | Path, encoder: DwiseNeuro, settings: DwiseNeuroSettings) -> None:
    """Write an encoder as the published code would; argus itself can read it."""
    arguments = {
        "readout_outputs": list(encoder.num_neurons.values()),
        "in_channels": NUM_CHANNELS,
        **{name: value for name, value in asdict(settings).items() if name not in CANVAS_KEYS},
    }
    size = (settings.canvas_px, settings.canvas_px)
    content = {
        "model_name": MODEL_NAME,
        "params": {
            "nn_module": ("dwiseneuro", arguments),
            "frame_stack": {
                "size": settings.clip_frames,
                "step": settings.frame_step,
                "position": "last",
            },
            "inputs_processor": ("stack_inputs", {"size": size, "pad_fill_value": 0.0}),
            "responses_processor": ("identity", {}),
        },
        "nn_state_dict": {name: tensor.cpu() for name, tensor in encoder.state_dict().items()},
    }
    with replace_when_done(path) as temporary:
        torch.save(content, temporary)
