"""Swapped axes and wrong rates show in how long and how densely signals were sampled; plain arrays are named."""

import re

import numpy as np
import pytest

from recordings.own_data import Movie, OwnSession, OwnTrial, Signal
from recordings.own_data.convert import Converter

NUM_NEURONS, NUM_SAMPLES, RATE_HZ = 400, 180, 7.5
RESPONSES_NT = np.ones((NUM_NEURONS, NUM_SAMPLES))
"""24 s"""


def make_session(**changes) -> OwnSession:
    frames = np.random.default_rng(0).integers(2, 255, (72, 36, 64), dtype=np.uint8)
    trials = [OwnTrial(2.0 + 4 * k, 5.0 + 4 * k, t, "m") for k, t in enumerate(("train", "oracle"))]
    parts = {
        "movies": {"m": Movie(frames, rate_hz=24)},
        "trials": trials,
        "responses": Signal(RESPONSES_NT, rate_hz=RATE_HZ),
        "pupil_size": Signal(np.ones(480), rate_hz=20),
        "running_speed": Signal(np.ones(2400), rate_hz=100),
        "gaze": Signal(np.ones((2, 480)), rate_hz=20),
    }
    return OwnSession(**(parts | changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"responses": Signal(RESPONSES_NT.T, rate_hz=RATE_HZ)},
            "responses: shape (180, 400), which lasts 53.2 s beside trials 7 s, pupil_size 23.95 s, running_speed 23.99 s, gaze "
            "23.95 s; expected time along the last axis (neurons first) and rate_hz in samples per second: give its transpose",
        ),
        (
            {"responses": Signal(RESPONSES_NT, rate_hz=1 / RATE_HZ)},
            "responses: a sample every 7.5 s, expected one every 1 s or more often",
        ),
        ({"responses": Signal(RESPONSES_NT, rate_hz=RATE_HZ / 1000)}, "a sample every 133.3 s"),
        (
            {"responses": Signal(RESPONSES_NT, times_s=1e3 * np.arange(NUM_SAMPLES) / RATE_HZ)},
            "responses: a sample every 133.3 s",
        ),
        ({"pupil_size": Signal(np.ones(480), rate_hz=1 / 20)}, "pupil_size: a sample every 20 s"),
        (
            {"gaze": Signal(np.ones((2, 480)), rate_hz=2)},
            "gaze: shape (2, 480), which lasts 239.5 s beside",
        ),
        (
            {"responses": Signal(RESPONSES_NT, rate_hz=75)},
            "outside of the responses (180 samples from 0 to 2.38667 s); leave it out, correct its times, or those of the "
            "responses (neurons first, rate_hz in samples per second)",
        ),
        (
            {"responses": RESPONSES_NT},
            "responses: a plain ndarray, expected Signal(values, rate_hz=...) from recordings.own_data",
        ),
        ({"pupil_size": [1.0, 2.0]}, "pupil_size: a plain list, expected Signal("),
        ({"movies": {"m": np.ones((72, 36, 64))}}, "movie 'm': a plain ndarray, expected Movie("),
        ({"trials": [(2.0, 5.0, "train", "m")]}, "trial 0: a plain tuple, expected OwnTrial("),
    ],
)
def test_wrong_axes_rates_and_kinds_are_refused(changes, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Converter(make_session(**changes))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"responses": Signal(np.ones((4, 350)), rate_hz=RATE_HZ)},  # 47 s, beside 24 s
        {"responses": Signal(np.ones((4, 25)), rate_hz=1)},
        {
            "responses": Signal(np.ones((4, 27000)), rate_hz=RATE_HZ),  # an hour, of which two
            "pupil_size": Signal(np.ones(72000), rate_hz=20),  # trials are used
        },
        {
            **dict.fromkeys(("pupil_size", "running_speed", "gaze")),
            "not_measured": ("pupil_size", "running_speed", "gaze"),
            "responses": Signal(np.ones((4, 120)), rate_hz=RATE_HZ),
        },
    ],
)
def test_longer_recordings_than_trials_are_converted(changes):
    assert Converter(make_session(**changes)).num_frames == 90
