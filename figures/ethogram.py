"""One clip over time: how the movie moves, what the mouse does, what its neurons do and should do, what is reconstructed."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evaluate.activity_file import BY_FRAME, MOVIE, RECONSTRUCTION, RECORDED, read_activity
from figures.checks import require_columns
from figures.save import Made
from figures.style import (
    DOUBLE_COLUMN_CM,
    FAINT,
    INK,
    MUTED,
    SOURCE_COLOURS,
    house_style,
    letter_panels,
    new_figure,
)
from recordings.csv_table import read_table

SERIES = {
    "motion_energy": "motion\nenergy",
    "pupil_size": "pupil\nsize",
    "running_speed": "running\nspeed",
    "frame_correlation": "frame\ncorrelation",
}
RASTERS = {
    RECORDED: "recorded\n(neurons)",
    MOVIE: "predicted\nfrom movie\n(neurons)",
    RECONSTRUCTION: "predicted from\nreconstruction\n(neurons)",
}
ABOVE = ("motion_energy", "pupil_size", "running_speed")
DIFFERENCE = "activity_correlation_difference"
PREDICTIONS = (BY_FRAME[MOVIE], BY_FRAME[RECONSTRUCTION], DIFFERENCE)
LINE_COLOUR, BEST_COLOUR = INK, SOURCE_COLOURS["smoothed_ensemble"]
MOVIE_COLOUR = SOURCE_COLOURS["ensemble"]
LIMIT = 3.0
"""standard deviations of a neuron over the clip that are black"""


@dataclass(frozen=True)
class Ethogram:
    """What is drawn of one clip."""

    frames: pd.DataFrame
    """a row per frame, with `time_s` and the difference of the predictions' correlations with the recorded activity"""
    neurons: list[int]
    """in the order of the rows, top to bottom"""
    rasters: dict[str, Float[np.ndarray, "N T"]]
    """of those neurons, each in its standard deviations about its mean over the clip"""

    @classmethod
    def of(
        cls,
        frames: pd.DataFrame,
        activities: dict[str, Float[np.ndarray, "N T"]],
        num_neurons: int,
        frame_rate_hz: float,
    ) -> "Ethogram":
        """The most active neurons, those that were active together side by side."""
        from_movie, from_reconstruction = PREDICTIONS[:2]
        needed = ("clip", "frame", "scored", *SERIES, from_movie, from_reconstruction)
        require_columns(frames, needed, "frames")
        frames = frames.sort_values("frame", ignore_index=True)
        difference = frames[from_reconstruction] - frames[from_movie]
        frames = frames.assign(time_s=frames["frame"] / frame_rate_hz, **{DIFFERENCE: difference})
        neurons = choose_neurons(activities[RECORDED], num_neurons)
        rasters = {name: in_deviations(activities[name][neurons]) for name in RASTERS}
        return cls(frames, neurons, rasters)


def choose_neurons(recorded_NT: Float[np.ndarray, "N T"], num_neurons: int) -> list[int]:
    """The neurons of the highest mean, sorted by their weight in the first principal component of the recorded activity."""
    order = np.argsort(-recorded_NT.mean(axis=1), kind="stable")
    active = np.sort(order[:num_neurons])
    weights_N = np.linalg.svd(in_deviations(recorded_NT[active]), full_matrices=False)[0][:, 0]
    sign = np.sign(weights_N.sum()) or 1.0  # the sign of a component is arbitrary
    return active[np.argsort(-sign * weights_N, kind="stable")].tolist()


def in_deviations(activity_NT: Float[np.ndarray, "N T"]) -> Float[np.ndarray, "N T"]:
    """Each neuron in its standard deviations about its mean; 0 where it is constant."""
    centred_NT = activity_NT - activity_NT.mean(axis=1, keepdims=True, dtype=np.float64)
    deviation_N1 = centred_NT.std(axis=1, keepdims=True)
    varies = deviation_N1 > 0
    return np.divide(centred_NT, deviation_N1, out=np.zeros_like(centred_NT), where=varies)


def ethogram_table(ethogram: Ethogram) -> pd.DataFrame:
    """The plotted numbers: a row per frame, a column per line and per neuron of a raster (`recorded_17`)."""
    lines = ethogram.frames[["frame", "time_s", "scored", *SERIES, *PREDICTIONS]]
    rasters = [
        pd.DataFrame(raster_NT.T, columns=[f"{name}_{neuron}" for neuron in ethogram.neurons])
        for name, raster_NT in ethogram.rasters.items()
    ]
    return pd.concat([lines, *rasters], axis=1)


@house_style()
def figure_ethogram(ethogram: Ethogram, title: str) -> Figure:
    """Lines of movie and behaviour, rasters of recorded and predicted activity, how well they agree, and the frame correlation."""
    heights = [1.0] * len(ABOVE) + [2.6] * len(RASTERS) + [2.2, 1.5]
    fig = new_figure(DOUBLE_COLUMN_CM, 19.5)
    axes = fig.subplots(len(heights), 1, sharex=True, height_ratios=heights)
    frames = ethogram.frames
    for ax, name in zip(axes, ABOVE, strict=False):
        draw_series(ax, frames, name, LINE_COLOUR)
    rasters = axes[len(ABOVE) : -2]
    for ax, (name, label) in zip(rasters, RASTERS.items(), strict=True):
        image = draw_raster(ax, ethogram.rasters[name], frames["time_s"].to_numpy())
        _label(ax, label)
    bar = fig.colorbar(image, ax=list(rasters), fraction=0.03, pad=0.01, ticks=[0, LIMIT])
    bar.set_label("standard deviations above the neuron's mean")
    bar.outline.set_visible(False)
    draw_predictions(axes[-2], frames)
    draw_series(axes[-1], frames, "frame_correlation", BEST_COLOUR)
    axes[-1].axhline(0, color=MUTED, lw=0.6, zorder=1)
    _shade_skipped(axes, frames)
    axes[-1].set_xlabel("time since clip onset (s)")
    axes[-1].set_xlim(0, _end(frames["time_s"].to_numpy()))
    fig.align_ylabels(axes)
    letter_panels(axes)
    fig.suptitle(title)
    return fig


def draw_series(ax: Axes, frames: pd.DataFrame, name: str, colour: str) -> None:
    """Draw a line over time, broken where it is not known."""
    ax.plot(frames["time_s"], frames[name], color=colour, lw=1.0, zorder=3)
    ax.locator_params(axis="y", nbins=3)
    ax.margins(y=0.15)
    _label(ax, SERIES[name])


def draw_predictions(ax: Axes, frames: pd.DataFrame) -> None:
    """Draw how well each frame's activity is predicted from the movie and from its reconstruction, and the difference."""
    from_movie, from_reconstruction = PREDICTIONS[:2]
    time_s = frames["time_s"]
    style = {"color": MUTED, "alpha": 0.5, "lw": 0, "label": "difference"}
    ax.plot(time_s, frames[from_movie], color=MOVIE_COLOUR, lw=1.0, label="from movie")
    ax.plot(
        time_s, frames[from_reconstruction], color=BEST_COLOUR, lw=1.0, label="from reconstruction"
    )
    ax.fill_between(time_s, 0, frames[DIFFERENCE], **style)
    ax.axhline(0, color=MUTED, lw=0.6, zorder=1)
    ax.locator_params(axis="y", nbins=4)
    ax.margins(y=0.1)
    ax.legend(loc="lower right", bbox_to_anchor=(1, 0.95), ncols=3, borderaxespad=0)
    _label(ax, "activity\ncorrelation\nwith recorded")


def draw_raster(ax: Axes, raster_NT: np.ndarray, time_s: np.ndarray):
    """Draw a row per neuron, dark where it is above its mean; return the image."""
    extent = (float(time_s[0]), _end(time_s), len(raster_NT), 0)
    style = {"cmap": "Greys", "vmin": 0.0, "vmax": LIMIT, "interpolation": "nearest"}
    image = ax.imshow(raster_NT, aspect="auto", extent=extent, **style)
    ax.set_yticks([0, len(raster_NT)])
    return image


def _end(time_s: np.ndarray) -> float:
    """When the last frame ends."""
    return float(time_s[-1] + (time_s[1] - time_s[0]))


def _label(ax: Axes, text: str) -> None:
    ax.set_ylabel(text, rotation=0, ha="right", va="center")


def _shade_skipped(axes, frames: pd.DataFrame) -> None:
    """Shade the first frames, which no score counts, in the panels of lines."""
    skipped = frames[~frames["scored"]]
    if skipped.empty:
        return
    end = frames["time_s"].iloc[len(skipped)]
    for ax in (*axes[: len(ABOVE)], *axes[-2:]):
        ax.axvspan(0, end, color=FAINT, alpha=0.45, lw=0, zorder=0)


def make_ethogram(files: Any, settings: Any, of: Any) -> Made:
    """The figure `ethogram` of one clip."""
    frames, number = read_table(files.frames), int(of.clip)
    activities = read_activity(files.activity, number)
    of_clip, rate = frames[frames["clip"] == number], settings.frame_rate_hz
    ethogram = Ethogram.of(of_clip, activities, settings.num_example_neurons, rate)
    title = f"mouse {of.mouse}, clip {number}"
    return figure_ethogram(ethogram, title=title), ethogram_table(ethogram)
