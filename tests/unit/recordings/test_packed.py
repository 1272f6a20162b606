"""Packed recordings read as the recording that they were made from."""

import shutil
from types import SimpleNamespace

import numpy as np
import pytest

from recordings.packed import PackedRecording, pack_recording
from tests.tiny import NUM_FRAMES, NUM_NEURONS, save, write_recording

TRIALS = [0, 4, 9]


@pytest.fixture
def recording(tmp_path):
    return write_recording(tmp_path / "recording")


@pytest.fixture
def packed(recording, tmp_path):
    pack_recording(recording, TRIALS, tmp_path / "packed")
    return PackedRecording(tmp_path / "packed")


def assert_same_trial(found, expected):
    assert found.number == expected.number
    for name in ("video_THW", "responses_NT", "behavior_CT"):
        one, other = getattr(found, name), getattr(expected, name)
        assert one.dtype == other.dtype == np.float32
        assert one.flags.c_contiguous
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("trial", TRIALS)
def test_trials_are_those_of_the_recording(recording, packed, trial):
    assert packed.num_neurons == recording.num_neurons == NUM_NEURONS
    assert packed.num_valid_frames(trial) == recording.num_valid_frames(trial) == NUM_FRAMES
    assert_same_trial(packed.trial(trial), recording.trial(trial))
    assert_same_trial(packed.trial(trial, 7), recording.trial(trial, 7))


@pytest.mark.parametrize(("start", "stop", "step"), [(0, 31, 2), (9, 40, 2), (5, 6, 1), (3, 20, 3)])
def test_clips_are_those_of_the_recording(recording, packed, start, stop, step):
    expected = recording.frames(4, start, stop, step)
    assert_same_trial(packed.frames(4, start, stop, step), expected)
    assert expected.video_THW.shape[0] == len(range(start, stop, step))


def test_movies_of_whole_grey_levels_are_kept_as_bytes(recording, tmp_path):
    for trial in TRIALS:
        video = np.array(recording.array("videos", trial))
        save(recording.path("videos", trial), np.round(video))
    pack_recording(recording, TRIALS, tmp_path / "packed")
    packed = PackedRecording(tmp_path / "packed")
    assert packed.arrays["video"].dtype == np.uint8
    assert_same_trial(packed.trial(9), recording.trial(9))


def test_other_movies_are_kept_as_they_are(packed):
    assert packed.arrays["video"].dtype == np.float32


def test_a_truncated_file_is_refused(packed):
    path = packed.folder / "responses.npy"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match=r"responses\.npy: not a readable \.npy"):
        packed.trial(0)


def test_a_disk_that_is_too_small_is_seen_before(recording, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1000))
    with pytest.raises(ValueError, match=r"packed: needs .* MB, but .* free; make room"):
        pack_recording(recording, TRIALS, tmp_path / "packed")
    assert not (tmp_path / "packed").exists()
