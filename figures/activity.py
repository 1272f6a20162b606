"""How well activity is predicted from the movie, from a part of it, and from its reconstruction."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evaluate.activity_comparison import COMPARISONS, MEASURES, scores_by_clip
from evaluate.activity_file import VERSIONS
from figures.checks import require_columns, require_known
from figures.save import Made
from figures.style import (
    MEASURE_LABELS,
    MUTED,
    house_style,
    letter_panels,
    new_figure,
)
from figures.variants import draw_categories, leave_room, legend_of_mice, write_change
from recordings.csv_table import read_table

LABELS = {
    "movie": "movie",
    "masked": "masked\nmovie",
    "reconstruction": "recon-\nstruction",
    "matched": "matched\nrecon-\nstruction",
    "from_predicted": "recon-\nstruction\nfrom\npredicted",
}
NO_CLIP = "no clip has this score in every version"


@house_style()
def figure_activity(scores: pd.DataFrame, tests: pd.DataFrame) -> Figure:
    """Poisson loss and correlation with the recorded activity by version, changes and p above.

    `tests`: rows of `evaluate.activity_comparison.compare_activity`.
    """
    require_columns(scores, ("mouse", "clip", "version", *MEASURES), "scores")
    require_known(scores["version"], VERSIONS, "version of scores")
    fig = new_figure(5.0 + 2.4 * scores["version"].nunique(), 8.2)
    axes = fig.subplots(1, len(MEASURES))
    for ax, measure in zip(axes, MEASURES, strict=True):
        draw_versions(ax, scores, measure)
        chosen = tests[tests["measure"] == measure]
        versions = list(scores["version"].unique())
        for row in chosen.to_dict("records"):
            _write_test(ax, versions, row)
        ax.set_ylabel(MEASURE_LABELS[measure])
    letter_panels(axes)
    legend_of_mice(fig, scores["mouse"])
    return fig


def draw_versions(ax: Axes, scores: pd.DataFrame, measure: str) -> None:
    """Draw a column per version: each mouse's mean over clips dashed, the mean of the mice solid."""
    clips = scores_by_clip(scores, measure)
    versions = list(clips.columns)
    ax.set_xticks(range(len(versions)), [LABELS[version] for version in versions])
    ax.tick_params(axis="x", length=0)
    ax.set_xlim(-0.5, len(versions) - 0.5)
    if clips.empty:
        ax.text(0.5, 0.5, NO_CLIP, ha="center", color=MUTED, transform=ax.transAxes, wrap=True)
        ax.set_yticks([])
        return
    means = clips.groupby("mouse").mean().T
    draw_categories(ax, np.arange(len(versions)), means)
    highest = 1.0 if measure == "activity_correlation" else np.inf
    leave_room(ax, means, below=0.08, above=0.3, highest=highest)


def _write_test(ax: Axes, versions: list[str], row: dict) -> None:
    """Change and p of a comparison, above the second of its versions."""
    if (row["first"], row["second"]) in COMPARISONS and row["second"] in versions:
        write_change(ax, versions.index(row["second"]), row)


def make_activity(files: Any, settings: Any, of: Any) -> Made:
    """The figure `activity`."""
    scores = read_table(files.scores)
    return figure_activity(scores, read_table(files.tests)), scores
