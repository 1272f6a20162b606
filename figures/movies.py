"""The clips of a mouse one after the other as mp4: shown and reconstructed, errors, spread of the members."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool, Float
from PIL import Image, ImageDraw

from figures.clips import Clip, read_clips
from figures.heat import Scale, as_rgb, colour_spread, error_scale, lay_over, spread_scale
from figures.mp4 import whole_blocks, write_mp4
from figures.panels import INK, MUTED, PAPER, Enlarger, draw_scale, font_of
from reconstruct.ensemble import SPREAD
from reconstruct.movies import read_movies

SCALE, GAP_PX, HEADER_PX, FOOTER_PX, TITLE_S = 6, 12, 30, 26, 0.5

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
    error_limit: float,
) -> None:
    """Write the shown movie in grey under the error: hot where the reconstruction is brighter, cold where darker.

    The overlay is opaque from `error_limit` grey levels on.
    """
    labels = ([("hot: reconstruction brighter, cold: darker", INK)],)
    panels, scale = partial(_error_map, limit=error_limit), error_scale(error_limit)
    _write(path, clips, mask_HW, frame_rate_hz, panels, labels, scale)


def write_spread(
    path: str | Path,
    clips: list[Clip],
    spreads: list[Float[np.ndarray, "T H W"]],
    mask_HW: Bool[np.ndarray, "H W"],
    frame_rate_hz: float,
    spread_limit: float,
) -> None:
    """Write the shown movie, the reconstruction as it came, and the spread of the members, clip after clip.

    `spreads` are standard deviations in grey levels, a movie per clip; colours end at `spread_limit`.
    """
    if [s.shape for s in spreads] != [clip.true_THW.shape for clip in clips]:
        raise ValueError(
            f"{path}: the spreads are not those of the clips; delete ensemble.h5 and run snakemake again"
        )
    by_number = dict(zip((clip.number for clip in clips), spreads, strict=True))

    def panels(clip: Clip, mask_HW: np.ndarray) -> Iterator[list[np.ndarray]]:
        movies = clip.true_THW, clip.reconstructed_THW, by_number[clip.number]
        for shown_HW, reconstructed_HW, spread_HW in zip(*movies, strict=True):
            colours = colour_spread(spread_HW, spread_limit)
            yield [as_rgb(shown_HW), as_rgb(reconstructed_HW), colours]

    labels = [("shown", INK)], [("reconstructed", INK)], [("spread of the members", INK)]
    _write(path, clips, mask_HW, frame_rate_hz, panels, labels, spread_scale(spread_limit))


def _side_by_side(clip: Clip, mask_HW: np.ndarray) -> Iterator[list[np.ndarray]]:
    """RGB panels of each frame: shown, reconstructed."""
    for shown_HW, matched_HW in zip(clip.true_THW, clip.matched_THW(mask_HW), strict=True):
        yield [as_rgb(shown_HW), as_rgb(matched_HW)]


def _error_map(clip: Clip, mask_HW: np.ndarray, limit: float) -> Iterator[list[np.ndarray]]:
    """One RGB panel of each frame: the shown movie under the coloured error."""
    for shown_HW, matched_HW in zip(clip.true_THW, clip.matched_THW(mask_HW), strict=True):
        error_HW = np.where(mask_HW, matched_HW - shown_HW, 0.0)
        yield [lay_over(shown_HW, error_HW, limit)]


def _write(
    path, clips: list[Clip], mask_HW, frame_rate_hz: float, panels: Panels, labels, scale=None
) -> None:
    if not clips:
        raise ValueError(
            f"{path}: no clips to write a movie of; is recordings.selection.num_clips above 0?"
        )
    mask_HW = np.asarray(mask_HW, bool)
    canvas = _canvas(labels, mask_HW.shape, scale)
    pages = _frames(canvas, clips, mask_HW, frame_rate_hz, panels)
    write_mp4(path, canvas.size, frame_rate_hz, pages)


def _frames(
    canvas, clips: list[Clip], mask_HW, frame_rate_hz: float, panels: Panels
) -> Iterator[Image.Image]:
    """A title of half a second, then the frames, for each clip."""
    enlarge = Enlarger(mask_HW, SCALE)
    for clip in clips:
        title = _title(canvas.size, f"clip {clip.number}")
        yield from [title] * title_frames(frame_rate_hz)
        for number, images in enumerate(panels(clip, mask_HW)):
            page = canvas.copy()
            for place, image in enumerate(images):
                left = GAP_PX + place * (mask_HW.shape[1] * SCALE + GAP_PX)
                page.paste(enlarge(image), (left, HEADER_PX))
            footer = f"clip {clip.number}    {number / frame_rate_hz:5.2f} s"
            place = (GAP_PX, page.height - FOOTER_PX + 5)
            ImageDraw.Draw(page).text(place, footer, fill=MUTED, font=font_of(14))
            yield page


def title_frames(frame_rate_hz: float) -> int:
    """Frames of the title between clips."""
    return max(1, round(TITLE_S * frame_rate_hz))


def movie_size(num_panels: int, shape: tuple[int, int]) -> tuple[int, int]:
    """Width and height in pixels, whole blocks of the encoder."""
    width = num_panels * (shape[1] * SCALE + GAP_PX) + GAP_PX
    height = HEADER_PX + shape[0] * SCALE + FOOTER_PX
    return whole_blocks(width, height)


def _canvas(labels, shape: tuple[int, int], scale: Scale | None) -> Image.Image:
    """The page with the labels and the scale, drawn once."""
    page = Image.new("RGB", movie_size(len(labels), shape), PAPER)
    draw, font = ImageDraw.Draw(page), font_of(15)
    for place, words in enumerate(labels):
        left = GAP_PX + place * (shape[1] * SCALE + GAP_PX)
        for word, colour in words:
            draw.text((left, 7), word, fill=colour, font=font)
            left += draw.textlength(word + "  ", font=font)
    if scale is not None:
        right = len(labels) * (shape[1] * SCALE + GAP_PX)
        draw_scale(page, scale, right, page.height - FOOTER_PX // 2)
    return page


def _title(size: tuple[int, int], text: str) -> Image.Image:
    page = Image.new("RGB", size, (40, 40, 40))
    middle = (size[0] / 2, size[1] / 2)
    ImageDraw.Draw(page).text(middle, text, fill=PAPER, font=font_of(26), anchor="mm")
    return page


def film_side_by_side(path: str | Path, files: Any, settings: Any, of: Any) -> None:
    """The film `side_by_side` of one mouse."""
    write_side_by_side(path, *read_clips(files.clips), settings.frame_rate_hz)


def film_error_map(path: str | Path, files: Any, settings: Any, of: Any) -> None:
    """The film `error_map` of one mouse."""
    limit = settings.error_limit_grey_levels
    write_error_map(path, *read_clips(files.clips), settings.frame_rate_hz, limit)


def film_spread(path: str | Path, files: Any, settings: Any, of: Any) -> None:
    """The film `spread` of one mouse."""
    clips, mask_HW = read_clips(files.clips)
    spreads, limit = read_movies(files.ensemble, SPREAD), settings.spread_limit_grey_levels
    write_spread(path, clips, spreads, mask_HW, settings.frame_rate_hz, limit)
