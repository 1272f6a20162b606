"""Resampling and resizing alone, against closed forms."""

import numpy as np
import pytest

from recordings.own_data import Movie, OwnSession, OwnTrial, Signal, write_recording
from recordings.own_data.resample import Sampling, resample
from recordings.own_data.screen import GREY, fit_screen, frames_on_screen

MOMENTS_S = 2 + np.arange(60) / 30


def sampled(rate_hz: float, duration_s: float = 6.0) -> Sampling:
    times_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    return Sampling("signal", times_s, 1 / rate_hz, 0.5)


@pytest.mark.parametrize("rate_hz", [4, 8, 29.9, 30, 31, 100, 1000])
def test_lines_and_constants_are_exact_at_any_rate(rate_hz):
    sampling = sampled(rate_hz)
    values_CT = np.stack([3 - 2 * sampling.times_s, np.full(sampling.times_s.size, 0.1)])
    found_CT = resample(values_CT, sampling, MOMENTS_S)
    np.testing.assert_allclose(found_CT[0], 3 - 2 * MOMENTS_S, atol=1e-9)
    np.testing.assert_allclose(found_CT[1], 0.1, rtol=1e-9)


def test_lines_are_exact_at_irregular_times():
    times_s = np.sort(np.random.default_rng(0).uniform(0, 6, 400))
    found_CT = resample(times_s[None], Sampling("signal", times_s, 0.015, 0.5), MOMENTS_S)
    np.testing.assert_allclose(found_CT[0], MOMENTS_S, atol=1e-9)


def test_faster_signals_keep_their_area():
    """Spikes at 1 kHz: frames together hold as many as there were."""
    sampling = sampled(1000)
    spikes = np.zeros((1, 6000))
    spikes[0, [2100, 2101, 2555, 3300]] = 1
    found_CT = resample(spikes, sampling, MOMENTS_S)
    assert found_CT.sum() / 30 == pytest.approx(4 / 1000)
    assert np.flatnonzero(found_CT[0]).tolist() == [3, 17, 39]


def test_a_mean_is_taken_around_the_moment():
    """A step at 3 s falls into the middle of the 1/30 s around the moment 3 s."""
    sampling = sampled(3000)
    found_CT = resample((sampling.times_s >= 3)[None].astype(float), sampling, MOMENTS_S)
    np.testing.assert_allclose(found_CT[0, [29, 31]], [0, 1], atol=1e-9)
    assert found_CT[0, 30] == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("rate_hz", [20, 100])
def test_ends_are_held_no_longer_than_the_bound(rate_hz):
    sampling = sampled(rate_hz)
    values_CT = np.where((sampling.times_s > 2.4) & (sampling.times_s < 3.6), 5.0, np.nan)[None]
    np.testing.assert_allclose(resample(values_CT, sampling, MOMENTS_S), 5, rtol=1e-9)
    values_CT[:, sampling.times_s < 2.6] = np.nan
    with pytest.raises(ValueError, match=r"^signal: no values from 2\.000 to 2\.6"):
        resample(values_CT, sampling, MOMENTS_S)


def test_a_signal_without_any_known_sample_is_refused():
    with pytest.raises(ValueError, match=r"no values from 2\.000 to 3\.967 s \(it was sampled"):
        resample(np.full((1, 120), np.nan), sampled(20), MOMENTS_S)


def test_gaps_outside_of_the_trial_do_not_matter():
    sampling = sampled(20)
    values_CT = np.where(np.abs(sampling.times_s - 3) < 1.2, 5.0, np.nan)[None]
    assert (resample(values_CT, sampling, MOMENTS_S) == 5).all()


def test_the_frame_on_the_screen_is_the_latest():
    times_s = np.array([0.0, 0.05, 0.1])
    moments_s = np.array([0.0, 0.0459, 0.0461, 0.06, 0.12])
    assert frames_on_screen("movie", times_s, 0.05, moments_s).tolist() == [0, 0, 1, 1, 2]


@pytest.mark.parametrize("size", [(36, 64), (72, 128), (180, 320), (54, 96), (18, 32)])
def test_resizing_keeps_uniform_frames_and_means(size):
    frames_THW = np.random.default_rng(1).uniform(0, 255, (3, *size))
    frames_THW[0] = 77
    found = fit_screen("movie", frames_THW, "refuse")
    assert found.shape == (3, 36, 64)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[0], 77, rtol=1e-6)
    np.testing.assert_allclose(found.mean((1, 2)), frames_THW.mean((1, 2)), rtol=1e-5)


def test_a_letterbox_adds_grey_at_the_sides():
    """A 4:3 movie covers 48 of the 64 columns."""
    found = fit_screen("movie", np.full((2, 72, 96), 200.0), "letterbox")
    np.testing.assert_allclose(found[:, :, 8:56], 200)
    np.testing.assert_allclose(found[:, :, :8], GREY)
    np.testing.assert_allclose(found[:, :, 56:], GREY)


def test_a_letterbox_adds_grey_above_and_below():
    found = fit_screen("movie", np.full((2, 36, 128), 200.0), "letterbox")
    np.testing.assert_allclose(found[:, 9:27], 200)
    np.testing.assert_allclose(found[:, :9], GREY)
    np.testing.assert_allclose(found[:, 27:], GREY)


def test_a_letterbox_leaves_the_right_proportions_alone():
    frames_THW = np.random.default_rng(1).uniform(0, 255, (2, 72, 128))
    both = [fit_screen("movie", frames_THW, fit) for fit in ("refuse", "letterbox")]
    np.testing.assert_array_equal(*both)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"responses": 1j}, "responses: holds complex128, expected real numbers"),
        ({"responses": "text"}, "responses: holds <U, expected real numbers"),
        ({"movie": 1j}, "movie 'a': holds complex128, expected real numbers"),
        ({"rate_hz": 10j}, "responses: rate_hz: holds complex128"),
        ({"rate_hz": [10.0, 20.0]}, r"responses: rate_hz: shape \(2,\), expected a single number"),
        ({"start_s": np.nan}, "responses: start_s: is nan, expected a finite number"),
        ({"unit_ids": [0.5, 1]}, "unit_ids: some are no whole numbers"),
        ({"coordinates_um": np.full((2, 3), 1e300)}, r"coordinates_um: some are beyond 1e\+06"),
        ({"coordinates_um": np.ones((2, 3), complex)}, "coordinates_um: holds complex128"),
        ({"fit": 3.0}, "fit: holds float64"),
        ({"tier": "x" * 1000}, "trial 0: tier: holds a text of 1000 characters"),
        ({"stop_s": 1e300}, "trial 0: stop_s is 1e.300, expected start_s, stop_s"),
        ({"copies": 200}, "trials: 201 last 201 s together, but the responses 6 s"),
    ],
)
def test_what_is_no_real_number_or_text_is_refused(tmp_path, change, message):
    """An imaginary part is never dropped, nor a second number, nor half of an id."""
    values = np.ones((2, 60))
    kinds = {1j: values * 1j, "text": values.astype(str)}
    frames = np.full((30, 36, 64), 9) * change.get("movie", 1)
    trial = OwnTrial(0.0, change.get("stop_s", 1.0), change.get("tier", "train"), "a")
    session = OwnSession(
        movies={"a": Movie(frames, rate_hz=30)},
        trials=[trial] * change.get("copies", 1) + [OwnTrial(2.0, 3.0, "oracle", "a")],
        responses=Signal(
            kinds.get(change.get("responses"), values),
            rate_hz=change.get("rate_hz", 10),
            start_s=change.get("start_s", 0.0),
        ),
        not_measured=["pupil_size", "running_speed", "gaze"],
        **{k: change[k] for k in ("unit_ids", "coordinates_um", "fit") if k in change},
    )
    with pytest.raises(ValueError, match=f"^{message.replace('<U', '<U[0-9]+')}"):
        write_recording(tmp_path / "mouse", session)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("value", [1e300, -1e300, 1e39, np.inf])
def test_what_float32_cannot_hold_is_refused(value):
    sampling = Sampling("pupil_size", np.arange(10.0), 1.0)
    with pytest.raises(ValueError, match=r"pupil_size: infinite, or beyond 1e\+38, at 3\.000 s"):
        resample(np.where(np.arange(10) == 3, value, 1.0)[None], sampling, np.array([3.0, 4.0]))
