"""The published format of the metadata: its files, their columns and keys, and the tables they are read into."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

GLOBAL = "global_meta"
MEASURED = ("video", "response", "pupil", "gaze", "locomotion")
TRIALS = {
    "recording": str,
    "label": str,
    "trial": int,
    "trial_type": str,
    "video_ID": str,
    "valid_frames": int,
    "valid_trial": bool,
    **{f"valid_frames_{name}": int for name in MEASURED},
    **{f"valid_{name}": bool for name in MEASURED},
}
NEURONS = {"ID": int, "coord_x": int, "coord_y": int, "coord_z": int}
NEURONS |= {f"{statistic}_activation": float for statistic in ("mean", "min", "max", "std")}
BASIC = {
    **dict.fromkeys(("animal_id", "session", "scan_idx"), "text"),
    **dict.fromkeys(("n_trials", "samples_per_trial", "n_neurons"), "whole number"),
    "sampling_freq": "number",
    **dict.fromkeys(("dataset_url", "data_url"), "text or null"),
}
VIDEO = {"label": "text", "ID": "text", "valid_frames": "whole number", "sampling_freq": "number"}
BOUNDS = {
    "frame_start": "list of whole number",
    "frame_end": "list of whole number",
    "bad_properties": "list of true or false",
}
TRIAL_VIDEO = {
    "recording": "text",
    "trial": "trial number as text",
    **dict.fromkeys(("trial_type", "first_label", "label"), "text"),
    "sampling_freq": "number",
    "valid_frames": "whole number",
    "peaks": "list of whole number",
    **dict.fromkeys(("n_peaks", "segments_n_peaks", "segments_bad_n"), "whole number"),
    "segments_avg_duration": "number",
    "segments": "object",
}
MARGINS = ("margin_left", "margin_right", "margin_top", "margin_bottom")
DESCRIPTORS = {
    **dict.fromkeys(("frame_start", "frame_end", "duration"), "whole number"),
    **dict.fromkeys(("transition_start", "transition_end"), "whole number"),
    "max_change": "number",
    "is_static": "true or false",
    "intensity_range": "number",
    **dict.fromkeys(MARGINS, "whole number"),
    **dict.fromkeys(("background_color", "background_proportion"), "number"),
    **dict.fromkeys(("is_uniform", "bad_properties"), "true or false"),
}
EXCLUDES_HIDDEN = "hidden responses are left out"
"""what the description of a statistic says if zeros in place of withheld responses do not count"""

DTYPES = {str: object, int: "int64", bool: bool, float: "float64"}
KIND_DTYPES = {"whole number": "int64", "number": "float64", "true or false": bool}


def _dtypes(kinds: dict) -> dict:
    return {name: (DTYPES | KIND_DTYPES).get(kind, object) for name, kind in kinds.items()}


_TRIAL = {"recording": object, "trial": "int64"}
SUMMARY = [key for key in TRIAL_VIDEO if key not in ("recording", "trial", "segments", "peaks")]
TABLES = {
    "trials": _dtypes(TRIALS),
    "neurons": {"recording": object, **_dtypes(NEURONS)},
    "basic": {"recording": object, **_dtypes(BASIC)},
    "videos": _dtypes({"video_ID": str, **{k: v for k, v in VIDEO.items() if k != "ID"}}),
    "video_trials": {"video_ID": object, **_TRIAL},
    "video_segments": _dtypes(
        {"video_ID": str, "segment_index": int, "frame_start": int, "frame_end": int}
        | {"bad": bool, "segment_ID": str}
    ),
    "segments": _dtypes({"segment_ID": str, **{k: v for k, v in VIDEO.items() if k != "ID"}}),
    "segment_places": _dtypes({"segment_ID": str, "video_ID": str, "segment_index": int}),
    "trial_videos": {**_TRIAL, **_dtypes({key: TRIAL_VIDEO[key] for key in SUMMARY})},
    "trial_segments": {**_TRIAL, "segment_index": "int64", **_dtypes(DESCRIPTORS)},
    "counts": _dtypes({"ID": str, "place": str, "n": int, "listed": int}),
    "descriptions": _dtypes({"recording": str, "table": str, "column": str, "description": str}),
}
"""columns and dtypes of every table"""
ORDER = {
    "trials": ["recording", "trial"],
    "neurons": ["recording"],
    "basic": ["recording"],
    "videos": ["video_ID"],
    "video_trials": ["video_ID", "recording", "trial"],
    "video_segments": ["video_ID", "segment_index"],
    "segments": ["segment_ID"],
    "segment_places": ["segment_ID", "video_ID", "segment_index"],
    "trial_videos": ["recording", "trial"],
    "trial_segments": ["recording", "trial", "segment_index"],
    "counts": ["ID", "place"],
    "descriptions": ["recording", "table"],
}
"""what the rows of every table are sorted by"""


def make_table(name: str, rows: Iterable[dict] | pd.DataFrame) -> pd.DataFrame:
    """A table of `TABLES` with its columns, dtypes and order of rows; neurons keep their order."""
    columns = TABLES[name]
    table = pd.DataFrame(rows, columns=list(columns)).astype(columns)
    return table.sort_values(ORDER[name], kind="stable", ignore_index=True)


def locate_parts(folder: Path, recording: str) -> tuple[Path, Path, Path, Path]:
    """Basic file, trials table, neurons table and folder of the files per trial of a recording."""
    home = folder / recording
    trials, neurons = (
        home / name / f"meta-{name}_{recording}.csv" for name in ("trials", "neurons")
    )
    return home / f"meta-basic_{recording}.json", trials, neurons, home / "videos"
