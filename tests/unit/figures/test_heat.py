"""Colours over grey: clear at 0, hot and cold at the limits, and a scale that says so."""

import numpy as np
import pytest

from figures.heat import (
    COLD,
    HOT,
    UNDERLAY_CONTRAST,
    colour_spread,
    error_scale,
    flatten,
    lay_over,
    spread_scale,
)

GREY = np.full((2, 3), 90.0)


def test_no_error_leaves_the_movie_with_less_contrast():
    expected = np.repeat(flatten(GREY)[..., None], 3, axis=-1)
    np.testing.assert_array_equal(lay_over(GREY, np.zeros((2, 3)), 50.0), expected)


def test_flat_movies_keep_middle_grey_and_the_order_of_greys():
    flat = flatten(np.array([0.0, 127.5, 255.0]))
    np.testing.assert_allclose(flat - 127.5, UNDERLAY_CONTRAST * np.array([-127.5, 0, 127.5]))


def test_half_an_error_looks_hot_over_black_and_over_white():
    """Red leads blue by far, whatever lies below."""
    over = lay_over(np.array([[0.0, 255.0]]), np.full((1, 2), 30.0), 60.0)[0]
    assert (over[:, 0] - over[:, 2] > 80).all()
    assert (over.mean(axis=1) > 80).all()


@pytest.mark.parametrize("size", [50.0, 80.0])
def test_errors_at_and_beyond_the_limit_hide_the_movie(size):
    np.testing.assert_array_equal(lay_over(GREY, np.full((2, 3), size), 50.0)[0, 0], HOT[1])
    np.testing.assert_array_equal(lay_over(GREY, np.full((2, 3), -size), 50.0)[0, 0], COLD[1])


def test_half_the_limit_is_half_way():
    half = lay_over(GREY, np.full((2, 3), 25.0), 50.0)[0, 0]
    np.testing.assert_allclose(half, flatten(GREY)[0, 0] / 2 + HOT.mean(axis=0) / 2)


def test_whole_movies_are_coloured_like_their_frames():
    error = np.random.default_rng(0).normal(0, 30, (4, 2, 3))
    movie = lay_over(np.stack([GREY] * 4), error, 50.0)
    np.testing.assert_array_equal(movie[2], lay_over(GREY, error[2], 50.0))


def test_the_error_scale_names_both_signs():
    scale = error_scale(60.0)
    assert scale.ends == ("\N{MINUS SIGN}60", "+60")
    np.testing.assert_array_equal(scale.colours_N3[[0, -1]], [COLD[1], HOT[1]])


def test_spreads_get_brighter_up_to_the_limit():
    colours = colour_spread(np.linspace(0, 40, 9)[None], 40.0)[0]
    assert (np.diff(colours @ [0.2126, 0.7152, 0.0722]) > 0).all()
    np.testing.assert_array_equal(colour_spread(np.array([[99.0]]), 40.0)[0, 0], colours[-1])
    assert spread_scale(40.0).ends == ("0", "40")
