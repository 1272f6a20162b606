"""The gate of the pipeline: a recording is read once, one trial at a time, and refused at the first fault."""

import hashlib

import numpy as np
import pandas as pd

from recordings.findings import Finding, error, raise_first_error
from recordings.layout import common_shapes, layout_findings
from recordings.phash import hash_movie
from recordings.progress import report_progress
from recordings.reader import MODALITIES, Recording
from recordings.trial_checks import ExaminedTrial, examine_trial


def check_recording(recording: Recording) -> pd.DataFrame:
    """Read every array and return a row per trial; raise ValueError at the first fault.

    Columns: trial, tier, num_frames (valid), hidden (responses withheld as zeros), video
    (id of the movie: equal movies have equal ids), phash (perceptual hash of the movie, hexadecimal), content
    (id of all four arrays together). `recordings.report.inspect_recording` lists all faults.
    """
    raise_first_error(layout_findings(recording))
    shapes = common_shapes(recording)
    rows = []
    for trial in report_progress(recording.trials, f"checking {recording.folder.name}"):
        examined = examine_trial(recording, trial, shapes)
        raise_first_error(examined.findings)
        rows.append({"trial": trial, "tier": recording.tiers[trial], **_describe(examined)})
    table = pd.DataFrame(rows)
    raise_first_error(brightness_findings(recording, table.brightest.max()))
    return table.drop(columns="brightest")


def brightness_findings(recording: Recording, brightest: float) -> list[Finding]:
    """Movies of 0..1 instead of 0..255, by the brightest pixel of them all."""
    if not brightest <= 1:
        return []
    what = (
        f"no pixel of any movie is above {brightest:g}, expected grey levels 0..255; multiply the "
        "movies by 255"
    )
    return [error(recording.folder / "data/videos", what)]


def _describe(examined: ExaminedTrial) -> dict:
    """Length, and ids of the movie and of all arrays."""
    stored_HWT = examined.valid("videos")
    video_HWT = np.ascontiguousarray(stored_HWT, np.float32)
    content = hashlib.sha256()
    for modality in MODALITIES:
        content.update(np.ascontiguousarray(examined.arrays[modality]))
    return {
        "num_frames": examined.num_frames,
        "hidden": examined.hidden,
        "video": hashlib.sha256(video_HWT).hexdigest()[:16],
        "phash": f"{hash_movie(stored_HWT.transpose(2, 0, 1)):016x}",
        "content": content.hexdigest()[:16],
        "brightest": float(video_HWT.max()),
    }
