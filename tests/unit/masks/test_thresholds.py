"""Thresholds: binary masks, none of them empty."""

import itertools

import numpy as np
import pytest

from masks.thresholds import mask_above, require_pixels, update_threshold
from tests.tiny import golden

ALPHA = np.array([[-0.1, 0.2, 0.5], [0.49999, 0.8, 1.2349]])


def test_pixels_at_the_threshold_are_inside():
    expected = [[False, False, True], [False, True, True]]
    np.testing.assert_array_equal(mask_above(ALPHA, 0.5, "key"), expected)


def test_a_higher_threshold_gives_a_part_of_the_mask():
    masks = [mask_above(ALPHA, threshold, "key") for threshold in (-1.0, 0.0, 0.3, 0.5, 1.0)]
    assert masks[0].all()
    for lower, higher in itertools.pairwise(masks):
        assert (lower >= higher).all()


def test_an_empty_mask_is_refused_with_the_highest_threshold_that_is_not():
    with pytest.raises(
        ValueError,
        match=r"masks\.update_threshold: no pixel has alpha >= 1\.5; .* any is 1\.234$",
    ):
        mask_above(ALPHA, 1.5, "masks.update_threshold")
    assert mask_above(ALPHA, 1.234, "key").sum() == 1


@pytest.mark.parametrize("highest", [0.007, 0.5, -0.1234, 0.3])
def test_the_named_threshold_leaves_a_pixel(highest):
    alpha_HW = np.full((2, 2), highest, np.float32)
    with pytest.raises(ValueError, match="the highest threshold") as caught:
        mask_above(alpha_HW, 2.0, "key")
    assert mask_above(alpha_HW, float(str(caught.value).split()[-1]), "key").all()


def test_the_published_update_mask():
    mask = mask_above(golden("alpha_for_reconstruction")["alpha"], 0.5, "key")
    packed = golden("reconstruction_T60")["moved_packed"]
    moved = np.unpackbits(packed).astype(bool).reshape(60, *mask.shape)
    assert not moved[:, ~mask].any()
    assert moved[:, mask].mean() > 0.99


@pytest.mark.parametrize(
    ("update", "expected"), [("threshold", 0.5), ("none", -np.inf), ("strict", 0.9)]
)
def test_where_the_movie_is_optimised(update, expected):
    settings = {"update": update, "update_threshold": 0.5, "evaluation_threshold": 0.9}
    assert update_threshold(settings) == expected
    alpha_HW = np.linspace(-0.1, 1.0, 36 * 64).reshape(36, 64)
    assert (mask_above(alpha_HW, expected, "key") == (alpha_HW >= expected)).all()


def test_a_threshold_that_empties_a_mouse_is_refused_with_one_that_suits_all():
    masks = {"A": 0.5 * ALPHA, "B": ALPHA}
    require_pixels(masks, 0.6)
    with pytest.raises(
        ValueError, match=r"no pixel of mouse A has alpha >= 1\.0; .* every mouse any is 0\.617$"
    ):
        require_pixels(masks, 1.0)
