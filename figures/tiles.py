"""Many movies at once on one page: rows of labelled panels, clips in columns, all played together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Bool
from PIL import Image, ImageDraw

from figures.heat import MIDDLE_GREY, Scale, as_rgb
from figures.mp4 import whole_blocks, write_mp4
from figures.panels import INK, MUTED, PAPER, Enlarger, draw_scale, font_of

LABEL_PX, GAP_PX, HEADER_PX, FOOTER_PX, LINE_PX, LETTERS_PX = 118, 6, 24, 28, 18, 13
LARGEST_SCALE, LARGEST_PAGE_PX = 6, (2112, 1408)


@dataclass(frozen=True)
class Row:
    """One row of a page: the lines of its label, and a movie of bytes (frames, rows, columns, maybe RGB) per column."""

    label: tuple[str, ...]
    mask_HW: Bool[np.ndarray, "H W"]
    movies: tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Grid:
    """Where panels lie on a page, and how much they are enlarged."""

    num_rows: int
    num_columns: int
    shape: tuple[int, int]

    @property
    def scale(self) -> int:
        """The largest enlargement with which the page stays within LARGEST_PAGE_PX, 1 at least."""
        fitting = [s for s in range(1, LARGEST_SCALE + 1) if self._fits(s)]
        return max(fitting, default=1)

    @property
    def size(self) -> tuple[int, int]:
        return self._size(self.scale)

    def corner(self, row: int, column: int) -> tuple[int, int]:
        """Left and top of a panel."""
        height, width = (length * self.scale + GAP_PX for length in self.shape)
        return LABEL_PX + column * width, HEADER_PX + row * height

    def _fits(self, scale: int) -> bool:
        return all(a <= b for a, b in zip(self._size(scale), LARGEST_PAGE_PX, strict=True))

    def _size(self, scale: int) -> tuple[int, int]:
        height, width = (length * scale + GAP_PX for length in self.shape)
        return whole_blocks(
            LABEL_PX + self.num_columns * width, HEADER_PX + self.num_rows * height + FOOTER_PX
        )


def write_tiles(
    path: str | Path,
    rows: Sequence[Row],
    column_labels: Sequence[str],
    frame_rate_hz: float,
    speed: float = 1.0,
    scale: Scale | None = None,
) -> None:
    """Write all movies on one page; a movie that has ended holds grey, a panel without a movie stays empty.

    The time stamp is that of the movies, whatever the speed.
    """
    if not rows or not column_labels:
        raise ValueError(
            f"{path}: no clips to write a movie of; is recordings.selection.num_clips above 0?"
        )
    grid = Grid(len(rows), len(column_labels), rows[0].mask_HW.shape)
    page = _empty_page(grid, rows, column_labels, scale)
    pages = _pages(page, grid, rows, frame_rate_hz, speed)
    write_mp4(path, page.size, frame_rate_hz * speed, pages)


def _pages(
    empty: Image.Image, grid: Grid, rows: Sequence[Row], frame_rate_hz: float, speed: float
) -> Iterator[Image.Image]:
    enlargers = [Enlarger(row.mask_HW, grid.scale) for row in rows]
    grey = as_rgb(np.full(grid.shape, MIDDLE_GREY))
    for frame in range(max(len(movie) for row in rows for movie in row.movies)):
        page = empty.copy()
        for place, (row, enlarge) in enumerate(zip(rows, enlargers, strict=True)):
            for column, movie in enumerate(row.movies):
                image = movie[frame] if frame < len(movie) else grey
                image = image if image.ndim == 3 else as_rgb(image)
                page.paste(enlarge(image), grid.corner(place, column))
        stamp = f"{frame / frame_rate_hz:5.2f} s" + (
            "" if speed == 1 else f"    {speed:g} \N{MULTIPLICATION SIGN} real time"
        )
        middle = page.height - FOOTER_PX // 2
        font = font_of(LETTERS_PX)
        ImageDraw.Draw(page).text((LABEL_PX, middle), stamp, fill=MUTED, font=font, anchor="lm")
        yield page


def _empty_page(
    grid: Grid, rows: Sequence[Row], column_labels: Sequence[str], scale: Scale | None
) -> Image.Image:
    """Labels and the scale, drawn once."""
    page = Image.new("RGB", grid.size, PAPER)
    draw, font = ImageDraw.Draw(page), font_of(LETTERS_PX)
    for column, label in enumerate(column_labels):
        draw.text((grid.corner(0, column)[0], 4), label, fill=INK, font=font)
    for place, row in enumerate(rows):
        top = grid.corner(place, 0)[1]
        for number, line in enumerate(row.label):
            colour = MUTED if number else INK
            draw.text((GAP_PX, top + number * LINE_PX), line, fill=colour, font=font)
    if scale is not None:
        right = grid.corner(0, grid.num_columns)[0] - GAP_PX
        draw_scale(page, scale, right, page.height - FOOTER_PX // 2)
    return page
