"""Gaussian noise has the covariance that its lengths say, and movies of it the entropy and motion of the published ones."""

from functools import cache

import numpy as np
import pytest
from scipy.stats import norm

from recordings.artificial.noise import correlated_noise, noise_movie
from recordings.artificial.settings import NoiseSettings
from recordings.artificial.stimuli import movie_of, stimuli

PATCH = slice(11, 47)
SCORED = slice(30, None)
NUM_MOVIES, NUM_PUBLISHED = 10, 5
"""repetitions that a mean is over: here, and in the published tables (inverted partners tell nothing new)"""

# method.md 5.3 (notebook N, cell 10): rows are spatial lengths, columns temporal lengths.
ENTROPY_BITS = {
    32: (3.03, 2.77, 2.86, 3.08, 3.02, 3.68, 3.46),
    16: (3.64, 3.63, 3.60, 3.71, 3.95, 3.69, 4.04),
    8: (4.22, 4.15, 4.24, 4.22, 4.22, 4.36, 4.31),
    4: (4.42, 4.38, 4.42, 4.43, 4.44, 4.46, 4.47),
    2: (4.51, 4.46, 4.49, 4.50, 4.50, 4.51, 4.53),
    1: (4.52, 4.45, 4.49, 4.49, 4.49, 4.49, 4.48),
    0: (4.53, 4.53, 4.52, 4.53, 4.53, 4.53, 4.53),
}
MOTION_ENERGY = {
    32: (76.36, 34.01, 23.02, 13.88, 7.04, 5.00, 2.27),
    16: (70.74, 38.46, 24.63, 12.33, 6.64, 3.42, 2.36),
    8: (73.26, 36.95, 23.58, 12.84, 6.72, 3.47, 2.07),
    4: (73.53, 36.85, 23.54, 12.18, 6.51, 3.18, 1.78),
    2: (73.68, 37.19, 23.57, 12.57, 6.38, 3.24, 1.56),
    1: (73.39, 35.94, 23.13, 12.10, 6.19, 3.07, 1.58),
    0: (68.27, 45.53, 24.77, 12.62, 6.38, 3.16, 1.59),
}
LENGTHS = (0, 1, 2, 4, 8, 16, 32)
PAPER = {
    "seed": 1,
    "num_repetitions": 5,
    "spatial_px": LENGTHS,
    "temporal_frames": LENGTHS,
    "num_frames": 60,
    "phase_inverted": True,
    "patch_columns_px": (11, 47),
}
UNLIKE = {(0, 0), *((space, time) for space in LENGTHS[1:] for time in (1,))}
"""cells whose published motion energy is not that of the process (method.md 4.7)"""
SLIGHTLY_UNLIKE = {(1, 2), (2, 2), (4, 2)}
"""published 5 to 7 % lower, which method.md's four movies a cell left open"""


def every_movie(settings):
    return [movie_of(settings, shown.number) for shown in stimuli(settings)]


def settings(**changes) -> NoiseSettings:
    return NoiseSettings(**PAPER | {"num_repetitions": 1, "phase_inverted": False} | changes)


def entropy_bits(movie_THW) -> float:
    """Of the grey levels of each frame, 25 bins (method 4.4), mean over frames."""
    counts = [np.histogram(frame, 25, (0, 256))[0] for frame in movie_THW]
    shares = [count[count > 0] / count.sum() for count in counts]
    return float(np.mean([-(share * np.log2(share)).sum() for share in shares]))


def motion_energy(movie_THW) -> float:
    return float(np.abs(np.diff(movie_THW, axis=0)).mean())


@cache
def measured(function) -> dict:
    """Mean and standard deviation over movies, for each cell: the 36 x 36 patch, from frame 30 on."""
    found = {}
    for space in LENGTHS:
        for time in LENGTHS:
            movies = (noise_movie(settings(), space, time, n) for n in range(NUM_MOVIES))
            values = [function(movie_THW[SCORED, :, PATCH]) for movie_THW in movies]
            found[space, time] = np.mean(values), np.std(values, ddof=1)
    return found


@pytest.mark.parametrize(("space", "time"), [(0, 0), (2, 1), (0, 3), (4, 0), (2, 2), (32, 32)])
def test_covariance_is_that_of_the_formula(space, time):
    shape, num_draws = (5, 4, 6), 4000
    rng = np.random.default_rng(5)
    drawn = [correlated_noise(shape, space, time, rng).ravel() for _ in range(num_draws)]
    t, y, x = (axis.ravel() for axis in np.indices(shape))
    squares = np.subtract.outer(t, t) ** 2, sum(np.subtract.outer(a, a) ** 2 for a in (y, x))
    expected = np.ones_like(squares[0], dtype=float)
    for square, length in zip(squares, (time, space), strict=True):
        expected *= np.exp(-square / (2 * length**2)) if length else square == 0
    error = np.transpose(drawn) @ drawn / num_draws - expected
    standard_error = np.sqrt((1 + expected**2) / num_draws)
    assert np.abs(error / standard_error).max() < 5
    assert np.abs(np.mean(drawn, axis=0)).max() < 5 / np.sqrt(num_draws)


def test_opposite_edges_have_nothing_in_common():
    rng = np.random.default_rng(0)
    drawn = np.stack([correlated_noise((60, 36, 36), 4, 4, rng) for _ in range(40)])
    for axis in (1, 2, 3):
        first, last = np.take(drawn, 0, axis), np.take(drawn, -1, axis)
        assert abs((first * last).mean()) < 0.05


def test_length_zero_is_white():
    movie_THW = noise_movie(settings(), 0, 0, 0)[:, :, PATCH] - 127.5
    variance = (movie_THW**2).mean()
    for axis in range(3):
        size = movie_THW.shape[axis]
        near = [np.take(movie_THW, range(a, size - 1 + a), axis) for a in (0, 1)]
        assert abs((near[0] * near[1]).mean() / variance) < 0.015


def test_a_movie_does_not_depend_on_the_others():
    some = settings(spatial_px=(0, 4, 32), temporal_frames=(0, 8), num_repetitions=2, num_frames=9)
    in_order = list(every_movie(some))
    backwards = [movie_of(some, number) for number in reversed(range(len(in_order)))]
    assert np.array_equal(in_order, backwards[::-1])
    assert len({movie_THW.tobytes() for movie_THW in in_order}) == len(in_order) == 12
    other = settings(spatial_px=(32, 1), temporal_frames=(8,), num_repetitions=3, num_frames=9)
    place = {(s.repetition, s.spatial, s.temporal): s.number for s in stimuli(some)}
    assert np.array_equal(movie_of(other, 2), in_order[place[1, 32, 8]])


def test_another_seed_gives_other_movies():
    one, other = (noise_movie(settings(seed=seed), 2, 2, 0) for seed in (1, 2))
    assert abs(np.corrcoef(one[:, :, PATCH].ravel(), other[:, :, PATCH].ravel())[0, 1]) < 0.05


def test_partner_has_black_and_white_exchanged():
    both = settings(spatial_px=(0, 8), temporal_frames=(4,), num_repetitions=2, phase_inverted=True)
    plain = settings(spatial_px=(0, 8), temporal_frames=(4,), num_repetitions=2)
    movies = np.stack(list(every_movie(both)))
    assert [stimulus.inverted for stimulus in stimuli(both)] == [False, True] * 4
    assert np.array_equal(movies[0::2], list(every_movie(plain)))
    assert np.array_equal(movies[1::2], 255 - movies[0::2])
    assert movies.min() == 0
    assert movies.max() == 255


def test_movie_is_scaled_with_its_padding():
    movie_THW = noise_movie(settings(), 0, 0, 0)
    assert movie_THW.shape == (60, 36, 64)
    assert movie_THW.dtype == np.float32
    around = np.delete(movie_THW, range(11, 47), axis=2)
    share = 36 / 64
    spread = np.sqrt(share * 51**2 + share * (1 - share) * 2.5**2)
    assert np.ptp(around) == 0
    assert around[0, 0, 0] == pytest.approx(127.5 - 2.5 * share * 51 / spread, abs=0.3)
    inside = movie_THW[:, :, PATCH]
    beyond = 127.5 / (51 * 51 / spread)
    assert (inside == 0).mean() == pytest.approx(norm.cdf(-beyond), abs=0.003)
    assert (inside == 255).mean() == pytest.approx(norm.cdf(-beyond), abs=0.003)


def test_mean_and_deviation_of_the_whole_screen_before_clipping():
    movies = [noise_movie(settings(), 32, 32, repetition) for repetition in range(20)]
    unclipped = [m for m in movies if m.min() > 0 and m.max() < 255]
    assert len(unclipped) > 1
    for movie_THW in unclipped:
        assert movie_THW.mean(dtype=np.float64) == pytest.approx(127.5, abs=1e-4)
        assert movie_THW.std(dtype=np.float64) == pytest.approx(51, abs=1e-4)


def test_the_patch_can_fill_the_screen():
    movie_THW = noise_movie(settings(patch_columns_px=(0, 64), num_frames=4), 0, 0, 0)
    assert (movie_THW.std(axis=(0, 1)) > 20).all()


@pytest.mark.parametrize("time", LENGTHS)
def test_motion_energy_is_that_of_clipped_normal_pairs(time):
    levels = norm.ppf((np.arange(1000) + 0.5) / 1000)
    similar = np.exp(-1 / (2 * time**2)) if time else 0.0
    after = similar * levels[:, None] + np.sqrt(1 - similar**2) * levels
    grey = [np.clip(127.5 + 51 / np.sqrt(36 / 64) * z, 0, 255) for z in (levels[:, None], after)]
    expected = np.abs(grey[1] - grey[0]).mean()
    for space in (0, 1):
        assert measured(motion_energy)[space, time][0] == pytest.approx(expected, rel=0.02)


def outside(published: dict, function, stated) -> set:
    """Cells further from the published ones than stated and than 3 standard errors of the difference."""
    found = set()
    for (space, time), (mean, deviation) in measured(function).items():
        known = published[space][LENGTHS.index(time)]
        standard_error = deviation * np.sqrt(1 / NUM_MOVIES + 1 / NUM_PUBLISHED)
        if abs(mean - known) > max(stated(space, known), 3 * standard_error):
            found.add((space, time))
    return found


def test_motion_energy_is_the_published_one_but_for_known_cells():
    cells = outside(
        MOTION_ENERGY, motion_energy, lambda s, known: known * (0.05 if s < 8 else 0.15)
    )
    assert cells == UNLIKE | SLIGHTLY_UNLIKE


def test_entropy_is_the_published_one():
    assert outside(ENTROPY_BITS, entropy_bits, lambda s, _: 0.1 if s < 32 else 0.6) == set()


def test_scores_of_the_whole_screen_are_not_the_published_ones():
    """The tables are over the patch: on the screen with its padding motion energy would be 36 / 64 of it."""
    movie_THW = noise_movie(settings(), 0, 2, 0)
    assert motion_energy(movie_THW[SCORED]) == pytest.approx(36 / 64 * 24.77, rel=0.02)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seed": -1}, "noise: seed is -1; use a whole number from 0"),
        ({"num_repetitions": 0}, "noise: num_repetitions is 0; use a whole number from 1"),
        ({"num_frames": 0}, "noise: num_frames is 0; use a whole number from 1"),
        ({"spatial_px": ()}, "noise: spatial_px is empty; name at least one value"),
        ({"spatial_px": (2, -1)}, "noise: spatial_px has -1; use 0..1000"),
        ({"temporal_frames": (float("nan"),)}, "noise: temporal_frames has nan; use 0..1000"),
        ({"temporal_frames": (0.5,)}, "a length of temporal_frames is 0.5; use a whole number"),
        ({"spatial_px": (2, 4, 2)}, r"spatial_px \[2, 4, 2\] names a value twice; name it once"),
        ({"patch_columns_px": (30, 65)}, r"\[30, 65\] is no part of the screen; use \[first"),
        ({"patch_columns_px": (9, 9)}, "is no part of the screen"),
    ],
)
def test_bad_settings_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        settings(**changes)
