"""DwiseNeuro, the encoder of the paper: depthwise spatio-temporal convolutions, a cortex, one readout per mouse.

Modules carry the names of the published weights, so that a published state dict loads as it is. Maps are stored
(B, T, H, W, C), where every convolution is one over channels-last images: several times faster on a CPU than in three
dimensions.
"""

import math
from collections import OrderedDict
from itertools import pairwise

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from models.encoder import ClipSpec, Encoder
from models.opening import open_core
from models.settings import DwiseNeuroSettings
from models.shapes import NUM_CHANNELS
from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH

WAVELENGTH_BASE = 10_000.0


class DwiseNeuro(Encoder):
    """Rates of one mouse from clips of 16 frames; past and future frames of a clip are tied together."""

    def __init__(self, settings: DwiseNeuroSettings, num_neurons: dict[str, int]):
        super().__init__()
        self.num_neurons = dict(num_neurons)
        self.order = {mouse: index for index, mouse in enumerate(num_neurons)}
        height, width = settings.canvas_px
        self.spec = ClipSpec(
            settings.clip_frames,
            settings.frame_step,
            canvas_height=height,
            canvas_width=width,
            top=(height - SCREEN_HEIGHT) // 2,
            left=(width - SCREEN_WIDTH) // 2,
        )
        self.core = Core(settings)
        self.cortex = Cortex(settings)
        self.readouts = nn.ModuleList(
            Readout(settings.cortex_features[-1], count, settings) for count in num_neurons.values()
        )
        self.apply(initialise)

    def forward(self, inputs: Float[Tensor, "B 5 T H W"], mouse: str) -> Float[Tensor, "B N T"]:
        return self.predict_mice(inputs, {mouse: slice(None)})[mouse]

    def predict_mice(
        self, inputs: Float[Tensor, "B 5 T H W"], clips: dict[str, slice]
    ) -> dict[str, Tensor]:
        """One pass of core and cortex for all mice, then one readout for each."""
        features_BCT = self.cortex(self.core(inputs).mean((2, 3))).mT
        return {
            mouse: self.readouts[self.order[mouse]](features_BCT[chosen])
            for mouse, chosen in clips.items()
        }


class Core(nn.Module):
    """Stem and inverted residual blocks, a position encoding before each block."""

    def __init__(self, settings: DwiseNeuroSettings):
        super().__init__()
        features = settings.core_features
        self.stem = nn.Sequential(
            Pointwise(NUM_CHANNELS, features[0], bias=False), Norm(features[0], nn.Identity())
        )
        widths = list(pairwise((*features, features[-1])))
        blocks = []
        for index, ((inputs, outputs), stride) in enumerate(
            zip(widths, settings.spatial_strides, strict=True)
        ):
            drop = settings.drop_path_rate * index / len(widths)
            blocks += [
                PositionEncoding(inputs),
                InvertedResidual(inputs, outputs, stride, drop, settings),
            ]
        self.blocks = nn.Sequential(*blocks)

    def forward(self, inputs: Float[Tensor, "B 5 T H W"]) -> Float[Tensor, "B T h w C"]:
        position, first, *rest = self.blocks
        code = position.code(inputs.shape[2:])
        (conv, norm), (widening, wide_norm) = self.stem, first.conv_pw
        maps, kept = open_core(
            inputs, code, (conv, norm.bn), (widening, wide_norm.bn), first.stride
        )
        maps = first.convolve(wide_norm.act(maps), kept)
        for block in rest:
            maps = block(maps)
        return maps


class Pointwise(nn.Conv3d):
    """A 1 x 1 x 1 convolution."""

    def __init__(self, inputs: int, outputs: int, bias: bool = True):
        super().__init__(inputs, outputs, 1, bias=bias)

    def forward(self, maps: Float[Tensor, "B T H W C"]) -> Float[Tensor, "B T H W D"]:
        frames = maps.flatten(0, 1).permute(0, 3, 1, 2)
        frames = F.conv2d(frames, self.weight[..., 0], self.bias)
        return frames.permute(0, 2, 3, 1).unflatten(0, maps.shape[:2])


class SpatialDepthwise(nn.Conv3d):
    """A filter per channel over rows and columns of each frame."""

    def __init__(self, channels: int, size: int, stride: int):
        super().__init__(channels, channels, (1, size, size), groups=channels, bias=False)
        self.step = stride

    def forward(self, maps: Float[Tensor, "B T H W C"]) -> Float[Tensor, "B T h w C"]:
        weight = self.weight[:, :, 0]
        frames = maps.flatten(0, 1).permute(0, 3, 1, 2)
        padding = weight.shape[-1] // 2
        frames = F.conv2d(frames, weight, None, self.step, padding, groups=len(weight))
        return frames.permute(0, 2, 3, 1).unflatten(0, maps.shape[:2])


class TemporalDepthwise(nn.Conv3d):
    """A filter per channel over the frames of each pixel."""

    def __init__(self, channels: int, size: int):
        super().__init__(channels, channels, (size, 1, 1), groups=channels, bias=False)

    def forward(self, maps: Float[Tensor, "B T H W C"]) -> Float[Tensor, "B T H W C"]:
        weight = self.weight[..., 0]
        pixels = maps.flatten(2, 3).permute(0, 3, 1, 2)
        pixels = F.conv2d(pixels, weight, None, 1, (weight.shape[2] // 2, 0), groups=len(weight))
        return pixels.permute(0, 2, 3, 1).unflatten(2, maps.shape[2:4])


class Norm(nn.Module):
    """Batch normalisation over the last axis and an activation."""

    def __init__(self, num_channels: int, activation: nn.Module | None = None):
        super().__init__()
        self.bn = nn.BatchNorm2d(num_channels)
        self.act = nn.SiLU() if activation is None else activation

    def forward(self, maps: Float[Tensor, "*B C"]) -> Float[Tensor, "*B C"]:
        images = maps.reshape(-1, *maps.shape[-3:]).permute(0, 3, 1, 2)
        return self.act(self.bn(images)).permute(0, 2, 3, 1).reshape(maps.shape)


class PositionEncoding(nn.Module):
    """Adds sines and cosines of time, row and column."""

    def __init__(self, num_channels: int):
        super().__init__()
        self.num_channels = num_channels
        size = 2 * math.ceil(num_channels / 6)
        self.register_buffer(
            "inv_freq", 1 / WAVELENGTH_BASE ** (torch.arange(0, size, 2).float() / size)
        )

    def forward(self, maps: Float[Tensor, "B T H W C"]) -> Float[Tensor, "B T H W C"]:
        return maps + self.code(maps.shape[1:4]).movedim(0, -1).to(maps)

    def code(self, shape: tuple[int, int, int]) -> Float[Tensor, "C T H W"]:
        size = 2 * len(self.inv_freq)
        code = self.inv_freq.new_zeros(3 * size, *shape)
        for axis, length in enumerate(shape):
            place = torch.arange(length, device=code.device).to(code)
            angle = self.inv_freq[:, None] * place
            view = [1, 1, 1]
            view[axis] = length
            waves = torch.cat([angle.sin(), angle.cos()])
            code[axis * size : (axis + 1) * size] = waves.view(size, *view)
        return code[: self.num_channels]


class InvertedResidual(nn.Module):
    """Widen, convolve each channel in space and in time, squeeze and excite, narrow; plus a shortcut."""

    def __init__(
        self, inputs: int, outputs: int, stride: int, drop: float, settings: DwiseNeuroSettings
    ):
        super().__init__()
        middle = inputs * settings.expansion_ratio
        space, time = settings.spatial_kernel, settings.temporal_kernel
        self.stride, self.outputs = stride, outputs
        self.conv_pw = nn.Sequential(Pointwise(inputs, middle, bias=False), Norm(middle))
        self.spat_covn_dw = nn.Sequential(SpatialDepthwise(middle, space, stride), Norm(middle))
        self.temp_covn_dw = nn.Sequential(TemporalDepthwise(middle, time), Norm(middle))
        self.se = SqueezeExcite(middle, settings.se_reduce_ratio)
        self.conv_pwl = nn.Sequential(
            Pointwise(middle, outputs, bias=False), Norm(outputs, nn.Identity())
        )
        self.drop_path = DropPath(drop)
        self.bn_sc = Norm(outputs, nn.Identity())

    def forward(self, maps: Float[Tensor, "B T H W C"]) -> Float[Tensor, "B T h w D"]:
        return self.convolve(self.conv_pw(maps), maps[:, :, :: self.stride, :: self.stride])

    def convolve(
        self, widened: Float[Tensor, "B T H W M"], kept: Float[Tensor, "B T h w C"]
    ) -> Float[Tensor, "B T h w D"]:
        """The rest of the block from its widened maps and the pixels kept for the shortcut."""
        main = self.conv_pwl(self.se(self.temp_covn_dw(self.spat_covn_dw(widened))))
        return self.drop_path(main) + self.bn_sc(tile_channels(kept, self.outputs))


def tile_channels(maps: Float[Tensor, "*B C"], num_channels: int) -> Float[Tensor, "*B D"]:
    """Repeat the channels cyclically and cut to `num_channels`."""
    times = -(-num_channels // maps.shape[-1])
    return torch.cat([maps] * times, dim=-1)[..., :num_channels]


class SqueezeExcite(nn.Module):
    """Scale each channel by a gate computed from the means of all channels over the clip."""

    def __init__(self, num_channels: int, ratio: int):
        super().__init__()
        self.conv_reduce = Pointwise(num_channels, num_channels // ratio)
        self.conv_expand = Pointwise(num_channels // ratio, num_channels)

    def forward(self, maps: Float[Tensor, "B T H W C"]) -> Float[Tensor, "B T H W C"]:
        return maps * self.gate(maps.mean((1, 2, 3), keepdim=True))

    def gate(self, mean: Float[Tensor, "B 1 1 1 C"]) -> Float[Tensor, "B 1 1 1 C"]:
        return torch.sigmoid(self.conv_expand(F.silu(self.conv_reduce(mean))))


class DropPath(nn.Module):
    """In training, leaves out the whole branch for some samples."""

    def __init__(self, rate: float):
        super().__init__()
        self.rate = rate

    def forward(self, maps: Tensor) -> Tensor:
        if not self.training or self.rate == 0:
            return maps
        shape = (len(maps), *[1] * (maps.dim() - 1))
        kept = torch.rand(shape, device=maps.device) >= self.rate
        return maps * kept.to(maps) / (1 - self.rate)


class Cortex(nn.Module):
    """Grouped pointwise layers on the features of each frame."""

    def __init__(self, settings: DwiseNeuroSettings):
        super().__init__()
        widths = pairwise((settings.core_features[-1], *settings.cortex_features))
        self.layers = nn.Sequential(
            *(CortexLayer(inputs, outputs, settings) for inputs, outputs in widths)
        )

    def forward(self, features: Float[Tensor, "B T C"]) -> Float[Tensor, "B T D"]:
        return self.layers(features)


class CortexLayer(nn.Module):
    """Grouped 1 x 1 convolution, channel shuffle, shortcut."""

    def __init__(self, inputs: int, outputs: int, settings: DwiseNeuroSettings):
        super().__init__()
        self.groups, self.outputs = settings.groups, outputs
        self.conv = nn.Conv1d(inputs, outputs, 1, groups=settings.groups, bias=False)
        self.bn = Norm(outputs)
        self.drop_path = DropPath(settings.drop_path_rate)
        self.bn_sc = Norm(outputs, nn.Identity())

    def forward(self, features: Float[Tensor, "B T C"]) -> Float[Tensor, "B T D"]:
        main = self.bn(self.conv(features.mT).mT.contiguous())
        main = main.unflatten(-1, (self.groups, -1)).mT.flatten(-2)
        return self.drop_path(main) + self.bn_sc(tile_channels(features, self.outputs))


class Readout(nn.Module):
    """The neurons of one mouse."""

    def __init__(self, inputs: int, num_neurons: int, settings: DwiseNeuroSettings):
        super().__init__()
        self.num_neurons, self.beta = num_neurons, settings.softplus_beta
        padded = math.ceil(num_neurons / settings.groups) * settings.groups
        conv = nn.Conv1d(inputs, padded, 1, groups=settings.groups)
        self.layer = nn.Sequential(
            OrderedDict([("0", nn.Dropout1d(settings.drop_rate)), ("1", conv)])
        )

    def forward(self, features: Float[Tensor, "B C T"]) -> Float[Tensor, "B N T"]:
        return F.softplus(self.layer(features)[:, : self.num_neurons], beta=self.beta)


def initialise(module: nn.Module) -> None:
    """Convolutions from N(0, 2 / fan-out), biases 0; batch normalisations keep PyTorch's 1 and 0."""
    if isinstance(module, nn.Conv1d | nn.Conv3d):
        fan_out = math.prod(module.kernel_size) * module.out_channels // module.groups
        nn.init.normal_(module.weight, 0, math.sqrt(2 / fan_out))
        if module.bias is not None:
            nn.init.zeros_(module.bias)
