"""A clip frame by frame: what was shown, what was reconstructed, where they differ."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Bool
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.clips import Clip, dim_outside, read_clips
from figures.compared import around
from figures.heat import error_scale
from figures.numerals import numeral
from figures.save import Made
from figures.style import (
    DOUBLE_COLUMN_CM,
    FAINT,
    INK,
    draw_outline,
    house_style,
    new_figure,
)

ROWS = ("shown", "reconstructed", "difference")


def pick_frames(num_available: int, num_frames: int, first_frame: int = 0) -> list[int]:
    """Evenly spaced frame numbers from `first_frame` to the last one."""
    if not 0 <= first_frame < num_available:
        raise ValueError(f"first frame {first_frame} is not in the clip of {num_available} frames")
    spaced = np.linspace(first_frame, num_available - 1, num_frames)
    return sorted(set(spaced.round().astype(int).tolist()))


def frames_table(
    clip: Clip,
    mask_HW: Bool[np.ndarray, "H W"],
    frame_rate_hz: float,
    num_frames: int,
    first_frame: int = 0,
) -> pd.DataFrame:
    """Numbers of the drawn frames: time, correlation and difference inside the mask."""
    mask_HW = np.asarray(mask_HW, bool)
    matched_THW, rows = clip.matched_THW(mask_HW), []
    for frame in pick_frames(clip.num_frames, num_frames, first_frame):
        true = clip.true_THW[frame][mask_HW]
        difference = matched_THW[frame][mask_HW] - true
        rows.append(
            {
                "clip": clip.number,
                "frame": frame,
                "time_s": frame / frame_rate_hz,
                "frame_correlation": _correlation(true, clip.reconstructed_THW[frame][mask_HW]),
                "mean_difference": difference.mean(),
                "mean_absolute_difference": np.abs(difference).mean(),
            }
        )
    return pd.DataFrame(rows)


@house_style()
def figure_frames(
    clip: Clip,
    mask_HW: Bool[np.ndarray, "H W"],
    frame_rate_hz: float,
    num_frames: int,
    title: str,
    error_limit: float,
    first_frame: int = 0,
) -> Figure:
    """Rows shown, reconstructed (contrast matched) and difference, around the mask; columns evenly spaced frames.

    Colours of the difference end at `error_limit` grey levels.
    """
    rows, columns = around(mask_HW)
    mask_HW = np.asarray(mask_HW, bool)[rows, columns]
    clip = replace(
        clip,
        true_THW=clip.true_THW[:, rows, columns],
        reconstructed_THW=clip.reconstructed_THW[:, rows, columns],
    )
    table = frames_table(clip, mask_HW, frame_rate_hz, num_frames, first_frame)
    matched_THW = clip.matched_THW(mask_HW)
    fig = new_figure(DOUBLE_COLUMN_CM, _height_cm(len(table), mask_HW.shape), layout="compressed")
    axes = fig.subplots(len(ROWS), len(table), squeeze=False)
    for column, row in zip(axes.T, table.itertuples(), strict=True):
        true_HW, matched_HW = clip.true_THW[row.frame], matched_THW[row.frame]
        grey = draw_frame(column[0], true_HW, mask_HW)
        draw_frame(column[1], matched_HW, mask_HW)
        error = draw_error(
            column[2], np.where(mask_HW, matched_HW - true_HW, np.nan), mask_HW, error_limit
        )
        column[0].set_title(f"{row.time_s:.2f} s", fontsize=7.5, pad=3)
        column[2].set_xlabel(f"r = {numeral(row.frame_correlation)}", labelpad=3)
    for ax, name in zip(axes[:, 0], ROWS, strict=True):
        ax.set_ylabel(name, rotation=0, ha="right", va="center")
    colour_bar(grey, axes[1, -1], [0, 255])
    colour_bar(error, axes[2, -1], [-error_limit, 0, error_limit])
    fig.suptitle(title)
    return fig


def draw_frame(ax: Axes, frame_HW: np.ndarray, mask_HW: np.ndarray):
    """Draw one frame in grey, faded outside the outlined mask; return the image."""
    image = ax.imshow(
        dim_outside(frame_HW, mask_HW), cmap="gray", vmin=0, vmax=255, interpolation="none"
    )
    _finish_frame(ax, mask_HW)
    return image


def draw_error(ax: Axes, error_HW: np.ndarray, mask_HW: np.ndarray, limit: float):
    """Draw a signed difference, hot where the reconstruction is brighter, cold where darker; return the image."""
    colours = error_scale(limit).colormap.with_extremes(bad=FAINT)
    image = ax.imshow(error_HW, cmap=colours, vmin=-limit, vmax=limit, interpolation="none")
    _finish_frame(ax, mask_HW)
    return image


def _finish_frame(ax: Axes, mask_HW: np.ndarray) -> None:
    draw_outline(ax, mask_HW.astype(float), 0.5, colors=INK, linewidths=0.6)
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def colour_bar(image, ax: Axes, ticks: list[float]) -> None:
    """A bar of grey levels just right of a panel, as high as the panel."""
    bar = ax.figure.colorbar(image, cax=ax.inset_axes([1.05, 0.0, 0.045, 1.0]))
    form = "+g" if min(ticks) < 0 else "g"
    bar.set_ticks(ticks, labels=[numeral(tick, form) if tick else "0" for tick in ticks])
    bar.ax.tick_params(length=0, pad=2)
    bar.outline.set_visible(False)


def _height_cm(num_columns: int, shape: tuple[int, int]) -> float:
    panel_width = min((DOUBLE_COLUMN_CM - 3.4) / num_columns, 4.5) - 0.25
    return len(ROWS) * (panel_width * shape[0] / shape[1] + 0.25) + 1.7


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    a, b = a - a.mean(), b - b.mean()
    size = np.sqrt((a**2).sum() * (b**2).sum())
    return float((a * b).sum() / size) if size > 0 else float("nan")


def make_frames(files: Any, settings: Any, of: Any) -> Made:
    """The figure `frames` of one clip."""
    number, skipped = int(of.clip), settings.skip_frames
    clips, mask_HW = read_clips(files.clips)
    shown = (clips[number], mask_HW, settings.frame_rate_hz, settings.num_example_frames)
    title, limit = f"mouse {of.mouse}, clip {number}", settings.error_limit_grey_levels
    table = frames_table(*shown, first_frame=skipped)
    return figure_frames(*shown, title, limit, skipped), table
