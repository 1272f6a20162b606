"""The job of a mask: what it writes, what it refuses, how it goes on after a kill."""

from dataclasses import asdict, replace

import h5py
import numpy as np
import pytest

from masks import alpha
from masks.alpha import AlphaJob
from masks.settings import PaperAlphaSettings
from masks.thresholds import read_alpha
from models.encoder import ClipSpec
from tests.tiny import Interrupted, stop_after
from tests.unit.masks.test_robust import SEEN, SETTINGS, make_data, make_encoder

PAPER = PaperAlphaSettings(seed=1, num_steps=5, first_frame=3, step_size=10.0, blur_sigma_px=0.3)
ALL = {"robust": replace(SETTINGS, num_steps=5), "paper": PAPER}
SQUARE = ClipSpec(4, frame_step=2, canvas_height=64, canvas_width=64, top=14)


@pytest.fixture(params=["robust", "paper"])
def job(request, tmp_path) -> AlphaJob:
    return make_job(tmp_path, request.param)


def make_job(folder, method: str, spec: ClipSpec | None = None) -> AlphaJob:
    encoder = make_encoder(spec) if spec else make_encoder()
    data = make_data(folder, encoder)
    return AlphaJob((encoder,), "A", data, ALL[method], folder / "alpha.h5", "code", 0)


def content(path) -> dict:
    with h5py.File(path) as file:
        return {name: file[name][:].tobytes() for name in file}


@pytest.mark.parametrize("spec", [None, SQUARE])
@pytest.mark.parametrize("method", ALL)
def test_the_file_holds_alpha_of_the_screen_losses_and_settings(tmp_path, method, spec):
    job = make_job(tmp_path, method, spec)
    job.run()
    with h5py.File(job.output) as file:
        assert set(file) == {"alpha_HW", "loss"} | ({"explained"} if method == "robust" else set())
        assert file["alpha_HW"].shape == (36, 64)
        assert file["alpha_HW"].dtype == np.float32
        assert file["loss"].shape == (5,)
        assert dict(file.attrs) == asdict(job.settings)


def test_pixels_that_neurons_see_grow(job):
    job.run()
    found = read_alpha(job.output)
    assert found[SEEN].mean() > 0.1
    assert np.abs(found[:5]).max() <= 0.05


@pytest.mark.parametrize("num_done", [1, 4])
def test_resuming_equals_continuing_bit_for_bit(job, tmp_path, monkeypatch, num_done):
    undisturbed = replace(job, output=tmp_path / "undisturbed.h5")
    undisturbed.run()
    interrupt(monkeypatch, num_done, job)
    assert not job.output.exists()
    job.run()
    assert content(job.output) == content(undisturbed.output)
    assert not list(tmp_path.glob(".*"))


def test_what_was_done_is_not_done_again(tmp_path, monkeypatch):
    job = make_job(tmp_path, "paper")
    interrupt(monkeypatch, 3, job)
    encoder = make_encoder()
    replace(job, encoders=(encoder,)).run()
    assert encoder.calls == 2


def interrupt(monkeypatch, num_done: int, job: AlphaJob) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(alpha, "report_progress", stop_after(num_done))
        with pytest.raises(Interrupted):
            job.run()


@pytest.mark.parametrize("other", ["settings", "trials", "content", "code", "encoder"])
def test_the_state_of_another_fit_is_not_resumed(job, tmp_path, monkeypatch, other):
    interrupt(monkeypatch, 3, job)
    changes = {
        "settings": {"settings": replace(job.settings, blur_sigma_px=0.5)},
        "trials": {"data": replace(job.data, training=[0, 1, 4])},
        "content": {"data": replace(job.data, content="other")},
        "code": {"code": "other"},
        "encoder": {"encoders": (make_encoder(scale=2.0),)},
    }
    job = replace(job, **changes[other])
    job.run()
    fresh = replace(job, output=tmp_path / "fresh.h5")
    fresh.run()
    assert content(job.output) == content(fresh.output)


def test_a_poisoned_prediction_raises_and_writes_nothing(job):
    job.encoders[0].offset = float("nan")
    with pytest.raises(ValueError, match=r"alpha mask of mouse A: .* is nan at"):
        job.run()
    assert not job.output.exists()


def test_members_that_take_other_clips_are_left_out(tmp_path):
    job = make_job(tmp_path, "robust")
    job = replace(job, settings=replace(job.settings, num_members=3))
    others = (make_encoder(SQUARE), make_encoder(scale=0.5))
    together = replace(job, encoders=(*job.encoders, *others))
    assert len(together.training().encoders) == 2
