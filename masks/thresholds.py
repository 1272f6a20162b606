"""Binary masks from a transparency mask."""

from pathlib import Path

import h5py
import numpy as np
from jaxtyping import Float


def explain(alpha: h5py.Dataset) -> None:
    """Say in the file what alpha is, of whatever kind."""
    meaning = "0: no neuron needs the pixel; 1: all of it counts; before thresholds"
    alpha.attrs.update(axes="row, column of the screen", unit="share", meaning=meaning)


def read_alpha(path: str | Path) -> Float[np.ndarray, "H W"]:
    """The un-thresholded mask."""
    with h5py.File(path, "r") as file:
        return file["alpha_HW"][:]


def update_threshold(settings: dict) -> float:
    """Alpha from which on a pixel is optimised, by the masks block of the config."""
    return {
        "threshold": settings["update_threshold"],
        "none": -np.inf,
        "strict": settings["evaluation_threshold"],
    }[settings["update"]]


def require_pixels(masks: dict[str, np.ndarray], threshold: float) -> None:
    """Refuse an evaluation threshold that leaves nothing of a mouse's mask; name one that leaves every mouse some."""
    empty = [mouse for mouse, alpha_HW in masks.items() if not (alpha_HW >= threshold).any()]
    if empty:
        highest = np.floor(min(alpha_HW.max() for alpha_HW in masks.values()) * 1000) / 1000
        raise ValueError(
            f"masks.evaluation_threshold: no pixel of mouse {', '.join(empty)} has alpha >= {threshold}; the highest "
            f"threshold that leaves every mouse any is {highest:.3f}"
        )


def mask_above(alpha_HW: np.ndarray, threshold: float, key: str) -> np.ndarray:
    """Pixels with alpha >= threshold; an empty mask is refused with the highest threshold that is not."""
    mask_HW = alpha_HW >= threshold
    if not mask_HW.any():
        highest = np.floor(alpha_HW.max() * 1000) / 1000
        raise ValueError(
            f"{key}: no pixel has alpha >= {threshold}; the highest threshold that leaves any is {highest:.3f}"
        )
    return mask_HW
