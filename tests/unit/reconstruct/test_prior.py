"""The prior: its transform, its spectrum, other lengths."""

import h5py
import numpy as np
import pandas as pd
import pytest
import torch

from reconstruct.prior import (
    Spectrum,
    common_length,
    cosines,
    measure_spectrum,
    read_spectrum,
    training_movies,
    write_spectrum,
)
from tests.tiny import make_movie, write_recording


def flat(num_frames: int, power: float = 1.0) -> Spectrum:
    return Spectrum(np.full((36, 64), 100.0), np.full((num_frames, 36, 64), power))


@pytest.mark.parametrize("length", [1, 2, 36, 64, 120])
def test_the_transform_keeps_lengths(length):
    matrix = cosines(length, "cpu").double()
    torch.testing.assert_close(matrix @ matrix.T, torch.eye(length).double(), rtol=0, atol=1e-5)


def test_no_white_numbers_make_the_mean_frame():
    movie = flat(5).prior(5, "cpu").movie_of(torch.zeros(2, 5, 36, 64))
    torch.testing.assert_close(movie, torch.full((2, 5, 36, 64), 100.0))


def test_movies_have_the_prior_s_variance_and_stay_in_range():
    white = torch.randn(4, 20, 36, 64, generator=torch.Generator().manual_seed(0))
    prior = flat(20, power=25.0).prior(20, "cpu")
    assert float(prior.movie_of(white).std()) == pytest.approx(5, rel=0.02)
    strong = flat(20, power=1e6).prior(20, "cpu").movie_of(white)
    assert (float(strong.min()), float(strong.max())) == (0, 255)


def test_the_energy_is_half_the_weighted_sum_of_squares():
    energy_B = flat(2).prior(2, "cpu").energy(torch.full((3, 2, 36, 64), 2.0), weight=0.5)
    assert energy_B.tolist() == [0.5 * 0.5 * 4 * 2 * 36 * 64] * 3


def test_the_spectrum_of_known_movies_is_found():
    generator = np.random.default_rng(0)
    power = generator.uniform(1, 4, (6, 36, 64)) * np.linspace(3, 0.3, 6)[:, None, None]
    prior = Spectrum(np.full((36, 64), 120.0), power).prior(6, "cpu")
    white = torch.randn(400, 6, 36, 64, generator=torch.Generator().manual_seed(1))
    found, count = measure_spectrum(prior.unclipped(white).numpy(), 6)
    assert count == 400
    np.testing.assert_allclose(found.mean_HW, 120, atol=1)
    np.testing.assert_allclose(found.power_THW.mean((1, 2)), power.mean((1, 2)), rtol=0.05)
    assert np.corrcoef(found.power_THW.ravel(), power.ravel())[0, 1] > 0.98


def test_another_length_has_the_same_power_at_the_same_frequency():
    power = np.exp(-np.arange(10) / 3.0)[:, None, None] * np.ones((10, 36, 64))
    spectrum = Spectrum(np.zeros((36, 64)), power)
    same = spectrum.prior(10, "cpu").amplitude_THW.square().numpy()
    np.testing.assert_allclose(same, power, rtol=1e-4)
    double = spectrum.prior(20, "cpu").amplitude_THW.square().numpy()
    np.testing.assert_allclose(double[::2], power, rtol=1e-4)
    assert (np.diff(double[:, 0, 0]) <= 0).all()


def test_a_spectrum_of_one_frame_serves_any_length():
    prior = flat(1, power=4.0).prior(7, "cpu")
    torch.testing.assert_close(prior.amplitude_THW, torch.full((7, 36, 64), 2.0))


def test_short_movies_are_left_out_and_too_few_are_refused():
    movies = [make_movie(number, frames) for number, frames in enumerate((9, 12, 8, 11))]
    assert measure_spectrum(movies, 9)[1] == 3
    with pytest.raises(
        ValueError, match="1 training movies have 12 frames; the prior needs at least 2"
    ):
        measure_spectrum(movies, 12)


def test_every_training_movie_is_taken_once(tmp_path):
    recordings = {mouse: str(write_recording(tmp_path / mouse).folder) for mouse in "AB"}
    rows = [("A", 0, "x"), ("A", 1, "y"), ("B", 0, "x"), ("B", 4, "z"), ("B", 5, "w")]
    sets = pd.DataFrame(rows, columns=["mouse", "trial", "video"])
    sets = sets.assign(set=["training"] * 4 + ["held_out"], num_frames=[40, 30, 40, 50, 999])
    found = list(training_movies(sets, recordings))
    for movie, number in zip(found, (0, 1, 2), strict=True):
        np.testing.assert_array_equal(movie, make_movie(number))
    assert common_length(sets, 300) == 40
    assert common_length(sets, 20) == 20


def test_writing_and_reading_keep_the_spectrum(tmp_path):
    generator = np.random.default_rng(0)
    spectrum = Spectrum(generator.uniform(size=(36, 64)), generator.uniform(size=(3, 36, 64)))
    write_spectrum(tmp_path / "spectrum.h5", spectrum, 17)
    found = read_spectrum(tmp_path / "spectrum.h5")
    np.testing.assert_allclose(found.mean_HW, spectrum.mean_HW, rtol=1e-6)
    np.testing.assert_allclose(found.power_THW, spectrum.power_THW, rtol=1e-6)
    with h5py.File(tmp_path / "spectrum.h5") as file:
        assert file.attrs["num_movies"] == 17
