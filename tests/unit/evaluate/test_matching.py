"""Matching: identity, invariance, closed form, error messages."""

import numpy as np
import pytest

from evaluate.matching import GREY, match_contrast


@pytest.fixture
def true_THW():
    return np.random.default_rng(0).uniform(60, 190, (7, 6, 8))


@pytest.fixture
def mask_HW():
    mask = np.zeros((6, 8), bool)
    mask[1:5, 2:7] = True
    return mask


def test_a_movie_matched_to_itself_is_unchanged_inside_and_grey_outside(true_THW, mask_HW):
    matched = match_contrast(true_THW, true_THW, mask_HW)
    np.testing.assert_allclose(matched[:, mask_HW], true_THW[:, mask_HW])
    assert np.all(matched[:, ~mask_HW] == GREY)


def test_luminance_and_contrast_of_the_reconstruction_do_not_matter(true_THW, mask_HW):
    expected = match_contrast(true_THW, true_THW, mask_HW)
    np.testing.assert_allclose(match_contrast(0.1 * true_THW + 40, true_THW, mask_HW), expected)


def test_pixels_outside_the_mask_do_not_matter(true_THW, mask_HW):
    movie = np.where(mask_HW, true_THW[::-1], 1e6)
    expected = match_contrast(true_THW[::-1], true_THW, mask_HW)
    np.testing.assert_array_equal(match_contrast(movie, true_THW, mask_HW), expected)


def test_mean_and_standard_deviation_become_those_of_the_truth(mask_HW):
    rng = np.random.default_rng(1)
    true, movie = rng.uniform(100, 150, (2, 9, 6, 8))
    matched = match_contrast(movie * 3, true, mask_HW)[:, mask_HW]
    assert matched.mean() == pytest.approx(true[:, mask_HW].mean())
    assert matched.std() == pytest.approx(true[:, mask_HW].std())


def test_values_beyond_the_screen_are_clipped(mask_HW):
    true = np.where(np.arange(10)[:, None, None] % 2, 255.0, 0.0) * np.ones((1, 6, 8))
    movie = np.zeros((10, 6, 8))
    movie[0] = 1.0
    matched = match_contrast(movie, true, mask_HW)
    assert matched.min() >= 0
    assert matched.max() == 255.0


def test_float32_and_float64_agree(true_THW, mask_HW):
    wide = match_contrast(true_THW[::-1], true_THW, mask_HW)
    narrow = match_contrast(true_THW[::-1].astype(np.float32), true_THW.astype(np.float32), mask_HW)
    np.testing.assert_allclose(narrow, wide, atol=1e-4)


def test_a_constant_reconstruction_is_refused(true_THW, mask_HW):
    with pytest.raises(ValueError, match="constant inside the mask"):
        match_contrast(np.full_like(true_THW, 3.0), true_THW, mask_HW)


def test_an_empty_mask_is_refused(true_THW):
    with pytest.raises(ValueError, match="evaluation_threshold"):
        match_contrast(true_THW, true_THW, np.zeros((6, 8), bool))


def test_different_shapes_are_refused(true_THW, mask_HW):
    with pytest.raises(ValueError, match="of one shape"):
        match_contrast(true_THW[:3], true_THW, mask_HW)
