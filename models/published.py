"""Checkpoints in the format of the published weights (pytorch-argus), read without pytorch-argus."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from models.dwiseneuro import DwiseNeuro
from models.encoder import Encoder
from models.loading import check_values, check_weights, fill, weights_fit
from models.settings import DwiseNeuroSettings, read_settings
from models.shapes import NUM_CHANNELS
from recordings.tensor_file import describe_tensors, load_tensors

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
    described = describe_tensors(path)
    try:
        settings, counts = _read_params(described["params"])
        state = described["nn_state_dict"]
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(
            f"{path}: not a published DwiseNeuro checkpoint "
            f"({type(error).__name__}: {str(error)[:300]}); "
            "expected params with nn_module, frame_stack and inputs_processor, and nn_state_dict"
        ) from None
    with weights_fit(path, "its own parameters"):
        check_weights(partial(DwiseNeuro, settings), counts, state, path)
    state = load_tensors(path)["nn_state_dict"]
    with weights_fit(path, "its own parameters"):
        check_values(state)
    return PublishedCheckpoint(Path(path), settings, list(counts.values()), state)


def pick_mice(file: PublishedCheckpoint, places: dict[str, int]) -> Encoder:
    """The encoder with the readouts of these mice only."""
    state = {name: value for name, value in file.state.items() if not name.startswith(READOUTS)}
    for new, old in enumerate(places.values()):
        prefix = f"{READOUTS}{old}."
        own = [name for name in file.state if name.startswith(prefix)]
        state |= {f"{READOUTS}{new}.{name.removeprefix(prefix)}": file.state[name] for name in own}
    mice = {mouse: file.num_neurons[place] for mouse, place in places.items()}
    return fill(partial(DwiseNeuro, file.settings), mice, state)


def _read_params(params: dict) -> tuple[DwiseNeuroSettings, dict[str, int]]:
    """Settings, and the neurons of the readouts by place."""
    name, arguments = params["nn_module"]
    if name != "dwiseneuro":
        raise ValueError(f"holds a '{str(name)[:50]}'")
    if params.get("responses_processor", ("identity", {}))[0] != "identity":
        raise ValueError("its responses are not those that were recorded")
    counts = {str(place): count for place, count in enumerate(arguments["readout_outputs"])}
    return _settings_of(arguments, params["frame_stack"], params["inputs_processor"]), counts


def _settings_of(arguments: dict, stack: dict, processor: tuple) -> DwiseNeuroSettings:
    name, inputs = processor
    channels, fill_value = arguments["in_channels"], inputs["pad_fill_value"]
    if name != "stack_inputs" or type(channels) is not int or channels != NUM_CHANNELS:
        raise ValueError(f"takes {str(channels)[:50]} channels of {str(name)[:50]}")
    if type(fill_value) not in (int, float) or fill_value != 0:
        raise ValueError(f"its movies are padded with {str(fill_value)[:50]}")
    if stack["position"] != "last":
        raise ValueError(f"its clips are at {str(stack['position'])[:50]}, expected last")
    own = {n: v for n, v in arguments.items() if n not in ("in_channels", "readout_outputs")}
    canvas = {
        "clip_frames": stack["size"],
        "frame_step": stack["step"],
        "canvas_px": inputs["size"],
    }
    if set(own) & set(canvas):
        raise ValueError(f"parameters {sorted(set(own) & set(canvas))} are unknown")
    return read_settings(DwiseNeuroSettings, own | canvas)
