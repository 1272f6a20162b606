"""What members expect of the versions of a clip: closed forms with an encoder that reads single pixels."""

from dataclasses import replace

import h5py
import numpy as np
import pytest

import evaluate.predictions
from evaluate.activity_file import (
    RECORDED,
    VERSIONS,
    VERSIONS_OF,
    read_activity,
    read_versions,
    write_activity,
)
from evaluate.predictions import PredictionJob, standard_versions
from models.encoder import ClipSpec
from reconstruct.movies import ClipFile
from reconstruct.variants import PREDICTED, STANDARD
from tests.tiny import Interrupted, LinearEncoder, make_movie, make_trial, read_pixels, stop_after

INSIDE, OUTSIDE = (10, 20), (30, 50)
MASK = np.zeros((36, 64), bool)
MASK[5:15, 10:30] = True
SPEC = ClipSpec(clip_frames=8)


def encoder(offset=0.5, behavior_weight=0.0):
    return LinearEncoder(read_pixels([INSIDE, OUTSIDE]), SPEC, offset, behavior_weight)


def make_job(lengths=(20, 16), variant=STANDARD, stride_frames=8, code="c"):
    reader = encoder()
    trials = [
        make_trial(7 + k, make_movie(k, length), reader.respond) for k, length in enumerate(lengths)
    ]
    movies = [make_movie(10 + k, length) for k, length in enumerate(lengths)]
    return PredictionJob("A", variant, trials, movies, MASK, stride_frames, code)


def test_versions_are_grey_outside_the_mask_and_matched_in_luminance_and_contrast_inside():
    true, found = make_movie(0), make_movie(1) / 4
    shown = standard_versions(true, found, MASK)
    assert set(shown) == set(VERSIONS_OF[STANDARD])
    np.testing.assert_array_equal(shown["movie"], true)
    for name, movie in {"masked": true, "reconstruction": found}.items():
        np.testing.assert_array_equal(shown[name][:, MASK], movie[:, MASK])
    for name in set(shown) - {"movie"}:
        assert (shown[name][:, ~MASK] == 127.5).all()
    assert shown["matched"][:, MASK].mean() == pytest.approx(true[:, MASK].mean(), rel=0.01)
    assert shown["matched"][:, MASK].std() == pytest.approx(true[:, MASK].std(), rel=0.01)


def test_a_perfect_reconstruction_is_matched_by_nothing():
    true = make_movie(0)
    shown = standard_versions(true, true, MASK)
    for name in ("reconstruction", "matched"):
        np.testing.assert_allclose(shown[name], shown["masked"], atol=1e-4)


@pytest.mark.parametrize("stride_frames", [1, 8])
def test_predictions_are_those_of_the_pixels(tmp_path, stride_frames):
    job, path = make_job(stride_frames=stride_frames), tmp_path / "activity.h5"
    job.run((encoder(),), "cpu", path)
    for clip, trial in enumerate(job.trials):
        found, movie = read_activity(path, clip), job.reconstructions[clip]
        assert list(found) == [RECORDED, "movie", "masked", "reconstruction", "matched"]
        np.testing.assert_array_equal(found[RECORDED], trial.responses_NT)
        np.testing.assert_allclose(found["movie"], trial.responses_NT, rtol=1e-5)
        np.testing.assert_allclose(found["masked"][0], trial.responses_NT[0], rtol=1e-5)
        np.testing.assert_allclose(found["masked"][1], 0.5 + 127.5 / 255, rtol=1e-5)
        np.testing.assert_allclose(
            found["reconstruction"][0], 0.5 + movie[:, *INSIDE] / 255, rtol=1e-5
        )
        np.testing.assert_allclose(found["matched"][1], 1.0, rtol=1e-5)


def test_members_are_averaged_with_the_true_behaviour(tmp_path):
    job, path = make_job(), tmp_path / "activity.h5"
    job.run((encoder(0.5), encoder(1.5, behavior_weight=0.2)), "cpu", path)
    for clip, trial in enumerate(job.trials):
        expected = trial.responses_NT + 0.5 + 0.1 * trial.behavior_CT.sum(0)
        np.testing.assert_allclose(read_activity(path, clip)["movie"], expected, rtol=1e-4)


def test_every_version_is_made_from_the_reconstructions_of_one_variant():
    assert set(VERSIONS_OF) == {STANDARD, PREDICTED}
    assert sum(VERSIONS_OF.values(), ()) == tuple(VERSIONS)


def test_the_variant_has_a_version_of_its_own(tmp_path):
    job, path = make_job(variant=PREDICTED), tmp_path / "activity.h5"
    reader = encoder()
    job.run((reader,), "cpu", path)
    assert reader.calls * len(VERSIONS_OF[STANDARD]) == calls_of(make_job(), tmp_path)
    movie, found = job.reconstructions[1], read_activity(path, 1)
    assert list(found) == [RECORDED, "from_predicted"]
    np.testing.assert_allclose(found["from_predicted"][0], 0.5 + movie[:, *INSIDE] / 255, rtol=1e-5)
    np.testing.assert_allclose(found["from_predicted"][1], 1.0, rtol=1e-5)


def calls_of(job, folder) -> int:
    reader = encoder()
    job.run((reader,), "cpu", folder / "other.h5")
    return reader.calls


def test_the_files_of_both_variants_are_read_as_one_in_the_order_of_figures(tmp_path):
    paths = [tmp_path / f"{variant}.h5" for variant in (STANDARD, PREDICTED)]
    for path, variant in zip(paths, (STANDARD, PREDICTED), strict=True):
        make_job(variant=variant).run((encoder(),), "cpu", path)
    assert list(read_versions(paths, 1)) == [RECORDED, *VERSIONS]
    assert list(read_versions(paths[:1], 1)) == [RECORDED, *VERSIONS_OF[STANDARD]]


def test_the_file_says_what_it_holds(tmp_path):
    job, path = make_job(), tmp_path / "activity.h5"
    job.run((encoder(),), "cpu", path)
    with h5py.File(path) as file:
        assert file.attrs["mouse"] == "A"
        assert file["trial"][:].tolist() == [7, 8]
        for array in file.values():
            assert set(array.attrs) == {"axes", "unit", "meaning"}
        assert file["movie"].dtype == np.float32
        assert file["movie"].compression == "gzip"
        assert np.isnan(file["movie"][1, 16:]).all()


def test_a_killed_job_goes_on_with_the_clips_that_it_finished(tmp_path, monkeypatch):
    job, path, whole = make_job(), tmp_path / "activity.h5", tmp_path / "whole.h5"
    job.run((encoder(),), "cpu", whole)
    with monkeypatch.context() as patch:
        patch.setattr(evaluate.predictions, "report_progress", stop_after(1))
        with pytest.raises(Interrupted):
            job.run((encoder(),), "cpu", path)
    assert not path.exists()
    again = encoder()
    job.run((again,), "cpu", path)
    assert again.calls == 4  # versions of the second clip
    for clip in range(2):
        for name, values in read_activity(whole, clip).items():
            np.testing.assert_array_equal(read_activity(path, clip)[name], values)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["activity.h5", "whole.h5"]


@pytest.mark.parametrize(
    "change", [{"code": "d"}, {"stride_frames": 4}, {"mask_HW": ~MASK}, {"variant": PREDICTED}]
)
def test_other_inputs_never_resume(tmp_path, monkeypatch, change):
    job, path = make_job(), tmp_path / "activity.h5"
    with monkeypatch.context() as patch:
        patch.setattr(evaluate.predictions, "report_progress", stop_after(1))
        with pytest.raises(Interrupted):
            job.run((encoder(),), "cpu", path)
    again = encoder()
    changed = replace(job, **change)
    changed.run((again,), "cpu", path)
    assert again.calls >= 2 * len(VERSIONS_OF[changed.variant])


def test_a_constant_reconstruction_is_refused_by_mouse_and_clip(tmp_path):
    job = make_job()
    grey = [np.full_like(movie, 127.5) for movie in job.reconstructions]
    with pytest.raises(ValueError, match="mouse A, clip 0: the reconstruction is constant"):
        replace(job, reconstructions=grey).run((encoder(),), "cpu", tmp_path / "activity.h5")


def test_a_clip_is_read_at_its_length(tmp_path):
    path, clips = tmp_path / "activity.h5", [{"movie": np.ones((3, n))} for n in (4, 2)]
    write_activity(path, ClipFile([1, 2], [4, 2]), clips)
    assert [read_activity(path, clip)["movie"].shape for clip in range(2)] == [(3, 4), (3, 2)]
