"""The tables of what was shown in all recordings: trials, videos and segments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from recordings.catalogue.identity import identify_videos
from recordings.catalogue.scan import HIDDEN, MISSING, SIGNALS, RecordingScan
from recordings.catalogue.segment_identity import identify_segments, label_segments
from recordings.csv_table import write_table
from recordings.files import replace_when_done
from recordings.reader import Recording

VALID_FRAMES = [f"valid_frames_{name}" for name in ("video", *SIGNALS)]
VALID = [f"valid_{name}" for name in ("video", *SIGNALS)]
STATES = [f"{name}_state" for name in SIGNALS]
TRIALS = ["recording", "label", "trial", "trial_type", "video_ID", "valid_frames", "valid_trial"]
TRIALS += [*VALID_FRAMES, *VALID, *STATES]
TRIALS += ["first_label", "num_segments", "num_bad_segments", "num_repeats"]
VIDEOS = ["video_ID", "label", "valid_frames", "num_trials", "num_recordings"]
VIDEOS += ["recording", "trial", "content"]
SEGMENTS = ["segment_ID", "segment_label", "video_ID", "video_label", "recording", "trial"]
SEGMENTS += ["segment_index", "frame_start", "frame_end"]


@dataclass(frozen=True)
class Shown:
    """What was shown, with the columns of the published metadata and some of ours."""

    trials: pd.DataFrame
    videos: pd.DataFrame
    segments: pd.DataFrame


def tabulate_shown(scans: Sequence[RecordingScan], recordings: Mapping[str, Recording]) -> Shown:
    """The tables in the order of recordings, trials and segments; `recordings` go by their names."""
    scans = sorted(scans, key=lambda scan: scan.recording)
    contents = identify_videos(scans, recordings)
    every = pd.concat(
        [scan.trials.assign(recording=scan.recording) for scan in scans], ignore_index=True
    )
    every = every.merge(contents[["content", "video_ID"]], on="content", how="left")
    canonical = contents[contents.is_canonical].sort_values("video_ID", ignore_index=True)
    return Shown(
        tabulate_trials(every),
        tabulate_videos(every, canonical),
        tabulate_segments(scans, every, canonical, recordings),
    )


def tabulate_trials(every: pd.DataFrame) -> pd.DataFrame:
    """What is valid of each trial: only hidden and missing data are not, and a video with bad segments.

    valid_trial is valid_video, as published. A mouse that never moved is constant, and valid.
    """
    table = every.sort_values(["recording", "trial"], ignore_index=True)
    table["valid_video"] = table.num_bad_segments == 0
    for name in SIGNALS:
        table[f"valid_{name}"] = ~table[f"{name}_state"].isin([HIDDEN, MISSING])
    table["valid_trial"] = table.valid_video
    measured = table.valid_frames_response.where(table.response_state != MISSING)
    shortest = table[["valid_frames_video"]].assign(response=measured).min(axis=1)
    table["valid_frames"] = shortest.astype("int64")
    repeats = table.groupby(["recording", "video_ID"]).trial.transform("size")
    table["num_repeats"] = repeats
    return table[TRIALS]


def tabulate_videos(every: pd.DataFrame, canonical: pd.DataFrame) -> pd.DataFrame:
    """A row per video, with the trial that stands for it and how often it was shown."""
    shown = every.groupby("video_ID")
    counts = shown.agg(num_trials=("trial", "size"), num_recordings=("recording", "nunique"))
    lengths = every[["recording", "trial", "valid_frames_video"]]
    table = canonical.merge(counts, left_on="video_ID", right_index=True)
    table = table.merge(lengths, on=["recording", "trial"])
    table = table.rename(columns={"valid_frames_video": "valid_frames"})
    return table.sort_values("video_ID", ignore_index=True)[VIDEOS]


def tabulate_segments(
    scans: Sequence[RecordingScan],
    every: pd.DataFrame,
    canonical: pd.DataFrame,
    recordings: Mapping[str, Recording],
) -> pd.DataFrame:
    """A row per segment of each trial, with its own boundaries and descriptors."""
    rows = [scan.segments.assign(recording=scan.recording) for scan in scans]
    table = pd.concat(rows, ignore_index=True)
    of_trial = every[["recording", "trial", "video_ID", "label"]]
    table = table.merge(
        of_trial.rename(columns={"label": "video_label"}), on=["recording", "trial"]
    )
    exemplars = canonical[["recording", "trial"]].assign(is_canonical=True)
    table = table.merge(exemplars, on=["recording", "trial"], how="left")
    table["is_canonical"] = table.is_canonical.notna()
    order = ["recording", "trial", "segment_index"]
    table = table.sort_values(order, ignore_index=True)
    table["segment_label"] = label_segments(table)
    table["segment_ID"] = identify_segments(table, recordings)
    descriptors = table.columns.drop([*SEGMENTS, "is_canonical"])
    return table[[*SEGMENTS, *descriptors]]


def write_tables(tables: Mapping[str, pd.DataFrame], folder: str | Path) -> None:
    """Each table as <name>.parquet and <name>.csv."""
    for name, table in tables.items():
        with replace_when_done(Path(folder) / f"{name}.parquet") as path:
            table.to_parquet(path, index=False)
        write_table(Path(folder) / f"{name}.csv", table)
