"""DwiseNeuro with its weights frozen, for reconstruction: the same rates, several times faster with their gradient to the movie.

Batch normalisations are folded into the convolutions before them; everything before the first activation is one matrix
product with a bias per pixel; the gate of squeeze-and-excite is folded into the projection of each clip. Maps are stored
(B, T, H, W, C) throughout, so that no copy is made between layers.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from models.cached import CachedBlock, Opening, Widening, runs_cached
from models.dwiseneuro import Core, CortexLayer, DwiseNeuro, InvertedResidual, tile_channels
from models.encoder import Encoder
from models.opening import fold_norm


class FrozenDwiseNeuro(Encoder):
    """Predicts what the encoder that it is made from predicts in eval mode."""

    def __init__(self, encoder: DwiseNeuro):
        super().__init__()
        self.spec, self.num_neurons = encoder.spec, encoder.num_neurons
        self.order, self.readouts = encoder.order, encoder.readouts
        spec = encoder.spec
        shape = (spec.clip_frames, spec.canvas_height, spec.canvas_width)
        self.opening = FrozenOpening(encoder.core, shape)
        first, *rest = encoder.core.blocks[1::2]
        codes = encoder.core.blocks[2::2]
        self.first = FrozenBlock(first)
        self.rest = nn.ModuleList(
            FrozenBlock(block, code) for block, code in zip(rest, codes, strict=True)
        )
        self.cortex = nn.ModuleList(FrozenCortexLayer(layer) for layer in encoder.cortex.layers)
        self.eval().requires_grad_(False)

    def forward(self, inputs: Float[Tensor, "B 5 T H W"], mouse: str) -> Float[Tensor, "B N T"]:
        maps = self.opening(inputs, self.first)
        for block in self.rest:
            maps = block(maps)
        features = maps.mean((2, 3))
        for layer in self.cortex:
            features = layer(features)
        return self.readouts[self.order[mouse]](features.mT)


class Fold(nn.Module):
    """Weight and bias of a convolution without bias and the batch normalisation after it."""

    def __init__(self, weight: Tensor, norm: nn.BatchNorm2d):
        super().__init__()
        folded, bias = fold_norm(norm, weight.flatten(1), None, 0)
        self.register_buffer("weight", folded.view_as(weight).contiguous())
        self.register_buffer("bias", bias)


class FrozenOpening(nn.Module):
    """All before the first activation, and the pixels kept for the first shortcut."""

    def __init__(self, core: Core, shape: tuple[int, int, int]):
        super().__init__()
        position, first = core.blocks[0], core.blocks[1]
        (conv, norm), (widening, wide_norm) = core.stem, first.conv_pw
        narrow, offset = fold_norm(norm.bn, conv.weight.flatten(1), None, 0)
        widen, shift = fold_norm(wide_norm.bn, widening.weight.flatten(1), None, 0)
        code_CTHW = position.code(shape) + offset[:, None, None, None]
        self.stride = first.stride
        self.register_buffer("narrow_IC", narrow.T.contiguous())
        self.register_buffer("weight_IM", (widen @ narrow).T.contiguous())
        code_TPC = code_CTHW.flatten(2).permute(1, 2, 0)
        self.register_buffer("bias_TPM", (code_TPC @ widen.T + shift).contiguous())
        every = (..., slice(None, None, self.stride), slice(None, None, self.stride))
        self.register_buffer("kept_code", code_CTHW[every].permute(1, 2, 3, 0).contiguous())

    def forward(self, inputs: Float[Tensor, "B 5 T H W"], block: "FrozenBlock") -> Tensor:
        """What the first block makes of the input."""
        kept = inputs[..., :: self.stride, :: self.stride].movedim(1, -1) @ self.narrow_IC
        kept = kept + self.kept_code
        if runs_cached(inputs):
            opening = Opening(self.weight_IM, self.bias_TPM)
            pixels = inputs.transpose(1, 2).flatten(3)
            main = CachedBlock.apply(pixels, opening, block, tuple(inputs.shape[3:]))
        else:
            weight = self.weight_IM.expand(len(inputs), -1, -1)
            widened = torch.baddbmm(self.bias_TPM.flatten(0, 1), inputs.flatten(2).mT, weight)
            main = block.convolve(F.silu(widened.unflatten(1, inputs.shape[2:])))
        return block.add_shortcut(main, kept)


class FrozenBlock(nn.Module):
    """An inverted residual block, the position encoding before it included."""

    def __init__(self, block: InvertedResidual, position: nn.Module | None = None):
        super().__init__()
        self.position, self.stride, self.outputs = position, block.stride, block.outputs
        fold = lambda layer: Fold(layer[0].weight, layer[1].bn)  # noqa: E731
        self.widen, self.space, self.time = (
            fold(layer) for layer in (block.conv_pw, block.spat_covn_dw, block.temp_covn_dw)
        )
        self.narrow, self.gate = fold(block.conv_pwl), block.se
        ones = torch.ones(block.outputs, 1).to(self.narrow.bias)
        scale, shift = fold_norm(block.bn_sc.bn, ones, None, 0)
        self.register_buffer("shortcut_scale", scale[:, 0])
        self.register_buffer("bias", self.narrow.bias + shift)
        self.register_buffer("time_KM", self.time.weight.flatten(1).T.contiguous())
        self.register_buffer("narrow_DM", self.narrow.weight.flatten(1))
        self.num_channels = len(self.space.weight)

    def forward(self, maps: Float[Tensor, "B T H W C"]) -> Float[Tensor, "B T h w D"]:
        maps = self.position(maps)
        kept = maps[:, :, :: self.stride, :: self.stride]
        weight_IM = self.widen.weight.flatten(1).T
        if runs_cached(maps):
            widening = Widening(weight_IM, self.widen.bias)
            main = CachedBlock.apply(maps.flatten(2, 3), widening, self, tuple(maps.shape[2:4]))
        else:
            main = self.convolve(F.silu(F.linear(maps, weight_IM.T, self.widen.bias)))
        return self.add_shortcut(main, kept)

    def add_shortcut(
        self, main: Float[Tensor, "B T P D"], kept: Float[Tensor, "B T h w C"]
    ) -> Tensor:
        main = main.view(*kept.shape[:4], -1)
        return torch.addcmul(main, tile_channels(kept, self.outputs), self.shortcut_scale)

    def convolve(self, maps: Float[Tensor, "B T H W M"]) -> Float[Tensor, "B T P D"]:
        """From the widened maps to the narrowed ones."""
        batch, time = maps.shape[:2]
        frames = F.silu(self.filter_frames(maps.flatten(0, 1).permute(0, 3, 1, 2)))
        pixels = frames.flatten(2).unflatten(0, (batch, time)).permute(0, 2, 1, 3)
        weight = self.time.weight[..., 0]
        padding = (weight.shape[2] // 2, 0)
        pixels = F.conv2d(pixels, weight, self.time.bias, 1, padding, groups=len(weight))
        main = F.silu(pixels).permute(0, 2, 3, 1).flatten(1, 2)
        weight_BMD = self.narrow_DM.T * self.gate_of(main.mean(1))[:, :, None]
        return torch.baddbmm(self.bias, main, weight_BMD).unflatten(1, (time, -1))

    def filter_frames(self, images: Float[Tensor, "N M H W"]) -> Float[Tensor, "N M h w"]:
        weight = self.space.weight[:, :, 0]
        padding = weight.shape[-1] // 2
        return F.conv2d(images, weight, self.space.bias, self.stride, padding, groups=len(weight))

    def filter_frames_back(
        self, gradient: Float[Tensor, "N p M"], shape: tuple[int, int]
    ) -> Tensor:
        """Gradient to the pixels (N, P, M) of images of this shape."""
        weight = self.space.weight[:, :, 0]
        images = gradient.new_empty(len(gradient), *shape, len(weight)).permute(0, 3, 1, 2)
        filtered = [-(-size // self.stride) for size in shape]
        padding = [size // 2 for size in weight.shape[2:]]
        found, _, _ = torch.ops.aten.convolution_backward(
            gradient.unflatten(1, filtered).permute(0, 3, 1, 2),
            images,
            weight,
            None,
            [self.stride] * 2,
            padding,
            [1, 1],
            False,
            [0, 0],
            len(weight),
            [True, False, False],
        )
        return found.permute(0, 2, 3, 1).flatten(1, 2)

    def gate_of(self, mean: Float[Tensor, "B M"]) -> Float[Tensor, "B M"]:
        return self.gate.gate(mean[:, None, None, None])[:, 0, 0, 0]


class FrozenCortexLayer(nn.Module):
    """Grouped pointwise layer, channel shuffle, shortcut."""

    def __init__(self, layer: CortexLayer):
        super().__init__()
        self.groups, self.outputs = layer.groups, layer.outputs
        self.fold = Fold(layer.conv.weight, layer.bn.bn)
        ones = torch.ones(layer.outputs, 1).to(self.fold.bias)
        scale, shift = fold_norm(layer.bn_sc.bn, ones, None, 0)
        self.register_buffer("shortcut_scale", scale[:, 0])
        self.register_buffer("shortcut_bias", shift)

    def forward(self, features: Float[Tensor, "B T C"]) -> Float[Tensor, "B T D"]:
        main = F.conv1d(features.mT, self.fold.weight, self.fold.bias, groups=self.groups)
        main = F.silu(main).unflatten(1, (self.groups, -1)).transpose(1, 2).flatten(1, 2).mT
        shortcut = tile_channels(features, self.outputs) * self.shortcut_scale
        return main + shortcut + self.shortcut_bias


def freeze(encoder: Encoder) -> Encoder:
    """The encoder in its fastest form for reconstruction; without one of its own, as it is."""
    return FrozenDwiseNeuro(encoder) if isinstance(encoder, DwiseNeuro) else encoder
