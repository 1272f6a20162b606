"""Binary masks from a transparency mask."""

from pathlib import Path

import h5py
import numpy as np
from jaxtyping import Float


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


def mask_above(alpha_HW: np.ndarray, threshold: float, key: str) -> np.ndarray:
    """Pixels with alpha >= threshold; an empty mask is refused with the highest threshold that is not."""
    mask_HW = alpha_HW >= threshold
    if not mask_HW.any():
        highest = np.floor(alpha_HW.max() * 1000) / 1000
        raise ValueError(
            f"{key}: no pixel has alpha >= {threshold}; the highest threshold that leaves any is {highest:.3f}"
        )
    return mask_HW
