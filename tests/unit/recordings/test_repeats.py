"""Combining repeats: closed forms with orthogonal noise, weights, cutting, and what must not be combined."""

import numpy as np
import pytest

from recordings.presentation import Presentation
from recordings.reader import Recording
from recordings.repeats import combine_repeats, combine_responses
from tests.tiny import make_movie, write_trial

WAVES = np.array([np.sin(2 * np.pi * k * np.arange(64) / 64) for k in range(1, 9)]) * np.sqrt(2)
"""orthogonal, of mean 0 and variance 1"""


def orthogonal_repeats(num_repeats: int, signal: float, noise: float) -> np.ndarray:
    """One neuron: a shared wave and each repeat's own one; (R, 1, T)."""
    shared = 7 + signal * WAVES[0]
    return np.array([[shared + noise * WAVES[1 + r]] for r in range(num_repeats)])


@pytest.mark.parametrize("num_repeats", [2, 3, 7])
@pytest.mark.parametrize(("signal", "noise"), [(1.0, 0.0), (1.0, 1.0), (2.0, 1.0), (0.0, 3.0)])
def test_the_share_that_repeats_closed_form(num_repeats, signal, noise):
    found = combine_responses(orthogonal_repeats(num_repeats, signal, noise))
    share = signal**2 / (signal**2 + noise**2)
    np.testing.assert_allclose(found.reliability_N, share, atol=1e-12)
    np.testing.assert_allclose(found.explainable_N, share, atol=1e-12)
    assert found.num_repeats == num_repeats


def test_reliability_is_the_mean_correlation_of_all_pairs():
    responses = np.random.default_rng(0).gamma(1, 2, (5, 3, 40))
    found = combine_responses(responses).reliability_N
    for neuron in range(3):
        pairs = np.corrcoef(responses[:, neuron])[np.triu_indices(5, 1)]
        assert found[neuron] == pytest.approx(pairs.mean())


def test_gain_of_a_repeat_lowers_the_explainable_share_alone():
    shared = WAVES[:1]
    found = combine_responses([shared, 3 * shared])
    np.testing.assert_allclose(found.reliability_N, 1)
    # var(mean) = 4, mean var = 5: S = 2 * 4 - 5 = 3
    np.testing.assert_allclose(found.explainable_N, 3 / 5)


def test_order_and_weights_do_not_change_what_repeats():
    responses = np.random.default_rng(0).gamma(1, 2, (4, 3, 40))
    one = combine_responses(responses)
    other = combine_responses(responses[::-1], weights=[1, 2, 3, 4])
    np.testing.assert_allclose(one.reliability_N, other.reliability_N)
    np.testing.assert_allclose(one.explainable_N, other.explainable_N)
    np.testing.assert_allclose(one.standard_error_NT, other.standard_error_NT)


def test_mean_and_standard_error_closed_form():
    responses = np.array([[[0.0, 1.0]], [[4.0, 3.0]]])
    equal = combine_responses(responses)
    np.testing.assert_allclose(equal.mean_NT, [[2, 2]])
    np.testing.assert_allclose(equal.standard_error_NT, [[2, 1]])
    weighted = combine_responses(responses, weights=[3, 1])
    np.testing.assert_allclose(weighted.mean_NT, [[1, 1.5]])


def test_silent_neurons_have_no_reliability():
    silent = np.zeros((3, 1, 8))
    half = silent.copy()
    half[0] = WAVES[0, :8]
    found = combine_responses(np.concatenate([silent, half], axis=1))
    assert np.isnan(found.reliability_N).all()
    assert np.isnan(found.explainable_N).tolist() == [True, False]


@pytest.mark.parametrize(
    ("weights", "complaint"),
    [
        ([1.0], "1 weights for 2"),
        ([1, -1], "from 0 up"),
        ([0, 0], "a sum above 0"),
        ([1, np.nan], "from 0"),
    ],
)
def test_weights_that_are_none_are_refused(weights, complaint):
    with pytest.raises(ValueError, match=complaint):
        combine_responses(np.ones((2, 1, 4)), weights)


@pytest.mark.parametrize(
    ("responses", "complaint"),
    [
        (np.ones((1, 2, 3)), "1 presentation, need at least 2"),
        ([], "0 presentation"),
        (np.full((2, 1, 3), np.nan), "responses hold NaN"),
    ],
)
def test_responses_that_cannot_be_combined_are_refused(responses, complaint):
    with pytest.raises(ValueError, match=complaint):
        combine_responses(responses)


@pytest.fixture
def present(tmp_path):
    """Write a trial of given responses and present it."""
    (tmp_path / "data").mkdir()

    def present(trial, responses_NT, video_ID="v1", start=0, segment_ID="", recording="mouse"):
        num_frames = responses_NT.shape[1]
        write_trial(tmp_path, trial, make_movie(0, num_frames), responses_NT)
        frames = (start, num_frames)
        source = Recording(tmp_path)
        return Presentation(recording, trial, "Gabor", video_ID, *frames, segment_ID, source)

    return present


def test_presentations_are_cut_to_the_shortest(present):
    responses = np.random.default_rng(0).gamma(1, 2, (3, 2, 20)).astype(np.float32)
    lengths = (20, 18, 19)
    shown = [present(k, r[:, :n]) for k, (r, n) in enumerate(zip(responses, lengths, strict=True))]
    found, expected = combine_repeats(shown), combine_responses(responses[:, :, :18])
    np.testing.assert_array_equal(found.mean_NT, expected.mean_NT)
    np.testing.assert_array_equal(found.reliability_N, expected.reliability_N)


def test_a_longer_presentation_is_no_repeat(present):
    ones = np.ones((2, 23), np.float32)
    shown = [present(0, ones[:, :20]), present(1, ones)]
    with pytest.raises(ValueError, match=r"mouse, trial 1, frames 0:23: 23 frames, another .* 20"):
        combine_repeats(shown)
    assert combine_repeats(shown, max_cut=3).mean_NT.shape == (2, 20)


def test_hidden_responses_are_never_averaged(present):
    shown = [present(0, np.ones((2, 20), np.float32)), present(1, np.zeros((2, 20), np.float32))]
    with pytest.raises(ValueError, match=r"trial 1, .* its responses are hidden"):
        combine_repeats(shown)


@pytest.mark.parametrize(
    ("other", "complaint"),
    [
        ({"video_ID": "v2"}, "several values of video_ID: v1, v2"),
        ({"recording": "other"}, "several values of recording: mouse, other"),
        ({"start": 5}, "start at frames 0 to 5"),
        ({"video_ID": ""}, "presentations of unknown videos"),
    ],
)
def test_presentations_of_different_things_are_refused(present, other, complaint):
    ones = np.ones((2, 20), np.float32)
    with pytest.raises(ValueError, match=complaint):
        combine_repeats([present(0, ones), present(1, ones, **other)])


def test_a_segment_may_occur_in_several_videos(present):
    ones = np.arange(40, dtype=np.float32).reshape(2, 20)
    shown = [
        present(0, ones, "v1", segment_ID="s1"),
        present(1, np.roll(ones, 4, axis=1), "v2", start=1, segment_ID="s1"),
    ]
    assert combine_repeats(shown).mean_NT.shape == (2, 19)
    other = present(2, ones, "v1", segment_ID="s2")
    with pytest.raises(ValueError, match="several values of segment_ID"):
        combine_repeats([*shown, other])


def test_nothing_cannot_be_combined():
    with pytest.raises(ValueError, match="0 presentation, need at least 2"):
        combine_repeats([])


def test_the_same_presentation_twice_is_no_repeat(present):
    shown = present(0, np.random.default_rng(0).gamma(1, 2, (2, 20)))
    with pytest.raises(ValueError, match=r"mouse, trial 0, frames 0:20: given twice, .* give each"):
        combine_repeats([shown, present(1, shown.responses_NT), shown])
