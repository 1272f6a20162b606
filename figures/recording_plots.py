"""Plots of recordings for notebooks: each draws on an axis, time in seconds, with the segment boundaries where given."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.image import AxesImage
from matplotlib.ticker import MaxNLocator

from figures.numerals import numeral
from figures.style import FAINT, INK, MUTED, SOURCE_COLOURS
from recordings.reader import FRAME_RATE_HZ
from recordings.repeats import Repeats

LINE, ACCENT, BOUNDARY = INK, SOURCE_COLOURS["smoothed_ensemble"], SOURCE_COLOURS["ensemble"]
SECONDS = "time (s)"
WHITE, NUM_BINS = 255, 255
HIGHEST_FREQUENCY_HZ = 2.0
Seconds = Float[np.ndarray, " S"] | Sequence[float]


def draw_boundaries(ax: Axes, boundaries_s: Seconds) -> None:
    """Draw a dotted line where one segment ends and the next begins, half a frame before its first frame."""
    for boundary in boundaries_s:
        ax.axvline(boundary - 0.5 / FRAME_RATE_HZ, color=BOUNDARY, ls=":", lw=0.7, zorder=1)


def draw_changes(
    ax: Axes,
    changes_S: Float[np.ndarray, " S"],
    peaks: Sequence[int] = (),
    boundaries_s: Seconds = (),
) -> None:
    """Draw the change from each frame to the next (`recordings.signals.frame_changes`), with crosses at the peaks."""
    peaks = np.asarray(peaks, int)
    time_s = np.arange(len(changes_S)) / FRAME_RATE_HZ
    draw_boundaries(ax, boundaries_s)
    ax.plot(time_s, changes_S, color=LINE, lw=0.7, marker="o", ms=1.2)
    cross = {"marker": "x", "ms": 5, "mew": 1.2, "ls": "", "color": ACCENT, "label": "peak"}
    ax.plot(time_s[peaks], changes_S[peaks], **cross)
    if len(peaks):
        ax.legend(loc="lower right", bbox_to_anchor=(1, 0.97), borderaxespad=0)
    ax.set_ylim(bottom=min(0, ax.get_ylim()[0]))
    _finish(ax, len(changes_S), "change to next frame\n(grey levels\N{SUPERSCRIPT TWO})")


def draw_intensity_histogram(ax: Axes, video_THW: Float[np.ndarray, "T H W"]) -> None:
    """Draw the share of pixels at each grey level, over all frames given."""
    counts, edges = np.histogram(video_THW, bins=NUM_BINS, range=(0, WHITE + 1))
    ax.stairs(100 * counts / max(counts.sum(), 1), edges, fill=True, color=MUTED)
    ax.set(xlim=(0, WHITE + 1), xticks=[0, 64, 128, 192, 255], xlabel="grey level")
    ax.set_ylabel("pixels (%)")


def draw_frame(ax: Axes, frame_HW: Float[np.ndarray, "H W"], title: str = "") -> AxesImage:
    """Draw one frame, black 0 and white 255 whatever it holds; return the image."""
    image = ax.imshow(frame_HW, cmap="gray", vmin=0, vmax=WHITE, interpolation="none")
    ax.set(xticks=[], yticks=[], title=title)
    ax.spines[:].set_visible(False)
    return image


def draw_frames(
    ax: Axes, video_THW: Float[np.ndarray, "T H W"], frames: Sequence[int], num_columns: int = 5
) -> AxesImage:
    """Draw a grid of frames on one axis, each with its time above it; return the image."""
    height, width = video_THW.shape[1:]
    gap, head = 3, 15
    num_columns = min(num_columns, len(frames))
    num_rows = -(-len(frames) // num_columns)
    canvas = np.full((num_rows * (height + head), num_columns * (width + gap) - gap), np.nan)
    for place, frame in enumerate(frames):
        top, left = (
            (place // num_columns) * (height + head) + head,
            (place % num_columns) * (width + gap),
        )
        canvas[top : top + height, left : left + width] = video_THW[frame]
        ax.text(left, top - 1.5, f"{frame / FRAME_RATE_HZ:.2f} s", fontsize=6, va="bottom")
    return draw_frame(ax, canvas)


def draw_raster(
    ax: Axes,
    responses_NT: Float[np.ndarray, "N T"],
    boundaries_s: Seconds = (),
    highest: float | None = None,
) -> AxesImage:
    """Draw a row per neuron, the darker the stronger; black from `highest` (default: 99th percentile) on; return the image."""
    if highest is None:
        highest = float(np.nanpercentile(responses_NT, 99))
    lowest = min(0.0, float(np.nanmin(responses_NT)))
    return _draw_rows(ax, responses_NT, boundaries_s, (lowest, max(highest, lowest + 1e-6)))


def draw_active_raster(
    ax: Axes,
    responses_NT: Float[np.ndarray, "N T"],
    threshold: float,
    boundaries_s: Seconds = (),
) -> AxesImage:
    """Draw a row per neuron, black where it responds above the threshold; return the image."""
    active = np.asarray(responses_NT > threshold, float)
    return _draw_rows(ax, active, boundaries_s, (0.0, 1.0))


def draw_traces(
    ax: Axes,
    responses_NT: Float[np.ndarray, "N T"],
    neurons: Sequence[int],
    boundaries_s: Seconds = (),
    threshold: float | None = None,
) -> None:
    """Draw these neurons' responses one above the other, on one scale; a dashed line at the threshold of each."""
    chosen = np.asarray(responses_NT)[list(neurons)]
    step = 1.05 * (float(np.nanmax(chosen)) - min(0.0, float(np.nanmin(chosen)))) or 1.0
    draw_boundaries(ax, boundaries_s)
    time_s = np.arange(chosen.shape[1]) / FRAME_RATE_HZ
    bases = -step * np.arange(len(chosen))
    for base, trace in zip(bases, chosen, strict=True):
        ax.plot(time_s, base + trace, color=LINE, lw=0.7)
        if threshold is not None:
            ax.axhline(base + threshold, color=ACCENT, lw=0.6, ls=(0, (4, 2)))
    ax.set_yticks(bases, [str(neuron) for neuron in neurons])
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    _finish(ax, chosen.shape[1], "neuron")


def draw_repeats(ax: Axes, repeats: Repeats, neuron: int, boundaries_s: Seconds = ()) -> None:
    """Draw a neuron's mean over repeats, with one standard error to each side."""
    mean_T, error_T = repeats.mean_NT[neuron], repeats.standard_error_NT[neuron]
    time_s = np.arange(len(mean_T)) / FRAME_RATE_HZ
    draw_boundaries(ax, boundaries_s)
    ax.fill_between(time_s, mean_T - error_T, mean_T + error_T, color=MUTED, alpha=0.4, lw=0)
    ax.plot(time_s, mean_T, color=LINE, lw=0.9)
    name = f"neuron {neuron}, mean of {repeats.num_repeats} repeats"
    ax.set_title(f"{name}, reliability {numeral(repeats.reliability_N[neuron])}")
    _finish(ax, len(mean_T), "response")


def draw_gaze(ax: Axes, gaze_2T: Float[np.ndarray, "2 T"]) -> PathCollection:
    """Draw the path of the pupil's centre in the camera's image, coloured by time; return the coloured points."""
    time_s = np.arange(gaze_2T.shape[1]) / FRAME_RATE_HZ
    ax.plot(*gaze_2T, color=FAINT, lw=0.6, zorder=1)
    points = ax.scatter(*gaze_2T, c=time_s, s=4, cmap="viridis", lw=0, zorder=2)
    ax.set(xlabel="pupil centre x (px)", ylabel="pupil centre y (px)")
    ax.set_aspect("equal", adjustable="datalim")
    ax.invert_yaxis()
    bar = ax.figure.colorbar(points, ax=ax, label=SECONDS)
    bar.outline.set_visible(False)
    return points


def draw_pupil(ax: Axes, pupil_T: Float[np.ndarray, " T"], boundaries_s: Seconds = ()) -> None:
    """Draw the size of the pupil."""
    _draw_line(ax, pupil_T, boundaries_s, "pupil size")


def draw_locomotion(
    ax: Axes, locomotion_T: Float[np.ndarray, " T"], boundaries_s: Seconds = ()
) -> None:
    """Draw the running speed, from 0 up."""
    _draw_line(ax, locomotion_T, boundaries_s, "running speed")
    ax.set_ylim(bottom=min(0, float(np.nanmin(locomotion_T))))


def draw_power_spectrum(
    ax: Axes, frequencies_F: Float[np.ndarray, " F"], power_F: Float[np.ndarray, " F"]
) -> None:
    """Draw a spectrum (`recordings.signals.power_spectrum`) from 0 to 2 Hz, power on a logarithmic axis."""
    shown = frequencies_F <= HIGHEST_FREQUENCY_HZ
    positive = np.where(power_F > 0, power_F, np.nan)
    ax.semilogy(frequencies_F[shown], positive[shown], color=LINE, marker="o", ms=2)
    ax.set(xlim=(0, HIGHEST_FREQUENCY_HZ), xlabel="frequency (Hz)")
    ax.set_ylabel("power (units\N{SUPERSCRIPT TWO} / Hz)")


def draw_coordinates(ax: Axes, neurons: pd.DataFrame):
    """Draw where neurons lie (a 3-D axis; the catalogue's `neurons`), coloured by depth, in a cube; return the points."""
    places = neurons[["coord_x", "coord_y", "coord_z"]].to_numpy(float)
    points = ax.scatter(*places.T, c=places[:, 2], s=5, cmap="viridis", lw=0, depthshade=False)
    middle = (places.max(axis=0) + places.min(axis=0)) / 2
    half = max(float(np.ptp(places, axis=0).max()) / 2, 1.0)
    for axis, centre in zip("xyz", middle, strict=True):
        getattr(ax, f"set_{axis}lim")(centre - half, centre + half)
        getattr(ax, f"set_{axis}label")(f"{axis} (µm)")
        getattr(ax, f"{axis}axis").set_major_locator(MaxNLocator(4))
    ax.set_box_aspect((1, 1, 1), zoom=0.82)  # leaves room for the label of z
    return points


def _draw_rows(ax: Axes, rows: np.ndarray, boundaries_s: Seconds, limits: tuple) -> AxesImage:
    end = rows.shape[1] / FRAME_RATE_HZ
    half_frame = 0.5 / FRAME_RATE_HZ
    style = {"cmap": "Greys", "vmin": limits[0], "vmax": limits[1], "interpolation": "nearest"}
    extent = (-half_frame, end - half_frame, len(rows) - 0.5, -0.5)
    image = ax.imshow(rows, aspect="auto", extent=extent, **style)
    draw_boundaries(ax, boundaries_s)
    ax.yaxis.set_major_locator(MaxNLocator(6, integer=True))
    _finish(ax, rows.shape[1], "neuron")
    return image


def _draw_line(ax: Axes, values_T: np.ndarray, boundaries_s: Seconds, label: str) -> None:
    draw_boundaries(ax, boundaries_s)
    ax.plot(np.arange(len(values_T)) / FRAME_RATE_HZ, values_T, color=LINE, lw=0.9)
    _finish(ax, len(values_T), label)


def _finish(ax: Axes, num_frames: int, label: str) -> None:
    half_frame = 0.5 / FRAME_RATE_HZ
    ax.set_xlim(-half_frame, num_frames / FRAME_RATE_HZ - half_frame)
    ax.set(xlabel=SECONDS, ylabel=label)
