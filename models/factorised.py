"""A small encoder for CPUs: factorised spatial and temporal convolutions, a Gaussian readout per neuron."""

import math
from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from models.data import MouseStatistics
from models.encoder import ClipSpec, Encoder
from models.gather import gather_at
from models.settings import FactorisedSettings
from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH

STRIDE = 2
LOCAL_PX = 5
GAZE_STEP_PX = 5.0
"""unit of the learned gaze matrix, so that it moves as fast as the other weights"""


class FactorisedEncoder(Encoder):
    """Spatial filters, then causal temporal ones, two nonlinear layers; one readout per mouse.

    The movie is halved first: the fields are wide, and gradients of fine patterns that no neuron resolves would only
    disturb a reconstruction. Every filter is written in the form that is fast on a CPU: a banded T x T matrix
    for the temporal one, matrix products for the 1 x 1 ones.
    """

    def __init__(self, settings: FactorisedSettings, num_neurons: dict[str, int]):
        super().__init__()
        self.num_neurons = dict(num_neurons)
        self.spec = ClipSpec(settings.clip_frames, warmup_frames=settings.warmup_frames)
        self.register_buffer("movie_mean", torch.tensor(0.0))
        self.register_buffer("movie_std", torch.tensor(1.0))
        filters, channels = settings.num_spatial, settings.num_channels
        size = settings.spatial_kernel_px // STRIDE
        self.size = size
        self.register_buffer("rows_hH", halving(SCREEN_HEIGHT), persistent=False)
        self.register_buffer("columns_Ww", halving(SCREEN_WIDTH).T.contiguous(), persistent=False)
        self.spatial = nn.Conv2d(1, filters, size, bias=False)
        self.temporal = CausalFilters(filters, 2, settings.temporal_kernel_frames)
        self.mix = PointwiseLayer(2 * filters, channels)
        self.local = SeparablePool(channels, LOCAL_PX)
        self.pool = PointwiseLayer(channels, channels)
        self.readouts = nn.ModuleDict(
            {mouse: GaussianReadout(n, 2 * channels) for mouse, n in num_neurons.items()}
        )

    def forward(self, inputs: Float[Tensor, "B 5 T 36 64"], mouse: str) -> Float[Tensor, "B N T"]:
        readout = self.readouts[mouse]
        behavior_BCT = readout.standardise(inputs[:, 1:, :, 0, 0])
        movie_BTHW = (inputs[:, 0] - self.movie_mean) / self.movie_std
        movie_BTHW = readout.undo_gaze(movie_BTHW, behavior_BCT[:, 2:])
        return readout(self.features(movie_BTHW), behavior_BCT)

    def initialise(self, statistics_of: Callable[[str], MouseStatistics]) -> None:
        """Scales, rates and field positions from the training trials."""
        found = {mouse: statistics_of(mouse) for mouse in self.num_neurons}
        self.movie_mean.fill_(float(np.mean([s.movie_mean for s in found.values()])))
        self.movie_std.fill_(float(np.mean([s.movie_std for s in found.values()])))
        for mouse, statistics in found.items():
            readout = self.readouts[mouse]
            rate = torch.from_numpy(statistics.response_mean_N).float()
            readout.rate_scale_N.copy_(rate.clamp(min=1e-3))
            readout.behavior_mean_C.copy_(torch.from_numpy(statistics.behavior_mean_C))
            readout.behavior_std_C.copy_(torch.from_numpy(statistics.behavior_std_C))
            row, column = torch.from_numpy(statistics.field_N2).float().unbind(1)
            readout.position_N2.data.copy_(screen_position(row, column))

    def response_scale(self, mouse: str) -> Float[Tensor, "N 1"]:
        return self.readouts[mouse].rate_scale_N[:, None]

    def features(self, movie_BTHW: Tensor) -> Float[Tensor, "B T C h w"]:
        """Both nonlinear layers' maps, at half the screen's resolution."""
        batch, time = movie_BTHW.shape[:2]
        before, after = self.size // 2, (self.size - 1) // 2
        frames = (self.rows_hH @ movie_BTHW @ self.columns_Ww).flatten(0, 1)
        maps = self.spatial(F.pad(frames[:, None], (before, after, before, after)))
        height, width = maps.shape[2:]
        maps = self.temporal(maps.flatten(2).unflatten(0, (batch, time)).transpose(1, 2))
        simple = self.mix(maps.transpose(1, 2).flatten(0, 1))
        around = self.local(simple.unflatten(2, (height, width))).flatten(2)
        maps = torch.cat([simple, self.pool(around)], dim=1)
        return maps.unflatten(2, (height, width)).unflatten(0, (batch, time))


def halving(length: int) -> Float[Tensor, "half length"]:
    """Matrix that blurs an axis by 1 3 3 1 and keeps every second place; the borders repeat."""
    matrix = torch.zeros(length // STRIDE, length)
    place = torch.arange(length // STRIDE)
    for offset, weight in zip((-1, 0, 1, 2), (1, 3, 3, 1), strict=True):
        matrix[place, (STRIDE * place + offset).clamp(0, length - 1)] += weight / 8
    return matrix


class CausalFilters(nn.Module):
    """Several temporal filters per channel, as one banded matrix product; the first frame stands for the past."""

    def __init__(self, num_channels: int, num_filters: int, num_frames: int):
        super().__init__()
        shape = (num_channels, num_filters, num_frames)
        self.kernel_CFK = nn.Parameter(torch.randn(shape) / math.sqrt(num_frames))

    def forward(self, maps_BCTP: Tensor) -> Float[Tensor, "B D T P"]:
        time, (_, _, length) = maps_BCTP.shape[2], self.kernel_CFK.shape
        lag = torch.arange(time)[:, None] - torch.arange(time)
        band = ((lag >= 0) & (lag < length)).to(self.kernel_CFK)
        matrix = self.kernel_CFK[..., lag.clamp(0, length - 1)] * band
        missing = self.kernel_CFK.sum(-1, keepdim=True) - matrix.sum(-1)
        matrix = torch.cat([matrix[..., :1] + missing[..., None], matrix[..., 1:]], dim=-1)
        return (matrix.flatten(1, 2) @ maps_BCTP).unflatten(2, (-1, time)).flatten(1, 2)


class SeparablePool(nn.Module):
    """Per channel a filter over rows times one over columns, as banded matrix products; zero beyond the edges."""

    def __init__(self, num_channels: int, size: int):
        super().__init__()
        self.rows_CK = nn.Parameter(torch.rand(num_channels, size) / size)
        self.columns_CK = nn.Parameter(torch.rand(num_channels, size) / size)

    def forward(self, maps: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C H W"]:
        height, width = maps.shape[2:]
        return banded(self.rows_CK, height) @ (maps @ banded(self.columns_CK, width))


def banded(kernel_CK: Tensor, length: int) -> Float[Tensor, "C L L"]:
    """The matrix of a centred filter along an axis of `length`."""
    size = kernel_CK.shape[1]
    place = torch.arange(length)
    tap = place[None] - place[:, None] + size // 2
    return kernel_CK[:, tap.clamp(0, size - 1)] * ((tap >= 0) & (tap < size)).to(kernel_CK)


class PointwiseLayer(nn.Module):
    """A 1 x 1 convolution with batch normalisation and SiLU on maps (B, C, P)."""

    def __init__(self, num_inputs: int, num_outputs: int):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(num_outputs, num_inputs) / math.sqrt(num_inputs))
        self.norm = nn.BatchNorm1d(num_outputs)

    def forward(self, maps_BCP: Tensor) -> Tensor:
        if not self.training:
            scale = self.norm.weight * (self.norm.running_var + self.norm.eps).rsqrt()
            bias = self.norm.bias - scale * self.norm.running_mean
            return F.silu((scale[:, None] * self.weight) @ maps_BCP + bias[:, None])
        return F.silu(self.norm(self.weight @ maps_BCP))


class GaussianReadout(nn.Module):
    """Each neuron reads the feature maps at a learned place, blurred in training by a learned Gaussian."""

    def __init__(self, num_neurons: int, num_features: int):
        super().__init__()
        self.position_N2 = nn.Parameter(torch.zeros(num_neurons, 2))
        """x, y in -1..1 over the screen"""
        self.log_width_N = nn.Parameter(torch.full((num_neurons,), math.log(0.08)))
        self.weight_NF = nn.Parameter(torch.randn(num_neurons, num_features) / num_features)
        self.bias_N = nn.Parameter(torch.full((num_neurons,), math.log(math.e - 1)))
        self.gain_NC = nn.Parameter(torch.zeros(num_neurons, 2))
        self.gaze_steps = nn.Parameter(torch.zeros(2, 2))
        self.register_buffer("rate_scale_N", torch.ones(num_neurons))
        self.register_buffer("behavior_mean_C", torch.zeros(4))
        self.register_buffer("behavior_std_C", torch.ones(4))

    def standardise(self, behavior_BCT: Tensor) -> Tensor:
        return (behavior_BCT - self.behavior_mean_C[:, None]) / self.behavior_std_C[:, None]

    def undo_gaze(self, movie_BTHW: Tensor, gaze_B2T: Tensor) -> Tensor:
        """Shift each frame by a learned linear function of gaze, so that fields stay in place."""
        batch, time, height, width = movie_BTHW.shape
        half = torch.tensor([width / 2, height / 2]).to(movie_BTHW)
        shift = torch.einsum("bct,cd->btd", gaze_B2T, GAZE_STEP_PX * self.gaze_steps) / half
        theta = torch.eye(2, 3).to(movie_BTHW).repeat(batch * time, 1, 1)
        theta = torch.cat([theta[:, :, :2], shift.reshape(batch * time, 2, 1)], dim=2)
        grid = F.affine_grid(theta, [batch * time, 1, height, width], align_corners=False)
        frames = movie_BTHW.reshape(batch * time, 1, height, width)
        moved = F.grid_sample(frames, grid, padding_mode="border", align_corners=False)
        return moved.reshape(movie_BTHW.shape)

    def forward(
        self, features: Float[Tensor, "B T C h w"], behavior_BCT: Tensor
    ) -> Float[Tensor, "B N T"]:
        maps = features.flatten(1, 2)
        if self.training:
            position = self.position_N2.expand(len(features), -1, -1)
            noise = torch.randn(position.shape).to(position)
            position = position + noise * self.log_width_N.exp()[:, None]
            grid = position.clamp(-1, 1)[:, :, None]
            values = F.grid_sample(maps, grid, padding_mode="border", align_corners=False)[..., 0]
        else:
            values = gather_at(maps, self.position_N2.detach().clamp(-1, 1))
        values = values.unflatten(1, features.shape[1:3])
        drive = (values * self.weight_NF.T).sum(2) + self.bias_N
        rate_BNT = F.softplus(drive).transpose(1, 2)
        gain = torch.einsum("bct,nc->bnt", behavior_BCT[:, :2], self.gain_NC)
        return rate_BNT * gain.clamp(-2, 2).exp() * self.rate_scale_N[:, None]


def screen_position(row_px: Tensor, column_px: Tensor) -> Float[Tensor, "N 2"]:
    """Pixel coordinates as the readout's x, y in -1..1."""
    x = (column_px + 0.5) / SCREEN_WIDTH * 2 - 1
    return torch.stack([x, (row_px + 0.5) / SCREEN_HEIGHT * 2 - 1], dim=-1)
