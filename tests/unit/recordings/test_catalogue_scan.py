"""Scans: how long each array is valid, what state it is in, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from recordings.catalogue.keyframes import average_blocks, digest_frames, pick_key_frames
from recordings.catalogue.scan import (
    describe_state,
    read_scan,
    scan_recording,
    scan_trial,
    write_scan,
)
from recordings.reader import load_array
from recordings.valid_frames import are_withheld, count_valid_frames
from tests.tiny import NUM_FRAMES, make_movie, save, write_recording

SHOWS = {0: ("train", 0), 3: ("oracle", 1)}
NAN = np.nan


@pytest.fixture
def recording(tmp_path):
    return write_recording(tmp_path / "dynamic1-2-3-Video-x", SHOWS)


def change(recording, modality, trial, do):
    """Rewrite one array."""
    path = recording.path(modality, trial)
    values = np.array(load_array(path))
    do(values)
    save(path, values)


def test_frames_end_where_the_columns_are_nothing_but_nan(tmp_path):
    assert count_valid_frames(np.ones((2, 5)), tmp_path) == 5
    assert count_valid_frames(np.array([[1.0, 2, NAN], [3, 4, NAN]]), tmp_path) == 2
    assert count_valid_frames(np.full((2, 3), NAN), tmp_path) == 0
    assert count_valid_frames(np.array([[3e38, 1], [3e38, 1]]), tmp_path) == 2


def test_only_zeros_were_withheld():
    assert are_withheld(np.zeros((2, 3)))
    assert not are_withheld(np.array([[0, 0], [0, 1e-9]]))
    assert not are_withheld(np.zeros((2, 0)))


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ([[1, NAN, 2], [1, NAN, 2]], "frame 2 is valid behind NaN"),
        ([[1, NAN, 2], [1, 1, 2]], "NaN or infinity at frame 1"),
        ([[1, 2, NAN], [1, 2, 3]], "NaN or infinity at frame 2"),
        ([[1, np.inf, 2], [1, -np.inf, 2]], "NaN or infinity at frame 1"),
        ([[1, 1e300, 2], [1, -1e300, 2]], "a number at frame 1 is too large for float32"),
    ],
)
def test_nan_before_the_end_is_refused(tmp_path, rows, what):
    with pytest.raises(ValueError, match=f"{tmp_path}: {what}"):
        count_valid_frames(np.array(rows, float), tmp_path)


@pytest.mark.parametrize(
    ("rows", "name", "state"),
    [
        ([[0, 1], [2, 3]], "response", "measured"),
        ([[0, 0], [0, 0]], "response", "hidden"),
        ([[0, 0]], "locomotion", "constant"),
        ([[1, 1], [2, 2]], "gaze", "constant"),
        ([[1, 1], [2, 3]], "gaze", "measured"),
        (np.zeros((2, 0)), "pupil", "missing"),
    ],
)
def test_states(rows, name, state):
    assert describe_state(np.array(rows, float), name) == state


def test_trial(recording):
    change(recording, "behavior", 3, lambda rows: rows.__setitem__(1, NAN))
    scan = scan_trial(recording, 3)
    lengths = dict.fromkeys(["video", "response", "pupil", "gaze"], NUM_FRAMES)
    assert scan.num_frames == lengths | {"locomotion": 0}
    assert scan.states == dict.fromkeys(["response", "pupil", "gaze"], "measured") | {
        "locomotion": "missing"
    }
    assert scan.tier == "oracle"
    assert scan.thumbnails_TB.shape == (NUM_FRAMES, 48)


@pytest.mark.parametrize("modality", ["videos", "responses", "behavior", "pupil_center"])
def test_broken_arrays_are_refused_by_path(recording, modality):
    change(recording, modality, 3, lambda values: values.__setitem__((..., 7), NAN))
    with pytest.raises(ValueError, match=f"{modality}/3.npy: frame 8 is valid behind NaN"):
        scan_trial(recording, 3)


def test_video_of_nothing_but_nan_is_refused(recording):
    change(recording, "videos", 3, lambda values: values.fill(NAN))
    with pytest.raises(ValueError, match=r"videos/3.npy: nothing but NaN"):
        scan_trial(recording, 3)


def test_scan_is_stored_and_the_workers_change_nothing(recording, tmp_path):
    scan = scan_recording(recording, num_workers=2)
    write_scan(scan_recording(recording), tmp_path / "scan")
    read = read_scan(tmp_path / "scan")
    assert read.recording == recording.folder.name
    pd.testing.assert_frame_equal(read.trials, scan.trials)
    pd.testing.assert_frame_equal(read.segments, scan.segments)
    np.testing.assert_array_equal(read.thumbnails_TB, scan.thumbnails_TB)
    assert read.trials.trial.tolist() == [0, 3]
    assert read.trials.num_neurons.tolist() == [5, 5]


def test_digest_is_of_rounded_frames_and_their_shape():
    video = make_movie(1)
    digest = digest_frames(video)
    assert digest == digest_frames(np.rint(video).astype(np.float64))
    assert digest != digest_frames(video.reshape(40, 64, 36))
    assert digest != digest_frames(video, "Gabor")
    assert digest != digest_frames(video + (np.arange(36) == 3)[:, None])


def test_thumbnails_never_differ_more_than_the_frames():
    one, other = (make_movie(movie).transpose(1, 2, 0) for movie in (1, 2))
    small = ((average_blocks(one) - average_blocks(other)) ** 2).mean(axis=1)
    assert (small <= ((one - other) ** 2).mean(axis=(0, 1))).all()
    levels = np.broadcast_to(np.arange(5.0), (36, 64, 5))
    np.testing.assert_array_equal(average_blocks(levels)[:, 7], np.arange(5))


@pytest.mark.parametrize(
    ("label", "bounds", "frames"),
    [
        ("GaussianDot", [(0, 9), (9, 18)], [4, 14]),  # 4.5 and 13.5, half to even
        ("Background", [(0, 1)], [0]),
        ("GaussianDot", [(0, 3), (3, 4)], [2, 3]),  # not 3.5 to even, which is beyond the end
        ("Gabor", [(0, 25), (25, 50)], [2, 10, 18, 27, 35, 43]),
        ("RandomDots", [(0, 60)], [2, 10, 18, 26, 34, 42, 50]),
        ("PinkNoise", [(0, 12)], [2]),
        ("NaturalVideo", [(0, 20), (20, 41)], [10, 30, 40]),
        ("NaturalVideo", [(5, 20)], [12]),  # one spaced frame ties with the middle
        ("unknown", [(0, 8)], [4]),
    ],
)
def test_key_frames(label, bounds, frames):
    assert pick_key_frames(label, *np.array(bounds).T).tolist() == frames
