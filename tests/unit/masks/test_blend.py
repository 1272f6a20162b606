"""Blending of two movies by a mask, and the blur of its gradient."""

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from masks.blend import BLUR_RADIUS_PX, blend, gaussian_blur


def movies(seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return tuple(torch.rand(2, 2, 8, 36, 64, generator=generator) * 255)


def test_alpha_one_leaves_the_foreground():
    foreground, background = movies()
    assert torch.equal(blend(torch.ones(36, 64), foreground, background), foreground)


def test_alpha_zero_leaves_the_background_and_no_gradient_of_the_foreground():
    foreground, background = movies()
    foreground.requires_grad_()
    mixed = blend(torch.zeros(36, 64), foreground, background)
    assert torch.equal(mixed.detach(), background)
    mixed.sum().backward()
    assert float(foreground.grad.abs().max()) == 0


def test_alpha_is_the_share_of_the_foreground():
    foreground, background = movies()
    expected = 0.25 * foreground + 0.75 * background
    torch.testing.assert_close(blend(torch.full((36, 64), 0.25), foreground, background), expected)


def test_a_movie_over_itself_is_itself():
    foreground, _ = movies()
    mixed = blend(torch.rand(36, 64), foreground, foreground)
    torch.testing.assert_close(mixed, foreground)


@pytest.mark.parametrize(("outside", "limit"), [(-0.4, 0.0), (1.4, 1.0)])
def test_alpha_outside_its_range_counts_as_its_limit_without_gradient(outside, limit):
    foreground, background = movies()
    values = torch.full((36, 64), outside, requires_grad=True)
    mixed = blend(values, foreground, background)
    assert torch.equal(mixed.detach(), blend(torch.full((36, 64), limit), foreground, background))
    (gradient,) = torch.autograd.grad(mixed.sum(), values)
    assert float(gradient.abs().max()) == 0


def test_a_constant_image_stays_under_the_blur():
    image = torch.full((36, 64), 3.5, dtype=torch.float64)
    torch.testing.assert_close(gaussian_blur(image, 5.0), image)


@pytest.mark.parametrize("sigma_px", [0.5, 2.0, 5.0, 50.0])
def test_the_blur_is_a_gaussian_of_15_pixels_with_mirrored_borders(sigma_px):
    image = np.random.default_rng(0).normal(size=(36, 64))
    expected = gaussian_filter(image, sigma_px, mode="mirror", radius=BLUR_RADIUS_PX)
    blurred = gaussian_blur(torch.from_numpy(image), sigma_px)
    np.testing.assert_allclose(blurred, expected, atol=1e-12)


@pytest.mark.parametrize("sigma_px", [0.0, 0.05])
def test_a_narrow_blur_leaves_the_image(sigma_px):
    image = torch.rand(36, 64, dtype=torch.float64)
    torch.testing.assert_close(gaussian_blur(image, sigma_px), image)
