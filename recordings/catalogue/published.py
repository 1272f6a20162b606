"""The published metadata of the Sensorium recordings, read strictly from files of text; parts may be absent."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

import pandas as pd

from recordings.access import is_absent, is_folder, list_names, shown
from recordings.catalogue.published_files import (
    RESTORE,
    check_fields,
    check_lengths,
    is_text,
    read_object,
    read_table,
    refuse,
)
from recordings.catalogue.published_format import (
    BASIC,
    BOUNDS,
    DESCRIPTORS,
    GLOBAL,
    NEURONS,
    SUMMARY,
    TABLES,
    TRIAL_VIDEO,
    TRIALS,
    VIDEO,
    locate_parts,
    make_table,
)


@dataclass(frozen=True)
class Published:
    """Everything that a folder of published metadata says, one table a subject; what is absent is an empty table.

    `videos`, `video_trials` (the `duplicates`) and `video_segments` come from the global videos, `segments` and
    `segment_places` from the global segments, `trial_videos` and `trial_segments` from the files per trial,
    `counts` are the published `n` beside the number of listed items, `descriptions` the texts beside the csv files.
    """

    trials: pd.DataFrame
    neurons: pd.DataFrame
    basic: pd.DataFrame
    videos: pd.DataFrame
    video_trials: pd.DataFrame
    video_segments: pd.DataFrame
    segments: pd.DataFrame
    segment_places: pd.DataFrame
    trial_videos: pd.DataFrame
    trial_segments: pd.DataFrame
    counts: pd.DataFrame
    descriptions: pd.DataFrame


assert [field.name for field in fields(Published)] == list(TABLES)


def read_published(folder: Path | str) -> Published:
    """Read a folder of published metadata; raise ValueError with path and reason for a broken file."""
    folder = Path(folder)
    recordings = find_recordings(folder)
    if not recordings and not is_folder(folder / GLOBAL):
        raise _no_metadata(folder)
    rows = {name: [] for name in TABLES}
    for recording in recordings:
        _read_recording(folder, recording, rows)
    for path in _files(folder / GLOBAL / "videos"):
        _read_video(path, rows)
    for path in _files(folder / GLOBAL / "segments"):
        _read_segment(path, rows)
    return Published(**{name: make_table(name, rows[name]) for name in TABLES})


def read_published_names(
    folder: Path | str, recordings: Iterable[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The published trials and basic facts of these recordings alone; empty tables without a folder.

    Raises ValueError where the folder has none of any of them.
    """
    rows = {name: [] for name in TABLES}
    for recording in recordings if folder else ():
        basic, trials, *_ = locate_parts(Path(folder), recording)
        _read_basic(basic, recording, rows)
        _read_trials(trials, recording, rows)
    if folder and not rows["basic"] + rows["trials"]:
        raise _no_metadata(folder)
    return make_table("trials", rows["trials"]), make_table("basic", rows["basic"])


def _no_metadata(folder: Path | str) -> ValueError:
    return ValueError(
        f"{folder}: no published metadata here (expected {GLOBAL}/ or <recording>/trials, neurons, ... of the recordings); "
        "give the folder that holds them"
    )


def find_recordings(folder: Path) -> list[str]:
    """Names of the folders that hold the metadata of a recording, in order."""
    names = list_names(folder, "give the folder of the published metadata")
    if odd := [name for name in names if not is_text(name)]:
        raise ValueError(f"{shown(folder / odd[0])}: its name is no text; rename it")
    return [
        name
        for name in names
        if name != GLOBAL and name[0] not in "._" and is_folder(folder / name)
        if not all(map(is_absent, locate_parts(folder, name)))
    ]


def _files(folder: Path) -> list[Path]:
    names = [] if is_absent(folder) else list_names(folder, RESTORE)
    return [folder / name for name in names if name.endswith(".json") and name[0] not in "._"]


def _read_recording(folder: Path, recording: str, rows: dict[str, list]) -> None:
    basic, trials, neurons, videos = locate_parts(folder, recording)
    _read_basic(basic, recording, rows)
    _read_trials(trials, recording, rows)
    if not is_absent(neurons):
        rows["neurons"] += [{"recording": recording} | row for row in read_table(neurons, NEURONS)]
    for path in (trials, neurons):
        _read_descriptions(path.with_suffix(".json"), recording, rows)
    for path in _files(videos):
        _read_trial_video(path, recording, rows)


def _read_basic(path: Path, recording: str, rows: dict[str, list]) -> None:
    if not is_absent(path):
        found = read_object(path, BASIC)
        known = {key: "" if found[key] is None else found[key] for key in BASIC}
        rows["basic"].append({"recording": recording} | known)


def _read_trials(path: Path, recording: str, rows: dict[str, list]) -> None:
    found = read_table(path, TRIALS) if not is_absent(path) else []
    if other := {row["recording"] for row in found} - {recording}:
        raise refuse(path, f"rows of the recording {min(other)}", f"rows of {recording} alone")
    rows["trials"] += found


def _read_descriptions(path: Path, recording: str, rows: dict[str, list]) -> None:
    found = read_object(path, {}) if not is_absent(path) else {}
    for column, entry in found.items():
        check_fields(path, entry, {"description": "text"}, column)
        place = {"recording": recording, "table": path.parent.name, "column": column}
        rows["descriptions"].append(place | {"description": entry["description"]})


def _read_trial_video(path: Path, recording: str, rows: dict[str, list]) -> None:
    found = read_object(path, TRIAL_VIDEO)
    if (found["recording"], found["trial"]) != (recording, path.stem):
        named = f"recording {found['recording']}, trial {found['trial']}"
        raise refuse(path, named, f"recording {recording}, trial {path.stem}")
    place = {"recording": recording, "trial": int(found["trial"])}
    rows["trial_videos"].append(place | {key: found[key] for key in SUMMARY})
    lists = {key: f"list of {kind}" for key, kind in DESCRIPTORS.items()}
    rows["trial_segments"] += [place | row for row in _read_segments(path, found, lists)]


def _read_segments(path: Path, found: dict, lists: dict[str, str]) -> list[dict]:
    """The parallel lists of 'segments' as a row per segment."""
    segments = check_fields(path, found["segments"], lists, "segments")
    columns = {key: segments[key] for key in lists}
    check_lengths(path, columns, "segments")
    rows = zip(*columns.values(), strict=True)
    return [
        {"segment_index": n} | dict(zip(columns, row, strict=True)) for n, row in enumerate(rows)
    ]


def _read_named(path: Path, fields_of_file: dict[str, str]) -> dict:
    found = read_object(path, fields_of_file)
    if path.stem != f"{found['label']}-{found['ID']}":
        named = f"label {found['label']} and ID {found['ID']}"
        raise refuse(path, named, "a file named <label>-<ID>.json")
    return found


def _read_video(path: Path, rows: dict[str, list]) -> None:
    found = _read_named(path, VIDEO | {"segments": "object", "duplicates": "object"})
    video = {"video_ID": found["ID"]}
    rows["videos"].append(video | {key: found[key] for key in VIDEO if key != "ID"})
    has_ids = "segment_ID" in found["segments"]
    lists = BOUNDS | ({"segment_ID": "list of text"} if has_ids else {})
    for row in _read_segments(path, found, lists):
        row |= {"bad": row.pop("bad_properties"), "segment_ID": row.get("segment_ID", "")}
        rows["video_segments"].append(video | row)
    trials = "list of trial number as text"
    for recording, listed in _read_duplicates(path, found, "trials", trials, rows):
        places = [video | {"recording": recording, "trial": int(trial)} for trial in listed]
        rows["video_trials"] += places


def _read_segment(path: Path, rows: dict[str, list]) -> None:
    found = _read_named(path, VIDEO | {"duplicates": "object"})
    segment = {"segment_ID": found["ID"]}
    rows["segments"].append(segment | {key: found[key] for key in VIDEO if key != "ID"})
    indices = "list of whole number"
    for video, listed in _read_duplicates(path, found, "segment_index", indices, rows):
        places = [segment | {"video_ID": video, "segment_index": index} for index in listed]
        rows["segment_places"] += places


def _read_duplicates(
    path: Path, found: dict, key: str, kind: str, rows: dict[str, list]
) -> list[tuple[str, list]]:
    listed = []
    for place, entry in found["duplicates"].items():
        check_fields(path, entry, {key: kind, "n": "whole number"}, f"duplicates.{place}")
        listed.append((place, entry[key]))
        count = {"ID": found["ID"], "place": place, "n": entry["n"], "listed": len(entry[key])}
        rows["counts"].append(count)
    return listed
