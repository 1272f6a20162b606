"""Checks of a recording: a sound one gives a row per trial, each fault is refused by file name."""

import os

import numpy as np
import pytest

from recordings.checks import check_recording
from recordings.findings import ERROR, WARNING
from recordings.phash import hash_movie
from recordings.reader import MODALITIES, Recording
from recordings.report import inspect_recording
from tests.tiny import NUM_FRAMES, NUM_NEURONS, PADDED_FRAMES, SHOWS, save, write_recording


@pytest.fixture
def recording(tmp_path) -> Recording:
    return write_recording(tmp_path / "mouse")


def change(recording: Recording, modality: str, trial: int, where, value) -> None:
    values = np.array(recording.array(modality, trial))
    values[where] = value
    save(recording.path(modality, trial), values)


def files_of(folder) -> dict:
    return {path: path.lstat().st_mtime_ns for path in folder.rglob("*")}


def refuse(recording: Recording, message: str) -> None:
    """The check raises with this message and leaves the folder as it was."""
    before = files_of(recording.folder.parent)
    with pytest.raises(ValueError, match=message):
        check_recording(Recording(recording.folder))
    assert files_of(recording.folder.parent) == before


def test_a_sound_recording_gives_a_row_per_trial(recording):
    table = check_recording(recording)
    columns = ["trial", "tier", "num_frames", "hidden", "video", "phash", "content"]
    assert list(table.columns) == columns
    assert list(table.trial) == list(SHOWS)
    assert list(table.tier) == [tier for tier, _ in SHOWS.values()]
    assert set(table.num_frames) == {NUM_FRAMES}
    assert not table.hidden.any()


def test_the_content_id_tells_movies_apart_and_repeats_together(recording):
    ids = check_recording(recording).set_index("trial").video
    assert ids[2] == ids[11]
    assert ids.nunique() == len({movie for _, movie in SHOWS.values()})


def test_the_content_id_is_that_of_the_grey_levels_not_of_the_file(recording):
    before = check_recording(recording).set_index("trial").video
    video = np.array(recording.array("videos", 2), np.float64)
    save(recording.path("videos", 2), np.asfortranarray(video))
    after = check_recording(Recording(recording.folder)).set_index("trial").video
    assert after[2] == before[2]


def test_the_digest_of_a_trial_changes_with_any_of_its_arrays(recording):
    before = check_recording(recording).set_index("trial").content
    for trial, modality in zip((0, 1, 4, 5), MODALITIES, strict=True):
        change(recording, modality, trial, np.s_[1, ..., 2], 77.0)
    after = check_recording(recording).set_index("trial").content
    assert list(before.index[before != after]) == [0, 1, 4, 5]
    assert before.is_unique


def test_trials_of_other_lengths_are_sound(recording):
    for modality in MODALITIES:
        change(recording, modality, 4, np.s_[..., 25:], np.nan)
    assert list(check_recording(recording).query("num_frames != @NUM_FRAMES").trial) == [4]


def test_a_trial_without_a_tail_is_sound(recording):
    for modality in MODALITIES:
        change(recording, modality, 4, np.s_[..., NUM_FRAMES:], 1.0)
    lengths = check_recording(recording).set_index("trial").num_frames
    assert lengths[4] == PADDED_FRAMES


@pytest.mark.parametrize("tail", [0.0, np.nan])
def test_withheld_responses_are_flagged(recording, tail):
    change(recording, "responses", 4, np.s_[:], 0.0)
    change(recording, "responses", 4, np.s_[:, NUM_FRAMES:], tail)
    table = check_recording(recording).set_index("trial")
    assert list(table.index[table.hidden]) == [4]
    assert table.num_frames[4] == NUM_FRAMES


def test_rounding_below_zero_is_accepted(recording):
    change(recording, "responses", 4, (1, 2), -5e-7)
    assert len(check_recording(recording)) == len(SHOWS)


def test_movies_between_0_and_1_are_refused(recording):
    for trial in recording.trials:
        path = recording.path("videos", trial)
        np.save(path, np.load(path) / 255)
    refuse(recording, r"data/videos: no pixel of any movie is above .* multiply the movies by 255")


def test_a_truncated_array_is_refused(recording):
    path = recording.path("responses", 4)
    path.write_bytes(path.read_bytes()[:-8])
    refuse(recording, r"responses/4\.npy: not a readable .*copy it again")


def test_a_pickled_array_is_refused_and_not_executed(recording, tmp_path):
    class Payload:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "executed"),)

    path = recording.path("responses", 4)
    np.save(path, np.array([Payload()], dtype=object), allow_pickle=True)
    refuse(recording, r"responses/4\.npy: not a readable \.npy of plain numbers")


@pytest.mark.parametrize(
    ("modality", "shape"),
    [
        ("videos", (64, 36, PADDED_FRAMES)),
        ("videos", (36, 64)),
        ("videos", (36, 64, PADDED_FRAMES - 1)),
        ("responses", (NUM_NEURONS + 1, PADDED_FRAMES)),
        ("behavior", (PADDED_FRAMES, 2)),
        ("pupil_center", (3, PADDED_FRAMES)),
    ],
)
def test_a_wrong_shape_is_refused(recording, modality, shape):
    save(recording.path(modality, 4), np.ones(shape, np.float32))
    refuse(recording, rf"{modality}/4\.npy: shape .*expected \(.*{PADDED_FRAMES}\)")


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float16, bool, "U3", complex])
def test_a_wrong_dtype_is_refused(recording, dtype):
    save(recording.path("videos", 4), np.ones((36, 64, PADDED_FRAMES), dtype))
    refuse(recording, r"videos/4\.npy: dtype .*expected float32 or float64")


@pytest.mark.parametrize("modality", MODALITIES)
@pytest.mark.parametrize("entry", [np.s_[..., 20], np.s_[0, ..., 20]])
def test_nan_inside_a_trial_is_refused(recording, modality, entry):
    change(recording, modality, 4, entry, np.nan)
    refuse(
        recording, rf"{modality}/4\.npy: (NaN or infinity at frame 20|frame 21 is valid behind NaN)"
    )


def test_nan_in_a_single_neuron_is_refused(recording):
    change(recording, "responses", 4, np.s_[3, :], np.nan)
    refuse(recording, r"responses/4\.npy: NaN or infinity at frame 0; .*whole frames")


def test_an_array_of_nan_is_refused(recording):
    change(recording, "responses", 4, np.s_[:], np.nan)
    refuse(recording, r"responses/4\.npy: nothing but NaN")


@pytest.mark.parametrize(
    ("modality", "value", "expected"),
    [
        ("videos", 300.0, r"to 300, expected grey levels 0\.\.255"),
        ("videos", -1.0, r"from -1 .*expected grey levels 0\.\.255"),
        ("responses", -1e-3, r"from -0\.001 .*expected no negative responses"),
        ("responses", np.inf, "NaN or infinity at frame 2"),
        ("behavior", np.inf, "NaN or infinity at frame 2"),
        ("pupil_center", -np.inf, "NaN or infinity at frame 2"),
        ("videos", np.inf, "NaN or infinity at frame 2"),
    ],
)
def test_a_value_out_of_range_is_refused(recording, modality, value, expected):
    change(recording, modality, 4, np.s_[1, ..., 2], value)
    refuse(recording, rf"{modality}/4\.npy: .*{expected}")


def test_a_missing_tiers_file_is_refused(recording):
    (recording.folder / "meta/trials/tiers.npy").unlink()
    refuse(recording, r"meta/trials/tiers\.npy: missing")


@pytest.mark.parametrize("tier", ["none", "", "nan", "training"])
def test_an_existing_trial_without_a_known_tier_is_refused(recording, tier):
    tiers = np.array(np.load(recording.folder / "meta/trials/tiers.npy"))
    tiers[4] = tier
    save(recording.folder / "meta/trials/tiers.npy", tiers)
    refuse(recording, rf"tiers\.npy: trial 4 has tier '{tier}' \(expected one of train, oracle")


@pytest.mark.parametrize("modality", MODALITIES)
def test_a_trial_without_one_of_its_arrays_is_refused(recording, modality):
    recording.path(modality, 4).unlink()
    refuse(recording, rf"{modality}/4\.npy: missing \(trial 4 exists in another data folder\)")


@pytest.mark.parametrize("modality", MODALITIES)
def test_lengths_that_disagree_are_refused(recording, modality):
    change(recording, modality, 4, np.s_[..., NUM_FRAMES - 1 :], np.nan)
    refuse(recording, r"4\.npy: \d+ valid frames, but the video of the trial has \d+")


def test_a_recording_without_trials_is_refused(recording):
    for modality in MODALITIES:
        for path in (recording.folder / "data" / modality).glob("*.npy"):
            path.unlink()
    refuse(recording, r"data/videos: no trials")


def test_a_trial_too_short_to_tell_its_movie_from_others_is_refused(recording):
    for modality in MODALITIES:
        change(recording, modality, 4, np.s_[..., 4:], np.nan)
    refuse(recording, r"videos/4\.npy: 4 valid frames, need at least 5; delete the trial")


def test_the_hash_is_that_of_the_stored_numbers(recording):
    """As published: 126.99999999 is cast to 126, though it is 127 as float32."""
    video = np.array(recording.array("videos", 4), np.float64)
    video[..., :NUM_FRAMES] = np.nextafter(np.round(video[..., :NUM_FRAMES]), 0)
    save(recording.path("videos", 4), video)
    table = check_recording(recording).set_index("trial")
    stored = hash_movie(video[..., :NUM_FRAMES].transpose(2, 0, 1))
    assert table.phash[4] == f"{stored:016x}"
    assert stored != hash_movie(video[..., :NUM_FRAMES].astype(np.float32).transpose(2, 0, 1))


@pytest.mark.parametrize("number", [1e300, -1e300, 3.5e38])
@pytest.mark.parametrize("modality", MODALITIES)
def test_a_number_that_float32_cannot_hold_is_refused_by_all_alike(recording, modality, number):
    stored = np.array(recording.array(modality, 4), np.float64)
    stored[..., 1, 7] = number
    save(recording.path(modality, 4), stored)
    what = f"{modality}/4.npy: a number at frame 7 is too large for float32"
    refuse(recording, what)
    (finding,) = [f for f in inspect_recording(recording.folder) if f.severity == ERROR]
    assert what in finding.sentence
    with pytest.raises(ValueError, match=what):
        recording.trial(4)


def test_withheld_responses_that_end_before_the_video_are_refused(recording):
    change(recording, "responses", 4, np.s_[:], 0.0)
    change(recording, "responses", 4, np.s_[:, 20:], np.nan)
    refuse(recording, r"responses/4\.npy: 20 valid frames, but the video of the trial has 40")


def test_a_link_to_nothing_is_refused_whatever_it_stood_for(recording):
    for name in ("data/videos/4.npy", "meta/trials/tiers.npy", "meta/neurons/unit_ids.npy"):
        path = recording.folder / name
        kept = path.read_bytes() if path.exists() else None
        path.unlink(missing_ok=True)
        path.parent.mkdir(exist_ok=True)
        path.symlink_to("../../.git/annex/objects/key")
        refuse(recording, f"{name}: a link to nothing .*get it with `git annex get`")
        path.unlink()
        if kept:
            path.write_bytes(kept)
    (recording.folder / "meta/statistics").symlink_to("gone")  # nobody reads these
    assert len(check_recording(recording)) == len(SHOWS)
    (finding,) = [
        f
        for f in inspect_recording(recording.folder)
        if f.severity == WARNING and "statistics" in f.file
    ]
    assert "git annex get" in finding.what
