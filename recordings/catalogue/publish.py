"""A catalogue written as a folder of the published format, which the published toolkit and `read_published` read."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from recordings.catalogue.labels import LABELS, UNKNOWN
from recordings.catalogue.publish_texts import NEURON_TEXTS, TRIAL_TEXTS
from recordings.catalogue.published_format import (
    BASIC,
    DESCRIPTORS,
    GLOBAL,
    NEURONS,
    TRIALS,
    locate_parts,
    make_table,
)
from recordings.catalogue.text_files import plain, write_csv, write_json
from recordings.files import refuse_foreign_folder, replace_when_done
from recordings.names import safe_name
from recordings.reader import FRAME_RATE_HZ

NUM_IDS = 10**6
_PLACE = ("recording", "trial", "video_ID", "segment_index")
NEEDED = {
    "trials": (*TRIALS, "first_label"),
    "videos": ("video_ID", "label", "valid_frames", "recording", "trial", "published_video_ID"),
    "segments": (*_PLACE, "segment_ID", "segment_label", "after_peak", *DESCRIPTORS),
    "neurons": ("recording", *NEURONS),
    "basic": ("recording", *BASIC),
}
"""the columns that are exported of every table of the catalogue"""


def export_published(tables: Mapping[str, pd.DataFrame], folder: Path | str) -> dict[str, str]:
    """Write the tables of a catalogue in the published format; return the published id of every id of ours.

    The folder is replaced as a whole once everything is written. Neurons and basic may be empty tables. A segment that occurs in
    no exemplar of a video has no file.
    """
    folder = Path(folder)
    refuse_foreign_folder(folder)
    _check_tables(tables)
    trials, videos, segments = (tables[name].copy() for name in ("trials", "videos", "segments"))
    known = dict(zip(videos.video_ID, videos.published_video_ID, strict=True))
    ids = published_ids(videos.video_ID, "v", known)
    ids |= published_ids(set(segments.segment_ID) - {""}, "s")
    for table in (trials, videos, segments):
        table["video_ID"] = table.video_ID.map(ids)
    segments["segment_ID"] = segments.segment_ID.map(ids | {"": ""})
    rates = tables["basic"].set_index("recording").sampling_freq.astype(float)
    videos["sampling_freq"] = videos.recording.map(rates).fillna(FRAME_RATE_HZ)
    trials["sampling_freq"] = trials.recording.map(rates).fillna(FRAME_RATE_HZ)
    shown = videos[["video_ID", "recording", "trial"]].merge(
        segments, on=["video_ID", "recording", "trial"]
    )
    shown = shown.sort_values(["video_ID", "segment_index"], ignore_index=True)
    with replace_when_done(folder) as temporary:
        (temporary / GLOBAL).mkdir(parents=True)
        _write_tables(temporary, tables, trials)
        _write_trial_videos(temporary, trials, segments)
        _write_videos(temporary / GLOBAL / "videos", videos, trials, shown)
        _write_segments(temporary / GLOBAL / "segments", videos, shown)
    return ids


def published_ids(
    ids: Iterable[str], letter: str, known: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Map ids of ours to `letter` and six digits.

    A known published id, and an id that has the published form already, stay; any other gets the last six digits of
    its sha256, or the next free number: ids that collide take their numbers in alphabetical order.
    """
    own = sorted(set(ids))
    form = re.compile(rf"{letter}[0-9]{{6}}")
    names = {name: (known or {}).get(name) or name for name in own}
    names = {name: published for name, published in names.items() if form.fullmatch(published)}
    taken = set(names.values())
    if len(taken) < len(names) or len(own) > NUM_IDS:
        raise ValueError(
            f"{len(names)} ids, but {len(taken)} published ids: two of ours have the same one; "
            "identify the videos again, or leave published_video_ID empty"
        )
    for name in own:
        if name not in names:
            number = int(hashlib.sha256(name.encode()).hexdigest(), 16) % NUM_IDS
            while (published := f"{letter}{number:06d}") in taken:
                number = (number + 1) % NUM_IDS
            names[name] = published
            taken.add(published)
    return names


def _check_tables(tables: Mapping[str, pd.DataFrame]) -> None:
    for name, columns in NEEDED.items():
        if absent := [c for c in columns if name not in tables or c not in tables[name].columns]:
            raise ValueError(f"catalogue: table '{name}' has no columns {absent}; make it again")
    for table in tables.values():
        for recording in table.recording.unique() if "recording" in table.columns else ():
            if safe_name(recording, "catalogue, recording") == GLOBAL:
                raise ValueError(f"catalogue: a recording is named '{GLOBAL}'; rename it")
    if odd := set(tables["trials"].label) - {*LABELS, UNKNOWN}:
        raise ValueError(
            f"catalogue: label '{min(odd)}', expected one of {LABELS}; classify it again"
        )


def _write_tables(folder: Path, tables: Mapping[str, pd.DataFrame], trials: pd.DataFrame) -> None:
    """Basic file, trials and neurons table of every recording, and what their columns mean; neurons without coordinates have no place there."""
    placed = tables["neurons"].dropna(subset=["coord_x", "coord_y", "coord_z"])
    trials, neurons = make_table("trials", trials), make_table("neurons", placed)
    basic = {row["recording"]: row for row in tables["basic"].to_dict("records")}
    for recording in sorted({*trials.recording, *neurons.recording, *basic}):
        basic_file, trials_file, neurons_file, _ = locate_parts(folder, recording)
        if recording in basic:
            write_json(basic_file, _make_basic(basic[recording]))
        if (rows := trials[trials.recording == recording]).size:
            write_csv(trials_file, rows)
            write_json(trials_file.with_suffix(".json"), TRIAL_TEXTS)
        if (rows := neurons[neurons.recording == recording]).size:
            write_csv(neurons_file, rows.drop(columns="recording"))
            write_json(neurons_file.with_suffix(".json"), NEURON_TEXTS)


def _make_basic(row: dict) -> dict:
    urls = {name: row[name] or None for name in ("dataset_url", "data_url")}
    counts = {name: int(row[name]) for name, kind in BASIC.items() if kind == "whole number"}
    names = {name: str(row[name]) for name in ("animal_id", "session", "scan_idx")}
    return names | counts | {"sampling_freq": _shorten(row["sampling_freq"])} | urls


def _write_trial_videos(folder: Path, trials: pd.DataFrame, segments: pd.DataFrame) -> None:
    """One file per trial with its segments and their descriptors."""
    groups = dict(list(segments.sort_values("segment_index").groupby(["recording", "trial"])))
    for row in trials.to_dict("records"):
        own = groups.get((row["recording"], row["trial"]), segments[:0])
        peaks = (own.frame_start[own.after_peak] - 1).tolist()
        content = {
            "recording": row["recording"],
            "trial": str(row["trial"]),
            "trial_type": row["trial_type"],
            "first_label": row["first_label"],
            "label": row["label"],
            "ID": None,
            "sampling_freq": _shorten(row["sampling_freq"]),
            "valid_frames": row["valid_frames_video"],
            "peaks": peaks,
            "n_peaks": len(peaks),
            "segments_n_peaks": len(peaks) + 1,
            "segments_bad_n": int(own.bad_properties.sum()),
            "segments_avg_duration": float(own.duration.mean()) if len(own) else 0.0,
            "segments": {name: plain(own[name].tolist()) for name in DESCRIPTORS},
        }
        path = locate_parts(folder, row["recording"])[-1] / f"{row['trial']}.json"
        write_json(path, content)


def _write_videos(
    folder: Path, videos: pd.DataFrame, trials: pd.DataFrame, shown: pd.DataFrame
) -> None:
    """One file per video with the segments of its exemplar and all its trials."""
    segments, played = dict(list(shown.groupby("video_ID"))), dict(list(trials.groupby("video_ID")))
    for row in videos.to_dict("records"):
        own = segments.get(row["video_ID"], shown[:0])
        lists = {
            name: own[name].tolist() for name in ("frame_start", "frame_end", "bad_properties")
        }
        if (own.segment_ID != "").any():
            lists["segment_ID"] = own.segment_ID.tolist()
        duplicates = {
            recording: {"trials": [str(n) for n in sorted(rows.trial)], "n": len(rows)}
            for recording, rows in played.get(row["video_ID"], trials[:0]).groupby("recording")
        }
        content = {
            "label": row["label"],
            "ID": row["video_ID"],
            "valid_frames": row["valid_frames"],
            "sampling_freq": _shorten(row["sampling_freq"]),
            "segments": lists,
            "duplicates": duplicates,
        }
        name = safe_name(f"{row['label']}-{row['video_ID']}", "catalogue, video")
        write_json(folder / f"{name}.json", content)


def _write_segments(folder: Path, videos: pd.DataFrame, shown: pd.DataFrame) -> None:
    """One file per segment with its places in the exemplars of the videos."""
    rates = videos.set_index("video_ID").sampling_freq
    for segment, rows in shown[shown.segment_ID != ""].groupby("segment_ID"):
        first = rows.iloc[0]
        duplicates = {
            video: {"segment_index": places.segment_index.tolist(), "n": len(places)}
            for video, places in rows.groupby("video_ID")
        }
        content = {
            "ID": segment,
            "label": first.segment_label,
            "sampling_freq": _shorten(rates[first.video_ID]),
            "valid_frames": int(first.duration),
            "duplicates": duplicates,
        }
        name = safe_name(f"{first.segment_label}-{segment}", "catalogue, segment")
        write_json(folder / f"{name}.json", content)


def _shorten(rate_hz: float) -> int | float:
    """30 rather than 30.0, as published."""
    return int(rate_hz) if float(rate_hz).is_integer() else float(rate_hz)
