"""What is scored, and what is refused."""

import numpy as np
import pytest

from evaluate.scored import scored_frames, scored_pair, scored_pixels

MASK = np.zeros((4, 5), bool)
MASK[1:3, 1:4] = True


def movie(seed: int, num_frames: int = 6) -> np.ndarray:
    shape = (num_frames, 4, 5)
    return np.random.default_rng(seed).uniform(0, 255, shape).astype(np.float32)


def test_masked_pixels_of_the_frames_that_are_not_skipped():
    shown = movie(1)
    pixels = scored_pixels(shown, MASK, 2)
    assert pixels.dtype == np.float64
    assert pixels.shape == (4, MASK.sum())
    np.testing.assert_array_equal(pixels, np.stack([frame[MASK] for frame in shown[2:]]))
    found, true = scored_pair(movie(2), shown, MASK, 2)
    np.testing.assert_array_equal(true, pixels)
    np.testing.assert_array_equal(found, scored_pixels(movie(2), MASK, 2))


def test_frames_are_whole():
    found, true = scored_frames(movie(1), movie(2), MASK, 2)
    np.testing.assert_array_equal(found, movie(1)[2:])
    np.testing.assert_array_equal(true, movie(2)[2:])


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_grey_levels_that_are_none_are_refused_with_their_frame(wrong):
    shown = movie(1)
    shown[3:, 1, 2] = wrong
    with pytest.raises(ValueError, match=r"infinity at frame 3;.*reconstruct it again"):
        scored_pixels(shown, MASK, 1)
    with pytest.raises(ValueError, match="infinity at frame 3;"):
        scored_frames(movie(2), shown, MASK, 1)


def test_padding_outside_mask_and_scored_frames_is_no_matter_of_masked_pixels():
    shown = movie(1)
    expected = scored_pixels(shown, MASK, 2)
    shown[:2], shown[:, ~MASK] = np.nan, np.nan
    np.testing.assert_array_equal(scored_pixels(shown, MASK, 2), expected)


@pytest.mark.parametrize("skip_frames", [6, 7, -1])
def test_clips_without_scored_frames_are_refused(skip_frames):
    with pytest.raises(
        ValueError, match=f"skip_frames {skip_frames} leaves nothing of a clip of 6"
    ):
        scored_pixels(movie(1), MASK, skip_frames)


@pytest.mark.parametrize("mask", [MASK.astype(int), MASK * 0.7, MASK[:3], MASK[None]])
def test_masks_of_other_shapes_and_un_thresholded_ones_are_refused(mask):
    with pytest.raises(ValueError, match="boolean mask of rows, columns"):
        scored_pixels(movie(1), mask)


def test_an_empty_mask_is_refused():
    with pytest.raises(ValueError, match=r"no pixel is inside the mask; lower masks\.evaluation"):
        scored_pixels(movie(1), np.zeros_like(MASK))
