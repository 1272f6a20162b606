"""Clips as mp4 movies that every browser plays; frames are streamed, bytes do not change from run to run."""

import shlex
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import imageio_ffmpeg
import matplotlib
import numpy as np
from jaxtyping import Bool
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from figures.clips import Clip, dim_outside
from recordings.files import replace_when_done

SCALE, GAP_PX, HEADER_PX, FOOTER_PX, BLOCK_PX, TITLE_S = 6, 12, 30, 26, 16, 0.5
PAPER, INK, MUTED, OUTLINE = (255, 255, 255), (34, 34, 34), (107, 107, 107), (34, 34, 34)
HOT, COLD = np.array([[214, 39, 0], [255, 214, 64]]), np.array([[0, 72, 200], [96, 226, 255]])
FADED = dim_outside(np.arange(256.0), np.zeros(256, bool)).round().astype(np.uint8)
"""what each grey value becomes outside the mask"""

ENCODER = shlex.split(
    "-crf 16 -preset fast -threads 1 -x264-params threads=1:lookahead-threads=1 "
    "-movflags +faststart -map_metadata -1 -fflags +bitexact -flags:v +bitexact"
)

Panels = Callable[[Clip, np.ndarray], Iterator[list[np.ndarray]]]


def write_side_by_side(
    path: str | Path, clips: list[Clip], mask_HW: Bool[np.ndarray, "H W"], frame_rate_hz: float
) -> None:
    """Write the shown movie (left) beside the contrast-matched reconstruction (right), clip after clip."""
    labels = [("shown", INK)], [("reconstructed", INK)]
    _write(path, clips, mask_HW, frame_rate_hz, _side_by_side, labels)


def write_error_map(
    path: str | Path,
    clips: list[Clip],
    mask_HW: Bool[np.ndarray, "H W"],
    frame_rate_hz: float,
    error_limit: float = 80.0,
) -> None:
    """Write the shown movie in grey under the error: hot where the reconstruction is too bright, cold where too dark.

    The overlay is opaque from `error_limit` grey levels on.
    """

    def panels(clip: Clip, mask_HW: np.ndarray) -> Iterator[list[np.ndarray]]:
        return _error_map(clip, mask_HW, error_limit)

    labels = ([("reconstruction", INK), ("too bright", (200, 60, 0)), ("too dark", (0, 72, 200))],)
    _write(path, clips, mask_HW, frame_rate_hz, panels, labels)


def _side_by_side(clip: Clip, mask_HW: np.ndarray) -> Iterator[list[np.ndarray]]:
    """RGB panels of each frame: shown, reconstructed."""
    for shown_HW, matched_HW in zip(clip.true_THW, clip.matched_THW(mask_HW), strict=True):
        yield [_grey(shown_HW), _grey(matched_HW)]


def _error_map(clip: Clip, mask_HW: np.ndarray, limit: float) -> Iterator[list[np.ndarray]]:
    """One RGB panel of each frame: the shown movie under the coloured error."""
    for shown_HW, matched_HW in zip(clip.true_THW, clip.matched_THW(mask_HW), strict=True):
        error_HW = np.where(mask_HW, matched_HW - shown_HW, 0.0)
        weight = np.clip(np.abs(error_HW) / limit, 0, 1)[..., None]
        hot, cold = (ends[0] + weight * (ends[1] - ends[0]) for ends in (HOT, COLD))
        colour = np.where(error_HW[..., None] > 0, hot, cold)
        yield [_grey(shown_HW) * (1 - weight) + colour * weight]


def _grey(frame_HW: np.ndarray) -> np.ndarray:
    return np.repeat(np.asarray(frame_HW, float)[..., None], 3, axis=2)


def _write(path, clips: list[Clip], mask_HW, frame_rate_hz: float, panels: Panels, labels) -> None:
    if not clips:
        raise ValueError(
            f"{path}: no clips to write a movie of; is recordings.selection.num_clips above 0?"
        )
    mask_HW = np.asarray(mask_HW, bool)
    canvas = _canvas(labels, mask_HW.shape)
    with replace_when_done(path) as temporary:
        encoder = imageio_ffmpeg.write_frames(
            str(temporary),
            canvas.size,
            fps=frame_rate_hz,
            codec="libx264",
            pix_fmt_out="yuv420p",
            quality=None,
            macro_block_size=2,
            ffmpeg_log_level="error",
            output_params=ENCODER,
        )
        with closing(encoder):
            encoder.send(None)
            for frame in _frames(canvas, clips, mask_HW, frame_rate_hz, panels):
                encoder.send(frame.tobytes())


def _frames(
    canvas, clips: list[Clip], mask_HW, frame_rate_hz: float, panels: Panels
) -> Iterator[Image.Image]:
    """A title of half a second, then the frames, for each clip."""
    inside, edge = _enlarged_mask(mask_HW)
    for clip in clips:
        title = _title(canvas.size, f"clip {clip.number}")
        yield from [title] * title_frames(frame_rate_hz)
        for number, images in enumerate(panels(clip, mask_HW)):
            page = canvas.copy()
            for place, image in enumerate(images):
                left = GAP_PX + place * (inside.shape[1] + GAP_PX)
                page.paste(_enlarge(image, inside, edge), (left, HEADER_PX))
            footer = f"clip {clip.number}    {number / frame_rate_hz:5.2f} s"
            place = (GAP_PX, page.height - FOOTER_PX + 5)
            ImageDraw.Draw(page).text(place, footer, fill=MUTED, font=_font(14))
            yield page


def title_frames(frame_rate_hz: float) -> int:
    """Frames of the title between clips."""
    return max(1, round(TITLE_S * frame_rate_hz))


def movie_size(num_panels: int, shape: tuple[int, int]) -> tuple[int, int]:
    """Width and height in pixels, whole blocks of the encoder."""
    width = num_panels * (shape[1] * SCALE + GAP_PX) + GAP_PX
    height = HEADER_PX + shape[0] * SCALE + FOOTER_PX
    return -(-width // BLOCK_PX) * BLOCK_PX, -(-height // BLOCK_PX) * BLOCK_PX


def _canvas(labels, shape: tuple[int, int]) -> Image.Image:
    """The page with the labels, drawn once."""
    page = Image.new("RGB", movie_size(len(labels), shape), PAPER)
    draw, font = ImageDraw.Draw(page), _font(15)
    for place, words in enumerate(labels):
        left = GAP_PX + place * (shape[1] * SCALE + GAP_PX)
        for word, colour in words:
            draw.text((left, 7), word, fill=colour, font=font)
            left += draw.textlength(word + "  ", font=font)
    return page


def _title(size: tuple[int, int], text: str) -> Image.Image:
    page = Image.new("RGB", size, (40, 40, 40))
    middle = (size[0] / 2, size[1] / 2)
    ImageDraw.Draw(page).text(middle, text, fill=PAPER, font=_font(26), anchor="mm")
    return page


def _enlarge(image_HWC: np.ndarray, inside: np.ndarray, edge: np.ndarray) -> Image.Image:
    """Bicubic enlargement, faded outside the mask, with the outline of the mask."""
    pixels = Image.fromarray(np.clip(image_HWC, 0, 255).round().astype(np.uint8))
    large = np.asarray(pixels.resize(inside.shape[::-1], Image.Resampling.BICUBIC))
    large = np.where(inside[..., None], large, FADED[large])
    large[edge] = OUTLINE
    return Image.fromarray(large)


def _enlarged_mask(mask_HW: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    inside = np.kron(mask_HW, np.ones((SCALE, SCALE), bool)).astype(bool)
    return inside, inside & ~ndimage.binary_erosion(inside)


def _font(size: int) -> ImageFont.FreeTypeFont:
    """The font that matplotlib brings along, so that every machine writes the same letters."""
    return ImageFont.truetype(
        str(Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans.ttf"), size
    )
