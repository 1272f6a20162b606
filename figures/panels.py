"""Pieces of a page of a movie: enlarged frames, letters, colour bars."""

from pathlib import Path

import matplotlib
import numpy as np
from jaxtyping import Bool
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from figures.clips import dim_outside
from figures.heat import Scale

PAPER, INK, MUTED, OUTLINE = (255, 255, 255), (34, 34, 34), (107, 107, 107), (34, 34, 34)
FADED = dim_outside(np.arange(256.0), np.zeros(256, bool)).round().astype(np.uint8)
"""what each grey value becomes outside the mask"""
BAR_PX, BAR_SPACE_PX, LEGEND_FONT = (96, 12), 6, 13


class Enlarger:
    """Bicubic enlargement of frames, faded outside the mask, with the outline of the mask."""

    def __init__(self, mask_HW: Bool[np.ndarray, "H W"], scale: int):
        self.inside = np.kron(np.asarray(mask_HW, bool), np.ones((scale, scale), bool)).astype(bool)
        self.edge = self.inside & ~ndimage.binary_erosion(self.inside)

    def __call__(self, image_HWC: np.ndarray) -> Image.Image:
        pixels = Image.fromarray(np.clip(image_HWC, 0, 255).round().astype(np.uint8))
        large = np.asarray(pixels.resize(self.inside.shape[::-1], Image.Resampling.BICUBIC))
        large = np.where(self.inside[..., None], large, FADED[large])
        large[self.edge] = OUTLINE
        return Image.fromarray(large)


def draw_scale(page: Image.Image, scale: Scale, right: int, middle: int) -> None:
    """Draw the numbers and the bar of a scale, ending at `right`, around the height `middle`."""
    draw, font = ImageDraw.Draw(page), font_of(LEGEND_FONT)
    low, high = scale.ends
    words = f"{high} {scale.unit}"
    draw.text((right, middle), words, fill=INK, font=font, anchor="rm")
    right = round(right - draw.textlength(words, font=font)) - BAR_SPACE_PX
    bar = Image.fromarray(np.clip(scale.colours_N3[None], 0, 255).round().astype(np.uint8))
    page.paste(bar.resize(BAR_PX), (right - BAR_PX[0], middle - BAR_PX[1] // 2))
    place = (right - BAR_PX[0] - BAR_SPACE_PX, middle)
    draw.text(place, low, fill=INK, font=font, anchor="rm")


def font_of(size: int) -> ImageFont.FreeTypeFont:
    """The font that matplotlib brings along, so that every machine writes the same letters."""
    return ImageFont.truetype(
        str(Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"), size
    )
