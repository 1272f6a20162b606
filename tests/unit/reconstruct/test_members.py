"""Reconstruction through members of the ensemble: one or several, from recorded responses or from those that they predict."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from models.checkpoint import MemberDescription, save_member
from models.registry import build_encoder
from reconstruct.clips import Reconstructor
from reconstruct.expected import expect, predict_targets
from reconstruct.jobs import ClipJob
from reconstruct.movies import read_movies
from reconstruct.prior import read_spectrum
from tests.tiny import NUM_NEURONS
from tests.unit.reconstruct.test_jobs import MAP, make_job

FACTORISED = {
    "clip_frames": 8,
    "warmup_frames": 2,
    "num_spatial": 2,
    "num_channels": 2,
    "spatial_kernel_px": 4,
    "temporal_kernel_frames": 3,
}


def save_factorised(path, num_neurons: int, seed: int = 0) -> str:
    torch.manual_seed(seed)
    numbers = {"A": num_neurons}
    encoder = build_encoder("factorised", FACTORISED, numbers)
    save_member(path, encoder, MemberDescription("factorised", FACTORISED, {}, -1, numbers, "made"))
    return str(path)


@pytest.fixture(params=["map", "paper"])
def job(request, tmp_path) -> ClipJob:
    return make_job(tmp_path, request.param)


def test_several_members_make_one_movie_and_their_order_does_not_matter(job, tmp_path):
    members = [save_factorised(tmp_path / f"{seed}.pt", NUM_NEURONS, seed) for seed in (0, 1)]
    job.run_members(members, [])
    movies = read_movies(job.output)
    job.run_members(members[::-1], [])
    for movie, other in zip(movies, read_movies(job.output), strict=True):
        np.testing.assert_allclose(movie, other, atol=0.02)
    job.run_members(members[:1], [])
    assert np.abs(read_movies(job.output)[0] - movies[0]).max() > 0.1


def test_the_target_may_be_what_members_predict(tmp_path):
    members = [save_factorised(tmp_path / f"{seed}.pt", NUM_NEURONS, seed) for seed in (0, 1)]
    job = make_job(tmp_path, "paper", target="predicted")
    job.run_members(members[:1], members)
    predicted = read_movies(job.output)
    recorded = make_job(tmp_path, "paper")
    recorded.run_members(members[:1], members)
    assert np.abs(read_movies(recorded.output)[0] - predicted[0]).max() > 0.1


def test_the_published_target_is_a_mean_over_windows_and_that_of_map_is_of_its_own(tmp_path):
    encoder = build_encoder("factorised", FACTORISED, {"A": NUM_NEURONS}).eval()
    for method, stride in (("paper", 1), ("map", MAP["window_stride_frames"])):
        job = make_job(tmp_path, method, target="predicted")
        trials = job.trials()
        found = predict_targets((encoder,), "A", trials, "cpu", job.settings)
        for trial, target in zip(trials, found, strict=True):
            expected_NT = expect((encoder,), "A", trial, "cpu", stride)
            np.testing.assert_array_equal(target.responses_NT, expected_NT)
            assert target.video_THW is trial.video_THW
    recorded = make_job(tmp_path, "map").settings
    assert predict_targets((), "A", trials, "cpu", recorded) is trials


def test_the_movie_that_was_shown_fits_the_target_that_map_predicts(tmp_path):
    encoder = build_encoder("factorised", FACTORISED, {"A": NUM_NEURONS})
    encoder.eval().requires_grad_(False)
    job = make_job(tmp_path, "map", target="predicted")
    trial = predict_targets((encoder,), "A", job.trials(), "cpu", job.settings)[0]
    reconstructor = Reconstructor((encoder,), "A", 0, job.mask(), job.settings.population)
    prior = read_spectrum(job.spectrum)
    problem = reconstructor.by_map([trial], [0], job.settings.descent, prior, 0.0).problem
    shown = torch.from_numpy(trial.video_THW)[None]
    fit = problem.fit(shown)
    assert fit.gradient_BTHW.abs().max() < 1e-5
    assert problem.fit(255 - shown).gradient_BTHW.abs().max() > 1e-3


def test_a_member_of_another_recording_is_refused(job, tmp_path):
    member = save_factorised(tmp_path / "member.pt", NUM_NEURONS + 1)
    with pytest.raises(ValueError, match=r"member\.pt: readout of mouse A has 6 neurons, its rec"):
        job.run_members([member], [])
    with pytest.raises(ValueError, match=r"member\.pt: no readout for mouse B"):
        replace(job, mouse="B").run_members([member], [])
