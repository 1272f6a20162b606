"""Controls: neurons shuffled, noise removed, the simulated neurons as an encoder."""

import numpy as np
import pytest
import torch

from evaluate.controls import TRUE_WARMUP_FRAMES, TrueEncoder, remove_noise, shuffle_neurons
from evaluate.truth import describe_truth
from models.encoder import predict_trial, stack_inputs
from recordings.reader import Recording
from recordings.settings import SimulationSettings
from recordings.simulate.mouse import simulate_mouse
from recordings.simulate.truth import read_expected_response, read_truth
from tests.tiny import make_movie, make_trial, noise_responses


@pytest.fixture(scope="module")
def mouse(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mouse")
    settings = SimulationSettings(
        seed=3,
        share_movies=True,
        num_neurons=20,
        num_training_clips=4,
        num_held_out_clips=1,
        num_held_out_repeats=1,
        num_hidden_clips=1,
        clip_frames=80,
        padded_frames=84,
        field_center_px=(17.0, 34.0),
        field_spread_px=(5.0, 9.0),
        noise=1.0,
    )
    simulate_mouse(settings, 0, folder / "mouse", folder / "truth.h5")
    return Recording(folder / "mouse"), folder / "truth.h5"


def test_shuffled_neurons_are_the_same_responses_in_another_order():
    trial = make_trial(4, make_movie(0), lambda video: noise_responses(video, 4))
    shuffled = shuffle_neurons(trial, seed=1)
    np.testing.assert_array_equal(
        np.sort(shuffled.responses_NT, axis=0), np.sort(trial.responses_NT, axis=0)
    )
    assert {r.tobytes() for r in shuffled.responses_NT} == {r.tobytes() for r in trial.responses_NT}
    assert not np.array_equal(shuffled.responses_NT, trial.responses_NT)
    assert shuffled.video_THW is trial.video_THW
    again = shuffle_neurons(trial, seed=1)
    np.testing.assert_array_equal(again.responses_NT, shuffled.responses_NT)


def test_without_noise_the_responses_are_the_expected_ones(mouse):
    recording, truth = mouse
    number = recording.trials[0]
    cut = remove_noise(recording.trial(number, 50), truth)
    expected = read_expected_response(truth, number)[:, :50]
    np.testing.assert_array_equal(cut.responses_NT, expected)
    assert not np.array_equal(recording.trial(number, 50).responses_NT, expected)


def test_the_true_encoder_predicts_the_expected_responses(mouse):
    recording, truth = mouse
    encoder = TrueEncoder(truth, "A")
    trial = recording.trial(recording.trials[0])
    found = predict_trial(encoder, stack_inputs(trial, encoder.spec), "A", stride_frames=32)
    expected = torch.from_numpy(read_expected_response(truth, trial.number))
    scale = expected.std()
    # the windows end at frames 48 and 80: near them the microscope's look ahead is cut
    inside = slice(TRUE_WARMUP_FRAMES, 40)
    assert float((found - expected)[:, inside].abs().max()) < 0.02 * float(scale)


def test_the_truth_is_described_neuron_by_neuron(mouse, tmp_path):
    _, truth_path = mouse
    describe_truth(truth_path, "A", tmp_path / "neurons.csv", tmp_path / "coverage.npy")
    truth = read_truth(truth_path)
    rows = (tmp_path / "neurons.csv").read_text().splitlines()
    assert rows[0] == "mouse,neuron,field_row_px,field_column_px,reliability"
    assert len(rows) == 21
    reliability = [float(row.split(",")[-1]) for row in rows[1:]]
    np.testing.assert_allclose(reliability, truth.reliability_N, rtol=1e-6)
    np.testing.assert_array_equal(np.load(tmp_path / "coverage.npy"), truth.coverage_HW)
