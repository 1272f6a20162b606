"""A simulated mouse is a recording like any other, with a truth beside it."""

from pathlib import Path

import numpy as np
import pytest
import torch

from recordings.reader import MODALITIES, Recording
from recordings.settings import SimulationSettings
from recordings.simulate.mouse import simulate_mouse
from recordings.simulate.neurons import inputs_of_trial
from recordings.simulate.photographs import HELD_OUT_PHOTOGRAPHS
from recordings.simulate.truth import load_true_neurons, read_expected_response, read_truth

SMALL = {
    "seed": 3,
    "share_movies": True,
    "num_neurons": 20,
    "num_training_clips": 6,
    "num_held_out_clips": 2,
    "num_held_out_repeats": 3,
    "num_hidden_clips": 1,
    "clip_frames": 40,
    "padded_frames": 44,
    "field_center_px": (17.0, 34.0),
    "field_spread_px": (5.0, 9.0),
    "noise": 1.0,
}


def simulate(folder: Path, mouse: int = 0, **changes) -> tuple[Recording, Path]:
    truth_path = folder / f"truth-{mouse}.h5"
    simulate_mouse(
        SimulationSettings(**SMALL | changes), mouse, folder / f"mouse-{mouse}", truth_path
    )
    return Recording(folder / f"mouse-{mouse}"), truth_path


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def mouse(tmp_path_factory) -> tuple[Recording, Path]:
    return simulate(tmp_path_factory.mktemp("mouse"))


def test_the_recording_is_read_as_a_real_one(mouse):
    recording, _ = mouse
    tiers = list(recording.tiers.values())
    assert [tiers.count(name) for name in ("train", "oracle", "live_test_main")] == [6, 6, 1]
    assert recording.num_neurons == 20
    trial = recording.trial(recording.trials[0])
    assert trial.video_THW.shape == (40, 36, 64)
    assert trial.responses_NT.shape == (20, 40)
    assert trial.behavior_CT.shape == (4, 40)
    for values in (trial.video_THW, trial.responses_NT, trial.behavior_CT):
        assert np.isfinite(values).all()


def test_every_array_is_float32_and_ends_in_nan(mouse):
    recording, _ = mouse
    for trial, tier in recording.tiers.items():
        for modality in MODALITIES:
            values = recording.array(modality, trial)
            assert values.dtype == np.float32
            assert values.shape[-1] == 44
            if (modality, tier) != ("responses", "live_test_main"):
                assert np.isnan(values[..., 40:]).all()
                assert np.isfinite(values[..., :40]).all()


def test_hidden_responses_are_zeros_of_full_length(mouse):
    recording, truth_path = mouse
    hidden = [trial for trial, tier in recording.tiers.items() if tier == "live_test_main"]
    for trial in hidden:
        assert np.all(recording.array("responses", trial) == 0)
        assert read_expected_response(truth_path, trial).max() > 0


def test_trial_numbers_are_shuffled_with_some_missing(mouse):
    recording, _ = mouse
    names = np.load(recording.folder / "meta/trials/tiers.npy", allow_pickle=False).tolist()
    assert names.count("none") == 4
    assert len(names) == max(recording.trials) + 1
    assert names != sorted(names)


def test_neurons_have_places_and_names(mouse):
    folder = mouse[0].folder / "meta/neurons"
    places, names = np.load(folder / "cell_motor_coordinates.npy"), np.load(folder / "unit_ids.npy")
    assert places.shape == (20, 3)
    assert np.issubdtype(places.dtype, np.integer)
    assert np.all(np.diff(names) > 0)
    assert np.any(np.diff(names) > 1)


def clip_of(truth, trial: int) -> int:
    return int(truth.trial_clips_R[truth.trial_numbers_R == trial].item())


def test_repeats_show_the_same_movie_and_differ_in_noise_and_behavior(mouse):
    recording, truth_path = mouse
    truth = read_truth(truth_path)
    repeats: dict[int, list] = {}
    for trial, tier in recording.tiers.items():
        if tier == "oracle":
            repeats.setdefault(clip_of(truth, trial), []).append(recording.trial(trial))
    assert [len(trials) for trials in repeats.values()] == [3, 3]
    for first, *others in repeats.values():
        for other in others:
            assert np.array_equal(first.video_THW, other.video_THW)
            assert not np.array_equal(first.responses_NT, other.responses_NT)
            assert not np.array_equal(first.behavior_CT, other.behavior_CT)


def test_training_trials_show_no_held_out_photograph(mouse):
    recording, truth_path = mouse
    truth = read_truth(truth_path)
    for trial, tier in recording.tiers.items():
        clip = clip_of(truth, trial)
        assert truth.clip_tiers[clip] == tier
        held_out = [name in HELD_OUT_PHOTOGRAPHS for name in truth.clip_photographs[clip]]
        assert all(held_out) if tier != "train" else not any(held_out)


def test_the_loaded_neurons_give_the_stored_expected_response(mouse):
    recording, truth_path = mouse
    neurons, number = load_true_neurons(truth_path), recording.trials[0]
    trial = recording.trial(number)
    with torch.no_grad():
        expected = neurons(inputs_of_trial(trial.video_THW, trial.behavior_CT))[0].numpy()
    stored = read_expected_response(truth_path, number)
    np.testing.assert_allclose(expected, stored, rtol=1e-3, atol=1e-3)


def test_the_truth_keeps_settings_and_places(mouse):
    truth = read_truth(mouse[1])
    assert truth.settings.seed == 3
    assert truth.coverage_HW.shape == (36, 64)
    assert truth.coverage_HW.max() == 1
    assert truth.centers_px_N2.shape == (20, 2)
    assert np.all(truth.centers_px_N2 >= 0)
    assert np.all(truth.centers_px_N2 <= (35, 63))


def test_the_same_settings_give_the_same_bytes_on_any_number_of_threads(mouse, tmp_path):
    recording, truth_path = mouse
    before = torch.get_num_threads()
    torch.set_num_threads(3 - min(before, 2))
    again, truth_again = simulate(tmp_path)
    torch.set_num_threads(before)
    assert bytes_of(recording.folder) == bytes_of(again.folder)
    assert truth_path.read_bytes() == truth_again.read_bytes()


@pytest.mark.parametrize("share", [True, False])
def test_mice_share_movies_only_when_asked(mouse, tmp_path, share):
    other, _ = simulate(tmp_path, mouse=1, share_movies=share)
    videos, other_videos = (
        {r.array("videos", trial).tobytes() for trial in r.trials} for r in (mouse[0], other)
    )
    assert (videos == other_videos) if share else not (videos & other_videos)
    assert mouse[0].tiers != other.tiers


def test_without_noise_the_response_is_the_expected_one(tmp_path):
    recording, truth_path = simulate(tmp_path, noise=0.0)
    for trial, tier in recording.tiers.items():
        if tier != "live_test_main":
            expected = read_expected_response(truth_path, trial)
            assert np.array_equal(recording.trial(trial).responses_NT, expected)
    np.testing.assert_allclose(read_truth(truth_path).reliability_N, 1, atol=1e-5)


def test_reliability_falls_with_noise(tmp_path):
    medians = [
        np.median(read_truth(simulate(tmp_path / str(noise), noise=noise)[1]).reliability_N)
        for noise in (0.3, 1.0, 2.0)
    ]
    assert medians[0] > medians[1] > medians[2]


def test_responses_are_as_sparse_and_unreliable_as_real_ones(tmp_path):
    many = {"num_neurons": 80, "num_training_clips": 40, "clip_frames": 90, "padded_frames": 90}
    recording, truth_path = simulate(tmp_path, **many)
    training = [trial for trial, tier in recording.tiers.items() if tier == "train"]
    responses = np.concatenate([recording.trial(t).responses_NT for t in training], axis=1)
    mean, std = responses.mean(axis=1), responses.std(axis=1)
    assert 0.42 < np.median(read_truth(truth_path).reliability_N) <= 0.55
    assert 1.7 < np.median(mean) < 3.3
    assert 8 < np.median(std) < 15
    assert np.median(np.median(responses, axis=1)) < 0.01


def test_a_missing_or_foreign_truth_file_is_named(mouse, tmp_path):
    with pytest.raises(ValueError, match=r"none\.h5: no truth file"):
        read_truth(tmp_path / "none.h5")
    with pytest.raises(ValueError, match="no trial 999"):
        read_expected_response(mouse[1], 999)


def test_a_failed_simulation_leaves_nothing(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr("recordings.simulate.mouse._write_tissue", fail)
    with pytest.raises(OSError, match="disk full"):
        simulate(tmp_path)
    assert list(tmp_path.iterdir()) == []
