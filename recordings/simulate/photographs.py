"""The photographs that the simulated movies are made of: files inside the scikit-image package."""

from functools import cache
from importlib import resources

import numpy as np
from imageio.v3 import imread

TRAINING_PHOTOGRAPHS = (
    "astronaut.png",
    "brick.png",
    "moon.png",
    "motorcycle_left.png",
    "motorcycle_right.png",
    "retina.jpg",
    "ihc.png",
    "grass.png",
    "gravel.png",
    "hubble_deep_field.jpg",
    "page.png",
    "text.png",
    "cell.png",
)
HELD_OUT_PHOTOGRAPHS = (
    "camera.png",
    "chelsea.png",
    "coins.png",
    "rocket.jpg",
    "coffee.png",
)


def load_photographs(names: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Grey photographs (H, W) as float32, 0..255, by file name."""
    return {name: _load(name) for name in names}


@cache
def _load(name: str) -> np.ndarray:
    path = resources.files("skimage") / "data" / name
    try:
        pixels = np.asarray(imread(path.read_bytes(), extension=f".{name.split('.')[-1]}"))
    except FileNotFoundError:
        raise ValueError(
            f"{path}: missing; install the scikit-image version named in requirements.lock"
        ) from None
    grey = pixels[..., :3].mean(axis=-1) if pixels.ndim == 3 else pixels
    return grey.astype(np.float32)
