"""A job of clips: what it computes, what it writes, and how it goes on after a kill."""

from dataclasses import replace

import h5py
import numpy as np
import pytest
import torch

from models.encoder import ClipSpec
from reconstruct import clips, objective
from reconstruct.clips import Reconstructor, reconstruct_clips
from reconstruct.ensemble import read_movies
from reconstruct.settings import DescentSettings
from tests.tiny import Interrupted, LinearEncoder, make_movie, make_trial, read_pixels, stop_after

PIXELS = [(5, 6), (5, 40), (17, 30), (20, 61), (30, 3), (33, 50)]
SETTINGS = DescentSettings(
    num_iterations=4,
    learning_rate=100.0,
    warmup_iterations=2,
    momentum=0.9,
    window_stride_frames=6,
    track_every_iterations=3,
)
SPEC = ClipSpec(8)
SQUARE = ClipSpec(4, frame_step=2, canvas_height=64, canvas_width=64, top=14)
MASK = np.zeros((36, 64), bool)
MASK[4:34, 3:55] = True
"""holds all pixels but (20, 61)"""


def make_reconstructor(spec: ClipSpec = SPEC, mask_HW=MASK, **changes) -> Reconstructor:
    encoder = LinearEncoder(read_pixels(PIXELS), spec)
    return Reconstructor(encoder, "A", mask_HW, replace(SETTINGS, **changes))


def make_trials(reconstructor: Reconstructor, num_clips: int = 3, num_frames: int = 21):
    """Trials whose responses are what the encoder says of their movies."""
    return [
        make_trial(10 + clip, make_movie(clip, num_frames), reconstructor.encoder.respond)
        for clip in range(num_clips)
    ]


def pixels_of(movie_THW: np.ndarray) -> np.ndarray:
    """The pixels that are seen and optimised."""
    return np.stack([movie_THW[:, *place] for place in PIXELS if MASK[place]])


@pytest.mark.parametrize("spec", [SPEC, SQUARE])
def test_a_mask_of_zero_leaves_a_grey_movie(spec):
    reconstructor = make_reconstructor(spec, np.zeros((36, 64), bool))
    movie, trace = reconstructor.reconstruct(*make_trials(reconstructor, 1))
    np.testing.assert_array_equal(movie, np.full((21, 36, 64), 127.5))
    assert len(trace.loss) == SETTINGS.num_iterations


@pytest.mark.parametrize("spec", [SPEC, SQUARE])
def test_only_pixels_that_are_seen_and_optimised_move(spec):
    reconstructor = make_reconstructor(spec)
    movie, _ = reconstructor.reconstruct(*make_trials(reconstructor, 1))
    expected = np.zeros((36, 64), bool)
    for place in PIXELS:
        expected[place] = MASK[place]
    np.testing.assert_array_equal((movie != 127.5).any(axis=0), expected)


@pytest.mark.parametrize("spec", [SPEC, SQUARE])
def test_the_movie_moves_to_the_one_that_was_shown(spec):
    reconstructor = make_reconstructor(spec, num_iterations=60, learning_rate=120.0)
    trial = make_trials(reconstructor, 1)[0]
    movie, trace = reconstructor.reconstruct(trial)
    error = np.abs(pixels_of(movie) - pixels_of(trial.video_THW)).mean()
    grey_error = np.abs(127.5 - pixels_of(trial.video_THW)).mean()
    assert error < grey_error / 5
    assert trace.loss[-1] < trace.loss[0]


@pytest.mark.parametrize("num_iterations", [2, 5])
def test_n_iterations_are_n_forward_passes(monkeypatch, num_iterations):
    monkeypatch.setattr(objective, "WINDOWS_PER_BATCH", 100)
    reconstructor = make_reconstructor(num_iterations=num_iterations)
    _, trace = reconstructor.reconstruct(*make_trials(reconstructor, 1))
    assert reconstructor.encoder.calls == num_iterations
    assert len(trace.loss) == len(trace.gradient_norm) == num_iterations


@pytest.mark.parametrize(
    ("every", "expected"), [(1, [1, 2, 3, 4]), (2, [2, 4]), (3, [3, 4]), (9, [4])]
)
def test_snapshots_are_taken_every_few_iterations_and_at_the_end(every, expected):
    reconstructor = make_reconstructor(track_every_iterations=every)
    movie, trace = reconstructor.reconstruct(*make_trials(reconstructor, 1))
    assert trace.snapshot_iterations == expected
    np.testing.assert_array_equal(trace.snapshots[-1], movie.round().astype(np.uint8))


def test_the_file_is_read_with_h5py_alone(tmp_path):
    reconstructor = make_reconstructor()
    trials = make_trials(reconstructor, 2)
    reconstruct_clips(reconstructor, trials, tmp_path / "movies.h5", {}, 0)
    with h5py.File(tmp_path / "movies.h5") as file:
        assert set(file) == {"clip-0", "clip-1"}
        for clip, trial in enumerate(trials):
            group = file[f"clip-{clip}"]
            movie, trace = reconstructor.reconstruct(trial)
            assert group.attrs["trial"] == trial.number
            np.testing.assert_array_equal(group["movie_THW"], movie)
            np.testing.assert_array_equal(group["loss"], trace.loss)
            np.testing.assert_array_equal(group["gradient_norm"], trace.gradient_norm)
            np.testing.assert_array_equal(group["snapshot_iterations"], [3, 4])
            assert group["snapshots_STHW"].shape == (2, 21, 36, 64)
            assert group["snapshots_STHW"].dtype == np.uint8


def test_movies_are_read_in_clip_order(tmp_path):
    with h5py.File(tmp_path / "movies.h5", "w") as file:
        for clip in range(12):
            file[f"clip-{clip}/movie_THW"] = np.full((1, 2, 2), clip)
    assert [movie[0, 0, 0] for movie in read_movies(tmp_path / "movies.h5")] == list(range(12))


def test_clips_do_not_influence_each_other(tmp_path):
    reconstructor = make_reconstructor()
    trials = make_trials(reconstructor)
    reconstruct_clips(reconstructor, trials, tmp_path / "all.h5", {}, 0)
    reconstruct_clips(reconstructor, trials[1:2], tmp_path / "one.h5", {}, 0)
    movies, alone = read_movies(tmp_path / "all.h5"), read_movies(tmp_path / "one.h5")
    np.testing.assert_array_equal(movies[1], alone[0])


@pytest.mark.parametrize("num_done", [1, 3, 4, 5, 8, 11, 12])
@pytest.mark.parametrize("spec", [SPEC, SQUARE])
def test_resuming_equals_continuing_bit_for_bit(tmp_path, monkeypatch, spec, num_done):
    reconstructor = make_reconstructor(spec)
    trials = make_trials(reconstructor)
    reconstruct_clips(reconstructor, trials, tmp_path / "undisturbed.h5", {}, 0)
    interrupt(monkeypatch, num_done, reconstructor, trials, tmp_path / "movies.h5")
    assert not (tmp_path / "movies.h5").exists()
    calls_before, reconstructor.encoder.calls = reconstructor.encoder.calls, 0
    reconstruct_clips(reconstructor, trials, tmp_path / "movies.h5", {}, 0)
    calls_of_one = -(-4 // objective.WINDOWS_PER_BATCH)
    assert reconstructor.encoder.calls == (12 - num_done) * calls_of_one < calls_before
    assert content(tmp_path / "movies.h5") == content(tmp_path / "undisturbed.h5")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["movies.h5", "undisturbed.h5"]


def interrupt(monkeypatch, num_done, reconstructor, trials, output, fingerprint=None) -> None:
    def stop_writing(*arguments):
        raise Interrupted

    with monkeypatch.context() as patch:
        patch.setattr(clips, "report_progress", stop_after(num_done))
        patch.setattr(clips, "write_movies", stop_writing)
        with pytest.raises(Interrupted):
            reconstruct_clips(reconstructor, trials, output, fingerprint or {}, 0)


def content(path) -> dict[str, bytes]:
    found = {}
    with h5py.File(path) as file:
        file.visititems(
            lambda name, node: found.update(
                {name: node[()].tobytes() if isinstance(node, h5py.Dataset) else dict(node.attrs)}
            )
        )
    return found


def test_a_job_interrupted_twice_equals_one_that_was_not(tmp_path, monkeypatch):
    reconstructor = make_reconstructor()
    trials = make_trials(reconstructor)
    reconstruct_clips(reconstructor, trials, tmp_path / "undisturbed.h5", {}, 0)
    for num_done in (5, 2):
        interrupt(monkeypatch, num_done, reconstructor, trials, tmp_path / "movies.h5")
    reconstruct_clips(reconstructor, trials, tmp_path / "movies.h5", {}, 0)
    assert content(tmp_path / "movies.h5") == content(tmp_path / "undisturbed.h5")


@pytest.mark.parametrize("other", ["fingerprint", "settings", "trials", "responses"])
def test_the_state_of_another_job_is_not_resumed(tmp_path, monkeypatch, other):
    reconstructor = make_reconstructor()
    trials = make_trials(reconstructor)
    interrupt(monkeypatch, 6, reconstructor, trials, tmp_path / "movies.h5")
    if other == "settings":
        reconstructor = make_reconstructor(learning_rate=50.0)
    if other == "trials":
        trials = trials[::-1]
    if other == "responses":
        trials = [replace(trial, responses_NT=trial.responses_NT[::-1].copy()) for trial in trials]
    fingerprint = {"mask": "other"} if other == "fingerprint" else {}
    reconstruct_clips(reconstructor, trials, tmp_path / "movies.h5", fingerprint, 0)
    reconstruct_clips(reconstructor, trials, tmp_path / "fresh.h5", fingerprint, 0)
    assert content(tmp_path / "movies.h5") == content(tmp_path / "fresh.h5")


def test_a_poisoned_response_stops_before_the_step_and_names_its_place(tmp_path):
    reconstructor = make_reconstructor()
    trials = make_trials(reconstructor)
    trials[1].responses_NT[2, 3] = np.nan
    with pytest.raises(ValueError, match=r"Poisson loss nan") as caught:
        reconstruct_clips(reconstructor, trials, tmp_path / "movies.h5", {}, 0)
    for place in ("mouse A", "trial 11", "iteration 0"):
        assert place in str(caught.value)
    assert not (tmp_path / "movies.h5").exists()


def test_a_clip_shorter_than_a_window_is_refused():
    reconstructor = make_reconstructor()
    with pytest.raises(ValueError, match="a clip of 7 frames is shorter than the encoder's window"):
        reconstructor.reconstruct(*make_trials(reconstructor, 1, num_frames=7))


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_a_job_goes_on_on_a_gpu(tmp_path, monkeypatch):
    reconstructor = make_reconstructor()
    trials = make_trials(reconstructor)
    reconstructor = replace(reconstructor, device="cuda", encoder=reconstructor.encoder.cuda())
    interrupt(monkeypatch, 6, reconstructor, trials, tmp_path / "movies.h5")
    reconstruct_clips(reconstructor, trials, tmp_path / "movies.h5", {}, 0)
    assert len(read_movies(tmp_path / "movies.h5")) == 3
