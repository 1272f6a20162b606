"""Error maps: reconstruction from recorded minus reconstruction from predicted activity, hot and cold over the movie."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec

from figures.clips import MouseClips, dim_outside
from figures.compared import ComparedClip, crop_to_masks, errors_table, read_compared
from figures.frames import colour_bar, draw_frame, pick_frames
from figures.heat import Scale, error_scale, lay_over
from figures.save import Made
from figures.style import (
    DOUBLE_COLUMN_CM,
    FAINT,
    INK,
    SOURCE_COLOURS,
    draw_outline,
    house_style,
    new_figure,
)

LINES = {
    "frame_correlation": ("from recorded activity", SOURCE_COLOURS["smoothed_ensemble"], "-"),
    "frame_correlation_predicted": ("from predicted activity", SOURCE_COLOURS["ensemble"], "--"),
}
ROWS = ("shown", "reconstructed", "from predicted\nactivity", "difference\n(grey levels)")
LEFT_CM, RIGHT_CM, TOP_CM, GAP_CM = 2.5, 1.2, 1.2, 0.12
BETWEEN_CM, CURVE_CM, BOTTOM_CM = 1.2, 2.8, 1.0
LARGEST_PANEL_CM, PANEL_GAP_CM, NUMBER_CM = 4.5, 0.15, 0.35


@dataclass(frozen=True)
class View:
    """How errors are drawn: colours end at `error_limit` grey levels, frames are evenly spaced among the scored ones."""

    frame_rate_hz: float
    skip_frames: int
    error_limit: float
    num_frames: int = 9


@house_style()
def figure_errors(one: MouseClips, number: int, view: View) -> Figure:
    """One clip: frames of the movie, of both reconstructions and of the error over the movie; correlations over time."""
    one = crop_to_masks([one])[0]
    clip = one.clips[number]
    frames = pick_frames(clip.num_frames, view.num_frames, view.skip_frames)
    width_cm = (DOUBLE_COLUMN_CM - LEFT_CM - RIGHT_CM - GAP_CM * (len(frames) - 1)) / len(frames)
    panel_cm = min(width_cm, LARGEST_PANEL_CM) * one.mask_HW.shape[0] / one.mask_HW.shape[1]
    images_cm = len(ROWS) * panel_cm + (len(ROWS) - 1) * GAP_CM
    height_cm = TOP_CM + images_cm + BETWEEN_CM + CURVE_CM + BOTTOM_CM
    fig = new_figure(DOUBLE_COLUMN_CM, height_cm, layout="none")
    sides = {"left": LEFT_CM / DOUBLE_COLUMN_CM, "right": 1 - RIGHT_CM / DOUBLE_COLUMN_CM}
    images = GridSpec(
        len(ROWS),
        len(frames),
        fig,
        **sides,
        top=1 - TOP_CM / height_cm,
        bottom=1 - (TOP_CM + images_cm) / height_cm,
        wspace=GAP_CM / width_cm,
        hspace=GAP_CM / panel_cm,
    )
    _draw_rows(images.subplots(squeeze=False), clip, one.mask_HW, frames, view)
    below = GridSpec(
        1, 1, fig, **sides, top=(BOTTOM_CM + CURVE_CM) / height_cm, bottom=BOTTOM_CM / height_cm
    )
    draw_correlations(fig.add_subplot(below[0]), MouseClips(one.mouse, [clip], one.mask_HW), view)
    fig.suptitle(f"mouse {one.mouse}, clip {clip.number}", y=1 - 0.2 / height_cm, va="top")
    return fig


def _draw_rows(
    axes: np.ndarray, clip: ComparedClip, mask_HW: np.ndarray, frames: list[int], view: View
) -> None:
    """The pictures of `figure_errors`, with names of rows, times and bars."""
    error_THW = clip.error_THW(mask_HW)
    movies = clip.true_THW, clip.reconstructed_THW, clip.predicted_THW
    for column, frame in zip(axes.T, frames, strict=True):
        for ax, movie_THW in zip(column, movies, strict=False):
            grey = draw_frame(ax, movie_THW[frame], mask_HW)
        draw_error_map(column[-1], clip.true_THW[frame], error_THW[frame], mask_HW, view)
        column[0].set_title(f"{frame / view.frame_rate_hz:.2f} s", fontsize=7.5, pad=3)
    for ax, name in zip(axes[:, 0], ROWS, strict=True):
        ax.set_ylabel(name, rotation=0, ha="right", va="center")
    colour_bar(grey, axes[1, -1], (0, 255))
    draw_scale_bar(axes[-1, -1], error_scale(view.error_limit))


def draw_correlations(ax: Axes, one: MouseClips, view: View) -> None:
    """Draw the correlation of both reconstructions with the movie, frame by frame; unscored frames on a shade."""
    table = errors_table(one, view.frame_rate_hz)
    for column, (label, colour, style) in LINES.items():
        ax.plot(table["time_s"], table[column], color=colour, ls=style, lw=1.0, label=label)
    if view.skip_frames:
        ax.axvspan(0, view.skip_frames / view.frame_rate_hz, color=FAINT, lw=0, alpha=0.6)
    lowest = min(0.0, float(table[list(LINES)].min().min()))
    ax.axhline(0, color=FAINT, lw=0.6, zorder=0)
    ax.set(
        xlabel="time (s)",
        ylabel="frame correlation",
        xlim=(0, table["time_s"].iloc[-1]),
        ylim=(np.floor(lowest * 5) / 5, 1),
    )
    ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, borderaxespad=0.1)


@house_style()
def figure_error_clips(mice: list[MouseClips], view: View) -> Figure:
    """The error map of one frame of every clip, the middle one of those scored: a row per mouse, clips in columns."""
    mice = crop_to_masks(mice)
    num_columns = max(len(one.clips) for one in mice)
    width_cm = (DOUBLE_COLUMN_CM - LEFT_CM - RIGHT_CM) / num_columns - PANEL_GAP_CM
    width_cm = min(width_cm, LARGEST_PANEL_CM)
    shape = mice[0].mask_HW.shape
    row_cm = width_cm * shape[0] / shape[1] + NUMBER_CM + PANEL_GAP_CM
    size_cm = (
        LEFT_CM + RIGHT_CM + num_columns * (width_cm + PANEL_GAP_CM),
        1.4 + len(mice) * row_cm,
    )
    fig = new_figure(*size_cm, layout="compressed")
    axes = fig.subplots(len(mice), num_columns, squeeze=False)
    for row, one in zip(axes, mice, strict=True):
        for ax in row[len(one.clips) :]:
            ax.set_axis_off()
        row[0].set_ylabel(f"mouse {one.mouse}", rotation=0, ha="right", va="center")
        for ax, clip in zip(row, one.clips, strict=False):
            frame = middle_frame(clip.num_frames, view.skip_frames)
            error_HW = clip.error_THW(one.mask_HW)[frame]
            draw_error_map(ax, clip.true_THW[frame], error_HW, one.mask_HW, view)
            mean = np.abs(error_HW[np.asarray(one.mask_HW, bool)]).mean()
            ax.set_xlabel(f"{mean:.1f}", labelpad=2, fontsize=7.0)
    for column, ax in enumerate(axes[0]):
        ax.set_title(f"clip {column}", fontsize=7.5, pad=3)
    draw_scale_bar(axes[0, -1], error_scale(view.error_limit))
    fig.supxlabel("mean absolute difference of the frame (grey levels)", fontsize=7.5)
    return fig


def middle_frame(num_frames: int, skip_frames: int) -> int:
    """The middle one of the scored frames."""
    return (skip_frames + num_frames - 1) // 2


def draw_error_map(
    ax: Axes, shown_HW: np.ndarray, error_HW: np.ndarray, mask_HW: np.ndarray, view: View
) -> None:
    """Draw the shown frame in grey under its error."""
    colours = dim_outside(
        lay_over(shown_HW, error_HW, view.error_limit), np.asarray(mask_HW, bool)[..., None]
    )
    ax.imshow(np.clip(colours / 255, 0, 1), interpolation="none")
    draw_outline(ax, np.asarray(mask_HW, float), 0.5, colors=INK, linewidths=0.6)
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def draw_scale_bar(ax: Axes, scale: Scale) -> None:
    """A bar just right of a panel, with grey levels."""
    image = ScalarMappable(Normalize(scale.low, scale.high), scale.colormap)
    colour_bar(image, ax, (scale.low, 0, scale.high))


def make_error_clips(files: Any, settings: Any, of: Any) -> Made:
    """The figure `error_clips`."""
    paths = zip(settings.mice, files.clips, files.predicted, strict=True)
    mice = [read_compared(*of_mouse) for of_mouse in paths]
    table = pd.concat([errors_table(one, settings.frame_rate_hz) for one in mice])
    return figure_error_clips(mice, _view(settings)), table


def make_errors(files: Any, settings: Any, of: Any) -> Made:
    """The figure `errors` of one clip."""
    compared = read_compared(of.mouse, files.clips, files.predicted)
    table = errors_table(compared, settings.frame_rate_hz)
    figure = figure_errors(compared, int(of.clip), _view(settings))
    return figure, table[table["clip"] == int(of.clip)]


def _view(settings: Any) -> View:
    return View(settings.frame_rate_hz, settings.skip_frames, settings.error_limit_grey_levels)
