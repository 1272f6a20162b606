"""Correlation against seconds: two methods of reconstruction, raw and smoothed."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.style import DOUBLE_COLUMN_CM, house_style, letter_panels, new_figure

METHOD_COLOURS = {"map": "#D55E00", "paper": "#0072B2"}
METHOD_LABELS = {"map": "map", "paper": "as published"}
PUBLISHED_SIGMA = 0.5


@house_style()
def figure_methods(table: pd.DataFrame) -> Figure:
    """The ensemble's correlation against seconds per clip and member; of the last movies against smoothing; at fixed weights."""
    means = table.groupby(["method", "step", "sigma"])[["correlation", "seconds"]].mean()
    figure = new_figure(DOUBLE_COLUMN_CM, 8.5)
    axes = figure.subplots(1, 3)
    axes[1].sharey(axes[0])
    for method in METHOD_COLOURS:
        draw_course(axes[0], means.loc[method].reset_index(), method)
        draw_smoothing(axes[1], means.loc[(method, -1)].reset_index(), method)
    axes[0].set(xscale="log", xlabel="seconds per clip and member", ylabel="video correlation")
    axes[1].set(xlabel="smoothing $\\sigma$ (frames and px)")
    draw_weights(axes[2], means)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(
        handles, labels, frameon=False, fontsize="small", loc="outside lower center", ncols=2
    )
    letter_panels(axes)
    return figure


def draw_course(ax: Axes, means: pd.DataFrame, method: str) -> None:
    """Raw, smoothed as published, and at the smoothing that turns out best."""
    best = means[means.step == -1].set_index("sigma").correlation.idxmax()
    styles = {0.0: ("-", "raw"), PUBLISHED_SIGMA: ("--", f"$\\sigma$ {PUBLISHED_SIGMA}")}
    styles.setdefault(best, (":", f"best $\\sigma$ {best:g}"))
    for sigma, (style, label) in styles.items():
        rows = means[means.sigma == sigma].sort_values("seconds")
        ax.plot(
            rows.seconds,
            rows.correlation,
            style,
            color=METHOD_COLOURS[method],
            label=f"{METHOD_LABELS[method]}, {label}",
        )


def draw_smoothing(ax: Axes, means: pd.DataFrame, method: str) -> None:
    ax.plot(means.sigma, means.correlation, "o-", color=METHOD_COLOURS[method], markersize=3)


def draw_weights(ax: Axes, means: pd.DataFrame) -> None:
    """Fixed weights of the prior, not smoothed, against the one that held-out neurons choose."""
    raw = means.xs(0.0, level="sigma").correlation
    fixed = sorted(
        (float(method.split("-")[1]), raw.loc[method])
        for method in raw.index.unique("method")
        if method.startswith("map-")
    )
    weights = [weight for weight, _ in fixed]
    colour = METHOD_COLOURS["map"]
    ax.plot(weights, [row.max() for _, row in fixed], "o-", color=colour, markersize=3)
    ax.plot(weights, [row.loc[-1] for _, row in fixed], "o:", color=colour, markersize=3)
    ax.axhline(raw.loc[("map", -1)], color="black", lw=0.8)
    ax.annotate(
        "chosen",
        (1.0, raw.loc[("map", -1)]),
        xycoords=("axes fraction", "data"),
        ha="right",
        va="bottom",
        fontsize="small",
    )
    ax.set(xscale="log", xlabel="fixed weight of the prior", ylabel="video correlation")
