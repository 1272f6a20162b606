"""One JSON file per recording with a row per distinct video, for viewers: its trials and whether responses match."""

from pathlib import Path

import pandas as pd

from recordings.catalogue.text_files import write_json
from recordings.names import safe_name


def make_unified(trials: pd.DataFrame) -> dict[str, dict]:
    """The entries of one recording, keyed by the lowest trial number of every video, ascending.

    `video_valid_frames` are those of that trial. `incorrect_valid_responses` is the largest difference, over all
    trials of the video, between the frames of its video and those with responses, of which a hidden trial has none;
    `same_valid_responses` says that it is 0.
    """
    table = trials.sort_values("trial", ignore_index=True)
    measured = table.valid_frames_response.where(table.valid_response, 0)
    table["difference"] = (table.valid_frames_video - measured).abs()
    return {
        str(group.trial.iloc[0]): _make_entry(group)
        for _, group in table.groupby("video_ID", sort=False)
    }


def write_unified(trials: pd.DataFrame, folder: Path | str) -> list[Path]:
    """Write combined_metadata_<recording>.json for every recording of a trials table; return the files."""
    paths = []
    for recording, rows in trials.groupby("recording"):
        name = safe_name(recording, "catalogue, recording")
        paths.append(Path(folder) / f"combined_metadata_{name}.json")
        write_json(paths[-1], make_unified(rows))
    return paths


def _make_entry(group: pd.DataFrame) -> dict:
    difference = int(group.difference.max())
    return {
        "number_equivalent_videos": len(group) - 1,
        "equivalent_videos": [str(trial) for trial in group.trial[1:]],
        "video_valid_frames": int(group.valid_frames_video.iloc[0]),
        "same_valid_responses": difference == 0,
        "incorrect_valid_responses": difference,
        "label": group.label.iloc[0],
    }
