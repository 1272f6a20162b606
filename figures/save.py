"""Saving a figure: picture, editable picture, and the numbers in it."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from figures.style import house_style
from recordings.files import replace_when_done

Made = tuple[Figure, pd.DataFrame]
"""a figure and the numbers that it plots"""
DECIMALS = 7
"""of the places of panels, as shares of the figure"""
COMMIT = "PIPELINE_COMMIT"
"""variable of the environment in which a job finds the commit that it was started at"""


@house_style()
def save_figure(
    fig: Figure,
    svg_path: str | Path,
    png_path: str | Path,
    csv_path: str | Path,
    table: pd.DataFrame,
    dpi: int,
) -> None:
    """Write svg, png and csv; the same figure gives the same bytes at the same commit, which both pictures name as their Source."""
    source = {"Source": f"commit {os.environ[COMMIT]}"} if os.environ.get(COMMIT) else {}
    _freeze_layout(fig)
    with replace_when_done(svg_path) as temporary:
        fig.savefig(temporary, format="svg", metadata={"Date": None} | source)
    with replace_when_done(png_path) as temporary:
        fig.savefig(temporary, format="png", dpi=dpi, metadata=source)
    with replace_when_done(csv_path) as temporary:
        table.to_csv(temporary, index=False, float_format="%.9g", lineterminator="\n")


def _freeze_layout(fig: Figure) -> None:
    """Settle the layout once: a second pass would move panels by fractions of a point.

    Positions are rounded: the last bits of the solver's differ from run to run, and ids in the svg are hashes of them.
    """
    fig.draw_without_rendering()
    fig.set_layout_engine("none")
    for ax in fig.axes:
        ax.set_position(np.round(ax.get_position(original=True).bounds, DECIMALS))
