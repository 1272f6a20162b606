"""The job of a rule: held-out clips of a mouse, and a state that belongs to this job alone."""

from dataclasses import replace

import h5py
import numpy as np
import pandas as pd
import pytest
import torch

from evaluate.controls import shuffle_neurons
from models.checkpoint import MemberDescription, save_member
from models.encoder import ClipSpec
from models.registry import build_encoder
from reconstruct import clips
from reconstruct.clips import Reconstructor
from reconstruct.ensemble import read_movies
from reconstruct.jobs import ClipJob, clip_job
from reconstruct.settings import DescentSettings
from recordings.selection import load_held_out
from tests.tiny import (
    NUM_NEURONS,
    SHOWS,
    Interrupted,
    LinearEncoder,
    read_pixels,
    stop_after,
    write_recording,
)

PIXELS = [(5, 6), (5, 40), (17, 30), (20, 61), (30, 3)]
SETTINGS = {
    "num_iterations": 3,
    "learning_rate": 100.0,
    "warmup_iterations": 1,
    "momentum": 0.9,
    "window_stride_frames": 6,
    "track_every_iterations": 3,
}


def make_encoder() -> LinearEncoder:
    return LinearEncoder(read_pixels(PIXELS), ClipSpec(8))


@pytest.fixture
def job(tmp_path) -> ClipJob:
    recording = write_recording(tmp_path / "mouse", respond=make_encoder().respond)
    rows = [("A", n, "held_out" if t == "oracle" else "training") for n, (t, _) in SHOWS.items()]
    table = pd.DataFrame(rows, columns=["mouse", "trial", "set"]).assign(content="x")
    table.to_csv(tmp_path / "sets.csv", index=False)
    with h5py.File(tmp_path / "alpha.h5", "w") as file:
        file["alpha_HW"] = np.linspace(0, 1, 36 * 64, dtype=np.float32).reshape(36, 64)
    files = {
        name: str(tmp_path / f"{name}{end}") for name, end in (("sets", ".csv"), ("alpha", ".h5"))
    }
    params = {"update_threshold": 0.1, "max_frames": 20, "settings": SETTINGS, "code": "code"}
    files["recording"] = str(recording.folder)
    return clip_job("A", files, params, str(tmp_path / "movies.h5"), 0)


def test_held_out_trials_come_in_order_and_cut(job):
    trials = load_held_out("A", job.recording, job.sets, 20)
    assert [trial.number for trial in trials] == [2, 8, 11]
    assert [trial.video_THW.shape for trial in trials] == [(20, 36, 64)] * 3


def test_the_job_reconstructs_each_clip_inside_the_mask(job):
    job.run(make_encoder(), "cpu")
    mask_HW = np.linspace(0, 1, 36 * 64, dtype=np.float32).reshape(36, 64) >= 0.1
    reconstructor = Reconstructor(make_encoder(), "A", mask_HW, DescentSettings(**SETTINGS))
    for movie, trial in zip(read_movies(job.output), job.trials(), strict=True):
        np.testing.assert_array_equal(movie, reconstructor.reconstruct(trial)[0])
        assert not (movie != 127.5)[:, ~mask_HW].any()


@pytest.mark.parametrize("other", ["encoder", "mask", "responses", "seed", "code"])
def test_the_state_of_another_job_is_not_resumed(job, tmp_path, monkeypatch, other):
    with monkeypatch.context() as patch:
        patch.setattr(clips, "report_progress", stop_after(4))
        with pytest.raises(Interrupted):
            job.run(make_encoder(), "cpu", lambda trial: shuffle_neurons(trial, 1))
    encoder, seed = make_encoder(), 1
    if other == "encoder":
        encoder.weight_NHW.mul_(1.5)
    if other == "responses":
        write_recording(tmp_path / "mouse")
        table = pd.read_csv(job.sets).assign(content="y")
        table.to_csv(job.sets, index=False)
    if other == "seed":
        seed = 2
    changes = {"mask": {"update_threshold": 0.9}, "code": {"code": "other"}}
    job = replace(job, **changes.get(other, {}))
    job.run(encoder, "cpu", lambda trial: shuffle_neurons(trial, seed))
    fresh = replace(job, output=str(tmp_path / "fresh.h5"))
    fresh.run(encoder, "cpu", lambda trial: shuffle_neurons(trial, seed))
    for movie, expected in zip(read_movies(job.output), read_movies(fresh.output), strict=True):
        np.testing.assert_array_equal(movie, expected)


def test_an_empty_mask_is_refused(job):
    job = replace(job, update_threshold=1.5)
    with pytest.raises(ValueError, match=r"masks\.update_threshold: no pixel has alpha >= 1\.5"):
        job.run(make_encoder(), "cpu")


def save_factorised(path, num_neurons: int) -> str:
    settings = {
        "clip_frames": 8,
        "warmup_frames": 2,
        "num_spatial": 2,
        "num_channels": 2,
        "spatial_kernel_px": 4,
        "temporal_kernel_frames": 3,
    }
    torch.manual_seed(0)
    encoder = build_encoder("factorised", settings, {"A": num_neurons})
    save_member(path, encoder, MemberDescription("factorised", settings, {}, 0, {"A": num_neurons}))
    return str(path)


def test_a_member_reconstructs_finite_movies(job, tmp_path):
    job.run_member(save_factorised(tmp_path / "member.pt", NUM_NEURONS))
    movies = read_movies(job.output)
    assert [movie.shape for movie in movies] == [(20, 36, 64)] * 3
    assert all(np.isfinite(movie).all() and np.ptp(movie) > 0 for movie in movies)


def test_a_member_of_another_recording_is_refused(job, tmp_path):
    member = save_factorised(tmp_path / "member.pt", NUM_NEURONS + 1)
    with pytest.raises(ValueError, match=r"member\.pt: readout of mouse A has 6 neurons, its rec"):
        job.run_member(member)
    with pytest.raises(ValueError, match=r"member\.pt: no readout for mouse B"):
        replace(job, mouse="B").run_member(member)
