"""Dissimilarity of videos and segments: key frames, known offsets, shifts, what is not compared, and skimage's SSIM."""

import numpy as np
import pytest
from skimage.metrics import structural_similarity

from recordings.dissimilarity import (
    compare_segments,
    compare_videos,
    mean_squared_errors,
    structural_dissimilarities,
)

WHOLE = ((0, 30),)


def noise(seed: int, num_frames: int = 30) -> np.ndarray:
    shape = (num_frames, 36, 64)
    return np.random.default_rng(seed).uniform(20, 200, shape).astype(np.float32)


def compare(videos, label="Gabor", segments=WHOLE, **settings):
    many = len(videos)
    loaders = [lambda video=video: video for video in videos]
    if segments and isinstance(segments[0][0], int):
        segments = [segments] * many
    return compare_videos(loaders, [label] * many, segments, **settings)


def test_the_key_frame_of_a_single_frame_lies_in_its_segment():
    changed = noise(0, 4)
    changed[3] += 2
    segments = ((0, 3), (3, 4))  # round(3.5) is 4, which is beyond the end
    found = compare([noise(0, 4), changed], "GaussianDot", segments)[0, 1]
    np.testing.assert_allclose(found, 4 / 2, rtol=1e-4)


def test_offsets_of_grey_levels_are_squared():
    video, offsets = noise(0), np.array([0, 1, 3, -10])
    found = compare([video + offset for offset in offsets])
    np.testing.assert_allclose(found, np.subtract.outer(offsets, offsets) ** 2, atol=1e-4)
    assert (np.diag(found) == 0).all()


def test_only_key_frames_count():
    changed = noise(0)
    changed[[0, 1, 3, 9, 11, 29]] = 0
    assert compare([noise(0), changed])[0, 1] == 0
    changed[10] += 2
    # key frames 2, 10, 18, 26
    np.testing.assert_allclose(compare([noise(0), changed])[0, 1], 4 / 4, rtol=1e-4)


def test_the_keys_of_both_count_up_to_the_shorter():
    first, second = noise(0, 50), noise(0, 42)
    second[[20, 30]] += 6
    segments = [((0, 50),), ((0, 42),)]
    settings = {"label": "NaturalVideo", "segments": segments, "check_boundaries": False}
    # 10, 20, 30, 40 are before frame 42 of both
    np.testing.assert_allclose(compare([first, second], **settings)[0, 1], 2 * 36 / 4, rtol=1e-4)


def test_a_video_that_ends_before_its_segments_is_compared_up_to_its_end():
    # the responses of a trial may end before its video
    found = compare([noise(0, 20), noise(0) + 2])
    np.testing.assert_allclose(found, [[0, 4], [4, 0]], rtol=1e-4)


def test_boundaries_that_differ_by_three_frames_are_not_compared():
    segments = [((0, 13), (13, 30)), ((0, 15), (15, 30)), ((0, 16), (16, 30)), WHOLE]
    found = compare([noise(0)] * 4, segments=segments)
    expected = np.array([[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 1, 0], [0, 0, 0, 1]], bool)
    np.testing.assert_array_equal(~np.isnan(found), expected)
    assert not np.isnan(compare([noise(0)] * 4, segments=segments, check_boundaries=False)).any()


def test_the_order_of_videos_only_permutes_the_matrix():
    videos, order = [noise(k) for k in (0, 1, 0, 2)], [2, 0, 3, 1]
    found, turned = compare(videos), compare([videos[k] for k in order])
    np.testing.assert_allclose(turned, found[np.ix_(order, order)])
    np.testing.assert_allclose(found, found.T)


def test_frames_with_nan_are_left_out():
    holed = noise(0) + 2
    holed[10, 3, 4] = np.nan
    np.testing.assert_allclose(compare([noise(0), holed])[0, 1], 4, rtol=1e-4)
    holed[:] = np.nan
    assert np.isnan(compare([noise(0), holed])[0, 1])


def test_errors_of_frames_are_what_a_loop_gives():
    first, second = noise(0, 3), noise(1, 4)
    expected = [[np.mean((a.astype(float) - b) ** 2) for b in second] for a in first]
    np.testing.assert_allclose(mean_squared_errors(first, second), expected, rtol=1e-10)


def test_ssim_is_that_of_skimage():
    first, second = noise(0, 2), np.concatenate([noise(0, 2) + 20, noise(1, 1)])
    settings = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    expected = [
        [(1 - structural_similarity(a, b, data_range=255.0, **settings)) / 2 for b in second]
        for a in first.astype(float)
    ]
    found = structural_dissimilarities(first, second)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_ssim_of_equal_videos_is_zero():
    found = compare([noise(0, 12), noise(0, 12), noise(1, 12)], segments=((0, 12),), measure="ssim")
    np.testing.assert_allclose(found[:2, :2], 0, atol=1e-12)
    assert 0.4 < found[0, 2] < 0.6


@pytest.mark.parametrize("shift", [-2, -1, 0, 1, 2])
def test_shifted_segments_of_moving_stimuli_are_equal(shift):
    long = noise(0, 40)
    pair = [long[5:30], long[5 + shift : 30 + shift]]
    np.testing.assert_array_equal(compare_segments(pair, ["PinkNoise"] * 2), np.zeros((2, 2)))
    still = compare_segments(pair, ["GaussianDot"] * 2)[0, 1]
    assert (still > 1000) == (shift != 0)


def test_a_shift_of_three_frames_is_too_far():
    long = noise(0, 40)
    assert compare_segments([long[5:30], long[8:33]], ["Gabor"] * 2)[0, 1] > 1000


def test_shifts_may_drop_frames_of_the_shortest_segments():
    """Of six frames the only key frame is 2, of seven 2 too: a shift of 2 stays inside, in either direction."""
    found = compare_segments([noise(0, 4), noise(0, 6), noise(0, 7)], ["Gabor"] * 3)
    assert found[1, 2] == 0
    assert np.isnan(found[0, 0])  # a segment of four frames has no key frame


def test_segments_of_different_labels_are_not_compared():
    labels = ["Gabor", "NaturalImages", "Gabor", "Background"]
    found = compare_segments([noise(0, 16)] * 4, labels)
    same = np.equal.outer(labels, labels)
    assert (found[same] == 0).all()
    assert np.isnan(found[~same]).all()


@pytest.mark.parametrize(
    "compared", [compare, lambda v, measure: compare_segments(v, ["Gabor"], measure)]
)
def test_an_unknown_measure_is_refused(compared):
    with pytest.raises(ValueError, match="known are mse, ssim"):
        compared([noise(0)], measure="psnr")


def test_nothing_is_compared_with_nothing():
    assert compare_videos([], [], []).shape == compare_segments([], []).shape == (0, 0)
