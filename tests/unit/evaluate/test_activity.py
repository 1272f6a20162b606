"""Agreement of activities with known answers."""

import numpy as np
import pytest

from evaluate.activity import activity_correlation, activity_loss, frame_activity_correlation

SCORES = [activity_correlation, activity_loss, frame_activity_correlation]


def activity(seed: int, num_frames: int = 9) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.gamma(1.0, 2.0, (5, num_frames)).astype(np.float32)


def test_activity_correlates_with_itself_whatever_its_gain_and_offset():
    recorded = activity(1).astype(np.float64)
    assert activity_correlation(3 * recorded + 1, recorded) == pytest.approx(1)
    assert activity_correlation(9 - recorded, recorded) == pytest.approx(-1)
    np.testing.assert_allclose(frame_activity_correlation(3 * recorded + 1, recorded), 1)


def test_the_correlation_spans_all_neurons_and_frames():
    rate, recorded = activity(1), activity(2)
    expected = np.corrcoef(rate[:, 3:].ravel(), recorded[:, 3:].ravel())[0, 1]
    assert activity_correlation(rate, recorded, 3) == pytest.approx(expected)


def test_each_frame_correlates_over_its_neurons():
    rate, recorded = activity(1), activity(2)
    expected = [np.corrcoef(rate[:, t], recorded[:, t])[0, 1] for t in range(3, 9)]
    np.testing.assert_allclose(frame_activity_correlation(rate, recorded, 3), expected)


def test_rates_of_neurons_that_never_change_follow_the_population_in_the_first_only():
    """Neurons differ in their means, which all neurons and frames together reward."""
    mean_N1 = np.array([[0.0], [10.0], [20.0], [30.0], [40.0]])
    rate = np.broadcast_to(mean_N1, (5, 9))
    assert activity_correlation(rate, mean_N1 + activity(1) / 10) > 0.99


def test_constant_activity_has_no_correlation():
    rate, recorded = activity(1), activity(2)
    assert np.isnan(activity_correlation(np.full_like(rate, 0.1), recorded))
    rate[:, 4] = 0.1
    missing = np.isnan(frame_activity_correlation(rate, recorded))
    assert missing.nonzero()[0].tolist() == [4]


def test_the_loss_by_its_formula():
    rate, recorded = np.full((5, 4), 2.0), np.full((5, 4), 3.0)
    assert activity_loss(rate, recorded) == pytest.approx(2 - 3 * np.log(2 + 1e-8), abs=1e-12)
    rate, recorded = activity(1).astype(np.float64), activity(2).astype(np.float64)
    points = rate - recorded * np.log(rate + 1e-8)
    assert activity_loss(rate, recorded, 3) == pytest.approx(points[:, 3:].mean(), abs=1e-12)


def test_a_silent_prediction_of_an_event_is_dear_and_of_silence_free():
    silent = np.zeros((5, 4))
    assert activity_loss(silent, silent) == 0
    assert activity_loss(silent, silent + 1) == pytest.approx(8 * np.log(10))


def test_the_loss_is_least_at_the_responses():
    recorded = activity(1)
    least = activity_loss(recorded, recorded)
    assert least < activity_loss(1.1 * recorded, recorded)
    assert least < activity_loss(0.9 * recorded, recorded)


@pytest.mark.parametrize("score", SCORES)
def test_skipped_frames_do_not_count_not_even_missing_ones(score):
    rate, recorded = activity(1), activity(2)
    expected = score(rate, recorded, 3)
    rate[:, :3], recorded[:, :3] = -7, np.nan
    np.testing.assert_array_equal(score(rate, recorded, 3), expected)


@pytest.mark.parametrize("score", SCORES)
def test_missing_values_are_refused_with_their_place(score):
    rate, recorded = activity(1), activity(2)
    recorded[2, 5] = np.nan
    with pytest.raises(ValueError, match="the responses hold NaN or infinity at neuron 2, frame 5"):
        score(rate, recorded, 3)
    rate[1, 7] = np.inf
    with pytest.raises(ValueError, match="predicted rates hold NaN or infinity at neuron 1, fram"):
        score(rate, recorded, 3)


@pytest.mark.parametrize("score", SCORES)
def test_other_shapes_and_clips_without_scored_frames_are_refused(score):
    with pytest.raises(ValueError, match=r"\(5, 8\) cannot be compared with responses of \(5, 9\)"):
        score(activity(1, 8), activity(2))
    with pytest.raises(ValueError, match="cannot be compared"):
        score(activity(1)[0], activity(2)[0])
    with pytest.raises(ValueError, match="at least one"):
        score(activity(1)[:0], activity(2)[:0])
    with pytest.raises(ValueError, match="skip_frames 9 leaves nothing of a clip of 9 frames"):
        score(activity(1), activity(2), 9)


def test_negative_rates_have_no_loss():
    rate = activity(1)
    rate[4, 6] = -0.1
    with pytest.raises(ValueError, match="negative at neuron 4, frame 6"):
        activity_loss(rate, activity(2), 2)
