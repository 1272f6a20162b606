"""Which pixels the population sees: alpha masks beside the true coverage."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from figures.heat import MIDDLE_GREY
from figures.maps import MouseMaps, read_map, read_mouse_maps
from figures.save import Made
from figures.style import INK, MUTED, draw_outline, has_outline, house_style, new_figure
from recordings.selection import HELD_OUT, load_set

ALPHA_COLOURS = "cividis"
COVERAGE_COLOURS = LinearSegmentedColormap.from_list("coverage", ["#FFFFFF", "#8A8A8A"])
UPDATE_LINE = {"linestyles": "dashed", "linewidths": 1.0}
EVALUATION_LINE = {"linestyles": "solid", "linewidths": 1.2}
ROW_CM, PANEL_CM = 4.3, 7.0


@dataclass(frozen=True)
class Thresholds:
    """Alpha at which a pixel is optimised (update) and scored (evaluation)."""

    update: float
    evaluation: float


def masks_table(maps: list[MouseMaps]) -> pd.DataFrame:
    """One row per mouse and pixel: the drawn values."""
    tables = []
    for one in maps:
        rows, columns = np.indices(one.alpha_HW.shape)
        pixels = {
            "row_px": rows.ravel(),
            "column_px": columns.ravel(),
            "alpha": one.alpha_HW.ravel(),
        }
        coverage = (
            np.full(one.alpha_HW.size, np.nan)
            if one.coverage_HW is None
            else one.coverage_HW.ravel()
        )
        tables.append(pd.DataFrame({"mouse": one.mouse, **pixels, "coverage": coverage}))
    return pd.concat(tables, ignore_index=True)


@house_style()
def figure_masks(
    maps: list[MouseMaps], thresholds: Thresholds, limits: tuple[float, float] | None = None
) -> Figure:
    """Alpha map of each mouse with both thresholds; beside it the true coverage where it is known."""
    if not maps:
        raise ValueError("no mouse to draw the mask of; is recordings.mice empty?")
    limits = limits or alpha_limits([one.alpha_HW for one in maps])
    beside = any(one.has_truth for one in maps)
    num_columns = 2 if beside or len(maps) > 1 else 1
    num_rows = len(maps) if beside else -(-len(maps) // num_columns)
    fig = new_figure(num_columns * PANEL_CM + 2.6, num_rows * ROW_CM + 1.2, layout="compressed")
    axes = fig.subplots(num_rows, num_columns, squeeze=False)
    places = axes[:, 0] if beside else axes.ravel()
    for ax, one in zip(places, maps, strict=False):
        image = draw_alpha(ax, one.alpha_HW, thresholds, limits)
        ax.set_title(f"mouse {one.mouse}: alpha")
    _drop_empty(places[len(maps) :], axes)
    alphas = [one.alpha_HW for one in maps]
    _alpha_bar(image, places[0] if beside else axes[0, -1], drawn_thresholds(alphas, thresholds))
    if beside:
        _coverage_column(axes[:, 1], maps, thresholds)
    fig.legend(handles=threshold_handles(alphas, thresholds), loc="outside lower center", ncols=2)
    return fig


@house_style()
def figure_alpha(
    alpha_HW: Float[np.ndarray, "H W"],
    thresholds: Thresholds,
    title: str = "alpha",
    frame_HW: Float[np.ndarray, "H W"] | None = None,
    limits: tuple[float, float] | None = None,
) -> Figure:
    """One alpha map with both thresholds, to tune them by; what it leaves of a frame of a movie, where one is given."""
    limits = limits or alpha_limits([alpha_HW])
    fig = new_figure(11.0 if frame_HW is None else 17.0, 6.2, layout="compressed")
    axes = fig.subplots(1, 1 if frame_HW is None else 2, squeeze=False)[0]
    image = draw_alpha(axes[0], alpha_HW, thresholds, limits)
    axes[0].set_title(title)
    _alpha_bar(image, axes[0], drawn_thresholds([alpha_HW], thresholds))
    if frame_HW is not None:
        draw_overlay(axes[1], frame_HW, alpha_HW, thresholds)
        axes[1].set_title("over a frame of a movie")
    handles = threshold_handles([alpha_HW], thresholds)
    fig.legend(handles=handles, loc="outside lower center", ncols=2)
    return fig


def alpha_limits(maps: list[np.ndarray]) -> tuple[float, float]:
    """Of the colours: from none of a pixel to all of it, or beyond where alpha is not cut off there."""
    return 0.0, max(1.0, *(float(alpha_HW.max()) for alpha_HW in maps))


def draw_alpha(ax: Axes, alpha_HW: np.ndarray, thresholds: Thresholds, limits: tuple[float, float]):
    """Draw an alpha map with its contours; return the image."""
    low, high = limits
    image = ax.imshow(alpha_HW, cmap=ALPHA_COLOURS, vmin=low, vmax=high, interpolation="none")
    _draw_thresholds(ax, alpha_HW, thresholds, "white")
    _finish_map(ax)
    return image


def draw_overlay(
    ax: Axes, frame_HW: np.ndarray, alpha_HW: np.ndarray, thresholds: Thresholds
) -> None:
    """A frame of a movie, the greyer the less the population sees of it: what the alpha training shows to the encoders."""
    shown_HW = MIDDLE_GREY + np.clip(alpha_HW, 0, 1) * (frame_HW - MIDDLE_GREY)
    ax.imshow(shown_HW, cmap="gray", vmin=0, vmax=255, interpolation="none")
    _draw_thresholds(ax, alpha_HW, thresholds, "#E69F00")
    _finish_map(ax)


def draw_coverage(ax: Axes, maps: MouseMaps, thresholds: Thresholds):
    """Draw the true coverage, the field centres as dots, and the contours of alpha; return the image."""
    coverage_HW = np.zeros(maps.alpha_HW.shape) if maps.coverage_HW is None else maps.coverage_HW
    image = ax.imshow(coverage_HW, cmap=COVERAGE_COLOURS, vmin=0, vmax=1, interpolation="none")
    if maps.centres_N2 is not None:
        rows, columns = maps.centres_N2.T
        ax.scatter(columns, rows, s=2.0, color="#0072B2", alpha=0.6, lw=0, zorder=2)
    _draw_thresholds(ax, maps.alpha_HW, thresholds, "#D55E00")
    _finish_map(ax)
    ax.set(xlim=(-0.5, coverage_HW.shape[1] - 0.5), ylim=(coverage_HW.shape[0] - 0.5, -0.5))
    return image


def _draw_thresholds(ax: Axes, alpha_HW: np.ndarray, thresholds: Thresholds, colour: str) -> None:
    draw_outline(ax, alpha_HW, thresholds.update, colors=colour, **UPDATE_LINE)
    draw_outline(ax, alpha_HW, thresholds.evaluation, colors=colour, **EVALUATION_LINE)


def _coverage_column(axes: np.ndarray, maps: list[MouseMaps], thresholds: Thresholds) -> None:
    for ax, one in zip(axes, maps, strict=True):
        image = draw_coverage(ax, one, thresholds)
        ax.set_title(f"mouse {one.mouse}: true coverage, field centres")
        ax.set_ylabel("")
    if any(one.coverage_HW is not None for one in maps):
        _colour_bar(image, axes[0], "coverage")


def _drop_empty(empty: np.ndarray, axes: np.ndarray) -> None:
    """Remove panels without a mouse; the panel above each gets the column axis."""
    for ax in empty:
        above = axes[-2, list(axes[-1]).index(ax)]
        above.set_xlabel("column (px)")
        above.tick_params(bottom=True, labelbottom=True)
        ax.remove()


def _finish_map(ax: Axes) -> None:
    ax.set(xticks=[0, 20, 40, 60], yticks=[0, 15, 30], xlabel="column (px)", ylabel="row (px)")
    ax.label_outer(remove_inner_ticks=True)
    ax.spines[:].set(visible=True, color=MUTED, linewidth=0.5)


def _alpha_bar(image, ax: Axes, drawn: dict[str, float]) -> None:
    bar = _colour_bar(image, ax, "alpha")
    for name, level in drawn.items():
        style = "--" if name == "optimised" else "-"
        bar.ax.axhline(level, color="white", ls=style, lw=1.0)


def _colour_bar(image, ax: Axes, label: str):
    """A bar just right of a panel, as high as the panel; every row has the same range."""
    bar = ax.figure.colorbar(image, cax=ax.inset_axes([1.03, 0.0, 0.03, 1.0]))
    bar.set_label(label)
    bar.outline.set_visible(False)
    return bar


def drawn_thresholds(alphas: list[np.ndarray], thresholds: Thresholds) -> dict[str, float]:
    """The thresholds that are outlined in a map at least: pixels lie on both sides."""
    levels = {"optimised": thresholds.update, "scored": thresholds.evaluation}
    return {
        name: level
        for name, level in levels.items()
        if any(has_outline(alpha_HW, level) for alpha_HW in alphas)
    }


def threshold_handles(alphas: list[np.ndarray], thresholds: Thresholds) -> list[Line2D]:
    """Entries of a legend for the thresholds that are drawn."""
    styles = {"optimised": {"ls": "--", "lw": 1.0}, "scored": {"ls": "-", "lw": 1.2}}
    return [
        Line2D([], [], color=INK, label=f"{name}: alpha \u2265 {level:g}", **styles[name])
        for name, level in drawn_thresholds(alphas, thresholds).items()
    ]


def make_masks(files: Any, settings: Any, of: Any) -> Made:
    """The figure `masks`."""
    maps = read_mouse_maps(settings.mice, files.alphas, files.coverages, files.neurons)
    thresholds = Thresholds(settings.update_threshold, settings.evaluation_threshold)
    return figure_masks(maps, thresholds), masks_table(maps)


def make_alpha(files: Any, settings: Any, of: Any) -> Made:
    """The figure `alpha` of one mouse."""
    alpha_HW, load = read_map(files.alpha, "alpha_HW"), (of.mouse, files.recording, files.sets)
    (trial,) = load_set(*load, HELD_OUT, max_frames=100, most=1)
    thresholds = Thresholds(settings.update_threshold, settings.evaluation_threshold)
    figure = figure_alpha(alpha_HW, thresholds, f"mask of mouse {of.mouse}", trial.video_THW[-1])
    return figure, masks_table([MouseMaps(of.mouse, alpha_HW)])
