"""The tables of a catalogue folder, read for notebooks and for export."""

from pathlib import Path

import pandas as pd

CATALOGUE_REMEDY = "make a catalogue with `snakemake --cores 2 catalogue` and open the recordings with catalogue=its folder"
NEEDED = {
    "trials": ("recording", "trial", "label", "trial_type", "video_ID", "valid_frames"),
    "videos": ("video_ID", "label", "valid_frames"),
    "segments": (
        *("segment_ID", "segment_label", "video_ID", "recording", "trial"),
        *("segment_index", "frame_start", "frame_end"),
    ),
    "neurons": (
        *("recording", "ID", "coord_x", "coord_y", "coord_z"),
        *(f"{name}_activation" for name in ("mean", "median", "min", "max", "std")),
    ),
    "basic": ("recording", "animal_id", "session", "scan_idx"),
}
"""columns that notebooks rely on; there may be more"""


def read_catalogue_table(catalogue: Path, name: str) -> pd.DataFrame:
    """Read trials, videos, segments, neurons or basic; ValueError where it is missing or lacks a column."""
    path = catalogue / f"{name}.parquet"
    if not path.is_file():
        raise ValueError(f"{path}: missing; {CATALOGUE_REMEDY}")
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: no readable parquet ({error}); {CATALOGUE_REMEDY}") from None
    missing = [column for column in NEEDED[name] if column not in table.columns]
    if missing:
        raise ValueError(f"{path}: no column {', '.join(missing)}; {CATALOGUE_REMEDY}")
    return table
