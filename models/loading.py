"""Encoders from settings and weights of a file, whoever wrote it: built once both fit."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from models.encoder import Encoder

Build = Callable[[dict[str, int]], Encoder]
MOST_MICE, MOST_NEURONS = 1000, 1_000_000
MOUSE = re.compile(r"[\w-]{1,100}")
MOST_TIMES, SPARE_BYTES = 4, 16 << 20
"""a file also holds the state of an optimiser at most"""
LARGEST = 1e12
NEVER_NEGATIVE = ("running_var", "movie_std", "behavior_std_C", "rate_scale_N")


@contextmanager
def weights_fit(path: str | Path, whose: str) -> Iterator[None]:
    """Names the file in what is raised inside."""
    try:
        yield
    except ValueError as error:
        raise ValueError(
            f"{path}: its weights do not fit {whose} ({error}); "
            "delete it, and make or download it again"
        ) from None


def check_weights(build: Build, num_neurons: dict[str, int], state: Any, path: str | Path) -> None:
    """ValueError where weights are not those of what `build` makes, or are little of their file.

    Neither has values yet, so that what a file only claims costs no memory.
    """
    _check_neurons(num_neurons)
    if not isinstance(state, dict) or not all(isinstance(v, Tensor) for v in state.values()):
        raise ValueError("its weights are no table of tensors")
    try:
        with torch.device("meta"):
            expected = build(num_neurons).state_dict()
    except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ValueError(
            f"no encoder has its settings ({type(error).__name__}: {reason})"
        ) from None
    differ = sorted(map(str, set(state) ^ set(expected)))
    if differ:
        side = "is missing" if differ[0] in expected else "is unknown"
        raise ValueError(f"weight {differ[0][:100]} {side}, as are {len(differ) - 1} more")
    for name, tensor in state.items():
        _check_weight(name, tensor, expected[name])
    most = MOST_TIMES * sum(tensor.nbytes for tensor in expected.values()) + SPARE_BYTES
    if os.path.getsize(path) > most:
        raise ValueError(
            f"{os.path.getsize(path)} bytes, at most {most} for its weights and what goes with them"
        )


def check_values(state: dict[str, Tensor]) -> None:
    """ValueError where a weight is no number that training leaves, or a scale negative."""
    for name, tensor in state.items():
        if not (tensor.abs() <= LARGEST).all():
            raise ValueError(f"weight {name} is not finite everywhere, or beyond {LARGEST:g}")
        if name.endswith(NEVER_NEGATIVE) and (tensor < 0).any():
            raise ValueError(f"weight {name}, a scale, is negative")


def fill(build: Build, num_neurons: dict[str, int], state: dict[str, Tensor]) -> Encoder:
    """The encoder with checked weights, frozen and in evaluation mode."""
    encoder = build(num_neurons)
    encoder.load_state_dict(dict(state))
    return encoder.eval().requires_grad_(False)


def _check_neurons(num_neurons: Any) -> None:
    if not isinstance(num_neurons, dict) or not 1 <= len(num_neurons) <= MOST_MICE:
        raise ValueError(f"it has no table of 1 to {MOST_MICE} readouts")
    for mouse, count in num_neurons.items():
        if type(mouse) is not str or not MOUSE.fullmatch(mouse):
            raise ValueError(f"a readout is named {str(mouse)[:50]!r}")
        if type(count) is not int or not 1 <= count <= MOST_NEURONS:
            raise ValueError(
                f"readout {mouse} has {str(count)[:50]} neurons, allowed 1 to {MOST_NEURONS}"
            )


def _check_weight(name: str, found: Tensor, expected: Tensor) -> None:
    if found.shape != expected.shape or found.dtype != expected.dtype:
        raise ValueError(
            f"weight {name} is {found.dtype} of shape {list(found.shape)}, "
            f"its settings say {expected.dtype} of {list(expected.shape)}"
        )
    if not found.is_contiguous():
        raise ValueError(f"weight {name} is not stored value by value")
