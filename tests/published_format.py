"""Checkpoints as the published code (pytorch-argus) writes them."""

from dataclasses import asdict
from pathlib import Path

import torch

from models.dwiseneuro import DwiseNeuro
from models.published import CANVAS_KEYS, MODEL_NAME
from models.settings import DwiseNeuroSettings
from models.shapes import NUM_CHANNELS


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
    torch.save(content, path)
