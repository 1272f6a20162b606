"""The report of a recording: every fault with its file, none hidden by another, and the gate refuses the same."""

import shutil

import numpy as np
import pytest

from recordings.checks import check_recording
from recordings.findings import ERROR, NOTE, SEVERITIES, WARNING
from recordings.reader import MODALITIES, Recording
from recordings.report import (
    count_findings,
    findings_table,
    inspect_recording,
    report_text,
    summarise_findings,
)
from tests.tiny import NUM_FRAMES, NUM_NEURONS, PADDED_FRAMES, save, write_recording


@pytest.fixture
def recording(tmp_path) -> Recording:
    """With neurons, as a real one."""
    recording = write_recording(tmp_path / "mouse")
    places = np.array([[100, -300, 250], [-900, 20, 275], [0, 0, 300], [5, 5, 325], [9, 9, 350]])
    save(recording.folder / "meta/neurons/cell_motor_coordinates.npy", places)
    save(recording.folder / "meta/neurons/unit_ids.npy", np.array([1, 4, 5, 9, 12]))
    return recording


def change(recording, modality, trial, where, value) -> None:
    values = np.array(recording.array(modality, trial))
    values[where] = value
    save(recording.path(modality, trial), values)


def found(recording) -> list[tuple[str, str, str]]:
    """Severity, file and fault of every finding."""
    folder = f"{recording.folder}/"
    findings = inspect_recording(recording.folder)
    assert all(f.meaning and "\n" not in f.sentence for f in findings)
    return [(f.severity, f.file.removeprefix(folder), f.what) for f in findings]


def only(recording, severity, file, what) -> None:
    """This finding and no other; the gate refuses errors alone, in the same words."""
    ((found_severity, found_file, found_what),) = found(recording)
    assert (found_severity, found_file) == (severity, file)
    assert what in found_what
    if severity == ERROR:
        with pytest.raises(ValueError, match=r": ") as refusal:
            check_recording(Recording(recording.folder))
        assert str(refusal.value) == f"{recording.folder}/{file}: {found_what}"
    else:
        assert len(check_recording(Recording(recording.folder)))


def test_a_sound_recording_has_no_findings(recording):
    assert found(recording) == []


def test_one_bad_file_hides_no_other(recording):
    """Eight faults of as many files, all told."""
    recording.path("videos", 0).write_bytes(b"")
    save(recording.path("responses", 0), np.ones((2, 2), np.float32))
    change(recording, "behavior", 1, np.s_[0, 7], np.nan)
    change(recording, "videos", 4, np.s_[0, 0, 0], 300)
    save(recording.path("pupil_center", 5), np.ones((2, PADDED_FRAMES), np.int64))
    change(recording, "responses", 8, np.s_[..., NUM_FRAMES - 1 :], np.nan)
    recording.path("behavior", 9).unlink()
    (recording.folder / "meta/trials/tiers.npy").unlink()
    errors = [(file, what) for severity, file, what in found(recording) if severity == ERROR]
    expected = {
        "meta/trials/tiers.npy": "missing",
        "data/videos/0.npy": "not a readable .npy",
        "data/responses/0.npy": "shape (2, 2), expected (5, 44)",
        "data/behavior/1.npy": "NaN or infinity at frame 7",
        "data/videos/4.npy": "expected grey levels 0..255",
        "data/pupil_center/5.npy": "dtype int64",
        "data/responses/8.npy": "39 valid frames, but the video of the trial has 40",
        "data/behavior/9.npy": "missing (trial 9 exists",
    }
    assert {file for file, _ in errors} == set(expected)
    assert all(expected[file] in what for file, what in errors)
    assert len(errors) == len(expected)


@pytest.mark.parametrize("modality", MODALITIES)
def test_an_odd_first_file_makes_no_others_odd(recording, modality):
    save(recording.path(modality, 0), np.ones((3, 3), np.float32))
    only(recording, ERROR, f"data/{modality}/0.npy", "shape (3, 3), expected")


@pytest.mark.parametrize("modality", MODALITIES)
def test_a_missing_folder_is_told_once(recording, modality):
    shutil.rmtree(recording.folder / "data" / modality)
    only(recording, ERROR, f"data/{modality}", "no such folder")


def test_a_folder_that_is_no_recording_is_told(tmp_path):
    (finding,) = inspect_recording(tmp_path / "nobody")
    assert (finding.file, finding.severity) == (str(tmp_path / "nobody"), ERROR)
    assert finding.what.startswith("no recording here")


@pytest.mark.parametrize("name", ["01.npy", "004.npy", "\u0661.npy"])
def test_a_second_name_of_a_trial_is_an_error(recording, name):
    shutil.copy(recording.path("videos", 1), recording.folder / "data/videos" / name)
    shown = ascii(name)[1:-1]
    only(recording, ERROR, f"data/videos/{shown}", "another name for trial")


def test_a_file_that_is_no_trial_is_a_note(recording):
    (recording.folder / "data/videos/notes.txt").write_text("x")
    (recording.folder / "data/videos/.DS_Store").write_text("x")
    only(recording, NOTE, "data/videos/notes.txt", "no <number>.npy")


@pytest.mark.parametrize(
    ("change_tiers", "severity", "what"),
    [
        (lambda tiers: tiers[:-1], ERROR, "11 entries, but trial 11 exists"),
        (lambda tiers: np.append(tiers, "none"), WARNING, "13 entries, expected 12"),
        (lambda tiers: np.where(np.arange(12) == 3, "train", tiers), WARNING, "no files"),
        (lambda tiers: np.where(np.arange(12) == 4, "none", tiers), ERROR, "trial 4 has tier"),
        (lambda tiers: np.where(np.arange(12) == 4, "a\nb", tiers), ERROR, r"'a\nb'"),
        (lambda tiers: tiers.reshape(3, 4), ERROR, "expected a list of texts"),
        (lambda tiers: np.arange(12), ERROR, "expected a list of texts"),
        (lambda tiers: np.array("train"), ERROR, "expected a list of texts"),
    ],
)
def test_faults_of_the_tiers(recording, change_tiers, severity, what):
    path = recording.folder / "meta/trials/tiers.npy"
    save(path, change_tiers(np.load(path)))
    only(recording, severity, "meta/trials/tiers.npy", what)


@pytest.mark.parametrize(
    ("name", "values", "what"),
    [
        ("cell_motor_coordinates", np.zeros((3, NUM_NEURONS)), "shape (3, 5), expected (5, 3)"),
        ("cell_motor_coordinates", np.full((5, 3), np.nan), "neuron 0 has no finite coordinates"),
        ("cell_motor_coordinates", np.eye(5, 3) * 9e5, "coordinates up to 900000"),
        ("cell_motor_coordinates", np.eye(5, 3) * 0.3, "within 0.3 of each other"),
        ("cell_motor_coordinates", np.full((5, 3), "x"), "expected numbers"),
        ("unit_ids", np.arange(4), "shape (4,), expected (5,)"),
        ("unit_ids", np.array([1, 2, 2, 3, 4]), "1 ids occur twice"),
        ("unit_ids", np.array([5, 4, 3, 2, 1]), "ids do not increase"),
        ("unit_ids", np.arange(5.0), "expected whole numbers"),
    ],
)
def test_odd_neurons_are_warned_of(recording, name, values, what):
    save(recording.folder / f"meta/neurons/{name}.npy", values)
    only(recording, WARNING, f"meta/neurons/{name}.npy", what)


def test_missing_ids_are_warned_of(recording):
    (recording.folder / "meta/neurons/unit_ids.npy").unlink()
    only(recording, WARNING, "meta/neurons/unit_ids.npy", "missing; restore it")


def test_missing_coordinates_are_a_note_since_own_data_may_have_none(recording):
    (recording.folder / "meta/neurons/cell_motor_coordinates.npy").unlink()
    only(recording, NOTE, "meta/neurons/cell_motor_coordinates.npy", "no such file")


def test_hidden_responses_are_a_note_in_a_test_tier_and_a_warning_elsewhere(recording):
    for trial in (2, 8):
        change(recording, "responses", trial, np.s_[:], 0)
    only(recording, WARNING, "data/responses", "tier 'oracle' are all 0 in 2 trials (2, 8)")
    path = recording.folder / "meta/trials/tiers.npy"
    tiers = np.load(path)
    tiers[[2, 8]] = "live_test_main"
    save(path, tiers)
    only(recording, NOTE, "data/responses", "tier 'live_test_main' are all 0 in 2 trials (2, 8)")


def test_hidden_responses_are_of_no_tier_where_the_tiers_are_lost(recording):
    (recording.folder / "meta/trials/tiers.npy").unlink()
    change(recording, "responses", 4, np.s_[:], 0)
    (_, (severity, _, what)) = found(recording)
    assert (severity, what) == (NOTE, "responses are all 0 in 1 trial (4)")


def test_a_mouse_that_rests_is_a_note(recording):
    change(recording, "behavior", 4, np.s_[1, :NUM_FRAMES], 0)
    only(recording, NOTE, "data/behavior", "running speed does not change in 1 trial (4)")


@pytest.mark.parametrize(
    ("modality", "where", "value", "what"),
    [
        ("behavior", np.s_[0, 3], -5, "pupil size outside 0..500"),
        ("pupil_center", np.s_[1, 3], 1e6, "y of the pupil centre outside"),
        ("responses", np.s_[1, 3], 1e6, "responses above 100000"),
    ],
)
def test_implausible_values_are_warned_of(recording, modality, where, value, what):
    change(recording, modality, 4, where, value)
    only(recording, WARNING, f"data/{modality}", what)


def test_movies_of_0_to_1_are_an_error(recording):
    for trial in recording.trials:
        save(recording.path("videos", trial), recording.array("videos", trial) / 255)
    only(recording, ERROR, "data/videos", "multiply the movies by 255")


def test_a_movie_of_0_to_1_among_others_is_warned_of_but_a_black_one_is_not(recording):
    change(recording, "videos", 5, np.s_[..., :NUM_FRAMES], 0)
    assert found(recording) == []
    save(recording.path("videos", 4), recording.array("videos", 4) / 255)
    only(
        recording, WARNING, "data/videos", "no pixel above 1 in 1 trial (4), though others reach 25"
    )


def test_black_movies_hide_no_movies_of_0_to_1(recording):
    for trial in recording.trials:
        save(recording.path("videos", trial), recording.array("videos", trial) / 255)
    change(recording, "videos", 5, np.s_[..., :NUM_FRAMES], 0)
    only(recording, ERROR, "data/videos", "multiply the movies by 255")


def test_statistics_are_not_missed(recording):
    assert not (recording.folder / "meta/statistics").exists()
    assert found(recording) == []


def test_the_report_counts_and_tells_errors_first(recording):
    (recording.folder / "data/videos/notes.txt").write_text("x")
    recording.path("videos", 0).write_bytes(b"")
    (recording.folder / "meta/neurons/unit_ids.npy").unlink()
    findings = inspect_recording(recording.folder)
    assert [finding.severity for finding in findings] == list(SEVERITIES)
    assert count_findings(findings) == {"error": 1, "warning": 1, "note": 1}
    text = report_text(recording.folder, findings)
    assert text.startswith(f"{recording.folder}: 1 error, 1 warning, 1 note\n")
    assert text.count("meaning: ") == 3
    tables = {"A": findings_table([]), "B": findings_table(findings)}
    summary, sentence = summarise_findings(tables)
    assert summary.to_dict("list") == {
        "mouse": ["A", "B"],
        "error": [0, 1],
        "warning": [0, 1],
        "note": [0, 1],
    }
    assert sentence == "errors in 1 of 2 recordings: mouse B"
    assert summarise_findings({"A": tables["A"]})[1] == "none of 1 recordings has errors"
