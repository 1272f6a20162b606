"""Receptive fields and masks of all mice: one field, the population's, where centres lie, what is masked."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from figures.mask_maps import ALPHA_COLOURS, alpha_limits
from figures.save import Made
from figures.style import DOUBLE_COLUMN_CM, ERROR_COLOURS, INK, MUTED, house_style, new_figure
from masks.geometry import ScreenSettings, eccentricity_deg
from masks.locate import mean_field

CIRCLES_DEG = range(10, 70, 10)
NAMED_DEG, NAMED_ROW = (20, 40), 27
COUNT_COLOURS = "Greys"
COLUMNS = {
    "one field": "change (share of rate)",
    "mean on field": "share of the peak",
    "mean off field": "share of the peak",
    "on centres": "neurons per patch",
    "off centres": "neurons per patch",
    "mask": "alpha",
}
"""titles of the columns, and what their colours mean"""


@dataclass(frozen=True)
class MouseFields:
    """What the fields of one mouse and its mask look like."""

    mouse: str
    table: pd.DataFrame
    on_NRC: Float[np.ndarray, "N R C"]
    off_NRC: Float[np.ndarray, "N R C"]
    extent: tuple[float, float, float, float]
    """of the grid of patches in pixels: left, right, bottom, top"""
    alpha_HW: Float[np.ndarray, "H W"]

    @property
    def example(self) -> int:
        """The neuron whose field a Gaussian fits best among those that light patches change most, of the visible ones if any is."""
        strong = self.table.on_change >= self.table.on_change.quantile(0.75)
        visible = strong & self._is_visible() & self.table.goodness.notna()
        return int(self.table.goodness.where(visible if visible.any() else strong).idxmax())

    def _is_visible(self) -> np.ndarray:
        """Whether the centre of a neuron's field lies where alpha is at least half of its largest value."""
        centres = self.table[["row_px", "column_px"]].to_numpy()
        places = np.nan_to_num(centres).round().astype(int)
        rows, columns = np.clip(places, 0, np.array(self.alpha_HW.shape) - 1).T
        return self.alpha_HW[rows, columns] >= self.alpha_HW.max() / 2


def read_mouse_fields(mouse: str, fields: str | Path, alpha: str | Path) -> MouseFields:
    with h5py.File(fields, "r") as file, h5py.File(alpha, "r") as mask:
        table = pd.DataFrame(file["neurons"][:])
        rows, columns = file["rows_px"][:], file["columns_px"][:]
        half = (columns[1] - columns[0]) / 2
        extent = (columns[0] - half, columns[-1] + half, rows[-1] + half, rows[0] - half)
        on_NRC, off_NRC, alpha_HW = file["on_NRC"][:], file["off_NRC"][:], mask["alpha_HW"][:]
    return MouseFields(mouse, table, on_NRC, off_NRC, extent, alpha_HW)


@dataclass(frozen=True)
class Limits:
    """Of the colours of each column, one for all mice."""

    change: float
    field: float
    count: float
    alpha: float

    def of_columns(self) -> list[ScalarMappable]:
        """Colours and range of every column."""
        count = ScalarMappable(Normalize(0, self.count), COUNT_COLOURS)
        field = ScalarMappable(Normalize(0, self.field), COUNT_COLOURS)
        change = ScalarMappable(Normalize(-self.change, self.change), ERROR_COLOURS)
        alpha = ScalarMappable(Normalize(0, self.alpha), ALPHA_COLOURS)
        return [change, field, field, count, count, alpha]


def limits_of(mice: list[MouseFields]) -> Limits:
    """The largest values of any mouse."""
    maps = [maps_NRC for one in mice for maps_NRC in (one.on_NRC, one.off_NRC)]
    counts = [count_centres(one, phase) for one in mice for phase in ("on", "off")]
    return Limits(
        change=max(1e-9, *(float(np.abs(example_field(one)).max()) for one in mice)),
        field=max(1e-9, *(float(mean_field(maps_NRC).max()) for maps_NRC in maps)),
        count=max(1, *(int(counts_RC.max()) for counts_RC in counts)),
        alpha=alpha_limits([one.alpha_HW for one in mice])[1],
    )


@house_style()
def figure_fields(mice: list[MouseFields], screen: ScreenSettings) -> Figure:
    """A row per mouse: one neuron's field, the population's, where centres lie, the mask; circles every 10 degrees."""
    figure = new_figure(DOUBLE_COLUMN_CM, 1.95 * len(mice) + 2.6, layout="compressed")
    figure.get_layout_engine().set(w_pad=0.02, h_pad=0.03, wspace=0.02, hspace=0.02)
    axes = figure.subplots(len(mice), len(COLUMNS), squeeze=False, sharex=True, sharey=True)
    colours = limits_of(mice).of_columns()
    for row, one in zip(axes, mice, strict=True):
        draw_mouse(row, one, colours)
        for ax in row:
            draw_circles(ax, screen)
            name_circles(ax, screen)
            ax.set(xticks=[0, 30, 60], yticks=[0, 15, 30])
            ax.tick_params(labelsize=6)
            ax.label_outer(remove_inner_ticks=True)
        row[0].set_ylabel(f"mouse {one.mouse}\nrow (px)")
    for ax, title in zip(axes[0], COLUMNS, strict=True):
        ax.set_title("\n".join([title, ax.get_title()]), fontsize=7.0)
    for ax in axes[-1]:
        ax.set_xlabel("column (px)")
    for column, image, label in zip(axes.T, colours, COLUMNS.values(), strict=True):
        bar = figure.colorbar(image, ax=list(column), location="bottom", aspect=14, pad=0.03)
        bar.set_label(label, fontsize=6.5)
        bar.ax.tick_params(labelsize=6)
        bar.ax.locator_params(nbins=3)
        bar.outline.set_visible(False)
    return figure


def draw_mouse(row: np.ndarray, one: MouseFields, colours: list[ScalarMappable]) -> None:
    """Draw the six maps of a mouse, with which neuron and how many neurons they are of."""
    left, right, bottom, top = one.extent
    of_patches = {"extent": (left, right, bottom, top)}
    maps = [example_field(one), mean_field(one.on_NRC), mean_field(one.off_NRC)]
    maps += [count_centres(one, phase) for phase in ("on", "off")]
    for ax, map_RC, image in zip(row, maps, colours, strict=False):
        ax.imshow(map_RC, cmap=image.cmap, norm=image.norm, interpolation="none", **of_patches)
    mask = {"cmap": colours[-1].cmap, "norm": colours[-1].norm, "interpolation": "none"}
    row[-1].imshow(one.alpha_HW, **mask)
    row[0].set_title(f"neuron {one.example}", fontsize=6.5, pad=2)
    for ax, phase in zip(row[3:5], ("on", "off"), strict=True):
        num_centres = one.table[f"{phase}_peak_row_px"].notna().sum()
        ax.set_title(f"n = {num_centres}", fontsize=6.5, pad=2)


def example_field(one: MouseFields) -> Float[np.ndarray, "R C"]:
    """Of the example neuron: on positive, off negative."""
    return one.on_NRC[one.example] - one.off_NRC[one.example]


def count_centres(one: MouseFields, phase: str) -> Float[np.ndarray, "R C"]:
    """How many fields have their peak in each patch."""
    places = one.table[[f"{phase}_peak_row_px", f"{phase}_peak_column_px"]].dropna().to_numpy()
    left, right, bottom, top = one.extent
    num_rows, num_columns = one.on_NRC.shape[1:]
    edges = np.linspace(top, bottom, num_rows + 1), np.linspace(left, right, num_columns + 1)
    return np.histogram2d(*places.T, bins=edges)[0]


def draw_circles(ax: Axes, screen: ScreenSettings, colour: str = MUTED) -> None:
    """Of eccentricity, every 10 degrees."""
    levels = list(CIRCLES_DEG)
    ax.contour(eccentricity_deg(screen), levels=levels, colors=colour, linewidths=0.3)
    ax.set(xlim=(-0.5, 63.5), ylim=(35.5, -0.5), xticks=[], yticks=[])
    ax.spines[:].set(visible=True, color=MUTED, linewidth=0.5)


def name_circles(ax: Axes, screen: ScreenSettings) -> None:
    """Write on two of the circles, below the middle of the screen, how many degrees they are."""
    degrees_HW = eccentricity_deg(screen)
    halo = [withStroke(linewidth=1.4, foreground="white")]
    style = {"fontsize": 5.0, "color": INK, "ha": "center", "va": "center", "path_effects": halo}
    for degrees in NAMED_DEG:
        column = int(np.argmin(np.abs(degrees_HW[NAMED_ROW, 32:] - degrees))) + 32
        ax.text(column, NAMED_ROW, f"{degrees}\N{DEGREE SIGN}", **style)


def make_fields(files: Any, settings: Any, of: Any) -> Made:
    """The figure `fields`."""
    paths = zip(settings.mice, files.fields, files.alphas, strict=True)
    mice = [read_mouse_fields(*each) for each in paths]
    table = pd.concat([one.table.assign(mouse=one.mouse) for one in mice], ignore_index=True)
    return figure_fields(mice, ScreenSettings(**settings.screen)), table
