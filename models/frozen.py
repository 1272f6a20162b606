"""DwiseNeuro with its weights frozen, for reconstruction: the same rates, several times faster with their gradient to the movie.

Batch normalisations are folded into the convolutions before them; everything before the first activation is one matrix
product with a bias per pixel; the gate of squeeze-and-excite is folded into the projection of each clip. Maps are stored
(B, T, H, W, C) throughout, so that no copy is made between layers.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

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
        widened, kept = self.opening(inputs)
        maps = self.first.convolve(F.silu(widened), kept)
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
        self.register_buffer("bias_PM", code_CTHW.flatten(1).T @ widen.T + shift)
        every = (..., slice(None, None, self.stride), slice(None, None, self.stride))
        self.register_buffer("kept_code", code_CTHW[every].permute(1, 2, 3, 0).contiguous())

    def forward(self, inputs: Float[Tensor, "B 5 T H W"]) -> tuple[Tensor, Tensor]:
        weight = self.weight_IM.expand(len(inputs), -1, -1)
        widened = torch.baddbmm(self.bias_PM, inputs.flatten(2).mT, weight)
        kept = inputs[..., :: self.stride, :: self.stride].movedim(1, -1) @ self.narrow_IC
        return widened.unflatten(1, inputs.shape[2:]), kept + self.kept_code


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

    def forward(self, maps: Float[Tensor, "B T H W C"]) -> Float[Tensor, "B T h w D"]:
        maps = self.position(maps)
        widened = F.linear(maps, self.widen.weight.flatten(1), self.widen.bias)
        return self.convolve(F.silu(widened), maps[:, :, :: self.stride, :: self.stride])

    def convolve(
        self, maps: Float[Tensor, "B T H W M"], kept: Float[Tensor, "B T h w C"]
    ) -> Float[Tensor, "B T h w D"]:
        batch, time = maps.shape[:2]
        weight = self.space.weight[:, :, 0]
        padding = weight.shape[-1] // 2
        frames = maps.flatten(0, 1).permute(0, 3, 1, 2)
        frames = F.conv2d(frames, weight, self.space.bias, self.stride, padding, groups=len(weight))
        height, width = frames.shape[2:]
        pixels = F.silu(frames).permute(0, 2, 3, 1).reshape(batch, time, height * width, -1)
        weight = self.time.weight[..., 0]
        padding = (weight.shape[2] // 2, 0)
        pixels = F.conv2d(
            pixels.permute(0, 3, 1, 2), weight, self.time.bias, 1, padding, groups=len(weight)
        )
        main = F.silu(pixels).permute(0, 2, 3, 1).flatten(1, 2)
        gate_BM1 = self.gate.gate(main.mean(1)[:, None, None, None])[:, 0, 0, 0, :, None]
        weight_BMD = self.narrow.weight.flatten(1).T * gate_BM1
        main = torch.baddbmm(self.bias, main, weight_BMD).view(batch, time, height, width, -1)
        return torch.addcmul(main, tile_channels(kept, self.outputs), self.shortcut_scale)


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
