"""The validator finds what is wrong with published metadata, and in the real one exactly the known defects."""

import dataclasses
import json
from collections import Counter

import pandas as pd
import pytest

from recordings.catalogue.publish import export_published
from recordings.catalogue.published import read_published
from recordings.catalogue.published_format import locate_parts
from recordings.catalogue.validate import inspect_published, validate_published
from tests.published import LETTERS, ONE, TWO, make_catalogue, needs_real, read_real


@pytest.fixture
def published(tmp_path):
    export_published(make_catalogue(), tmp_path / "metadata")
    return read_published(tmp_path / "metadata")


def change(published, name, rows, **values):
    """The metadata with other values in these rows of one table."""
    table = getattr(published, name).copy()
    for column, value in values.items():
        table.loc[rows, column] = value
    return dataclasses.replace(published, **{name: table})


def summarise(findings):
    return [(f.kind, LETTERS.get(f.recording, f.recording), f.item) for f in findings.itertuples()]


DEFECTS = {
    "tier": ("trials", 0, {"trial_type": "validation"}, {"tier", "trial_file"}),
    "label": ("trials", 0, {"label": "Plaid"}, {"label", "video_label", "trial_file"}),
    "video id": ("trials", 0, {"video_ID": "v12"}, {"video_id", "wrong_duplicate"}),
    "two labels": (
        *("trials", 1, {"label": "Gabor"}),
        {"two_labels", "video_label", "trial_file"},
    ),
    "trial twice": ("trials", 2, {"trial": 2}, {"trial_twice", "wrong_duplicate"}),
    "no frames": (
        *("trials", 0, {"valid_frames": 0}),
        {"frames"},
    ),
    "too many frames": (
        *("trials", 0, {"valid_frames_gaze": 61}),
        {"frames", "gaze_frames"},
    ),
    "responses": ("trials", 0, {"valid_frames_response": 30}, {"response_frames"}),
    "pupil": ("trials", [0, 1], {"valid_frames_pupil": 60}, {"pupil_frames"}),
    "running": ("trials", [0, 1], {"valid_frames_locomotion": 60}, {"locomotion_frames"}),
    "motionless": ("trials", 0, {"valid_locomotion": False}, {"motionless"}),
    "no gaze": ("trials", 0, {"valid_gaze": False}, {"invalid_gaze"}),
    "flags": ("trials", 0, {"valid_trial": False}, {"invalid_trial", "valid_flags"}),
    "url": ("basic", 0, {"data_url": "https://example.org"}, {"null_url"}),
    "animal": ("basic", 0, {"animal_id": "7"}, {"basic"}),
    "number of trials": ("basic", 0, {"n_trials": 5}, {"basic"}),
    "number of neurons": ("basic", 1, {"n_neurons": 3}, {"basic"}),
    "neuron ids": ("neurons", 1, {"ID": 1}, {"neuron_ids"}),
    "coordinates": (
        *("neurons", [0, 1], {"coord_x": 0, "coord_y": 0, "coord_z": 0}),
        {"coordinates"},
    ),
    "statistics": ("neurons", 0, {"min_activation": 99.0}, {"statistics"}),
    "count": ("counts", 0, {"n": 7}, {"count"}),
    "format of an id": ("segments", 0, {"segment_ID": "s1"}, {"id"}),
    "file twice": ("videos", [0, 1], {"video_ID": "v000123"}, {"id_twice"}),
    "listed twice": ("video_trials", 0, {}, {"duplicate_twice"}),
    "gap": ("video_segments", 1, {"frame_start": 27}, {"bounds"}),
    "bad segment": ("video_segments", 0, {"bad": True}, {"bad_segment"}),
    "lost segment": ("segment_places", 0, {"segment_index": 9}, {"segment"}),
    "trial file": ("trial_videos", 0, {"trial_type": "oracle"}, {"trial_file"}),
    "bad segments of a trial": ("trial_videos", 0, {"segments_bad_n": 2}, {"trial_file"}),
}


@pytest.mark.parametrize(("table", "rows", "values", "kinds"), DEFECTS.values(), ids=DEFECTS.keys())
def test_a_defect_is_found(published, table, rows, values, kinds):
    spoiled = change(published, table, rows, **values)
    if not values:
        twice = pd.concat([published.video_trials, published.video_trials[:1]])
        spoiled = dataclasses.replace(published, video_trials=twice)
    assert kinds <= set(validate_published(spoiled).kind)


def test_findings_name_recording_item_and_number(published):
    found = validate_published(change(published, "trials", [0, 1], valid_frames_pupil=60))
    assert found[["kind", "recording", "item", "count"]].values.tolist() == [
        ["pupil_frames", ONE, "", 2]
    ]


def test_a_boundary_may_jitter_by_two_frames_and_no_more(published):
    for frames, kinds in ((2, set()), (3, {"boundaries"})):
        segments = published.trial_segments
        first = segments.index[(segments.recording == ONE) & (segments.trial == 11)][0]
        moved = change(published, "trial_segments", first, frame_end=25 + frames)
        moved = change(moved, "trial_segments", first + 1, frame_start=25 + frames)
        found = validate_published(moved)
        assert set(found.kind) == kinds
        assert found.item.tolist() == ["11"] * len(kinds)
    short = change(published, "trials", 3, valid_frames_video=47, valid_frames=47)
    assert "video_frames" in set(validate_published(short).kind)


def test_a_trial_that_its_video_does_not_list_is_found_only_where_the_video_has_a_file(tmp_path):
    ids = export_published(make_catalogue(), tmp_path / "metadata")
    path = tmp_path / f"metadata/global_meta/videos/Gabor-{ids['vc']}.json"
    content = json.loads(path.read_text())
    del content["duplicates"][TWO]
    path.write_text(json.dumps(content))
    found = validate_published(read_published(tmp_path / "metadata"))
    assert summarise(found) == [("missing_duplicate", TWO, "0")]
    path.unlink()
    found = validate_published(read_published(tmp_path / "metadata"))
    assert "missing_duplicate" not in set(found.kind)
    assert ("absent", TWO, "0") in summarise(
        validate_published(read_published(tmp_path / "metadata"), complete=True)
    )


def test_hidden_responses_are_counted_and_statistics_that_say_so_leave_them_out(tmp_path):
    export_published(make_catalogue(hidden=(0, 1)), tmp_path / "metadata")
    found = validate_published(read_published(tmp_path / "metadata"))
    assert found[["kind", "recording", "count"]].values.tolist() == [["hidden_responses", TWO, 2]]
    locate_parts(tmp_path / "metadata", TWO)[2].with_suffix(".json").unlink()
    found = validate_published(read_published(tmp_path / "metadata"))
    assert found.kind.tolist() == ["biased_statistics", "hidden_responses"]
    positive = change(read_published(tmp_path / "metadata"), "neurons", 5, min_activation=0.1)
    assert set(validate_published(positive).kind) == {"hidden_responses"}


def test_a_broken_file_is_a_finding_too(tmp_path):
    export_published(make_catalogue(hidden=(0,)), tmp_path / "metadata")
    assert inspect_published(tmp_path / "metadata").kind.tolist() == ["hidden_responses"]
    path = locate_parts(tmp_path / "metadata", TWO)[0]
    path.write_text("{")
    (finding,) = inspect_published(tmp_path / "metadata").to_dict("records")
    assert finding["kind"] == "unreadable"
    assert finding["what"].startswith(f"{path}: no readable JSON")


HIDDEN = {"F": 305, "G": 297, "H": 297, "I": 320, "J": 299}
LOST = [152, 201, 219, 579, 637, 642]
STILL = {"A": [324, 336], "F": [637]}
STILL["I"] = [169, 292, 311, 425, 439, 521, 557, 626, 632, 680]


@needs_real
def test_the_real_metadata_has_exactly_the_known_defects():
    found = validate_published(read_real())
    single = found[~found.kind.isin(["pupil_frames", "locomotion_frames"])]
    assert Counter(summarise(single)) == Counter(
        [("missing_duplicate", "I", str(trial)) for trial in LOST]
        + [("invalid_trial", "D", "668"), ("invalid_trial", "J", "156")]
        + [("hidden_responses", mouse, "") for mouse in HIDDEN]
        + [("biased_statistics", mouse, "") for mouse in HIDDEN]
        + [("motionless", mouse, str(trial)) for mouse, trials in STILL.items() for trial in trials]
        + [("null_url", "H", "dataset_url")]
    )


@needs_real
def test_the_real_defects_concern_as_many_trials_as_are_known():
    found = validate_published(read_real())
    hidden = found[found.kind == "hidden_responses"]
    assert dict(zip(hidden.recording.map(LETTERS), hidden["count"], strict=True)) == HIDDEN
    lost = found[found.kind == "missing_duplicate"]
    assert lost.what.str.startswith("plays v326545,").all()
    trials = read_real().trials
    for name in ("pupil", "locomotion"):
        wrong = found[found.kind == f"{name}_frames"]
        assert wrong.recording.map(LETTERS).tolist() == list("ABCDEFGHIJ")
        longest = trials.recording.map(read_real().basic.set_index("recording").samples_per_trial)
        assert wrong["count"].sum() == (trials.valid_frames_video < longest).sum() == 6819
