"""The reader: what it finds in a recording, lazily, and what it refuses to open."""

import os
import pickle

import numpy as np
import pytest

from recordings.reader import Recording, load_array
from tests.tiny import (
    NUM_FRAMES,
    NUM_NEURONS,
    PADDED_FRAMES,
    SHOWS,
    make_behavior,
    make_movie,
    noise_responses,
    save,
    write_recording,
)


@pytest.fixture
def recording(tmp_path) -> Recording:
    return write_recording(tmp_path / "mouse")


class Payload:
    """Pickled, it creates a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_a_trial_is_what_was_written_without_the_tail(recording):
    trial = recording.trial(4)
    np.testing.assert_array_equal(trial.video_THW, make_movie(2))
    np.testing.assert_array_equal(trial.responses_NT, noise_responses(make_movie(2), 4))
    np.testing.assert_array_equal(trial.behavior_CT, make_behavior(4))
    assert trial.number == 4


def test_missing_trial_numbers_are_no_trials(recording):
    assert recording.trials == tuple(SHOWS)
    assert recording.num_neurons == NUM_NEURONS


def test_tiers_are_looked_up_by_trial_number(recording):
    assert recording.tiers == {number: tier for number, (tier, _) in SHOWS.items()}


def test_frames_are_a_cut_of_the_trial(recording):
    whole, cut = recording.trial(4), recording.frames(4, 10, 25)
    np.testing.assert_array_equal(cut.video_THW, whole.video_THW[10:25])
    np.testing.assert_array_equal(cut.responses_NT, whole.responses_NT[:, 10:25])
    np.testing.assert_array_equal(cut.behavior_CT, whole.behavior_CT[:, 10:25])


@pytest.mark.parametrize(("max_frames", "expected"), [(7, 7), (NUM_FRAMES, 40), (1000, 40)])
def test_a_trial_is_cut_to_max_frames(recording, max_frames, expected):
    assert len(recording.trial(0, max_frames).video_THW) == expected


@pytest.mark.parametrize("length", [1, 17, PADDED_FRAMES])
def test_the_valid_length_ends_at_the_first_blank_frame(recording, length):
    behavior = np.ones((2, PADDED_FRAMES), np.float32)
    behavior[:, length:] = np.nan
    save(recording.path("behavior", 0), behavior)
    assert recording.num_valid_frames(0) == length


def test_rounding_below_zero_is_read_as_zero(recording):
    responses = np.array(recording.array("responses", 0))
    responses[2, 3] = -5e-7
    save(recording.path("responses", 0), responses)
    assert recording.trial(0).responses_NT[2, 3] == 0


def test_doubles_are_read_as_single_precision(recording):
    save(recording.path("responses", 0), np.ones((NUM_NEURONS, PADDED_FRAMES), np.float64))
    assert recording.trial(0).responses_NT.dtype == np.float32


def test_arrays_stay_on_disk_until_a_trial_is_asked_for(recording):
    for modality in ("videos", "responses", "behavior", "pupil_center"):
        assert isinstance(recording.array(modality, 0), np.memmap)


def test_opening_a_recording_reads_no_array(recording):
    for path in (recording.folder / "data").rglob("*.npy"):
        path.write_bytes(b"")
    again = Recording(recording.folder)
    assert again.trials == tuple(SHOWS)
    assert len(again.tiers) == len(SHOWS)


def test_other_files_beside_the_trials_are_ignored(recording):
    for name in ("notes.npy", "3.txt", ".5.npy"):
        (recording.folder / "data/videos" / name).write_bytes(b"")
    assert Recording(recording.folder).trials == tuple(SHOWS)


def test_a_missing_folder_is_refused_with_its_path(tmp_path):
    with pytest.raises(ValueError, match=r"nobody: no recording here .*recordings\.folder"):
        Recording(tmp_path / "nobody")


def test_a_truncated_array_is_refused(recording):
    path = recording.path("videos", 4)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match=r"videos/4\.npy: not a readable .*truncated"):
        recording.array("videos", 4)


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY\x01\x00", b"GIF89a", b"PK\x03\x04cut off"])
def test_a_file_that_is_no_array_is_refused(tmp_path, content):
    (tmp_path / "4.npy").write_bytes(content)
    with pytest.raises(ValueError, match=r"4\.npy: not a readable \.npy"):
        load_array(tmp_path / "4.npy")


def test_an_archive_of_arrays_is_refused(tmp_path):
    np.savez(tmp_path / "4.npz", videos=np.zeros(3))
    (tmp_path / "4.npz").rename(tmp_path / "4.npy")
    with pytest.raises(ValueError, match=r"4\.npy: not a readable \.npy"):
        load_array(tmp_path / "4.npy")


@pytest.mark.parametrize("as_array", [True, False])
def test_a_pickle_is_refused_and_not_executed(tmp_path, as_array):
    path, trace = tmp_path / "4.npy", tmp_path / "executed"
    if as_array:
        np.save(path, np.array([Payload(trace)], dtype=object), allow_pickle=True)
    else:
        path.write_bytes(pickle.dumps(Payload(trace)))
    with pytest.raises(ValueError, match=r"4\.npy: not a readable \.npy of plain numbers"):
        load_array(path)
    assert not trace.exists()


def test_the_payload_of_this_test_can_execute(tmp_path):
    pickle.loads(pickle.dumps(Payload(tmp_path / "executed")))
    assert (tmp_path / "executed").exists()


def test_a_missing_array_is_refused_with_its_path(recording):
    with pytest.raises(ValueError, match=r"data/videos/3\.npy: missing"):
        recording.array("videos", 3)


def test_too_few_tiers_are_refused(recording):
    save(recording.folder / "meta/trials/tiers.npy", np.array(["train"] * 11))
    with pytest.raises(ValueError, match=r"tiers\.npy: 11 entries, but trial 11 exists"):
        _ = recording.tiers
