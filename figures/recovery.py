"""How well the fields and masks of simulated mice are found."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.fields import MouseFields, read_mouse_fields
from figures.numerals import numeral
from figures.save import Made
from figures.style import DOUBLE_COLUMN_CM, INK, MUTED, house_style, new_figure
from recordings.csv_table import read_table


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
        row[1].set(
            xlabel="distance (px; last: 12 and more)",
            ylabel="neurons",
            title=f"median {median:.2g} px",
        )
        alpha_HW, coverage_HW = masks[mouse], coverages[mouse]
        row[2].scatter(coverage_HW.ravel(), alpha_HW.ravel(), s=1.5, lw=0, color="#0072B2")
        r = np.corrcoef(coverage_HW.ravel(), alpha_HW.ravel())[0, 1]
        row[2].set(xlabel="true coverage", ylabel="alpha", title=f"r = {numeral(r)}")
    return figure


def draw_shifts(ax: Axes, table: pd.DataFrame) -> None:
    true, found = ("field_column_px", "field_row_px"), ("found_column_px", "found_row_px")
    x, y = (np.stack([table[a], table[b]]) for a, b in zip(true, found, strict=True))
    ax.plot(x, y, color=MUTED, lw=0.4)
    ax.scatter(x[0], y[0], s=3, lw=0, color="#D55E00")
    ax.set(xlim=(-0.5, 63.5), ylim=(35.5, -0.5), aspect="equal")
    ax.set(xlabel="column (px)", ylabel="row (px)")


def make_recovery(files: Any, settings: Any, of: Any) -> Made:
    """The figure `recovery`."""
    tables, masks, coverages = {}, {}, {}
    paths = (settings.mice, files.fields, files.alphas, files.neurons, files.coverages)
    for mouse, fields, alpha, neurons, coverage in zip(*paths, strict=True):
        one = read_mouse_fields(mouse, fields, alpha)
        tables[mouse] = recovery_table(one, read_table(neurons))
        masks[mouse], coverages[mouse] = one.alpha_HW, np.load(coverage, allow_pickle=False)
    figure = figure_recovery(tables, masks, coverages)
    return figure, pd.concat(tables.values(), ignore_index=True)
