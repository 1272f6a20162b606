"""Peaks of hand-made change signals, by closed form."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks import naive_catalogue
from recordings.catalogue.change import measure_change
from recordings.catalogue.labels import LABELS, UNKNOWN
from recordings.catalogue.peaks import PRESETS, Preset, find_peaks

GENERIC = PRESETS[UNKNOWN]


def flat(num_samples=60, level=0.0, **values):
    """A constant signal but for the samples t<number>."""
    change_T = np.full(num_samples, level)
    for name, value in values.items():
        change_T[int(name[1:])] = value
    return change_T


def found(change_T, preset=GENERIC):
    return find_peaks(np.asarray(change_T, float), preset).tolist()


def test_change_is_the_mean_squared_difference():
    video_HWT = np.zeros((2, 3, 4), np.float32)
    video_HWT[0, 0] = [0, 6, 6, 0]
    video_HWT[1, 2] = [0, 0, 12, 12]
    assert measure_change(video_HWT).tolist() == [6, 24, 6]


def test_an_isolated_peak_and_valley():
    assert found(flat(t20=100)) == [20]
    assert found(flat(level=300, t20=100)) == [20]


def test_a_step_of_the_floor_is_none():
    assert found(flat(t20=10)) == []
    assert found(flat(t20=10.01)) == [20]


def test_noise_raises_the_threshold():
    """A side that alternates by +-4 has a standard deviation of 4, so the threshold is 5 x 4 above a neighbour of +4."""
    change_T = 50 + 4.0 * (-1) ** np.arange(61)
    for height, peaks in ((24.5, [31]), (23.5, [])):
        change_T[31] = 50 + height
        assert found(change_T) == peaks


@pytest.mark.parametrize("end", [0, 1, 2, 57, 58, 59])
def test_a_side_of_two_samples_has_no_threshold(end):
    change_T = np.zeros(60)
    change_T[end] = 100
    assert found(change_T) == []
    assert found(flat(t3=100)) == [3]
    assert found(flat(t56=100)) == [56]


def test_outliers_of_a_side_are_left_out():
    """One other cut in the window does not hide this one, unless outliers count."""
    change_T = flat(t20=1000, t28=1000)
    assert found(change_T) == [20, 28]
    assert found(change_T, replace(GENERIC, outlier_cut=None)) == []


def test_four_equal_values_and_one_other_are_all_kept():
    """The other one is exactly two standard deviations from their mean: with it, the threshold is 3 x 0.4 x 100."""
    preset = PRESETS["GaussianDot"]
    assert found(flat(t15=100, t20=119), preset) == []
    assert found(flat(t15=100, t20=121), preset) == [20]


def test_equal_neighbours_are_no_peak():
    """A cut that is shared by two frames in equal parts shows in neither."""
    assert found(flat(t20=100, t21=100)) == []


def test_a_ramp_counts_where_nothing_better_is_near():
    step = np.repeat([0.0, 50.0, 100.0], [20, 1, 39])
    assert found(step) == [20]
    assert found(step, PRESETS["NaturalVideo"]) == []
    assert found(flat(t20=50, t21=200)) == [21]


def test_of_close_peaks_the_most_prominent_stays():
    assert found(flat(t20=100, t26=120)) == [26]
    assert found(flat(t20=100, t27=120)) == [20, 27]


def test_of_equally_prominent_peaks_the_earlier_stays():
    assert found(flat(t20=100, t25=100)) == [20]


def test_a_deleted_peak_deletes_none():
    assert found(flat(t20=100, t26=110, t32=120)) == [20, 32]


@pytest.mark.parametrize("num_samples", range(8))
def test_short_signals(num_samples):
    change_T = np.zeros(num_samples)
    change_T[num_samples // 2 :][:1] = 100
    assert found(change_T) == ([3] if num_samples == 7 else [])


def test_presets_are_the_published_ones():
    rows = {
        label: (p.window, p.distance, p.factor, p.floor, p.outlier_cut)
        for label, p in PRESETS.items()
    }
    assert rows == {
        "unknown": (10, 7, 5, 10, 2),
        "NaturalVideo": (30, 7, 5, 10, None),
        "RandomDots": (20, 45, 5, 10, 2),
        "NaturalImages": (10, 10, 3, 10, 2),
        "Gabor": (10, 20, 3, 10, 2),
        "PinkNoise": (10, 20, 5, 10, 2),
        "GaussianDot": (5, 7, 3, 10, 2),
    }
    assert set(rows) == {UNKNOWN, *LABELS}
    assert isinstance(GENERIC, Preset)


@pytest.mark.parametrize("label", PRESETS)
def test_as_sample_by_sample(label):
    """Signals of many kinds, ties among them."""
    rng = np.random.default_rng(1)
    for case in range(40):
        change_T = rng.choice([0.0, 3.0, 40.0], 150, p=[0.6, 0.3, 0.1]) + rng.gamma(1, case, 150)
        change_T[rng.integers(0, 150, 8)] += rng.choice([-30.0, 100.0, 800.0], 8)
        change_T = change_T.round() if case % 2 else change_T
        assert found(change_T, PRESETS[label]) == naive_catalogue.find_peaks(change_T, label)
