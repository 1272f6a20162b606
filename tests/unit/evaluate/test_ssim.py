"""Structural similarity in closed form; the paper's against the published number."""

import numpy as np
import pytest

from evaluate.ssim import paper_global_ssim, ssim
from tests.tiny import golden, golden_pair

SHAPE = (3, 24, 30)
MASK = np.zeros(SHAPE[1:], bool)
MASK[9:14, 8:16] = True
C1, C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def movie(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, 255, SHAPE)


def window() -> np.ndarray:
    """Weights of Wang et al.: 11 x 11, sigma 1.5, sum 1."""
    line = np.exp(-(np.arange(-5, 6) ** 2) / (2 * 1.5**2))
    return np.outer(line, line) / line.sum() ** 2


def ssim_at(frame: np.ndarray, true: np.ndarray, row: int, column: int) -> float:
    """The formula of Wang et al. at one pixel."""
    around = np.s_[row - 5 : row + 6, column - 5 : column + 6]
    (x, y), weight = (frame[around], true[around]), window()
    mean_x, mean_y = (weight * x).sum(), (weight * y).sum()
    variances = (weight * (x - mean_x) ** 2).sum() + (weight * (y - mean_y) ** 2).sum()
    covariance = (weight * (x - mean_x) * (y - mean_y)).sum()
    luminance = (2 * mean_x * mean_y + C1) / (mean_x**2 + mean_y**2 + C1)
    return luminance * (2 * covariance + C2) / (variances + C2)


def test_identical_movies_are_alike_and_inverted_ones_the_opposite():
    shown = movie(1)
    assert ssim(shown, shown, MASK) == pytest.approx(1, abs=1e-12)
    assert ssim(255 - shown, shown, MASK) < -0.9


@pytest.mark.parametrize("change", [lambda x: 255 - x, lambda x: x + 20, lambda x: 0.5 * x])
def test_one_pixel_by_the_formula_of_wang_and_others(change):
    shown, mask = movie(1), np.zeros_like(MASK)
    mask[11, 12] = True
    for found in (change(shown), movie(2)):
        expected = np.mean([ssim_at(found[frame], shown[frame], 11, 12) for frame in (1, 2)])
        assert ssim(found, shown, mask, 1) == pytest.approx(expected, abs=1e-9)


def test_the_score_is_the_mean_over_masked_pixels_and_frames():
    found, shown = movie(1), movie(2)
    pixels = np.argwhere(MASK)
    expected = [
        ssim_at(a, b, *place) for a, b in zip(found, shown, strict=True) for place in pixels
    ]
    assert ssim(found, shown, MASK) == pytest.approx(np.mean(expected), abs=1e-9)


def test_constant_frames_differ_in_luminance_only():
    bright, dark = np.full(SHAPE, 150.0), np.full(SHAPE, 100.0)
    expected = (2 * 150 * 100 + C1) / (150**2 + 100**2 + C1)
    assert ssim(bright, dark, MASK) == pytest.approx(expected, abs=1e-9)


def test_windows_reach_five_pixels_beyond_the_mask_and_no_further():
    found, shown = movie(1), movie(2)
    expected = ssim(found, shown, MASK)
    near, far = found.copy(), found.copy()
    near[:, 4] = 0
    far[:, :4], far[:, 19:], far[:, :, :3], far[:, :, 21:] = 0, 0, 0, 0
    assert ssim(far, shown, MASK) == pytest.approx(expected, abs=1e-12)
    assert ssim(near, shown, MASK) != pytest.approx(expected, abs=1e-6)


def test_skipped_frames_do_not_count():
    found, shown = movie(1), movie(2)
    other = found.copy()
    other[:2] = 7
    assert ssim(other, shown, MASK, 2) == ssim(found, shown, MASK, 2)
    assert paper_global_ssim(other, shown, MASK, 2) == paper_global_ssim(found, shown, MASK, 2)


def test_the_paper_s_is_a_little_above_one_for_identical_movies():
    """The sample covariance exceeds the population variance by n / (n - 1)."""
    shown = movie(1)
    inside = shown[:, MASK]
    variance, constant = inside.var(), 255**2 / 2
    expected = (variance * inside.size / (inside.size - 1) + constant) / (variance + constant)
    assert paper_global_ssim(shown, shown, MASK) == pytest.approx(expected, abs=1e-12)
    assert expected > 1


def test_the_paper_s_of_constant_movies_is_their_luminance():
    black, white = np.zeros(SHAPE), np.full(SHAPE, 255.0)
    assert paper_global_ssim(black, white, MASK) == pytest.approx(0.5)
    assert paper_global_ssim(black, black, MASK) == pytest.approx(1)


def test_the_paper_s_hardly_tells_noise_from_noise():
    """Variance 255^2 / 12 against a constant of 255^2 / 2."""
    found, shown = np.random.default_rng(5).uniform(0, 255, (2, 30, *SHAPE[1:]))
    everywhere = np.ones_like(MASK)
    assert paper_global_ssim(found, shown, everywhere) == pytest.approx(6 / 7, abs=0.01)
    assert abs(ssim(found, shown, everywhere)) < 0.05


def test_the_paper_s_of_pixels_outside_the_mask_does_not_change():
    found, shown = movie(1), movie(2)
    other = np.where(MASK, found, 0)
    assert paper_global_ssim(other, shown, MASK) == paper_global_ssim(found, shown, MASK)


@pytest.mark.parametrize("score", [ssim, paper_global_ssim])
def test_both_check_what_they_are_given(score):
    with pytest.raises(ValueError, match="cannot be scored"):
        score(movie(1)[1:], movie(2), MASK)
    with pytest.raises(ValueError, match=r"lower masks\.evaluation_threshold"):
        score(movie(1), movie(2), np.zeros_like(MASK))
    with pytest.raises(ValueError, match="skip_frames 3 leaves nothing"):
        score(movie(1), movie(2), MASK, 3)


def test_the_published_number():
    expected = float(golden("metrics")["global_ssim_k1_k2_one"])
    assert paper_global_ssim(*golden_pair()) == pytest.approx(expected, rel=0, abs=1e-9)
