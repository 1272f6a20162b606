"""Scores with known answers."""

import math

import numpy as np
import pytest

from evaluate.scores import (
    frame_correlation,
    full_screen_correlation,
    psnr,
    rmse,
    temporal_correlation_map,
    video_correlation,
)
from tests.tiny import golden, golden_pair

MASK = np.zeros((4, 5), bool)
MASK[1:3, 1:4] = True
SCORES = [
    video_correlation,
    frame_correlation,
    full_screen_correlation,
    temporal_correlation_map,
    rmse,
    psnr,
]


def movie(seed: int, num_frames: int = 6) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, 255, (num_frames, 4, 5))


@pytest.mark.parametrize("score", [video_correlation, frame_correlation])
def test_a_movie_correlates_with_itself_whatever_its_luminance_and_contrast(score):
    shown = movie(1)
    assert score(shown, shown, MASK) == pytest.approx(1)
    assert score(0.1 * shown + 40, shown, MASK) == pytest.approx(1)
    assert score(255 - shown, shown, MASK) == pytest.approx(-1)


def test_the_video_correlation_spans_all_pixels_and_frames():
    found, shown = movie(1), movie(2)
    expected = np.corrcoef(found[2:, MASK].ravel(), shown[2:, MASK].ravel())[0, 1]
    assert video_correlation(found, shown, MASK, 2) == pytest.approx(expected)


def test_the_frame_correlation_is_the_mean_over_frames():
    found, shown = movie(1), movie(2)
    expected = [np.corrcoef(a[MASK], b[MASK])[0, 1] for a, b in zip(found, shown, strict=True)]
    assert frame_correlation(found, shown, MASK, 1) == pytest.approx(np.mean(expected[1:]))


def test_a_luminance_that_follows_counts_in_the_video_only():
    """Frames of noise around a common luminance: no frame is recovered, the movie is."""
    luminance = np.array([0.0, 200.0, 0.0, 200.0, 0.0, 200.0])[:, None, None]
    found, shown = luminance + movie(1) / 25, luminance + movie(2) / 25
    assert video_correlation(found, shown, MASK) > 0.99
    assert abs(frame_correlation(found, shown, MASK)) < 0.6


@pytest.mark.parametrize("score", SCORES)
def test_pixels_outside_the_mask_and_skipped_frames_do_not_count(score):
    found, shown = movie(1), movie(2)
    other = found.copy()
    other[:, ~MASK] = 0
    other[:3] = 7
    np.testing.assert_array_equal(score(other, shown, MASK, 3), score(found, shown, MASK, 3))


def test_a_constant_movie_has_no_correlation_and_a_constant_frame_is_left_out():
    shown, found = movie(2), movie(1)
    assert np.isnan(video_correlation(np.full_like(shown, 9), shown, MASK))
    assert np.isnan(frame_correlation(np.full_like(shown, 9), shown, MASK))
    rest = frame_correlation(found[1:], shown[1:], MASK)
    found[0] = 9
    assert frame_correlation(found, shown, MASK) == pytest.approx(rest)


def test_movies_of_other_shapes_and_clips_without_scored_frames_are_refused():
    with pytest.raises(ValueError, match=r"shape \(5, 4, 5\) cannot be scored"):
        video_correlation(movie(1, 5), movie(2, 6), MASK)
    with pytest.raises(ValueError, match="skip_frames 6 leaves nothing of a clip of 6 frames"):
        video_correlation(movie(1), movie(2), MASK, 6)


@pytest.mark.parametrize("level", [0.0, 0.1, 127.3, 200.1])
def test_a_constant_movie_is_seen_as_such_at_any_grey_level(level):
    shown = np.random.default_rng(2).uniform(0, 255, (270, 20, 40))
    still, mask = np.full_like(shown, level), np.ones((20, 40), bool)
    assert np.isnan(video_correlation(still, shown, mask))
    assert np.isnan(frame_correlation(still, shown, mask))
    assert np.isnan(temporal_correlation_map(still, shown, mask)).all()


def test_each_pixel_of_the_temporal_map_is_its_own_correlation():
    found, shown = movie(1), movie(2)
    found_map = temporal_correlation_map(found, shown, MASK, 1)
    for row, column in np.argwhere(MASK):
        expected = np.corrcoef(found[1:, row, column], shown[1:, row, column])[0, 1]
        assert found_map[row, column] == pytest.approx(expected)
    assert np.isnan(found_map[~MASK]).all()


def test_luminance_and_contrast_of_a_pixel_do_not_change_its_temporal_correlation():
    shown = movie(1)
    gain, offset = np.random.default_rng(3).uniform(0.1, 2, (2, 4, 5))
    same = temporal_correlation_map(gain * shown + offset, shown, MASK)
    inverted = temporal_correlation_map(255 - shown, shown, MASK)
    np.testing.assert_allclose(same[MASK], 1)
    np.testing.assert_allclose(inverted[MASK], -1)


def test_a_pixel_that_is_constant_in_either_movie_has_no_temporal_correlation():
    found, shown = movie(1), movie(2)
    found[:, 1, 2], shown[:, 2, 3] = 4, 5
    missing = np.isnan(temporal_correlation_map(found, shown, MASK))
    assert missing[1, 2]
    assert missing[2, 3]
    assert missing[MASK].sum() == 2


@pytest.mark.parametrize("sign", [1, -1])
def test_a_perfect_movie_correlates_over_the_screen_by_the_root_of_the_mask_s_share(sign):
    """Truth 127.5 +- 60: covariance and one variance shrink by the share of the mask, the other stays."""
    shown = 127.5 + 60 * np.random.default_rng(1).choice([-1, 1], (3, 4, 5))
    shown[1::2] = 255 - shown[:-1:2]
    shown = np.concatenate([shown, 255 - shown])
    found = 127.5 + sign * (shown - 127.5)
    expected = sign * math.sqrt(MASK.mean())
    assert full_screen_correlation(found, shown, MASK) == pytest.approx(expected)
    everywhere = np.ones((4, 5), bool)
    assert full_screen_correlation(found, shown, everywhere) == pytest.approx(sign)


def test_the_truth_outside_the_mask_counts_over_the_screen():
    found, shown = movie(1), movie(2)
    grey = np.where(MASK, found, 127.5)
    expected = np.corrcoef(grey[2:].ravel(), shown[2:].ravel())[0, 1]
    assert full_screen_correlation(found, shown, MASK, 2) == pytest.approx(expected)
    assert np.isnan(full_screen_correlation(np.full_like(found, 127.5), shown, MASK))


def test_errors_of_identical_brighter_inverted_and_opposite_movies():
    shown, black = movie(1), np.zeros((6, 4, 5))
    assert rmse(shown, shown, MASK) == 0
    assert psnr(shown, shown, MASK) == math.inf
    assert rmse(shown + 10, shown, MASK) == pytest.approx(10)
    assert psnr(shown + 25.5, shown, MASK) == pytest.approx(20)
    inverted = math.sqrt(np.mean((255 - 2 * shown[:, MASK]) ** 2))
    assert rmse(255 - shown, shown, MASK) == pytest.approx(inverted)
    assert rmse(black, black + 255, MASK) == 255
    assert psnr(black, black + 255, MASK) == 0


def test_one_wrong_pixel_of_one_frame_is_averaged_over_all():
    shown = movie(1)
    found = shown.copy()
    found[4, 1, 1] += 12
    assert rmse(found, shown, MASK, 3) == pytest.approx(12 / math.sqrt(3 * MASK.sum()))


@pytest.mark.parametrize("score", SCORES)
def test_every_score_checks_what_it_is_given(score):
    with pytest.raises(ValueError, match=r"shape \(5, 4, 5\) cannot be scored"):
        score(movie(1, 5), movie(2, 6), MASK)
    with pytest.raises(ValueError, match=r"lower masks\.evaluation_threshold"):
        score(movie(1), movie(2), np.zeros_like(MASK))
    with pytest.raises(ValueError, match="skip_frames 6 leaves nothing"):
        score(movie(1), movie(2), MASK, 6)
    with pytest.raises(ValueError, match="a boolean mask"):
        score(movie(1), movie(2), MASK.astype(float))


def test_the_published_numbers():
    published = golden("metrics")
    scores = {"video_corr": video_correlation, "mean_frame_corr": frame_correlation}
    scores |= {"rmse": rmse, "psnr": psnr}
    found = {name: score(*golden_pair()) for name, score in scores.items()}
    expected = {name: float(published[name]) for name in scores}
    assert found == pytest.approx(expected, rel=0, abs=1e-9)
