"""Motion and grey levels of movies that can be counted by hand."""

import numpy as np
import pytest

from evaluate.content import entropy, mean_motion_energy, motion_energy
from tests.tiny import golden, golden_pair

MASK = np.zeros((6, 12), bool)
MASK[:, :10] = True
CENTRES = (np.arange(25) + 0.5) * 256 / 25


def paint(levels: np.ndarray, num_frames: int = 4) -> np.ndarray:
    """Frames whose 60 masked pixels go through these grey levels; noise outside."""
    frames = np.random.default_rng(0).uniform(0, 255, (num_frames, 6, 12))
    frames[:, MASK] = np.resize(levels, MASK.sum())
    return frames


def test_a_still_does_not_move():
    np.testing.assert_array_equal(motion_energy(paint(np.arange(60)), MASK), np.zeros(3))
    assert mean_motion_energy(paint(np.arange(60)), MASK) == 0


def test_each_step_is_the_mean_change_of_the_masked_pixels():
    steps = np.array([0.0, 3.0, -2.0, 8.0])
    movie = paint(np.arange(60)) + np.cumsum(steps)[:, None, None]
    np.testing.assert_allclose(motion_energy(movie, MASK), [3, 2, 8])
    assert mean_motion_energy(movie, MASK) == pytest.approx(13 / 3)
    np.testing.assert_allclose(motion_energy(movie, MASK, 2), [8])


def test_motion_is_that_of_the_inverted_and_the_brighter_movie():
    movie = np.random.default_rng(1).uniform(0, 200, (4, 6, 12))
    for same in (255 - movie, movie + 40):
        np.testing.assert_allclose(motion_energy(same, MASK), motion_energy(movie, MASK))


def test_flicker_between_black_and_white_moves_most():
    movie = np.zeros((4, 6, 12))
    movie[1::2] = 255
    np.testing.assert_array_equal(motion_energy(movie, MASK), [255, 255, 255])


def test_one_frame_holds_no_motion():
    with pytest.raises(ValueError, match="skip_frames 3 leaves one frame of a clip of 4 frames"):
        motion_energy(paint(np.arange(60)), MASK, 3)


def test_constant_frames_hold_no_entropy_and_two_levels_one_bit():
    assert entropy(paint(np.array([9.0])), MASK) == 0
    assert entropy(paint(np.array([0.0, 255.0])), MASK) == pytest.approx(1)
    assert entropy(255 - paint(np.array([0.0, 255.0])), MASK) == pytest.approx(1)


def test_shares_of_a_frame_by_the_formula():
    levels = np.repeat(CENTRES[[2, 7, 8]], [30, 15, 15])
    assert entropy(paint(levels), MASK) == pytest.approx(1.5)


def test_all_bins_alike_hold_the_most():
    mask = np.ones((5, 10), bool)
    movie = np.resize(CENTRES, (3, 5, 10))
    assert entropy(movie, mask) == pytest.approx(np.log2(25))
    assert entropy(movie + 0.4 * 256 / 25, mask) == pytest.approx(np.log2(25))


def test_bins_are_equal_from_0_to_256():
    rng = np.random.default_rng(3)
    movie = rng.uniform(0, 255, (5, 6, 12))
    movie[0, 0, :2] = 0, np.nextafter(256, 0)
    counts = [np.histogram(frame[MASK], bins=25, range=(0, 256))[0] for frame in movie]
    shares = [c[c > 0] / MASK.sum() for c in counts]
    expected = np.mean([-(p * np.log2(p)).sum() for p in shares])
    assert entropy(movie, MASK) == pytest.approx(expected)


def test_entropy_is_the_mean_over_frames_that_are_not_skipped():
    movie = paint(np.array([0.0, 255.0]))
    movie[:2] = 9
    assert entropy(movie, MASK) == pytest.approx(0.5)
    assert entropy(movie, MASK, 2) == pytest.approx(1)


@pytest.mark.parametrize("level", [-0.5, 256.0])
def test_grey_levels_outside_the_bins_are_refused(level):
    with pytest.raises(ValueError, match=r"bins of the entropy span 0\.\.256; clip the movie"):
        entropy(paint(np.array([10.0, level])), MASK)


@pytest.mark.parametrize("score", [motion_energy, mean_motion_energy, entropy])
def test_empty_masks_and_clips_without_scored_frames_are_refused(score):
    with pytest.raises(ValueError, match=r"lower masks\.evaluation_threshold"):
        score(paint(CENTRES), np.zeros_like(MASK))
    with pytest.raises(ValueError, match="skip_frames 4 leaves nothing of a clip of 4 frames"):
        score(paint(CENTRES), MASK, 4)
    with pytest.raises(ValueError, match="a boolean mask"):
        score(paint(CENTRES), MASK[1:])


def test_the_published_motion_energy():
    _, truth_THW, mask_HW = golden_pair()
    found = motion_energy(truth_THW, mask_HW)
    np.testing.assert_allclose(found, golden("metrics")["motion_energy"], rtol=0, atol=1e-9)
