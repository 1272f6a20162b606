"""An inverted residual block with frozen weights on one core of a CPU, with its gradient written out.

Clips go through it one by one and wide frames a few at a time, so that what lies between two layers stays in the cache.
Weights get no gradients.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from models import kernels

CACHED = 2_000_000
"""numbers of one tensor that stay in the cache with their gradient"""

COLUMN = 1024
"""pixels times channels that a filter over time works on at once"""


def runs_cached(maps: Tensor) -> bool:
    return maps.is_cpu and maps.dtype == torch.float32


def array(tensor: Tensor) -> np.ndarray:
    return tensor.detach().numpy()


@dataclass(frozen=True)
class Opening:
    """From the five channels of the input to SiLU of the first block's, with a bias per frame and pixel."""

    weight_IM: Tensor
    bias_TPM: Tensor

    def widen(self, inputs_TIP: Tensor, before: Tensor, times: slice) -> Tensor:
        bias = self.bias_TPM[times]
        active = torch.empty_like(bias)
        kernels.widen(*map(array, (inputs_TIP[times], self.weight_IM, bias, active)))
        return active

    def back(self, gradient, inputs_TIP: Tensor, before: Tensor, times: slice, total: Tensor):
        given = gradient, inputs_TIP[times], self.weight_IM, self.bias_TPM[times], total[times]
        kernels.widen_back(*map(array, given))

    def room(self, maps: Tensor) -> Tensor:
        """Nothing is kept: five products cost less than the way through the memory."""
        return maps.new_empty(len(maps), 0)


@dataclass(frozen=True)
class Widening:
    """From the maps of one block to SiLU of the next one's channels."""

    weight_IM: Tensor
    bias_M: Tensor

    def widen(self, maps_TPI: Tensor, before: Tensor, times: slice) -> Tensor:
        torch.addmm(self.bias_M, flat(maps_TPI[times]), self.weight_IM, out=flat(before[times]))
        active = torch.empty_like(before[times])
        kernels.silu(array(before[times]), array(active))
        return active

    def back(self, gradient, maps_TPI: Tensor, before: Tensor, times: slice, total: Tensor):
        kernels.silu_back(array(gradient), array(before[times]))
        torch.mm(flat(gradient), self.weight_IM.T, out=flat(total[times]))

    def room(self, maps: Tensor) -> Tensor:
        return maps.new_empty(*maps.shape[:-1], len(self.bias_M))


def tile(values: Float[Tensor, "*K M"]) -> Float[Tensor, "*K X"]:
    """The same values for each of the pixels that a filter over time works on at once."""
    times = max(1, COLUMN // values.shape[-1])
    return values.repeat(*[1] * (values.dim() - 1), times)


def flat(maps: Float[Tensor, "T P C"]) -> Float[Tensor, "T*P C"]:
    return maps.flatten(0, 1)


class CachedBlock(torch.autograd.Function):
    """Widen, filter each frame, filter over time, gate, narrow; `block` has the weights."""

    @staticmethod
    def forward(
        ctx, maps: Tensor, widening: Opening | Widening, block: nn.Module, shape: tuple[int, int]
    ):
        """Maps are (B, T, channels, pixels) before the opening, (B, T, pixels, channels) elsewhere."""
        before = widening.room(maps)
        done = [
            clip_forward(*both, widening, block, shape) for both in zip(maps, before, strict=True)
        ]
        outputs, kept, ctx.means = zip(*done, strict=True)
        ctx.save_for_backward(maps, before, *(tensor for pair in kept for tensor in pair))
        ctx.setting = widening, block, shape
        return torch.stack(outputs)

    @staticmethod
    @once_differentiable
    def backward(ctx, gradient: Float[Tensor, "B T P D"]):
        maps, before, *kept = ctx.saved_tensors
        total = torch.empty_like(maps)
        pairs = zip(kept[::2], kept[1::2], strict=True)
        for clip in zip(gradient, maps, before, total, pairs, ctx.means, strict=True):
            clip_backward(*clip, *ctx.setting)
        return total, None, None, None


def pieces(num_frames: int, size: int) -> list[slice]:
    step = max(1, CACHED // size)
    return [slice(first, first + step) for first in range(0, num_frames, step)]


def clip_forward(maps: Tensor, before: Tensor, widening, block: nn.Module, shape: tuple[int, int]):
    """Output of a clip; its maps before and after the filter over time; the means that its gate depends on."""
    filtered = []
    for times in pieces(len(maps), block.num_channels * shape[0] * shape[1]):
        active = widening.widen(maps, before, times)
        images = active.view(-1, *shape, block.num_channels).permute(0, 3, 1, 2)
        filtered.append(block.filter_frames(images).permute(0, 2, 3, 1).flatten(1, 2))
    filtered = torch.cat(filtered)
    timed, active = torch.empty_like(filtered), torch.empty_like(filtered)
    weight_KX, bias_X = tile(block.time_KM), tile(block.time.bias)
    given = filtered.flatten(1), weight_KX, bias_X, timed.flatten(1), active.flatten(1)
    kernels.filter_time(*map(array, given))
    mean = flat(active).mean(0)
    weight_MD = block.narrow_DM.T * block.gate_of(mean[None])[0][:, None]
    output = torch.addmm(block.bias, flat(active), weight_MD)
    return output.view(*filtered.shape[:2], -1), (filtered, timed), mean


def clip_backward(gradient, maps, before, total, kept, mean, widening, block, shape):
    """Write the gradient to the maps of a clip into `total`."""
    filtered, timed = kept
    back = (flat(gradient) @ block.narrow_DM).view(filtered.shape)
    of_gate = torch.empty_like(mean)
    kernels.gate_gradient(array(back), array(timed), array(of_gate))
    with torch.enable_grad():
        mean = mean.detach().requires_grad_()
        gate = block.gate_of(mean[None])[0]
    shift = torch.autograd.grad(gate, mean, of_gate)[0] / (filtered.shape[0] * filtered.shape[1])
    reversed_KX = tile(block.time_KM.flip(0))
    given = back.flatten(1), tile(gate), tile(shift), timed.flatten(1), filtered.flatten(1)
    kernels.filter_time_back(*map(array, (*given, reversed_KX)))
    for times in pieces(len(maps), block.num_channels * shape[0] * shape[1]):
        widened = block.filter_frames_back(back[times], shape)
        widening.back(widened, maps, before, times, total)
