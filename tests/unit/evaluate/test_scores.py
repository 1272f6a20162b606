"""Correlations with known answers."""

import numpy as np
import pytest

from evaluate.scores import frame_correlation, video_correlation

MASK = np.zeros((4, 5), bool)
MASK[1:3, 1:4] = True


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


@pytest.mark.parametrize("score", [video_correlation, frame_correlation])
def test_pixels_outside_the_mask_and_skipped_frames_do_not_count(score):
    found, shown = movie(1), movie(2)
    other = found.copy()
    other[:, ~MASK] = 0
    other[:3] = 7
    assert score(other, shown, MASK, 3) == score(found, shown, MASK, 3)


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
