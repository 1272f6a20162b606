"""Blending of movies by a transparency mask, and the blur of its gradient."""

import torch
from torch import Tensor
from torch.nn.functional import conv2d, pad

BLUR_RADIUS_PX = 7


def blend(alpha: Tensor, foreground: Tensor, background: Tensor) -> Tensor:
    """alpha * foreground + (1 - alpha) * background, alpha clipped to 0..1."""
    alpha = alpha.clamp(0, 1)
    return alpha * foreground + (1 - alpha) * background


def gaussian_blur(image_HW: Tensor, sigma_px: float) -> Tensor:
    """15 x 15 Gaussian with reflected borders, as the published code blurs; sigma 0 does not blur."""
    if sigma_px == 0:
        return image_HW
    offsets = torch.arange(-BLUR_RADIUS_PX, BLUR_RADIUS_PX + 1, dtype=image_HW.dtype)
    kernel = torch.exp(-(offsets**2) / (2 * sigma_px**2))
    kernel = torch.outer(kernel, kernel) / kernel.sum() ** 2
    padded = pad(image_HW[None, None], [BLUR_RADIUS_PX] * 4, mode="reflect")
    return conv2d(padded, kernel[None, None])[0, 0]
