"""Normalisation with guards, detrending, power spectra and change signals: closed forms."""

import numpy as np
import pandas as pd
import pytest
from scipy import signal

from recordings.signals import detrend, frame_changes, guard, normalise_responses, power_spectrum

RESPONSES = np.array([[0.0, 2.0, 4.0], [1.0, 1.0, 4.0]], np.float32)


def neurons_of(responses_NT):
    statistics = {
        how: getattr(np, how)(responses_NT, axis=1) for how in ("mean", "min", "max", "std")
    }
    return pd.DataFrame({f"{how}_activation": values for how, values in statistics.items()})


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (None, RESPONSES),
        ("by_std", RESPONSES / np.array([[np.sqrt(8 / 3)], [np.sqrt(2)]])),
        ("by_mean", [[-1, 0, 1], [-0.5, -0.5, 1]]),
        ("by_minmax", [[0, 0.5, 1], [0, 0, 1]]),
    ],
)
def test_normalisations_closed_form(how, expected):
    found = normalise_responses(RESPONSES, neurons_of(RESPONSES), how)
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert found.dtype == np.float32
    assert not np.shares_memory(found, RESPONSES)


@pytest.mark.parametrize("how", ["by_std", "by_mean", "by_minmax"])
def test_a_silent_neuron_stays_finite_and_others_are_as_without_it(how):
    silent = np.vstack([RESPONSES, np.zeros(3, np.float32)])
    found = normalise_responses(silent, neurons_of(silent), how)
    assert np.isfinite(found).all()
    alone = normalise_responses(RESPONSES, neurons_of(RESPONSES), how)
    np.testing.assert_allclose(found[:2], alone, rtol=1e-6)


def test_the_guard_is_the_rule_of_the_competition():
    std = np.array([3.0, 1.0, 0.0, 0.001, 0.02])
    floor = 0.01 * std.mean()
    expected = np.where(std > floor, std, floor)
    np.testing.assert_array_equal(guard(std), expected)
    assert expected[2] == floor < expected[4]


def test_statistics_without_any_variation_are_refused():
    silent = np.zeros((2, 3), np.float32)
    with pytest.raises(ValueError, match="mean 0, expected more than 0"):
        normalise_responses(silent, neurons_of(silent), "by_std")


def test_nan_is_refused_with_its_place():
    holed = RESPONSES.copy()
    holed[1, 2] = np.nan
    with pytest.raises(ValueError, match=r"by_std: responses: NaN at \[1, 2\]"):
        normalise_responses(holed, neurons_of(RESPONSES), "by_std")
    with pytest.raises(ValueError, match=r"columns min, max of the neurons: NaN at \[1, 0\]"):
        normalise_responses(RESPONSES, neurons_of(holed), "by_minmax")


def test_statistics_of_other_neurons_are_refused():
    with pytest.raises(ValueError, match="2 rows of statistics for 1 neurons"):
        normalise_responses(RESPONSES[:1], neurons_of(RESPONSES), "by_std")


def test_an_unknown_normalisation_is_refused():
    with pytest.raises(ValueError, match="known are by_std, by_mean, by_minmax, None"):
        normalise_responses(RESPONSES, neurons_of(RESPONSES), "by_max")


def test_a_line_is_its_own_trend():
    line = 3 - 0.25 * np.arange(50)
    np.testing.assert_allclose(detrend(line), 0, atol=1e-12)
    np.testing.assert_allclose(detrend(line, "constant"), line - line.mean(), atol=1e-12)


def test_pieces_have_trends_of_their_own():
    pieces = np.concatenate([np.arange(20.0), 5 - 2 * np.arange(30.0)])
    np.testing.assert_allclose(detrend(pieces, breaks=(20,)), 0, atol=1e-10)
    assert np.abs(detrend(pieces)).max() > 1


def test_what_has_no_trend_stays_and_the_input_is_not_changed():
    values = np.sin(np.arange(64) * 2 * np.pi / 64)
    before = values.copy()
    flat = detrend(values, "constant")
    np.testing.assert_allclose(flat, values, atol=1e-12)
    np.testing.assert_array_equal(values, before)


def test_a_sine_has_its_power_at_its_frequency():
    """A Hann window spreads it over three bins, which hold amplitude^2 / 2."""
    frequency = 8 * 30 / 128
    seconds = np.arange(320) / 30
    frequencies, power = power_spectrum(100 + 3 * np.sin(2 * np.pi * frequency * seconds))
    assert frequencies[np.argmax(power)] == frequency
    assert power[7:10].sum() * (30 / 128) == pytest.approx(4.5, rel=1e-3)
    assert power[12:].max() < 1e-3 * power.max()


def test_the_spectrum_is_scipys_welch():
    values = np.random.default_rng(0).normal(40, 5, (2, 300)).astype(np.float32)
    frequencies, power = power_spectrum(values)
    exact = values.astype(np.float64)
    centred = exact - exact.mean(axis=1, keepdims=True)
    settings = {"window": "hann", "nperseg": 128, "noverlap": 64, "detrend": "linear"}
    expected = signal.welch(centred, 30, **settings)
    np.testing.assert_allclose(frequencies, expected[0])
    np.testing.assert_allclose(power, expected[1])


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        (np.zeros(127), "at least 128 frames, found 127"),
        ([], "at least 128 frames, found 0"),
        (3.0, "at least 128 frames, found 1"),
        (np.full(128, np.nan), "signal: NaN"),
    ],
)
def test_signals_without_a_spectrum_are_refused(values, complaint):
    with pytest.raises(ValueError, match=complaint):
        power_spectrum(values)


def test_a_trend_of_nan_or_of_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match=r"signal: NaN at \[0\] and 1 more"):
        detrend(np.array([np.nan, np.nan, 0]))
    with pytest.raises(ValueError, match="known are linear, constant"):
        detrend(np.zeros(3), "quadratic")


def test_changes_of_known_steps():
    levels = np.array([0, 10, 10, 255.0], np.float32)
    video = np.broadcast_to(levels[:, None, None], (4, 36, 64))
    np.testing.assert_array_equal(frame_changes(video), [100, 0, 245**2])


@pytest.mark.parametrize("values", [np.array([]), np.zeros((2, 0)), 3.0])
def test_a_trend_needs_a_frame(values):
    with pytest.raises(ValueError, match=r"signal: shape \(.*\), expected at least one frame"):
        detrend(values)


def test_changes_need_a_video():
    with pytest.raises(ValueError, match=r"video: shape \(36, 64\), expected \(frame, height, w"):
        frame_changes(np.zeros((36, 64)))
