"""Every trial of a recording, read once: what it shows, how long each of its arrays is valid, and what its movie is recognised by."""

from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

from recordings.catalogue.classify import Classification, classify_video
from recordings.catalogue.keyframes import average_blocks, digest_frames
from recordings.files import replace_when_done
from recordings.progress import report_progress
from recordings.reader import MODALITIES, SCREEN_HEIGHT, SCREEN_WIDTH, Recording
from recordings.valid_frames import are_withheld, count_valid_frames, refuse_nothing
from recordings.write_layout import save_array

MEASURED, HIDDEN, CONSTANT, MISSING = "measured", "hidden", "constant", "missing"
SIGNALS = {
    "response": ("responses", slice(None)),
    "pupil": ("behavior", slice(0, 1)),
    "gaze": ("pupil_center", slice(None)),
    "locomotion": ("behavior", slice(1, 2)),
}
"""data folder and rows of everything but the video"""


@dataclass(frozen=True)
class TrialScan:
    """What the catalogue keeps of one trial."""

    trial: int
    tier: str
    classification: Classification
    num_frames: dict[str, int]
    """valid frames of the video and of each of SIGNALS"""
    states: dict[str, str]
    """of each of SIGNALS: measured, hidden (withheld as zeros), constant or missing"""
    content: str
    """equal for equal movies"""
    thumbnails_TB: np.ndarray


@dataclass(frozen=True)
class RecordingScan:
    """What the catalogue keeps of one recording."""

    recording: str
    trials: pd.DataFrame
    """a row per trial, ascending"""
    segments: pd.DataFrame
    """a row per segment: trial, segment_index and the columns of Classification.segments"""
    thumbnails_TB: np.ndarray
    """of all valid frames of all trials, in the order of `trials`"""


def scan_recording(recording: Recording, num_workers: int = 1) -> RecordingScan:
    """Scan every trial in `num_workers` processes, whose number and order change nothing."""
    if not recording.trials:
        raise ValueError(f"{recording.folder}/data/videos: no trials (expected <number>.npy files)")
    title = f"scanning {recording.folder.name}"
    scan = partial(scan_trial, recording)
    if num_workers == 1:
        scans = list(report_progress(map(scan, recording.trials), title, len(recording.trials)))
    else:
        # a spawned process would run the script that started it once more
        with ProcessPoolExecutor(num_workers, get_context("fork")) as pool:
            waiting = pool.map(scan, recording.trials, chunksize=4)
            scans = list(report_progress(waiting, title, len(recording.trials)))
    return collect_scans(recording, scans)


def collect_scans(recording: Recording, scans: Iterable[TrialScan]) -> RecordingScan:
    """The trials of one recording in ascending order, whatever order they come in."""
    scans = sorted(scans, key=lambda scan: scan.trial)
    trials = pd.DataFrame([_row(scan) for scan in scans])
    trials["samples_per_trial"] = recording.array("videos", recording.trials[0]).shape[-1]
    trials["num_neurons"] = recording.num_neurons
    return RecordingScan(
        recording.folder.name,
        trials,
        _stack_segments(scans),
        np.concatenate([scan.thumbnails_TB for scan in scans]),
    )


def _stack_segments(scans: list[TrialScan]) -> pd.DataFrame:
    tables = [scan.classification.columns for scan in scans]
    numbers = [len(table["frame_start"]) for table in tables]
    return pd.DataFrame(
        {"segment_index": np.concatenate([np.arange(number) for number in numbers])}
        | {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
        | {"trial": np.repeat([scan.trial for scan in scans], numbers)}
    )


def _row(scan: TrialScan) -> dict:
    found = scan.classification
    return {
        "trial": scan.trial,
        "trial_type": scan.tier,
        "label": found.label,
        "first_label": found.first_label,
        **{f"valid_frames_{name}": count for name, count in scan.num_frames.items()},
        **{f"{name}_state": state for name, state in scan.states.items()},
        "num_segments": len(found.columns["frame_start"]),
        "num_bad_segments": int(found.columns["bad_properties"].sum()),
        "content": scan.content,
    }


def scan_trial(recording: Recording, trial: int) -> TrialScan:
    """Read the four arrays of one trial; ValueError with the path where NaN lies before the end."""
    arrays = {modality: recording.array(modality, trial) for modality in MODALITIES}
    video_HWT = _load_video(arrays["videos"], recording.path("videos", trial))
    num_frames, states = {"video": video_HWT.shape[-1]}, {}
    for name, (modality, rows) in SIGNALS.items():
        rows_CT, path = np.asarray(arrays[modality])[rows], recording.path(modality, trial)
        num_frames[name] = count_valid_frames(rows_CT, path)
        states[name] = describe_state(rows_CT[:, : num_frames[name]], name)
    return TrialScan(
        trial,
        recording.tiers[trial],
        classify_video(video_HWT),
        num_frames,
        states,
        digest_frames(video_HWT),
        average_blocks(video_HWT),
    )


def load_valid_video(recording: Recording, trial: int) -> np.ndarray:
    """The valid frames of a trial's movie, float32 (36, 64, T)."""
    return _load_video(recording.array("videos", trial), recording.path("videos", trial))


def _load_video(stored_HWT: np.ndarray, path: Path) -> np.ndarray:
    if stored_HWT.shape[:2] != (SCREEN_HEIGHT, SCREEN_WIDTH):
        raise ValueError(
            f"{path}: shape {stored_HWT.shape}, expected ({SCREEN_HEIGHT}, {SCREEN_WIDTH}, frames); "
            "store it as (height, width, frame)"
        )
    video_HWT = np.array(stored_HWT, np.float32)
    num_frames = count_valid_frames(video_HWT.reshape(-1, video_HWT.shape[-1]), path)
    refuse_nothing(num_frames, path)
    return np.ascontiguousarray(video_HWT[..., :num_frames])


def describe_state(rows_CT: np.ndarray, name: str) -> str:
    """Whether the valid frames were measured, withheld as zeros, never changed, or are not there at all."""
    if rows_CT.size == 0:
        return MISSING
    first_C1 = rows_CT[:, :1]
    if name == "response" and are_withheld(rows_CT):
        return HIDDEN
    return CONSTANT if (rows_CT == first_C1).all() else MEASURED


def write_scan(scan: RecordingScan, folder: str | Path) -> None:
    """Store a scan as two tables and an array; a killed writer leaves nothing."""
    with replace_when_done(folder) as path:
        path.mkdir()
        scan.trials.assign(recording=scan.recording).to_parquet(path / "trials.parquet")
        scan.segments.to_parquet(path / "segments.parquet")
        save_array(path / "thumbnails.npy", scan.thumbnails_TB)


def read_scan(folder: str | Path) -> RecordingScan:
    """A stored scan; its thumbnails stay on disk."""
    path = Path(folder)
    trials = pd.read_parquet(path / "trials.parquet")
    return RecordingScan(
        trials.recording.iloc[0],
        trials.drop(columns="recording"),
        pd.read_parquet(path / "segments.parquet"),
        np.load(path / "thumbnails.npy", mmap_mode="r"),
    )
