"""A clip frame by frame in the standard run and in every variant: what was shown above what each reconstructed."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Bool
from matplotlib.figure import Figure

from figures.clips import Clip, read_clips
from figures.compared import around, require_clips
from figures.frames import colour_bar, draw_frame, frames_table
from figures.numerals import numeral
from figures.save import Made
from figures.style import DOUBLE_COLUMN_CM, house_style, new_figure
from reconstruct.ensemble import SMOOTHED
from reconstruct.movies import read_movies

SIDES_CM, HEAD_CM, GAP_CM, NUMBER_CM = 3.4, 1.3, 0.15, 0.32
LARGEST_PANEL_CM, TALLEST_CM = 4.5, 23.0
"""a page, with its caption"""


def read_variant_clips(
    number: int, clips: str | Path, ensembles: dict[str, str | Path]
) -> tuple[dict[str, Clip], Bool[np.ndarray, "H W"]]:
    """One clip as each variant's ensemble reconstructed it (smoothed), by name, and the mask that it is scored in."""
    shown, mask_HW = read_clips(clips)
    found = {}
    for name, path in ensembles.items():
        movies = read_movies(path, SMOOTHED)
        require_clips(path, len(movies), clips, len(shown))
        found[name] = Clip(number, shown[number].true_THW, movies[number])
    return found, mask_HW


def variant_frames_table(
    clips: dict[str, Clip],
    mask_HW: Bool[np.ndarray, "H W"],
    frame_rate_hz: float,
    num_frames: int,
    first_frame: int = 0,
) -> pd.DataFrame:
    """The rows of `frames_table` for every variant: time, correlation and difference inside the mask."""
    tables = []
    for name, clip in clips.items():
        table = frames_table(clip, mask_HW, frame_rate_hz, num_frames, first_frame)
        table.insert(0, "variant", name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


@house_style()
def figure_variant_frames(
    clips: dict[str, Clip], mask_HW: Bool[np.ndarray, "H W"], table: pd.DataFrame, title: str
) -> Figure:
    """The movie, and below it every variant with its contrast matched; columns are the frames of `variant_frames_table`.

    Cut to the mask and a margin.
    """
    mask_HW = np.asarray(mask_HW, bool)
    part = around(mask_HW)
    seen_HW = mask_HW[part]
    times = table.drop_duplicates("frame").set_index("frame")["time_s"]
    fig = new_figure(*_size_cm(len(clips) + 1, len(times), seen_HW.shape), layout="compressed")
    axes = fig.subplots(len(clips) + 1, len(times), squeeze=False)
    true_THW = next(iter(clips.values())).true_THW
    for ax, (frame, time_s) in zip(axes[0], times.items(), strict=True):
        grey = draw_frame(ax, true_THW[frame][part], seen_HW)
        ax.set_title(f"{time_s:.2f} s", fontsize=7.5, pad=3)
    for row, (name, clip) in zip(axes[1:], clips.items(), strict=True):
        matched_THW = clip.matched_THW(mask_HW)
        of_variant = table[table["variant"] == name]
        for ax, one in zip(row, of_variant.itertuples(), strict=True):
            draw_frame(ax, matched_THW[one.frame][part], seen_HW)
            ax.set_xlabel(numeral(one.frame_correlation), labelpad=1.5, fontsize=6.5)
    for ax, name in zip(axes[:, 0], ("shown", *clips), strict=True):
        ax.set_ylabel(name, rotation=0, ha="right", va="center")
    colour_bar(grey, axes[0, -1], [0, 255])
    fig.suptitle(f"{title} (numbers: correlation with the shown frame)")
    return fig


def _size_cm(num_rows: int, num_columns: int, shape: tuple[int, int]) -> tuple[float, float]:
    """As wide as the text, unless so many rows would not fit on a page."""
    width = min((DOUBLE_COLUMN_CM - SIDES_CM) / num_columns - GAP_CM, LARGEST_PANEL_CM)
    between = GAP_CM + NUMBER_CM
    height = min(width * shape[0] / shape[1], (TALLEST_CM - HEAD_CM) / num_rows - between)
    width = height * shape[1] / shape[0]
    return SIDES_CM + num_columns * (width + GAP_CM), HEAD_CM + num_rows * (height + between)


def make_variant_frames(files: Any, settings: Any, of: Any) -> Made:
    """The figure `variant_frames` of one clip."""
    number, ensembles = int(of.clip), dict(zip(settings.variants, files.ensembles, strict=True))
    clips, mask_HW = read_variant_clips(number, files.clips, ensembles)
    frames = settings.frame_rate_hz, settings.num_example_frames, settings.skip_frames
    table = variant_frames_table(clips, mask_HW, *frames)
    title = f"mouse {of.mouse}, clip {number}"
    return figure_variant_frames(clips, mask_HW, table, title), table
