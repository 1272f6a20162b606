"""How well movies explain the responses: windows of all clips and encoders, in batches that fit the memory."""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from jaxtyping import Float
from torch import Tensor

from models.encoder import Encoder, add_behavior, predict_windows
from models.loss import poisson_points
from models.shapes import NUM_CHANNELS
from reconstruct.descent import Fit
from reconstruct.target import Target
from reconstruct.windows import coverage

CPU_BYTES, CPU_WINDOWS = 1.5e9, 8
"""more windows at once are no faster on a CPU"""
GPU_SHARE, GPU_WINDOWS = 0.4, 256
NORM_EPSILON = 1e-6
UNNORMALISED = 100.0
"""what the published code multiplies gradients with where it does not normalise them"""

PointLoss = Callable[[Tensor, Tensor], Tensor]
"""loss of every neuron and frame from rates and responses"""


def squared_points(rate: Tensor, response: Tensor) -> Tensor:
    return (rate - response) ** 2


@dataclass
class Chunk:
    """How many windows run at once: halved, for good, whenever they do not fit the GPU."""

    num_windows: int = 8

    def split(self, num_items: int, work: Callable[[slice], None]) -> None:
        first = 0
        while first < num_items:
            part = slice(first, min(first + self.num_windows, num_items))
            try:
                work(part)
            except torch.OutOfMemoryError:
                if self.num_windows == 1:
                    raise
                self.num_windows //= 2
                continue
            first = part.stop


def windows_that_fit(encoder: Encoder, mouse: str, device: str) -> int:
    """So many windows at once that what their gradients need fits into the memory, by measuring one."""
    spec = encoder.spec
    shape = (1, NUM_CHANNELS, spec.window_frames, spec.canvas_height, spec.canvas_width)
    sizes = {}

    def note(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        sizes[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        inputs = torch.zeros(shape, device=device, requires_grad=True)
        rates = predict_windows(encoder, inputs, mouse)
    del rates
    if device == "cpu":
        budget, most = CPU_BYTES, CPU_WINDOWS
    else:
        budget, most = GPU_SHARE * torch.cuda.mem_get_info()[0], GPU_WINDOWS
    return int(min(most, max(1, budget // max(1, sum(sizes.values())))))


@dataclass(frozen=True)
class Windows:
    """Where the windows of all clips lie, and what each of their frames counts in the loss."""

    length: int
    places: list[tuple[int, int]]
    """clip and first frame"""
    frame_weight_KT: Tensor
    cover_T: Tensor
    """how many windows hold each frame of a clip"""

    def clips(self, part: slice) -> list[int]:
        return [clip for clip, _ in self.places[part]]

    def cut(self, values: Float[Tensor, "B T *rest"], part: slice) -> Float[Tensor, "K W *rest"]:
        """The frames of some windows."""
        cuts = [values[clip, start : start + self.length] for clip, start in self.places[part]]
        return torch.stack(cuts)

    def add(self, total: Tensor, values: Tensor, part: slice) -> None:
        """Add what belongs to the frames of some windows to the frames of the clips."""
        for (clip, start), value in zip(self.places[part], values, strict=True):
            total[clip, start : start + self.length] += value


def windows_of(encoder: Encoder, target: Target, starts: list[int], weight_KT: Tensor) -> Windows:
    """The same windows on every clip."""
    num_clips, num_frames = len(target.responses_BNT), target.num_frames
    length = encoder.spec.window_frames
    places = [(clip, start) for clip in range(num_clips) for start in starts]
    cover_T = torch.from_numpy(coverage(starts, length, num_frames))
    like = target.responses_BNT
    return Windows(length, places, weight_KT.repeat(num_clips, 1).to(like), cover_T.to(like))


def mean_over_windows(encoder: Encoder, target: Target, starts: list[int]) -> Windows:
    """Every window's loss is the mean over its scored frames."""
    scored_T = torch.from_numpy(encoder.spec.scored).double()
    weight_KT = (scored_T / scored_T.sum()).expand(len(starts), -1)
    return windows_of(encoder, target, starts, weight_KT)


def sum_over_frames(encoder: Encoder, target: Target, starts: list[int]) -> Windows:
    """Every frame counts once, as the mean of the windows that score it; frames that none scores do not count."""
    scored_T = torch.from_numpy(encoder.spec.scored).double()
    length, times_T = len(scored_T), torch.zeros(target.num_frames).double()
    for start in starts:
        times_T[start : start + length] += scored_T
    weights = [scored_T / times_T[start : start + length].clamp(min=1) for start in starts]
    return windows_of(encoder, target, starts, torch.stack(weights))


@dataclass(frozen=True)
class Likelihood:
    """The loss of a target through one or more encoders of one canvas, for movies on it."""

    encoders: tuple[Encoder, ...]
    target: Target
    windows: Windows
    points: PointLoss = poisson_points
    chunk: Chunk = field(default_factory=Chunk)

    def summed(self, movies_BTHW: Float[Tensor, "B T H W"]) -> Fit:
        """The gradient to the movie of the loss summed over windows; mean over encoders."""
        total, loss_B, held_B, _ = self._collect(
            movies_BTHW, lambda norm_K: torch.ones_like(norm_K)
        )
        watched = bool(self.target.held_out_BN.any())
        return Fit(loss_B, total, {"held_out_loss": held_B} if watched else {})

    def normalised(self, movies_BTHW: Float[Tensor, "B T H W"]) -> Fit:
        """As published: per window the gradient over its norm; per frame the mean over its windows, then over encoders."""
        # paper: the norm spans all five channels and the padding, before the mask (method 1.3e).
        return self._averaged(movies_BTHW, lambda norm_K: 1 / (norm_K + NORM_EPSILON))

    def multiplied(self, movies_BTHW: Float[Tensor, "B T H W"]) -> Fit:
        """The same with a fixed factor instead of the norm."""
        return self._averaged(movies_BTHW, lambda norm_K: torch.full_like(norm_K, UNNORMALISED))

    def _averaged(self, movies_BTHW: Tensor, factor_of: Callable[[Tensor], Tensor]) -> Fit:
        total, loss_B, _, norm_B = self._collect(movies_BTHW, factor_of)
        share = len(movies_BTHW) / len(self.windows.places)
        gradient = total / self.windows.cover_T[:, None, None]
        return Fit(loss_B * share, gradient, {"gradient_norm": norm_B * share})

    def _collect(self, movies_BTHW: Tensor, factor_of: Callable[[Tensor], Tensor]) -> tuple:
        """Gradient times factor, loss, held-out loss and norm, summed over windows; mean over encoders."""
        total = torch.zeros_like(movies_BTHW)
        sums_B = movies_BTHW.new_zeros(3, len(movies_BTHW), dtype=torch.float64)
        for encoder in self.encoders:

            def work(part: slice, encoder: Encoder = encoder) -> None:
                gradient, *losses = self._window_gradients(encoder, movies_BTHW, part)
                norm_K = gradient.flatten(1).norm(dim=1)
                scaled = gradient[:, 0] * factor_of(norm_K)[:, None, None, None]
                clips = torch.tensor(self.windows.clips(part), device=total.device)
                sums_K = torch.stack([*losses, norm_K]).double()
                # added when all that may not fit the memory is there: the part may be tried again
                self.windows.add(total, scaled, part)
                sums_B.index_add_(1, clips, sums_K)

            self.chunk.split(len(self.windows.places), work)
        return total / len(self.encoders), *(sums_B / len(self.encoders))

    def _window_gradients(
        self, encoder: Encoder, movies_BTHW: Tensor, part: slice
    ) -> tuple[Float[Tensor, "K 5 T H W"], Float[Tensor, " K"], Float[Tensor, " K"]]:
        """Gradient to all input channels, loss and held-out loss of some windows; windows do not influence each other."""
        target, windows = self.target, self.windows
        behavior = windows.cut(target.behavior_BCT.mT, part).mT
        responses = windows.cut(target.responses_BNT.mT, part).mT
        inputs = add_behavior(windows.cut(movies_BTHW, part), behavior).requires_grad_()
        rates = predict_windows(encoder, inputs, target.mouse)
        points = self.points(rates, responses.to(rates))
        loss_KN = (points @ windows.frame_weight_KT[part].to(points)[..., None])[..., 0]
        clips = windows.clips(part)
        loss_K = (loss_KN * target.weight_BN[clips]).sum(1)
        (gradient,) = torch.autograd.grad(loss_K.sum(), inputs)
        held_K = (loss_KN.detach() * target.held_out_BN[clips]).sum(1)
        return gradient, loss_K.detach(), held_K
