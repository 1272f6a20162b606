"""The ensemble: the mean of the members, in any order, then smoothed."""

import itertools

import h5py
import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from reconstruct.ensemble import average_movies, smooth_movie, write_ensemble
from reconstruct.movies import ClipFile, read_movies
from reconstruct.settings import SmoothingSettings
from tests.tiny import make_movie

NONE, SOME = SmoothingSettings(0.0, 0.0), SmoothingSettings(1.5, 0.7)


@pytest.fixture
def movies() -> list[np.ndarray]:
    return [make_movie(member, 6) for member in range(3)]


def write_member(path, movies: list[np.ndarray]) -> str:
    trials, lengths = list(range(len(movies))), [len(movie) for movie in movies]
    ClipFile(trials, lengths).write(path, ({"movies": movie} for movie in movies))
    return str(path)


def test_the_mean_of_equal_movies_is_the_movie(movies):
    np.testing.assert_allclose(average_movies([movies[0]] * 5), movies[0], rtol=1e-12)


def test_the_mean_of_one_member_is_its_movie(movies):
    np.testing.assert_array_equal(average_movies(movies[:1]), movies[0])


def test_the_order_of_members_does_not_matter(movies):
    expected = average_movies(movies)
    for order in itertools.permutations(movies):
        np.testing.assert_allclose(average_movies(list(order)), expected, rtol=1e-12)


def test_members_are_clipped_to_the_grey_scale_before_the_mean():
    movies = [np.full((2, 36, 64), value) for value in (-100.0, 50.0, 300.0)]
    np.testing.assert_allclose(average_movies(movies), (0 + 50 + 255) / 3)


def test_no_smoothing_is_the_identity(movies):
    np.testing.assert_array_equal(smooth_movie(movies[0], NONE), movies[0])


def test_a_constant_movie_stays_constant():
    movie = np.full((6, 36, 64), 77.7)
    np.testing.assert_allclose(smooth_movie(movie, SOME), movie)


def test_smoothing_keeps_the_mean_grey_level(movies):
    assert smooth_movie(movies[0], SOME).mean() == pytest.approx(float(movies[0].mean()), rel=1e-3)


@pytest.mark.parametrize(("sigma_frames", "sigma_px"), [(2.0, 0.0), (0.0, 2.0), (0.5, 0.5)])
def test_smoothing_is_a_gaussian_over_time_and_space(movies, sigma_frames, sigma_px):
    smoothed = smooth_movie(movies[0], SmoothingSettings(sigma_frames, sigma_px))
    sigma = (sigma_frames, sigma_px, sigma_px)
    expected = gaussian_filter(movies[0].astype(float), sigma, mode="reflect", truncate=4)
    np.testing.assert_allclose(smoothed, expected)


def test_the_file_holds_mean_and_smoothed_mean_of_every_clip(movies, tmp_path):
    members = [
        write_member(tmp_path / f"{name}.h5", clips)
        for name, clips in (("a", movies[:2]), ("b", movies[1:]))
    ]
    write_ensemble(tmp_path / "ensemble.h5", members, SOME)
    found = {
        name: read_movies(tmp_path / "ensemble.h5", name)
        for name in ("movies", "smoothed", "spread")
    }
    for clip in range(2):
        pair = movies[clip : clip + 2]
        np.testing.assert_allclose(found["movies"][clip], average_movies(pair), rtol=1e-5)
        smoothed = smooth_movie(average_movies(pair), SOME)
        np.testing.assert_allclose(found["smoothed"][clip], smoothed, rtol=1e-5)
        np.testing.assert_allclose(found["spread"][clip], np.std(pair, axis=0), rtol=1e-4)


def test_clips_of_unlike_length_are_stored_together(movies, tmp_path):
    cut = [movies[0], movies[1][:3], movies[2][:5]]
    path = write_member(tmp_path / "a.h5", cut)
    for found, movie in zip(read_movies(path), cut, strict=True):
        np.testing.assert_array_equal(found, movie)
    with h5py.File(path) as file:
        assert file["movies"].shape == (3, len(movies[0]), 36, 64)
        assert np.isnan(file["movies"][1, 3:]).all()


def test_members_of_different_numbers_of_clips_are_refused(movies, tmp_path):
    members = [
        write_member(tmp_path / "a.h5", movies),
        write_member(tmp_path / "b.h5", movies[:2]),
    ]
    with pytest.raises(
        ValueError,
        match=r"b\.h5 holds trials \[0, 1\], .*a\.h5 holds trials \[0, 1, 2\]|holds \[0, 1, 2\]",
    ):
        write_ensemble(tmp_path / "ensemble.h5", members, SOME)
    assert not (tmp_path / "ensemble.h5").exists()
