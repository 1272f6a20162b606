"""Checks of published metadata that need no recording: what is wrong with it, a row per finding."""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from recordings.catalogue.defects import Defect, list_defects
from recordings.catalogue.labels import LABELS, UNKNOWN
from recordings.catalogue.published import Published, read_published
from recordings.catalogue.published_format import EXCLUDES_HIDDEN
from recordings.catalogue.validate_videos import VIDEO_CHECKS
from recordings.names import parse_name
from recordings.reader import TIERS

VIDEO_ID = "v[0-9]{6}"
COLUMNS = ["kind", "recording", "item", "count", "what"]


def validate_published(published: Published, complete: bool = False) -> pd.DataFrame:
    """All findings, sorted, with the columns kind, recording, item (a trial, video or segment), count and what.

    Metadata may be a part of what was published; `complete` makes every table and file that is absent a finding too.
    """
    checks = (*TRIAL_CHECKS, *VIDEO_CHECKS, *((_check_complete,) if complete else ()))
    found = [asdict(finding) for check in checks for finding in check(published)]
    table = pd.DataFrame(found, columns=COLUMNS).astype({"count": "int64"})
    number = pd.to_numeric(table["item"], errors="coerce")
    keys = ["kind", "recording", "number", "item", "what"]
    return table.assign(number=number).sort_values(keys, ignore_index=True)[COLUMNS]


def inspect_published(folder: Path | str) -> pd.DataFrame:
    """All findings of a folder of published metadata; a file that cannot be read is the only one, of the kind unreadable."""
    try:
        return validate_published(read_published(folder))
    except ValueError as refusal:
        row = {"kind": "unreadable", "recording": "", "item": "", "count": 1, "what": str(refusal)}
        return pd.DataFrame([row], columns=COLUMNS)


def _check_names(published: Published) -> Iterator[Defect]:
    trials = published.trials
    for kind, column, known in (
        ("tier", "trial_type", trials.trial_type.isin(TIERS)),
        ("label", "label", trials.label.isin([*LABELS, UNKNOWN])),
        ("video_id", "video_ID", trials.video_ID.str.fullmatch(VIDEO_ID).astype(bool)),
    ):
        yield from list_defects(kind, trials[~known], f"{column} is '{{{column}}}'")
    twice = trials.duplicated(["recording", "trial"])
    yield from list_defects("trial_twice", trials[twice], "has more than one row")
    several = trials[trials.groupby("video_ID").label.transform("nunique") > 1]
    yield from list_defects(
        "two_labels", several, "is {label}, but other trials of {video_ID} are not"
    )


def _check_frames(published: Published) -> Iterator[Defect]:
    trials = published.trials
    video, response = trials.valid_frames_video, trials.valid_frames_response
    samples = published.basic.set_index("recording").samples_per_trial
    frames = trials.filter(like="valid_frames")
    longest = trials.recording.map(samples).fillna(frames.max(axis=1))
    outside = (frames.min(axis=1) < 1) | (frames.max(axis=1) > longest)
    yield from list_defects(
        "frames", trials[outside], "valid frames beyond 1 and the samples per trial"
    )
    unequal = trials.valid_frames != frames[["valid_frames_video", "valid_frames_response"]].min(
        axis=1
    )
    yield from list_defects(
        "frames", trials[unequal], "{valid_frames} valid frames, not the lesser of video, response"
    )
    shorter = trials[trials.valid_response & (response != video)]
    text = "{valid_frames_response} frames of responses to {valid_frames_video} of video"
    yield from list_defects("response_frames", shorter, text)
    text = "{valid_frames_gaze} frames of gaze to {valid_frames_video} of video"
    yield from list_defects("gaze_frames", trials[trials.valid_frames_gaze != video], text)
    for name in ("pupil", "locomotion"):
        wrong = trials[trials[f"valid_frames_{name}"] != video]
        for recording, rows in wrong.groupby("recording"):
            text = f"trials whose valid_frames_{name} are not those of the video (use valid_frames_gaze)"
            yield Defect(f"{name}_frames", recording, "", text, len(rows))


def _check_validity(published: Published) -> Iterator[Defect]:
    trials = published.trials
    for recording, rows in trials[~trials.valid_response].groupby("recording"):
        text = "trials whose responses are withheld or missing"
        yield Defect("hidden_responses", recording, "", text, len(rows))
    text = "{label} of {valid_frames} frames with a broken stimulus"
    yield from list_defects("invalid_trial", trials[~trials.valid_trial], text)
    other = trials[trials.valid_trial != trials.valid_video]
    yield from list_defects("valid_flags", other, "valid_trial is not valid_video")
    for name in ("pupil", "gaze"):
        yield from list_defects(f"invalid_{name}", trials[~trials[f"valid_{name}"]], f"no {name}")
    still = trials[~trials.valid_locomotion]
    text = "a mouse that never ran is flagged as missing data"
    yield from list_defects("motionless", still[still.valid_frames_locomotion > 0], text)


def _check_basic(published: Published) -> Iterator[Defect]:
    for row in published.basic.itertuples():
        for one, other in (("dataset_url", "data_url"), ("data_url", "dataset_url")):
            if getattr(row, other) and not getattr(row, one):
                yield Defect("null_url", row.recording, one, f"is null, but {other} is known")
        named = tuple(parse_name(row.recording).values())
        if any(named) and named != (row.animal_id, row.session, row.scan_idx):
            text = f"animal {row.animal_id}, session {row.session}, scan {row.scan_idx} is another"
            yield Defect("basic", row.recording, "name", text)
        for column, table in (("n_trials", published.trials), ("n_neurons", published.neurons)):
            found = int((table.recording == row.recording).sum())
            if found and found != getattr(row, column):
                text = f"is {getattr(row, column)}, but the table has {found} rows"
                yield Defect("basic", row.recording, column, text)


def _check_neurons(published: Published) -> Iterator[Defect]:
    notes = published.descriptions
    without = set(notes[notes.description.str.contains(EXCLUDES_HIDDEN, regex=False)].recording)
    hidden = set(published.trials.recording[~published.trials.valid_response])
    for recording, rows in published.neurons.groupby("recording"):
        if not rows.ID.is_monotonic_increasing or rows.ID.duplicated().any():
            yield Defect("neuron_ids", recording, "", "do not increase from row to row")
        if num := int(rows.duplicated(["coord_x", "coord_y", "coord_z"]).sum()):
            yield Defect("coordinates", recording, "", "neurons at the place of another", num)
        low, mean, high = (rows[f"{name}_activation"] for name in ("min", "mean", "max"))
        if num := int(((low > mean) | (mean > high) | (rows.std_activation < 0)).sum()):
            yield Defect("statistics", recording, "", "neurons with min > mean > max", num)
        if recording in hidden - without and not (low > 0).any():
            text = "hidden responses count as zeros in every statistic (see correct_statistics)"
            yield Defect("biased_statistics", recording, "", text, len(rows))


def _check_complete(published: Published) -> Iterator[Defect]:
    homes = {
        name: set(getattr(published, name).recording) for name in ("trials", "neurons", "basic")
    }
    listed = set(published.video_trials.recording)
    for recording in sorted(listed.union(*homes.values())):
        for name, known in homes.items():
            if recording not in known:
                yield Defect("absent", recording, name, "no such file")
    trials = published.trials
    filed = trials.video_ID.isin(published.videos.video_ID)
    yield from list_defects("absent", trials[~filed], "no file of the video {video_ID}")
    described = pd.MultiIndex.from_frame(published.trial_videos[["recording", "trial"]])
    alone = ~pd.MultiIndex.from_frame(trials[["recording", "trial"]]).isin(described)
    yield from list_defects("absent", trials[alone], "no file of the trial")


TRIAL_CHECKS: tuple[Callable[[Published], Iterator[Defect]], ...] = (
    _check_names,
    _check_frames,
    _check_validity,
    _check_basic,
    _check_neurons,
)
