"""Lines over iterations, updates and ensemble sizes."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import EngFormatter, MaxNLocator

from evaluate.complete import complete_clips
from figures.checks import require_columns
from figures.save import Made
from figures.scores import MEASURES
from figures.style import (
    DOUBLE_COLUMN_CM,
    MEASURE_LABELS,
    MUTED,
    SOURCE_COLOURS,
    house_style,
    letter_panels,
    member_colours,
    mouse_markers,
    new_figure,
)
from recordings.csv_table import read_table

LARGEST_WRITTEN = 1e4
"""loss from which thousands are abbreviated, on the axes of all mice"""


def losses_of_kept(traces: pd.DataFrame) -> pd.DataFrame:
    """The traces with the loss of the movie that is kept: a step that was not `accepted` leaves it as it was."""
    if "accepted" not in traces:
        return traces
    ordered = traces.sort_values("iteration", kind="stable")
    kept = ordered["loss"].where(ordered["accepted"].fillna(True).astype(bool))
    kept = kept.groupby([ordered[name] for name in ("mouse", "member", "clip")]).ffill()
    return traces.assign(loss=kept)


@house_style()
def figure_traces(traces: pd.DataFrame) -> Figure:
    """Poisson loss and video correlation against iteration, a column per mouse."""
    columns = ("mouse", "member", "clip", "iteration", "loss", "video_correlation")
    require_columns(traces, columns, "traces")
    return _mouse_columns(traces, ("loss", "video_correlation"), draw_traces, "iteration")


@house_style()
def figure_training(validation: pd.DataFrame) -> Figure:
    """Training loss and validation correlation of each member against update, a column per mouse."""
    columns = ("member", "update", "mouse", "training_loss", "validation_correlation")
    require_columns(validation, columns, "validation")
    return _mouse_columns(
        validation, ("training_loss", "validation_correlation"), draw_training, "update"
    )


@house_style()
def figure_ensemble_sizes(ensemble_sizes: pd.DataFrame) -> Figure:
    """Video and frame correlation against the number of averaged members."""
    measures = ("video_correlation", "frame_correlation")
    require_columns(ensemble_sizes, ("mouse", "clip", "num_members", *measures), "ensemble_sizes")
    fig = new_figure(DOUBLE_COLUMN_CM, 6.5)
    axes = fig.subplots(1, 2)
    for ax, measure in zip(axes, measures, strict=True):
        draw_ensemble_sizes(ax, ensemble_sizes, measure)
        ax.set(xlabel="members averaged", ylabel=MEASURE_LABELS[measure])
    letter_panels(axes)
    fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=6)
    return fig


def draw_traces(ax: Axes, traces: pd.DataFrame, measure: str) -> None:
    """Draw a thin line per clip and member, and each member's mean over clips thick."""
    tracked = traces.dropna(subset=[measure])
    colours = member_colours(traces["member"])
    for (member, _), line in tracked.groupby(["member", "clip"]):
        line = line.sort_values("iteration")
        ax.plot(line["iteration"], line[measure], color=colours[member], lw=0.5, alpha=0.4)
    for member, lines in tracked.groupby("member"):
        clips = lines.pivot(index="iteration", columns="clip", values=measure)
        mean = clips.dropna().mean(
            axis=1
        )  # a mean of fewer clips would jump where the next one joins
        ax.plot(mean.index, mean, color=colours[member], lw=1.6)


def draw_training(ax: Axes, validation: pd.DataFrame, measure: str) -> None:
    """Draw a line per member, with a dot at each validation; a member that was loaded is a dashed level."""
    colours = member_colours(validation["member"])
    for member, line in validation.dropna(subset=[measure]).groupby("member"):
        line, colour = line.sort_values("update"), colours[member]
        if line["update"].max() == 0:
            ax.axhline(line[measure].iloc[0], color=colour, lw=1.0, ls=(0, (4, 2)))
        else:
            ax.plot(line["update"], line[measure], color=colour, marker="o", ms=2.2, lw=1.0)


def draw_ensemble_sizes(ax: Axes, ensemble_sizes: pd.DataFrame, measure: str) -> None:
    """Draw each mouse's mean over clips dashed, and the mean of the mice solid."""
    of_mice = ensemble_sizes.groupby(["mouse", "num_members"])[measure].mean().unstack("mouse")
    for mouse, marker in mouse_markers(of_mice.columns).items():
        style = {"ls": (0, (4, 2)), "lw": 0.9, "marker": marker, "ms": 3.2, "color": MUTED}
        ax.plot(of_mice.index, of_mice[mouse], label=f"mouse {mouse}", **style)
    colour = SOURCE_COLOURS["smoothed_ensemble"]
    ax.plot(of_mice.index, of_mice.mean(axis=1), color=colour, lw=2.0, label="mean of mice")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    ax.set_xlim(of_mice.index.min() - 0.3, of_mice.index.max() + 0.3)
    ax.margins(y=0.12)


def _mouse_columns(table: pd.DataFrame, measures: tuple[str, str], draw, progress: str) -> Figure:
    """A row of panels per measure and a column per mouse, with one legend of the members."""
    mice = sorted(table["mouse"].unique())
    fig = new_figure(DOUBLE_COLUMN_CM if len(mice) > 1 else 11.0, 10.0)
    axes = fig.subplots(len(measures), len(mice), sharex=True, squeeze=False)
    for column, mouse in zip(axes.T, mice, strict=True):
        for ax, measure in zip(column, measures, strict=True):
            draw(ax, table[table["mouse"] == mouse], measure)
        column[0].set_title(f"mouse {mouse}")
        column[-1].set_xlabel(progress)
        column[-1].xaxis.set_major_locator(MaxNLocator(nbins=max(3, 9 // len(mice)), integer=True))
    for row, measure in zip(axes, measures, strict=True):
        row[0].set_ylabel(MEASURE_LABELS[measure])
    # Losses of mice with different numbers of neurons do not compare: an axis each.
    if any(max(map(abs, ax.get_ylim())) >= LARGEST_WRITTEN for ax in axes[0]):
        for ax in axes[0]:
            ax.yaxis.set_major_formatter(EngFormatter(sep=""))
    for ax in axes[1, 1:]:
        ax.sharey(axes[1, 0])
        ax.tick_params(labelleft=False)
    axes[1, 0].autoscale(axis="y")
    fig.align_ylabels(axes[:, 0])
    _member_legend(fig, table["member"])
    return fig


def _member_legend(fig: Figure, members: pd.Series) -> None:
    title = Line2D([], [], ls="", label="member")
    colours = member_colours(members)
    lines = [Line2D([], [], color=colour, lw=1.6, label=name) for name, colour in colours.items()]
    fig.legend(
        handles=[title, *lines],
        loc="outside lower center",
        ncols=min(len(lines) + 1, 6),
        handlelength=1.4,
    )


def make_ensemble_sizes(files: Any, settings: Any, of: Any) -> Made:
    """The figure `ensemble_sizes`."""
    table = complete_clips(read_table(files.scores), MEASURES)
    return figure_ensemble_sizes(table), table


def make_traces(files: Any, settings: Any, of: Any) -> Made:
    """The figure `traces`."""
    table = losses_of_kept(read_table(files.traces))
    return figure_traces(table), table


def make_training(files: Any, settings: Any, of: Any) -> Made:
    """The figure `training`."""
    table = read_table(files.validation)
    return figure_training(table), table
