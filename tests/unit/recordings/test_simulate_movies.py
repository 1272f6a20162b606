"""Simulated movies look like natural ones by the numbers, and no photograph is on both sides."""

from pathlib import Path

import numpy as np
import pytest

from recordings.settings import SimulationSettings
from recordings.simulate.movies import HELD_OUT_TIER, HIDDEN_TIER, TRAINING_TIER, simulate_clips
from recordings.simulate.photographs import (
    HELD_OUT_PHOTOGRAPHS,
    TRAINING_PHOTOGRAPHS,
    load_photographs,
)

REAL = Path(__file__).parents[4] / "shared/real-metadata/training-set-statistics"


def settings(**changes) -> SimulationSettings:
    values = {
        "seed": 3,
        "share_movies": True,
        "num_neurons": 10,
        "num_training_clips": 4,
        "num_held_out_clips": 2,
        "num_held_out_repeats": 2,
        "num_hidden_clips": 1,
        "clip_frames": 40,
        "padded_frames": 44,
        "field_center_px": (17.0, 34.0),
        "field_spread_px": (5.0, 9.0),
        "noise": 1.0,
    }
    return SimulationSettings(**values | changes)


@pytest.fixture(scope="module")
def training_BTHW() -> np.ndarray:
    many = settings(num_training_clips=160, clip_frames=30, padded_frames=30, num_held_out_clips=0)
    clips = simulate_clips(many, 0)
    return np.stack([clip.video_THW for clip in clips if clip.tier == TRAINING_TIER])


def test_no_photograph_is_on_both_sides():
    assert not set(TRAINING_PHOTOGRAPHS) & set(HELD_OUT_PHOTOGRAPHS)
    assert len(HELD_OUT_PHOTOGRAPHS) >= 4
    assert ("motorcycle_left.png" in TRAINING_PHOTOGRAPHS) == (
        "motorcycle_right.png" in TRAINING_PHOTOGRAPHS
    )


def test_clips_use_only_photographs_of_their_side():
    clips = simulate_clips(settings(num_training_clips=12, num_held_out_clips=6), 0)
    for clip in clips:
        side = TRAINING_PHOTOGRAPHS if clip.tier == TRAINING_TIER else HELD_OUT_PHOTOGRAPHS
        assert clip.photographs
        assert set(clip.photographs) <= set(side)


def test_no_two_clips_are_alike():
    clips = simulate_clips(settings(), 0)
    assert [clip.tier for clip in clips] == [TRAINING_TIER] * 4 + [HELD_OUT_TIER] * 2 + [
        HIDDEN_TIER
    ]
    assert len({clip.video_THW.tobytes() for clip in clips}) == len(clips)


def test_another_movie_set_gives_other_movies():
    first, again, other = (simulate_clips(settings(), movie_set) for movie_set in (0, 0, 1))
    for a, b, c in zip(first, again, other, strict=True):
        assert np.array_equal(a.video_THW, b.video_THW)
        assert not np.array_equal(a.video_THW, c.video_THW)


def test_brightness_and_contrast_are_those_of_the_real_movies(training_BTHW):
    assert training_BTHW.mean() == pytest.approx(79, abs=5)
    assert training_BTHW.std() == pytest.approx(57, abs=5)


def test_movies_move_and_rest(training_BTHW):
    change = np.abs(np.diff(training_BTHW.astype(np.float32), axis=1)).mean(axis=(2, 3))
    assert 4 < change.mean() < 16
    assert np.quantile(change, 0.1) < 3


def test_spectrum_is_that_of_the_real_movies(training_BTHW):
    if not REAL.is_dir():
        pytest.skip(
            f"{REAL} is absent: the statistics of the real movies are not part of this project"
        )
    real = np.mean([np.load(path) for path in sorted(REAL.glob("*/video/freq.npy"))], axis=0)
    power = np.abs(np.fft.fft2(training_BTHW[:, ::4], norm="ortho")) ** 2
    simulated = np.log(np.maximum(power, 1e-9)).mean(axis=(0, 1))
    assert np.corrcoef(simulated.ravel(), real.ravel())[0, 1] > 0.95
    assert simulated[0, 0] == pytest.approx(real.reshape(36, 64)[0, 0], abs=0.5)


def test_a_missing_photograph_is_named_with_a_remedy():
    with pytest.raises(ValueError, match=r"nowhere\.png: missing; install"):
        load_photographs(("nowhere.png",))


def test_clips_too_short_for_cuts_are_refused():
    with pytest.raises(ValueError, match="clip_frames is 10"):
        simulate_clips(settings(clip_frames=10), 0)
