"""The dispersion of neurons about what an encoder expects."""

import numpy as np
import pytest
import torch

from models.encoder import ClipSpec
from reconstruct.noise import UNEXPLAINED, measure_noise
from tests.tiny import LinearEncoder, make_movie, make_trial, read_pixels

PIXELS = [(5, 6), (5, 40), (17, 30), (20, 61), (30, 3), (30, 30)]
UNITS = np.array([1.0, 1.0, 3.0, 10.0, 30.0, 3.0])
"""grey levels of counts"""


def noisy_trials(encoder: LinearEncoder, count: int = 12) -> list:
    generator = np.random.default_rng(0)

    def respond(video_THW):
        expected_NT = encoder.respond(video_THW)
        events = generator.poisson(expected_NT / UNITS[:, None]) * UNITS[:, None]
        return events.astype(np.float32)

    return [make_trial(number, make_movie(number, 300), respond) for number in range(count)]


@pytest.mark.parametrize("warmup", [0, 3])
def test_counts_in_any_unit_have_that_dispersion(warmup):
    encoder = LinearEncoder(read_pixels(PIXELS), ClipSpec(8, warmup_frames=warmup), offset=2.0)
    noise_N = measure_noise((encoder,), "A", noisy_trials(encoder))
    torch.testing.assert_close(noise_N, torch.from_numpy(UNITS).float(), rtol=0.12, atol=0)


def test_an_encoder_that_errs_is_believed_less():
    encoder = LinearEncoder(read_pixels(PIXELS), ClipSpec(8), offset=2.0)
    trials = noisy_trials(encoder)
    wrong = LinearEncoder(3 * read_pixels(PIXELS), ClipSpec(8), offset=2.0)
    right_N, wrong_N = (measure_noise((each,), "A", trials) for each in (encoder, wrong))
    assert (wrong_N > right_N).all()
    both_N = measure_noise((encoder, wrong), "A", trials)
    torch.testing.assert_close(both_N, (right_N + wrong_N) / 2)


def test_responses_without_noise_have_a_floor():
    encoder = LinearEncoder(read_pixels(PIXELS), ClipSpec(8), offset=2.0)
    exact = [make_trial(n, make_movie(n, 40), encoder.respond) for n in range(3)]
    responses_NT = np.concatenate([trial.responses_NT for trial in exact], axis=1)
    expected = UNEXPLAINED * responses_NT.var(axis=1) / responses_NT.mean(axis=1)
    found = measure_noise((encoder,), "A", exact)
    np.testing.assert_allclose(found, expected, rtol=1e-4)


@pytest.mark.parametrize("level", [0, 1])
def test_a_neuron_that_never_changes_says_nothing(level):
    encoder = LinearEncoder(read_pixels(PIXELS), ClipSpec(8), offset=2.0)
    trials = noisy_trials(encoder)
    for trial in trials:
        trial.responses_NT[2] = level
    noise_N = measure_noise((encoder,), "A", trials)
    assert torch.isinf(noise_N).tolist() == [False, False, True, False, False, False]


def test_responses_that_never_change_are_refused():
    encoder = LinearEncoder(read_pixels(PIXELS), ClipSpec(8), offset=2.0)
    still = make_trial(0, make_movie(0, 40), lambda video: np.ones((6, 40), np.float32))
    with pytest.raises(ValueError, match="responses never change in the validation trials"):
        measure_noise((encoder,), "A", [still])


def test_a_poisoned_validation_trial_is_named():
    encoder = LinearEncoder(read_pixels(PIXELS), ClipSpec(8), offset=2.0)
    trial = noisy_trials(encoder, 1)[0]
    trial.responses_NT[3, 7] = np.nan
    with pytest.raises(ValueError, match="trial 0: responses hold nan at row 3, frame 7"):
        measure_noise((encoder,), "A", [trial])
