"""The ridge decoder on recordings whose responses are pixels."""

import numpy as np

from evaluate.ridge import fit_ridge, lagged
from evaluate.settings import RidgeSettings
from tests.tiny import make_movie, write_recording

PIXELS = [(5, 6), (5, 40), (17, 30), (20, 61), (30, 3)]
TRAINING, VALIDATION = [0, 1, 4, 5], [9]


def delayed_pixels(delay: int):
    """Neurons that answer with one pixel each, `delay` frames later."""

    def respond(video_THW, number):
        seen_NT = np.stack([video_THW[:, row, column] for row, column in PIXELS]) / 255
        late = np.zeros_like(seen_NT)
        late[:, delay:] = seen_NT[:, : len(video_THW) - delay]
        return late

    return respond


def settings(lags=(0,), penalties=(1e-6,), num_components=100) -> RidgeSettings:
    return RidgeSettings(num_components, lags, penalties)


def fit(folder, delay: int, **changes):
    recording = write_recording(folder, respond=delayed_pixels(delay))
    return fit_ridge(recording, TRAINING, VALIDATION, settings(**changes)), recording


def test_lagged_activity_comes_from_after_the_frame():
    activity = np.arange(8.0).reshape(2, 4)
    expected = [[0, 1, 2, 3], [4, 5, 6, 7], [2, 3, 0, 0], [6, 7, 0, 0]]
    np.testing.assert_array_equal(lagged(activity, (0, 2)), expected)


def test_pixels_that_neurons_report_are_decoded_exactly(tmp_path):
    decoder, recording = fit(tmp_path / "mouse", 0)
    trial = recording.trial(2)
    decoded = decoder.decode(trial.responses_NT)
    assert decoded.shape == trial.video_THW.shape
    for row, column in PIXELS:
        np.testing.assert_allclose(
            decoded[:, row, column], trial.video_THW[:, row, column], atol=0.1
        )


def test_late_responses_are_decoded_at_their_lag(tmp_path):
    """Up to the ends of trials, whose missing activity makes the mean a little wrong."""
    decoder, recording = fit(tmp_path / "mouse", 3, lags=(3,))
    trial = recording.trial(2)
    decoded = decoder.decode(trial.responses_NT)[:-3]
    for row, column in PIXELS:
        shown = trial.video_THW[:-3, row, column]
        assert np.corrcoef(decoded[:, row, column], shown)[0, 1] > 0.99


def test_the_wrong_lag_decodes_nothing(tmp_path):
    decoder, recording = fit(tmp_path / "mouse", 3, lags=(0,))
    trial = recording.trial(2)
    row, column = PIXELS[0]
    decoded = decoder.decode(trial.responses_NT)[:, row, column]
    assert abs(np.corrcoef(decoded, trial.video_THW[:, row, column])[0, 1]) < 0.5


def test_without_information_the_mean_frame_is_decoded(tmp_path):
    decoder, recording = fit(tmp_path / "mouse", 0, penalties=(1e9,))
    mean = np.mean([make_movie(movie) for movie in (0, 1, 2, 3)], axis=(0, 1))
    np.testing.assert_allclose(decoder.decode(recording.trial(2).responses_NT)[5], mean, atol=0.01)


def test_each_pixel_keeps_the_penalty_that_validates_best(tmp_path):
    decoder, _ = fit(tmp_path / "mouse", 0, penalties=(1e-6, 1e9))
    weak, _ = fit(tmp_path / "weak", 0, penalties=(1e-6,))
    strong, _ = fit(tmp_path / "strong", 0, penalties=(1e9,))
    shape = (-1, 36, 64)
    chosen, low, high = (d.weight_FP.reshape(shape) for d in (decoder, weak, strong))
    for row, column in PIXELS:
        np.testing.assert_array_equal(chosen[:, row, column], low[:, row, column])
    penalised = (chosen == high).all(axis=0)
    assert penalised.mean() > 0.3
    assert ((chosen == low).all(axis=0) | penalised).all()


def test_leading_components_span_what_neurons_share(tmp_path):
    """Two components of neurons that are copies of two pixels lose nothing."""

    def respond(video_THW, number):
        return delayed_pixels(0)(video_THW, number)[[0, 0, 0, 1, 1]]

    recording = write_recording(tmp_path / "mouse", respond=respond)
    decoder = fit_ridge(recording, TRAINING, VALIDATION, settings(num_components=2))
    trial = recording.trial(2)
    decoded = decoder.decode(trial.responses_NT)
    for row, column in PIXELS[:2]:
        np.testing.assert_allclose(
            decoded[:, row, column], trial.video_THW[:, row, column], atol=0.5
        )
