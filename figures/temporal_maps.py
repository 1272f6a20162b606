"""How well each pixel of the screen is followed in time, inside the masks."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D

from figures.fields import draw_circles
from figures.maps import read_map
from figures.mask_maps import EVALUATION_LINE, UPDATE_LINE, Thresholds, threshold_handles
from figures.numerals import numeral
from figures.save import Made
from figures.style import (
    DOUBLE_COLUMN_CM,
    ERROR_COLOURS,
    FAINT,
    INK,
    draw_outline,
    house_style,
    new_figure,
)
from masks.geometry import ScreenSettings
from recordings.csv_table import read_table

COLUMNS = {"optimised": "where it is optimised", "scored": "where it is scored"}


@dataclass(frozen=True)
class TemporalMap:
    """Temporal correlation of the pixels of one mouse, NaN where there is none, and the mask before it is cut."""

    mouse: str
    correlation_HW: Float[np.ndarray, "H W"]
    alpha_HW: Float[np.ndarray, "H W"]

    def inside(self, threshold: float) -> Float[np.ndarray, "H W"]:
        return np.where(self.alpha_HW >= threshold, self.correlation_HW, np.nan)


def temporal_maps_table(maps: list[TemporalMap], thresholds: Thresholds) -> pd.DataFrame:
    """One row per mouse and pixel: the drawn values, and in which masks it lies."""
    tables = []
    for one in maps:
        rows, columns = np.indices(one.alpha_HW.shape)
        pixels = {"row_px": rows.ravel(), "column_px": columns.ravel()}
        pixels |= {"temporal_correlation": one.correlation_HW.ravel()}
        pixels |= {"optimised": (one.alpha_HW >= thresholds.update).ravel()}
        pixels |= {"scored": (one.alpha_HW >= thresholds.evaluation).ravel()}
        tables.append(pd.DataFrame({"mouse": one.mouse, **pixels}))
    return pd.concat(tables, ignore_index=True)


@house_style()
def figure_temporal_maps(
    maps: list[TemporalMap],
    summary: pd.DataFrame,
    thresholds: Thresholds,
    screen: ScreenSettings,
) -> Figure:
    """A row per mouse, a column per mask, its mean below; outlines of both masks, circles every 10 degrees."""
    fig = new_figure(DOUBLE_COLUMN_CM, 4.9 * len(maps) + 1.6, layout="compressed")
    axes = fig.subplots(len(maps), len(COLUMNS), squeeze=False)
    means = summary.set_index(["mouse", "mask"])["temporal_correlation"]
    levels = {"optimised": thresholds.update, "scored": thresholds.evaluation}
    for row, one in zip(axes, maps, strict=True):
        for ax, (name, title) in zip(row, COLUMNS.items(), strict=True):
            image = draw_temporal_map(ax, one, levels[name], thresholds, screen)
            mean = means[one.mouse, name]
            said = f"mean {numeral(mean)}" if np.isfinite(mean) else "no pixel has a correlation"
            ax.set_xlabel(said)
            ax.set_title(f"mouse {one.mouse}: {title}")
    fig.colorbar(image, ax=axes, label="temporal correlation", shrink=0.6, aspect=30)
    _legend(fig, [one.alpha_HW for one in maps], thresholds)
    return fig


def draw_temporal_map(
    ax: Axes, one: TemporalMap, level: float, thresholds: Thresholds, screen: ScreenSettings
) -> AxesImage:
    """Draw the correlation of pixels with alpha from a level on; grey elsewhere and where there is none."""
    ax.set_facecolor(FAINT)
    limits = {"vmin": -1, "vmax": 1, "interpolation": "none"}
    image = ax.imshow(one.inside(level), cmap=ERROR_COLOURS, **limits)
    draw_circles(ax, screen, INK)
    draw_outline(ax, one.alpha_HW, thresholds.evaluation, colors=INK, **EVALUATION_LINE)
    draw_outline(ax, one.alpha_HW, thresholds.update, colors=INK, **UPDATE_LINE)
    return image


def _legend(fig: Figure, alphas: list[np.ndarray], thresholds: Thresholds) -> None:
    handles = threshold_handles(alphas, thresholds)
    circles = "eccentricity, every 10\u00b0"
    handles.append(Line2D([], [], color=INK, lw=0.3, label=circles))
    fig.legend(handles=handles, loc="outside lower center", ncols=3)


def make_temporal_maps(files: Any, settings: Any, of: Any) -> Made:
    """The figure `temporal_maps`."""
    paths = zip(settings.mice, files.maps, files.alphas, strict=True)
    maps = [
        TemporalMap(mouse, np.load(path, allow_pickle=False), read_map(alpha, "alpha_HW"))
        for mouse, path, alpha in paths
    ]
    thresholds = Thresholds(settings.update_threshold, settings.evaluation_threshold)
    screen = ScreenSettings(**settings.screen)
    figure = figure_temporal_maps(maps, read_table(files.summary), thresholds, screen)
    return figure, temporal_maps_table(maps, thresholds)
