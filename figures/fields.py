"""Receptive fields and masks of all mice, what thresholds do to masks, and how well the truth is found."""

from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from figures.mask_maps import ALPHA_COLOURS, Thresholds
from figures.style import (
    DOUBLE_COLUMN_CM,
    ERROR_COLOURS,
    INK,
    MEMBER_COLOURS,
    MUTED,
    house_style,
    letter_panels,
    new_figure,
)
from masks.geometry import ScreenSettings, diameter_deg, eccentricity_deg, extent_deg
from masks.locate import mean_field

CIRCLES_DEG = range(10, 70, 10)
NUM_THRESHOLDS = 41
COLUMNS = ("one field", "mean on field", "mean off field", "on centres", "off centres", "mask")


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
        """The neuron whose field a Gaussian fits best among those that light patches change most."""
        strong = self.table.on_change >= self.table.on_change.quantile(0.75)
        return int(self.table.goodness.where(strong).idxmax())


def read_mouse_fields(mouse: str, fields: str | Path, alpha: str | Path) -> MouseFields:
    with h5py.File(fields, "r") as file, h5py.File(alpha, "r") as mask:
        table = pd.DataFrame(file["neurons"][:])
        rows, columns = file["rows_px"][:], file["columns_px"][:]
        half = (columns[1] - columns[0]) / 2
        extent = (columns[0] - half, columns[-1] + half, rows[-1] + half, rows[0] - half)
        on_NRC, off_NRC, alpha_HW = file["on_NRC"][:], file["off_NRC"][:], mask["alpha_HW"][:]
    return MouseFields(mouse, table, on_NRC, off_NRC, extent, alpha_HW)


@house_style()
def figure_fields(mice: list[MouseFields], screen: ScreenSettings) -> Figure:
    """A row per mouse: one neuron's field, the population's, where centres lie, the mask; circles every 10 degrees."""
    figure = new_figure(DOUBLE_COLUMN_CM, 1.9 * len(mice) + 0.9, layout="compressed")
    axes = figure.subplots(len(mice), len(COLUMNS), squeeze=False)
    for row, one in zip(axes, mice, strict=True):
        draw_signed(row[0], one, one.on_NRC[one.example] - one.off_NRC[one.example])
        row[0].set_xlabel(f"neuron {one.example}")
        for ax, maps in zip(row[1:3], (one.on_NRC, one.off_NRC), strict=True):
            ax.imshow(mean_field(maps), cmap="Greys", vmin=0, extent=one.extent)
        for ax, phase in zip(row[3:5], ("on", "off"), strict=True):
            draw_centres(ax, one, phase)
        row[5].imshow(one.alpha_HW, cmap=ALPHA_COLOURS, vmin=0, interpolation="none")
        for ax in row:
            draw_circles(ax, screen)
            name_circles(ax, screen)
        row[0].set_ylabel(f"mouse {one.mouse}")
    for ax, title in zip(axes[0], COLUMNS, strict=True):
        ax.set_title(title)
    return figure


def draw_signed(ax: Axes, one: MouseFields, map_RC: np.ndarray) -> None:
    """On in red, off in blue."""
    largest = max(float(np.abs(map_RC).max()), 1e-9)
    norm = TwoSlopeNorm(0, -largest, largest)
    ax.imshow(map_RC, cmap=ERROR_COLOURS, norm=norm, extent=one.extent)


def draw_centres(ax: Axes, one: MouseFields, phase: str) -> None:
    """How many fields have their peak in each patch."""
    columns, rows = one.table[f"{phase}_peak_column_px"], one.table[f"{phase}_peak_row_px"]
    left, right, bottom, top = one.extent
    num_rows, num_columns = one.on_NRC.shape[1:]
    bins = (np.linspace(left, right, num_columns + 1), np.linspace(top, bottom, num_rows + 1))
    ax.hist2d(columns.dropna(), rows.dropna(), bins=bins, cmap="Greys")
    ax.set(aspect="equal")
    ax.set_xlabel(f"n = {columns.notna().sum()}")


def draw_circles(ax: Axes, screen: ScreenSettings, colour: str = MUTED) -> None:
    """Of eccentricity, every 10 degrees."""
    levels = list(CIRCLES_DEG)
    ax.contour(eccentricity_deg(screen), levels=levels, colors=colour, linewidths=0.3)
    ax.set(xlim=(-0.5, 63.5), ylim=(35.5, -0.5), xticks=[], yticks=[])
    ax.spines[:].set(visible=True, color=MUTED, linewidth=0.5)


def name_circles(ax: Axes, screen: ScreenSettings) -> None:
    degrees_HW = eccentricity_deg(screen)
    for degrees in (20, 40):
        column = int(np.argmin(np.abs(degrees_HW[18, 32:] - degrees))) + 32
        ax.text(column, 18, f"{degrees}°", fontsize=4.5, color=MUTED, ha="center", va="center")


def thresholds_table(masks: dict[str, np.ndarray], screen: ScreenSettings) -> pd.DataFrame:
    """How large every mouse's mask is at each threshold: pixels, share of the screen, degrees."""
    rows = []
    for mouse, alpha_HW in masks.items():
        for threshold in np.linspace(0, max(1.0, float(alpha_HW.max())), NUM_THRESHOLDS):
            mask_HW = alpha_HW >= threshold
            height, width = extent_deg(mask_HW, screen)
            row = {"mouse": mouse, "threshold": threshold, "pixels": int(mask_HW.sum())}
            row |= {"share": mask_HW.mean(), "diameter_deg": diameter_deg(mask_HW, screen)}
            rows.append(row | {"height_deg": height, "width_deg": width})
    return pd.DataFrame(rows)


@house_style()
def figure_thresholds(
    sizes: pd.DataFrame, courses: dict[str, np.ndarray], thresholds: Thresholds, stop: float = 1.0
) -> Figure:
    """The mask's area and diameter against the threshold; where alpha was found by steps, what it explained until the stop."""
    figure = new_figure(DOUBLE_COLUMN_CM, 6.0)
    axes = figure.subplots(1, 3 if courses else 2)
    colours = dict(zip(sizes.mouse.unique(), MEMBER_COLOURS * 9, strict=False))
    for mouse, rows in sizes.groupby("mouse"):
        axes[0].plot(rows.threshold, 100 * rows.share, color=colours[mouse], label=f"mouse {mouse}")
        axes[1].plot(rows.threshold, rows.diameter_deg, color=colours[mouse])
    axes[0].set(ylabel="share of the screen (%)")
    axes[1].set(ylabel="diameter (deg)")
    for ax in axes[:2]:
        ax.set(xlabel="threshold on alpha", ylim=(0, None))
        for level, style in ((thresholds.update, "--"), (thresholds.evaluation, "-")):
            if np.isfinite(level):
                ax.axvline(level, color=INK, lw=0.8, ls=style)
        ax.set_xlim(0, 1.04 * sizes.threshold.max())
    axes[1].legend(*axes[0].get_legend_handles_labels(), loc="lower left")
    for mouse, explained in courses.items():
        axes[2].plot(100 * np.r_[0, explained], color=colours[mouse])
    if courses:
        axes[2].axhline(100 * stop, color=INK, lw=0.8, ls=":")
        axes[2].xaxis.set_major_locator(MaxNLocator(integer=True))
        axes[2].set(xlabel="step", ylabel="validation error explained (%)", ylim=(0, 100))
    letter_panels(axes)
    return figure


def recovery_table(one: MouseFields, truth: pd.DataFrame) -> pd.DataFrame:
    """A row per simulated neuron: where its field is, where it was found, how far apart that is."""
    found = one.table[["row_px", "column_px", "goodness"]].add_prefix("found_")
    table = pd.concat([truth.reset_index(drop=True), found.reset_index(drop=True)], axis=1)
    rows = table.found_row_px - table.field_row_px
    return table.assign(error_px=np.hypot(rows, table.found_column_px - table.field_column_px))


@house_style()
def figure_recovery(
    tables: dict[str, pd.DataFrame],
    masks: dict[str, np.ndarray],
    coverages: dict[str, np.ndarray],
    least_reliability: float = 0.3,
) -> Figure:
    """A row per mouse: from true to found centre of every reliable neuron, how far they lie apart, alpha against the true coverage."""
    figure = new_figure(DOUBLE_COLUMN_CM, 4.6 * len(tables))
    axes = figure.subplots(len(tables), 3, squeeze=False, width_ratios=[1.7, 1, 1])
    for row, (mouse, table) in zip(axes, tables.items(), strict=True):
        reliable = table[table.reliability > least_reliability].dropna(subset="error_px")
        draw_shifts(row[0], reliable)
        row[0].set(title=f"mouse {mouse}: true (dots) and found centres")
        row[1].hist(reliable.error_px.clip(upper=12), bins=np.arange(0, 12.5, 0.5), color=MUTED)
        median = reliable.error_px.median()
        row[1].axvline(median, color=INK, lw=1.0)
        row[1].set(xlabel="distance (px)", ylabel="neurons", title=f"median {median:.2g} px")
        alpha_HW, coverage_HW = masks[mouse], coverages[mouse]
        row[2].scatter(coverage_HW.ravel(), alpha_HW.ravel(), s=1.5, lw=0, color="#0072B2")
        r = np.corrcoef(coverage_HW.ravel(), alpha_HW.ravel())[0, 1]
        row[2].set(xlabel="true coverage", ylabel="alpha", title=f"r = {r:.2f}")
    return figure


def draw_shifts(ax: Axes, table: pd.DataFrame) -> None:
    true, found = ("field_column_px", "field_row_px"), ("found_column_px", "found_row_px")
    x, y = (np.stack([table[a], table[b]]) for a, b in zip(true, found, strict=True))
    ax.plot(x, y, color=MUTED, lw=0.4)
    ax.scatter(x[0], y[0], s=3, lw=0, color="#D55E00")
    ax.set(xlim=(-0.5, 63.5), ylim=(35.5, -0.5), aspect="equal")
    ax.set(xlabel="column (px)", ylabel="row (px)")
