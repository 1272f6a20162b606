"""The job of a rule: what it computes and writes, what it refuses, and how it goes on after a kill."""

from dataclasses import replace

import h5py
import numpy as np
import pandas as pd
import pytest
import torch

from evaluate.controls import shuffle_neurons
from models.encoder import ClipSpec
from reconstruct import longjob
from reconstruct.expected import expect
from reconstruct.jobs import ClipJob, clip_job
from reconstruct.movies import read_movies, read_traces
from reconstruct.prior import Spectrum, write_spectrum
from reconstruct.settings import MapSettings, PaperSettings
from recordings.selection import load_held_out
from tests.tiny import (
    SHOWS,
    Interrupted,
    LinearEncoder,
    read_pixels,
    write_recording,
)

PIXELS = [(5, 6), (5, 40), (17, 30), (20, 61), (30, 3)]
SCREEN = ClipSpec(8)
SQUARE = ClipSpec(4, frame_step=2, canvas_height=64, canvas_width=64, top=14)
MAP = {
    "num_iterations": 4,
    "window_stride_frames": 6,
    "prior_weights": [0.01, 1.0],
    "held_out_share": 0.2,
    "num_pilot_clips": 2,
    "num_noise_trials": 2,
    "seed": 1,
}
PAPER = {
    "num_iterations": 4,
    "learning_rate": 100.0,
    "warmup_iterations": 1,
    "momentum": 0.9,
    "window_stride_frames": 6,
    "start": "grey",
    "seed": 0,
    "loss": "poisson",
    "normalise_gradient": True,
    "decay_to_grey": 0.0,
}
DESCENTS = {"map": MAP, "paper": PAPER}
SETTINGS = {
    "max_frames": 20,
    "target": "recorded",
    "population": {"share": 1.0, "others": "removed", "seed": 0},
    "output": {"grey_levels": "float32", "predicted_responses": False, "track_every_iterations": 3},
}


def make_encoder(spec: ClipSpec = SCREEN, scale: float = 1.0) -> LinearEncoder:
    return LinearEncoder(scale * read_pixels(PIXELS), spec)


@pytest.fixture(params=["map", "paper"])
def job(request, tmp_path) -> ClipJob:
    return make_job(tmp_path, request.param)


def make_job(folder, method: str = "map", **changes) -> ClipJob:
    recording = write_recording(folder / "mouse", respond=make_encoder().respond)
    sets = {2: "held_out", 8: "held_out", 11: "held_out", 4: "validation", 5: "validation"}
    rows = [("A", number, sets.get(number, "training")) for number in SHOWS]
    table = pd.DataFrame(rows, columns=["mouse", "trial", "set"]).assign(content="x")
    table["place"] = table.trial.map({2: 0, 8: 1, 11: 2})
    table.to_csv(folder / "sets.csv", index=False)
    with h5py.File(folder / "alpha.h5", "w") as file:
        file["alpha_HW"] = np.linspace(0, 1, 36 * 64, dtype=np.float32).reshape(36, 64)
    power = np.full((20, 36, 64), 900.0)
    write_spectrum(folder / "spectrum.h5", Spectrum(np.full((36, 64), 120.0), power), 9)
    ends = {"sets": ".csv", "alpha": ".h5", "spectrum": ".h5"}
    files = {name: str(folder / f"{name}{end}") for name, end in ends.items()}
    files["recording"] = str(recording.folder)
    files["alpha"] = files["alpha"] if method == "paper" else []
    settings = SETTINGS | {"method": method, "descent": DESCENTS[method]} | changes
    params = {"update_threshold": 0.1, "mouse_index": 0, "settings": settings, "code": "code"}
    return clip_job("A", "m", files, params, str(folder / "movies.h5"), 0)


def content(path) -> dict:
    """All that a file holds."""
    found = {}
    with h5py.File(path) as file:
        found["attributes"] = dict(file.attrs)
        file.visititems(
            lambda name, node: found.update(
                {name: node[()].tobytes() if isinstance(node, h5py.Dataset) else ""}
            )
        )
    return found


def interrupt(job: ClipJob, monkeypatch, num_done: int, **arguments) -> None:
    """Run until so many iterations are done in all."""
    done = iter(range(num_done))

    def advance(self, num_iterations: int) -> None:
        for _ in range(num_iterations):
            if next(done, None) is None:
                raise Interrupted

    with monkeypatch.context() as patch:
        patch.setattr(longjob.LongJob, "_advance", advance)
        with pytest.raises(Interrupted):
            job.run((make_encoder(),), "cpu", **arguments)


def test_held_out_trials_come_in_order_and_cut(job):
    trials = load_held_out("A", job.recording, job.sets, 20)
    assert [trial.number for trial in trials] == [2, 8, 11]
    assert [trial.video_THW.shape for trial in trials] == [(20, 36, 64)] * 3


@pytest.mark.parametrize("spec", [SCREEN, SQUARE])
def test_the_file_holds_movies_and_traces_of_every_clip(job, spec):
    job.run((make_encoder(spec),), "cpu")
    with h5py.File(job.output) as file:
        assert file["movies"].shape == (3, 20, 36, 64)
        assert file["movies"].dtype == np.float32
        assert file["trial"][:].tolist() == [2, 8, 11]
        assert file["num_frames"][:].tolist() == [20] * 3
        assert np.isfinite(file["movies"][:]).all()
        assert ("choice" in file) == isinstance(job.settings.descent, MapSettings)
    traces = read_traces(job.output)
    assert traces.groupby("clip").iteration.apply(list).map(len).between(1, 4).all()
    assert {"loss", "gradient_norm", "step", "video_correlation"} <= set(traces.columns)
    last = traces[traces.iteration == traces.iteration.max()]
    if isinstance(job.settings.descent, PaperSettings):
        assert last.video_correlation.notna().all()


def test_the_movie_moves_to_the_one_that_was_shown(tmp_path):
    for method, changes in (
        ("map", {"num_iterations": 60, "prior_weights": [1e-3], "held_out_share": 0.0}),
        ("paper", {"num_iterations": 60, "learning_rate": 120.0}),
    ):
        job = make_job(tmp_path, method, descent=DESCENTS[method] | changes)
        job.run((make_encoder(),), "cpu")
        for movie, trial in zip(read_movies(job.output), job.trials(), strict=True):
            seen = [place for place in PIXELS if place[0] > 3]
            error = np.mean([np.abs(movie[:, *p] - trial.video_THW[:, *p]).mean() for p in seen])
            grey = np.mean([np.abs(127.5 - trial.video_THW[:, *p]).mean() for p in seen])
            assert error < grey / 4, method


def test_the_published_method_moves_pixels_of_the_mask_only(tmp_path):
    job = make_job(tmp_path, "paper")
    job.run((make_encoder(),), "cpu")
    mask_HW = np.linspace(0, 1, 36 * 64, dtype=np.float32).reshape(36, 64) >= 0.1
    for movie in read_movies(job.output):
        assert not (movie != 127.5)[:, ~mask_HW].any()
        assert (movie != 127.5).any()


@pytest.mark.parametrize(
    ("method", "num_done"),
    [("map", n) for n in (0, 1, 4, 6, 8)] + [(m, n) for m in ("fixed", "paper") for n in (1, 3)],
)
def test_resuming_equals_continuing_bit_for_bit(tmp_path, monkeypatch, method, num_done):
    fixed = {"descent": MAP | {"prior_weights": [0.1], "held_out_share": 0.0}}
    job = make_job(tmp_path, "map", **fixed) if method == "fixed" else make_job(tmp_path, method)
    undisturbed = replace(job, output=str(tmp_path / "undisturbed.h5"))
    undisturbed.run((make_encoder(),), "cpu")
    interrupt(job, monkeypatch, num_done)
    assert not (tmp_path / "movies.h5").exists()
    job.run((make_encoder(),), "cpu")
    assert content(job.output) == content(undisturbed.output)
    assert not list(tmp_path.glob(".*"))


def test_what_was_done_is_not_done_again(tmp_path, monkeypatch):
    job, encoder = make_job(tmp_path, "map"), make_encoder()
    job.run((encoder,), "cpu")
    whole = encoder.calls
    interrupt(job, monkeypatch, 8)
    encoder = make_encoder()
    job.run((encoder,), "cpu")
    assert encoder.calls == whole - 8


@pytest.mark.parametrize("other", ["encoder", "mask", "responses", "seed", "code", "settings"])
def test_the_state_of_another_job_is_not_resumed(job, tmp_path, monkeypatch, other):
    interrupt(job, monkeypatch, 3, alter=lambda trial: shuffle_neurons(trial, 1))
    encoder, seed = make_encoder(), 1
    if other == "encoder":
        encoder = make_encoder(scale=1.5)
    if other == "responses":
        write_recording(tmp_path / "mouse")
    if other == "seed":
        seed = 2
    if other == "settings":
        descent = replace(job.settings.descent, window_stride_frames=5)
        job = replace(job, settings=replace(job.settings, descent=descent))
    changes = {"mask": {"alpha": str(tmp_path / "alpha.h5"), "update_threshold": 0.9}}
    changes["code"] = {"code": "other"}
    job = replace(job, **changes.get(other, {}))
    job.run((encoder,), "cpu", lambda trial: shuffle_neurons(trial, seed))
    fresh = replace(job, output=str(tmp_path / "fresh.h5"))
    fresh.run((encoder,), "cpu", lambda trial: shuffle_neurons(trial, seed))
    assert content(job.output) == content(fresh.output)


HALF = {"share": 0.5, "others": "silenced", "seed": 2}


@pytest.mark.parametrize(
    ("other", "method", "changes"),
    [
        ("prior", "map", {"descent": MAP | {"prior_weights": [0.1], "held_out_share": 0.0}}),
        ("place of the mouse", "paper", {"population": HALF}),
        ("shown movie", "paper", {"descent": PAPER | {"start": "shown"}}),
    ],
)
def test_the_state_under_another_prior_place_or_movie_is_not_resumed(
    tmp_path, monkeypatch, other, method, changes
):
    job = make_job(tmp_path, method, **changes)
    interrupt(job, monkeypatch, 3)
    if other == "prior":
        spectrum = Spectrum(np.full((36, 64), 90.0), np.full((20, 36, 64), 400.0))
        write_spectrum(tmp_path / "spectrum.h5", spectrum, 9)
    if other == "place of the mouse":
        job = replace(job, mouse_index=3)
    backwards = slice(None, None, -1 if other == "shown movie" else 1)

    def alter(trial):
        return replace(trial, video_THW=trial.video_THW[backwards].copy())

    job.run((make_encoder(),), "cpu", alter)
    fresh = replace(job, output=str(tmp_path / "fresh.h5"))
    fresh.run((make_encoder(),), "cpu", alter)
    assert content(job.output) == content(fresh.output)


def test_clips_do_not_influence_each_other(tmp_path, monkeypatch):
    job = make_job(tmp_path, descent=MAP | {"prior_weights": [0.1], "held_out_share": 0.0})
    job.run((make_encoder(),), "cpu")
    together = read_movies(job.output)
    table = pd.read_csv(job.sets)
    table.loc[table.trial.isin([2, 11]), "set"] = "unused"
    table.to_csv(job.sets, index=False)
    job.run((make_encoder(),), "cpu")
    np.testing.assert_allclose(read_movies(job.output)[0], together[1], atol=1e-3)


def test_movies_in_bytes_and_predicted_responses(tmp_path):
    job = make_job(tmp_path, "paper")
    job.run((make_encoder(),), "cpu")
    movies = read_movies(job.output)
    output = replace(job.settings.output, grey_levels="uint8", predicted_responses=True)
    job = replace(job, settings=replace(job.settings, output=output))
    job.run((make_encoder(),), "cpu")
    predicted = read_movies(job.output, "predicted_TN")
    for found, movie, trial, rates_TN in zip(
        read_movies(job.output), movies, job.trials(), predicted, strict=True
    ):
        assert found.dtype == np.uint8
        np.testing.assert_array_equal(found, movie.round())
        seen = replace(trial, video_THW=movie)
        np.testing.assert_allclose(
            rates_TN.T, expect((make_encoder(),), "A", seen, "cpu"), rtol=1e-5
        )


@pytest.mark.parametrize("others", ["removed", "silenced"])
def test_a_part_of_the_population(tmp_path, others):
    job = make_job(tmp_path, "paper", population={"share": 0.6, "others": others, "seed": 2})
    job.run((make_encoder(),), "cpu")
    moved = [(movie != 127.5).any(axis=0) for movie in read_movies(job.output)]
    counts = [sum(bool(clip[place]) for place in PIXELS) for clip in moved]
    if others == "silenced":
        assert counts == [5] * 3
    else:
        assert min(counts) < 5


def test_an_empty_mask_is_refused(tmp_path):
    job = replace(make_job(tmp_path, "paper"), update_threshold=1.5)
    with pytest.raises(ValueError, match=r"masks\.update_threshold: no pixel has alpha >= 1\.5"):
        job.run((make_encoder(),), "cpu")


def poison(trial):
    responses_NT = trial.responses_NT.copy()
    if trial.number == 8:
        responses_NT[2, 3] = np.nan
    return replace(trial, responses_NT=responses_NT)


def test_a_poisoned_response_is_refused_and_its_place_named(job):
    with pytest.raises(ValueError, match="mouse A: trial 8: responses hold nan at row 2, frame 3"):
        job.run((make_encoder(),), "cpu", poison)


def hold_still(trial):
    return replace(trial, responses_NT=np.ones_like(trial.responses_NT))


def test_recorded_responses_that_never_change_are_refused_predicted_ones_are_not(tmp_path):
    job = make_job(tmp_path, output=SETTINGS["output"] | {"track_every_iterations": 1})
    with pytest.raises(ValueError, match="mouse A: trial 2: the responses never change"):
        job.run((make_encoder(),), "cpu", hold_still)
    predicted = replace(job, settings=replace(job.settings, target="predicted"))
    predicted.run((make_encoder(),), "cpu", hold_still)
    assert len(read_movies(job.output)) == 3


def test_a_loss_that_is_not_finite_names_clip_and_iteration(job):
    encoder = make_encoder()
    encoder.offset = float("nan")
    says = {
        MapSettings: "mouse A: trial 4: an encoder predicts values that are not finite",
        PaperSettings: "mouse A, trial 2, iteration 0: loss is nan",
    }
    with pytest.raises(ValueError, match=says[type(job.settings.descent)]):
        job.run((encoder,), "cpu")


def test_a_loss_of_map_that_is_not_finite_names_clip_and_iteration(tmp_path):
    job = make_job(tmp_path, "map")

    def alter(trial):
        return replace(trial, behavior_CT=np.full_like(trial.behavior_CT, 3e38))

    encoder = make_encoder()
    encoder.behavior_weight = 1.0
    with pytest.raises(ValueError, match=r"mouse A, trial 2, iteration 0: loss is (nan|-?inf)"):
        job.run((encoder,), "cpu", alter)


def test_a_clip_shorter_than_a_window_is_refused(job):
    job = replace(job, settings=replace(job.settings, max_frames=7))
    says = {
        MapSettings: "mouse A: trial of 7 frames; the encoder needs at least 8",
        PaperSettings: "a clip of 7 frames is shorter than the encoder's window",
    }
    with pytest.raises(ValueError, match=says[type(job.settings.descent)]):
        job.run((make_encoder(),), "cpu")


def test_every_array_of_a_file_says_what_it_is(job):
    output = replace(job.settings.output, predicted_responses=True)
    job = replace(job, settings=replace(job.settings, output=output))
    job.run((make_encoder(),), "cpu")
    with h5py.File(job.output) as file:
        named = {key: file.attrs[key] for key in ("mouse", "maker", "method")}
        assert named == {"mouse": "A", "maker": "m", "method": job.settings.method}
        arrays = {}
        file.visititems(lambda name, node: arrays.update({name: node}))
        for name, array in arrays.items():
            if isinstance(array, h5py.Dataset):
                axes = [axis for axis in array.attrs["axes"].split(", ") if axis]
                assert len(axes) == array.ndim, name
                assert array.attrs["meaning"]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_a_job_goes_on_on_a_gpu(job, monkeypatch):
    interrupt(job, monkeypatch, 3)
    job.run((make_encoder().cuda(),), "cuda")
    assert len(read_movies(job.output)) == 3
