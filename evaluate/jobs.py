"""The scoring job: movies of one mouse in, its tidy tables out."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import pandas as pd

from evaluate.tables import Scoring, score_ensemble_sizes
from masks.thresholds import mask_above, read_alpha
from reconstruct.ensemble import SMOOTHED, smooth_movie
from reconstruct.movies import read_movies, read_traces
from reconstruct.settings import SmoothingSettings
from recordings.hdf5 import new_hdf5
from recordings.selection import load_held_out


@dataclass(frozen=True)
class ScoringInputs:
    """Movies of one mouse that are scored."""

    mouse: str
    ensemble: str
    members: dict[str, str]
    """movies of each member"""
    controls: dict[str, str]
    """movies of each control"""
    smoothing: SmoothingSettings


def scoring_of(mouse: str, files: Mapping, params: Mapping) -> Scoring:
    """Clips, mask and skipped frames of a rule, from its named inputs and params."""
    trials = load_held_out(mouse, files["recording"], files["sets"], params["max_frames"])
    alpha_HW, threshold = read_alpha(files["alpha"]), params["evaluation_threshold"]
    mask_HW = mask_above(alpha_HW, threshold, "masks.evaluation_threshold")
    numbers, movies = [t.number for t in trials], [t.video_THW for t in trials]
    return Scoring(mouse, numbers, movies, mask_HW, params["skip_frames"])


def write_clips(output: str | Path, inputs: ScoringInputs, scoring: Scoring) -> None:
    """What figures draw: true and reconstructed movies of every clip, the mask that was scored."""
    movies = read_movies(inputs.ensemble, SMOOTHED)
    with new_hdf5(output) as file:
        file["mask_HW"] = scoring.mask_HW
        for clip, pair in enumerate(zip(scoring.true_THW, movies, strict=True)):
            for name, movie in zip(("true_THW", "reconstructed_THW"), pair, strict=True):
                file.create_dataset(f"clip-{clip}/{name}", data=movie, compression="gzip")


def score_mouse(inputs: ScoringInputs, scoring: Scoring) -> dict[str, pd.DataFrame]:
    """Tables: scores, ensemble_sizes, traces."""
    members = {member: read_movies(path) for member, path in inputs.members.items()}
    return {
        "scores": _score_sources(scoring, members, inputs),
        "ensemble_sizes": score_ensemble_sizes(scoring, list(members.values()), inputs.smoothing),
        "traces": pd.concat(
            [_trace(inputs.mouse, member, path) for member, path in inputs.members.items()]
        ),
    }


def _score_sources(scoring: Scoring, members: dict, inputs: ScoringInputs) -> pd.DataFrame:
    smoothed = read_movies(inputs.ensemble, SMOOTHED)
    rows = []
    for member, movies in members.items():
        rows += scoring.rows("member", movies, member=member)
    rows += scoring.rows("ensemble", read_movies(inputs.ensemble))
    rows += scoring.rows("smoothed_ensemble", smoothed)
    rows += scoring.rows_of_other_clips("other_clips", smoothed)
    for source, path in inputs.controls.items():
        movies = read_movies(path)
        if source == "ridge":
            with h5py.File(path, "r") as file:
                still_HW = file["mean_frame_HW"][:]
            repeated = [np.broadcast_to(still_HW, movie.shape) for movie in movies]
            rows += scoring.rows("mean_movie", repeated)
        rows += scoring.rows(source, [smooth_movie(movie, inputs.smoothing) for movie in movies])
    columns = ["mouse", "clip", "trial", "source", "member"]
    table = pd.DataFrame(rows)
    return table[columns + [c for c in table if c not in columns]]


def _trace(mouse: str, member: str, path: str | Path) -> pd.DataFrame:
    """The trace that the member's job left, a row for every clip and iteration."""
    table = read_traces(path)
    table.insert(0, "mouse", mouse)
    table.insert(1, "member", member)
    return table
