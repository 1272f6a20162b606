"""Colours of signed errors and of spreads, over grey movies; and the bars that put numbers to them."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from matplotlib import colormaps
from matplotlib.colors import ListedColormap

from figures.numerals import numeral

HOT, COLD = np.array([[214, 39, 0], [255, 214, 64]]), np.array([[0, 72, 200], [96, 226, 255]])
SPREAD_COLOURS = "viridis"
NUM_COLOURS = 256
MIDDLE_GREY = 127.5
UNDERLAY_CONTRAST = 0.35
"""of a movie under colours: over black or white they could not be told apart"""


def as_rgb(frame_HW: np.ndarray) -> np.ndarray:
    """A grey frame with three equal channels."""
    return np.repeat(np.asarray(frame_HW, float)[..., None], 3, axis=-1)


def flatten(grey_HW: np.ndarray) -> np.ndarray:
    """Grey frames with less contrast around middle grey."""
    return MIDDLE_GREY + UNDERLAY_CONTRAST * (np.asarray(grey_HW, float) - MIDDLE_GREY)


def lay_over(
    grey_HW: Float[np.ndarray, "*F H W"], error_HW: Float[np.ndarray, "*F H W"], limit: float
) -> Float[np.ndarray, "*F H W 3"]:
    """Flattened grey frames under their error: hot where positive, cold where negative, clear at 0, opaque from `limit` on."""
    weight = np.clip(np.abs(error_HW) / limit, 0, 1)[..., None]
    hot, cold = (ends[0] + weight * (ends[1] - ends[0]) for ends in (HOT, COLD))
    colour = np.where(error_HW[..., None] > 0, hot, cold)
    return as_rgb(flatten(grey_HW)) * (1 - weight) + colour * weight


def colour_spread(spread_HW: Float[np.ndarray, "H W"], limit: float) -> Float[np.ndarray, "H W 3"]:
    """Spreads from 0 to `limit`, dark to bright."""
    return colormaps[SPREAD_COLOURS](np.clip(spread_HW / limit, 0, 1))[..., :3] * 255


@dataclass(frozen=True)
class Scale:
    """What colours mean: RGB 0..255 from `low` to `high`."""

    low: float
    high: float
    colours_N3: Float[np.ndarray, "N 3"]
    unit: str = "grey levels"

    @property
    def ends(self) -> tuple[str, str]:
        """The numbers at both ends; with a sign where the scale has two."""
        form = "+g" if self.low < 0 else "g"
        return numeral(self.low, form), numeral(self.high, form)

    @property
    def colormap(self) -> ListedColormap:
        return ListedColormap(np.clip(self.colours_N3 / 255, 0, 1))


def error_scale(limit: float) -> Scale:
    """Of `lay_over`, over middle grey."""
    error_1N = np.linspace(-limit, limit, NUM_COLOURS)[None]
    return Scale(-limit, limit, lay_over(np.full_like(error_1N, MIDDLE_GREY), error_1N, limit)[0])


def spread_scale(limit: float) -> Scale:
    """Of `colour_spread`."""
    return Scale(0.0, limit, colour_spread(np.linspace(0, limit, NUM_COLOURS)[None], limit)[0])
