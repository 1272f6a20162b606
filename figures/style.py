"""The one look of all figures: sizes, fonts, colours, labels."""

import re
from contextlib import AbstractContextManager

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

SINGLE_COLUMN_CM, DOUBLE_COLUMN_CM = 8.5, 17.0

# Okabe & Ito's palette: told apart under every common form of colour blindness.
SOURCE_COLOURS = {
    "member": "#56B4E9",
    "ensemble": "#0072B2",
    "smoothed_ensemble": "#D55E00",
    "true_neurons": "#009E73",
    "noise_free": "#00664B",
    "ridge": "#E69F00",
    "other_clips": "#5F5F5F",
    "mean_movie": "#CC79A7",
    "shuffled_neurons": "#999999",
}
"""Order of the keys is the order on the axis: reconstructions, baselines, controls."""

SOURCE_LABELS = {
    "member": "one member",
    "ensemble": "ensemble",
    "smoothed_ensemble": "ensemble, smoothed",
    "true_neurons": "true neurons",
    "noise_free": "true neurons, no noise",
    "ridge": "linear decoder",
    "other_clips": "other clips",
    "mean_movie": "mean movie",
    "shuffled_neurons": "shuffled neurons",
}
CONTROLS = ("other_clips", "mean_movie", "shuffled_neurons")

MEASURE_LABELS = {
    "video_correlation": "video correlation",
    "frame_correlation": "frame correlation",
    "validation_correlation": "validation correlation",
    "loss": "Poisson loss",
    "training_loss": "training loss",
    "poisson_loss": "Poisson loss",
    "activity_correlation": "activity correlation",
}
MEMBER_COLOURS = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#E69F00",
    "#000000",
    "#999999",
)
MOUSE_MARKERS = ("o", "^", "s", "D", "v", "P", "X", "<", ">", "p")
INK, MUTED, FAINT = "#222222", "#6B6B6B", "#DDDDDD"
ERROR_COLOURS = "RdBu_r"

RC = {
    "figure.dpi": 150,
    "figure.constrained_layout.h_pad": 0.05,
    "figure.constrained_layout.w_pad": 0.05,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 7.5,
    "axes.titlesize": 8.0,
    "axes.labelsize": 7.5,
    "xtick.labelsize": 7.0,
    "ytick.labelsize": 7.0,
    "legend.fontsize": 7.0,
    "figure.titlesize": 8.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "lines.linewidth": 1.2,
    "legend.frameon": False,
    "axes.formatter.useoffset": False,
    "axes.formatter.limits": (-4, 5),
    "svg.fonttype": "none",  # text stays text: editable and searchable
    "svg.hashsalt": "figures",  # ids in the svg do not change from run to run
    "image.composite_image": False,
}


def house_style() -> AbstractContextManager:
    """Context (and decorator) in which figures are made and saved."""
    return matplotlib.rc_context(RC)


def new_figure(width_cm: float, height_cm: float, layout: str = "constrained") -> Figure:
    """An empty figure outside pyplot: no window, nothing to close; `layout` "compressed" suits grids of images."""
    return Figure(figsize=(width_cm / 2.54, height_cm / 2.54), layout=layout)


def member_colours(members) -> dict[str, str]:
    """A colour for each member, by the order of their names: the same in every figure."""
    names = sorted(set(members), key=_natural)
    return {name: MEMBER_COLOURS[k % len(MEMBER_COLOURS)] for k, name in enumerate(names)}


def _natural(name: str) -> list:
    """Sorts factorised2 before factorised10."""
    parts = re.split(r"(\d+)", name)
    return [int(part) if part.isdigit() else part for part in parts]


def mouse_markers(mice) -> dict[str, str]:
    """A marker for each mouse, by alphabetical order of all mice of the table."""
    return {
        mouse: MOUSE_MARKERS[k % len(MOUSE_MARKERS)] for k, mouse in enumerate(sorted(set(mice)))
    }


def letter_panels(axes) -> None:
    """Put a, b, c ... at the upper left of each panel."""
    for letter, ax in zip("abcdefghijklmnopqrstuvwxyz", axes, strict=False):
        ax.set_title(letter, loc="left", fontweight="bold")


def in_rows(entries: list, num_columns: int) -> list:
    """Entries in the order in which a legend of so many columns reads row by row; it fills columns first."""
    return [entry for column in range(num_columns) for entry in entries[column::num_columns]]


EDGE_PARTS = 8
"""into which outlines divide a pixel: they cut a corner by half of one"""


def has_outline(map_HW: np.ndarray, level: float) -> bool:
    """Whether some of a map, but not all of it, reaches a level."""
    return bool(map_HW.min() < level <= map_HW.max())


def draw_outline(ax: Axes, map_HW: np.ndarray, level: float, **line) -> None:
    """Draw a line around the pixels of a map that reach a level, along their edges; nothing where all or none do."""
    if not has_outline(map_HW, level):
        return
    inside = np.kron(np.pad(map_HW >= level, 1), np.ones((EDGE_PARTS, EDGE_PARTS)))
    rows, columns = ((np.arange(size) + 0.5) / EDGE_PARTS - 1.5 for size in inside.shape)
    ax.contour(columns, rows, inside, levels=[0.5], **line)
    ax.set(xlim=(-0.5, map_HW.shape[1] - 0.5), ylim=(map_HW.shape[0] - 0.5, -0.5))
