"""Statistics that counted hidden responses as zeros are corrected to those over the measured frames."""

import numpy as np
import pandas as pd
import pytest

from recordings.catalogue.hidden_zeros import (
    correct_mean,
    correct_statistics,
    correct_std,
    measure_fraction,
)
from tests.published import NAMES, REAL, needs_real, read_real

FRACTIONS = {"F": 0.5521, "G": 0.5447, "H": 0.5619, "I": 0.5550, "J": 0.5002}
RATIOS = {"F": 0.549, "G": 0.530, "H": 0.559, "I": 0.554, "J": 0.492}
MEANS = {
    "F": (0.348, 0.893, 2.52, 10.2, 45.1),
    "G": (0.174, 0.624, 1.99, 7.25, 40.2),
    "H": (0.275, 0.695, 1.7, 6.57, 36.5),
    "I": (0.309, 0.781, 2.25, 10.4, 62.9),
    "J": (0.286, 1.06, 3.23, 13.4, 50.1),
}
STDS = {
    "F": (1.73, 3.82, 12.7, 52.5, 114),
    "G": (0.884, 2.63, 9.98, 36.5, 106),
    "H": (1.49, 3.02, 8.09, 34.9, 99.8),
    "I": (1.36, 3.39, 9.94, 49.5, 130),
    "J": (1.69, 4.53, 14.8, 60.8, 133),
}
QUANTILES = (0, 0.05, 0.5, 0.95, 1)


def make_trials(frames, measured):
    return pd.DataFrame(
        {"recording": "A", "valid_frames_response": frames, "valid_response": measured}
    )


def test_zeros_are_taken_out_again():
    rates_NT = np.random.default_rng(0).gamma(0.3, 5, (6, 70))
    stored_NT = np.concatenate([rates_NT, np.zeros((6, 50))], axis=1)
    mean, std = stored_NT.mean(axis=1), stored_NT.std(axis=1)
    np.testing.assert_allclose(correct_mean(mean, 70 / 120), rates_NT.mean(axis=1))
    np.testing.assert_allclose(correct_std(std, mean, 70 / 120), rates_NT.std(axis=1))
    trials = make_trials([40, 30, 50], [True, True, False])
    assert measure_fraction(trials)["A"] == 70 / 120
    neurons = pd.DataFrame({"recording": "A", "mean_activation": mean, "std_activation": std})
    corrected = correct_statistics(neurons, trials)
    np.testing.assert_allclose(corrected.mean_activation, rates_NT.mean(axis=1))
    np.testing.assert_allclose(corrected.std_activation, rates_NT.std(axis=1))


def test_nothing_hidden_changes_nothing_and_all_hidden_leaves_nothing():
    neurons = pd.DataFrame({"recording": ["A"], "mean_activation": 2.0, "std_activation": 0.0})
    kept = correct_statistics(neurons, make_trials([3, 4], True))
    pd.testing.assert_frame_equal(kept, neurons)
    lost = correct_statistics(neurons, make_trials([3, 4], False))
    assert lost[["mean_activation", "std_activation"]].isna().all(axis=None)
    with pytest.raises(ValueError, match="no trials of the recording A; give its trials"):
        correct_statistics(neurons, make_trials([3], True).assign(recording="B"))


@needs_real
@pytest.mark.parametrize("mouse", FRACTIONS)
def test_the_real_statistics_are_corrected_as_published(mouse):
    published, name = read_real(), NAMES[mouse]
    trials = published.trials[published.trials.recording == name]
    neurons = published.neurons[published.neurons.recording == name]
    assert measure_fraction(trials)[name] == pytest.approx(FRACTIONS[mouse], abs=5.1e-5)
    corrected = correct_statistics(neurons, trials)
    for column, expected in (("mean_activation", MEANS), ("std_activation", STDS)):
        assert corrected[column].quantile(QUANTILES).to_numpy() == pytest.approx(
            expected[mouse], rel=6e-3
        )
    folder = REAL / f"training-set-statistics/mouse{mouse}/response"
    mean, std = (np.load(folder / f"{x}.npy", allow_pickle=False) for x in ("mean", "std"))
    assert np.median(neurons.mean_activation / mean) == pytest.approx(RATIOS[mouse], abs=6e-4)
    assert np.median(corrected.mean_activation / mean) == pytest.approx(1, abs=0.03)
    assert np.median(corrected.std_activation / std) == pytest.approx(1, abs=0.05)


@needs_real
@pytest.mark.parametrize("mouse", "ABCDE")
def test_nothing_is_hidden_in_the_first_set(mouse):
    published, name = read_real(), NAMES[mouse]
    assert measure_fraction(published.trials)[name] == 1
