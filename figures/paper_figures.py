"""Which figure of the paper each figure of the report corresponds to: docs/paper.md as a table, held to it by a test."""

from pathlib import Path

PAPER_FIGURES = {
    "traces": "figure 1 B-D",
    "frames": "figure 1 B-D",
    "ethogram": "figure 1 S1",
    "variant_frames": "figure 1 S2",
    "variants": "figure 1 S2",
    "threshold_scores": "figure 1 S2",
    "activity": "figure 1 S2",
    "fields": "figure 1 S3",
    "masks": "figure 1 S3",
    "alpha": "figure 1 S3",
    "thresholds": "figure 1 S3",
    "temporal_maps": "figure 1 S3",
    "performance": "figure 2",
    "scores": "figure 2",
    "relations": "figure 2 S1",
    "ensemble_sizes": "figure 3",
    "stimuli": "figures 4, 4 S1",
    "stimulus_grid": "figure 4",
    "population": "figure 4 S2",
    "errors": "figures 5, 6",
    "error_clips": "figures 5, 6",
    "duplicates": "figure 6 S1",
    "movies/all_clips": "video 1",
    "movies/side_by_side": "video 1",
    "movies/stimulus_film": "videos 2, 3",
    "movies/errors": "video 4",
    "movies/error_map": "video 4",
}
"""Those that are not named are not in the paper."""


def paper_figure(name: str, path: str | Path) -> str:
    """`figure 2 S1`; empty for a figure or movie that the paper has not."""
    folder = "movies/" if Path(path).suffix == ".mp4" else ""
    return PAPER_FIGURES.get(folder + name, "")
