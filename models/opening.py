"""The stem, the first position encoding and the first widening of DwiseNeuro as one affine map of the input.

None of them has an activation between, so together they are one matrix product with a bias per pixel; and the moments that
batch normalisation needs follow from those of the input and of the position encoding. On a CPU this costs a third to a
sixth of the modules one after the other, and the gradient to the input costs as little.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

Moments = tuple[Tensor, Tensor]
"""mean and covariance over samples and pixels of the input channels, followed by those of the code"""


def open_core(
    inputs: Float[Tensor, "B I T H W"],
    code_CTHW: Tensor,
    stem: tuple[nn.Module, nn.BatchNorm2d],
    widening: tuple[nn.Module, nn.BatchNorm2d],
    stride: int,
) -> tuple[Float[Tensor, "B T H W M"], Float[Tensor, "B T h w C"]]:
    """Widened and normalised maps, and every `stride`-th pixel of the maps before widening."""
    (stem_conv, stem_norm), (wide_conv, wide_norm) = stem, widening
    with torch.autocast(inputs.device.type, enabled=False):
        moments = measure_moments(inputs, code_CTHW) if stem_norm.training else None
        count = inputs[:, 0].numel()
        num_inputs = inputs.shape[1]
        weight = stem_conv.weight.flatten(1)
        narrow, offset = fold_norm(stem_norm, weight, inputs_only(moments, num_inputs), count)
        widen = wide_conv.weight.flatten(1)
        both = torch.cat([widen @ narrow, widen], dim=1)
        both, shift = fold_norm(wide_norm, both, moments, count, widen @ offset)
        bias_PM = code_CTHW.flatten(1).mT @ both[:, num_inputs:].mT + shift
    pixels_BPI = inputs.flatten(2).mT
    weight_BIM = both[:, :num_inputs].mT.expand(len(inputs), -1, -1)
    widened = torch.baddbmm(bias_PM[None], pixels_BPI, weight_BIM).unflatten(1, inputs.shape[2:])
    kept = torch.einsum("ci,bithw->bthwc", narrow, inputs[..., ::stride, ::stride])
    code_THWC = code_CTHW[..., ::stride, ::stride].permute(1, 2, 3, 0)
    return widened, kept + (code_THWC + offset).to(kept)


def measure_moments(inputs: Float[Tensor, "B I T H W"], code_CTHW: Tensor) -> Moments:
    pixels_BIP, code_CP = inputs.flatten(2), code_CTHW.flatten(1)
    mean_I, mean_C = pixels_BIP.mean((0, 2)), code_CP.mean(1)
    pixels_BIP, code_CP = pixels_BIP - mean_I[:, None], code_CP - mean_C[:, None]
    num_pixels = code_CP.shape[1]
    own = (pixels_BIP @ pixels_BIP.mT).mean(0) / num_pixels
    cross = pixels_BIP.mean(0) @ code_CP.mT / num_pixels
    codes = code_CP @ code_CP.mT / num_pixels
    covariance = torch.cat([torch.cat([own, cross], 1), torch.cat([cross.mT, codes], 1)])
    return torch.cat([mean_I, mean_C]), covariance


def inputs_only(moments: Moments | None, num_inputs: int) -> Moments | None:
    if moments is None:
        return None
    return moments[0][:num_inputs], moments[1][:num_inputs, :num_inputs]


def fold_norm(
    norm: nn.BatchNorm2d,
    weight: Float[Tensor, "O I"],
    moments: Moments | None,
    count: int,
    bias: Tensor | float = 0.0,
) -> tuple[Float[Tensor, "O I"], Float[Tensor, "O"]]:
    """Weight and bias of `norm(weight x + bias)`; given moments of x, of this batch, which the running ones then follow."""
    if moments is None:
        mean, variance = norm.running_mean, norm.running_var
    else:
        mean = weight @ moments[0] + bias
        variance = ((weight @ moments[1]) * weight).sum(1)
        with torch.no_grad():
            norm.num_batches_tracked += 1
            norm.running_mean.lerp_(mean, norm.momentum)
            norm.running_var.lerp_(variance * (count / (count - 1)), norm.momentum)
    scale = norm.weight * (variance + norm.eps).rsqrt()
    return scale[:, None] * weight, norm.bias + scale * (bias - mean)
