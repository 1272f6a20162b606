"""How large the masks are at each threshold, and how alpha was found."""

from typing import Any

import h5py
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from figures.mask_maps import Thresholds
from figures.save import Made
from figures.style import (
    DOUBLE_COLUMN_CM,
    INK,
    MEMBER_COLOURS,
    house_style,
    letter_panels,
    new_figure,
)
from masks.geometry import ScreenSettings, diameter_deg, extent_deg
from masks.thresholds import require_pixels

NUM_THRESHOLDS = 41


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


def make_thresholds(files: Any, settings: Any, of: Any) -> Made:
    """The figure `thresholds`."""
    masks, courses = {}, {}
    for mouse, path in zip(settings.mice, files.alphas, strict=True):
        with h5py.File(path, "r") as file:
            masks[mouse] = file["alpha_HW"][:]
            if "explained" in file:
                courses[mouse] = file["explained"][:]
    require_pixels(masks, settings.evaluation_threshold)
    table = thresholds_table(masks, ScreenSettings(**settings.screen))
    thresholds = Thresholds(settings.update_threshold, settings.evaluation_threshold)
    return figure_thresholds(table, courses, thresholds, settings.stop), table
