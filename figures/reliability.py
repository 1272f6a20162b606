"""How reliable the neurons of the simulated mice are."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.checks import require_columns
from figures.save import Made
from figures.style import DOUBLE_COLUMN_CM, INK, house_style, new_figure
from recordings.csv_table import read_table

BAR_COLOUR = "#56B4E9"


@house_style()
def figure_reliability(
    reliability: pd.DataFrame, limits: tuple[float, float] = (-0.2, 1.0)
) -> Figure:
    """Histogram of the neurons' reliability for each mouse; values beyond `limits` count in the outer bins."""
    require_columns(reliability, ("mouse", "neuron", "reliability"), "reliability")
    mice = sorted(reliability["mouse"].unique())
    fig = new_figure(min(DOUBLE_COLUMN_CM, max(8.5, 6.5 * len(mice))), 5.6)
    axes = fig.subplots(1, len(mice), sharex=True, sharey=True, squeeze=False)[0]
    for ax, mouse in zip(axes, mice, strict=True):
        draw_reliability(ax, reliability[reliability["mouse"] == mouse], limits)
        ax.set_title(f"mouse {mouse}")
        ax.set_xlabel("reliability")
    axes[0].set_ylabel("neurons")
    return fig


def draw_reliability(ax: Axes, reliability: pd.DataFrame, limits: tuple[float, float]) -> None:
    """Draw the histogram of one mouse with its median marked."""
    values = reliability["reliability"].dropna().to_numpy()
    bins = np.linspace(*limits, 25)
    ax.hist(np.clip(values, *limits), bins=bins, color=BAR_COLOUR, edgecolor="white", lw=0.4)
    ax.margins(y=0.2)
    if not len(values):
        return
    median = float(np.median(values))
    ax.axvline(median, color=INK, lw=1.2)
    side = "right" if median > np.mean(limits) else "left"
    ax.annotate(
        f"median {median:.2f}\nn = {len(values)}",
        (median, 0.98),
        xycoords=("data", "axes fraction"),
        xytext=(-4 if side == "right" else 4, 0),
        textcoords="offset points",
        ha=side,
        va="top",
    )


def make_reliability(files: Any, settings: Any, of: Any) -> Made:
    """The figure `reliability`."""
    table = read_table(files.neurons)
    return figure_reliability(table), table
