"""What every encoder promises: inputs of a mouse in, expected responses out."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from models.shapes import NUM_CHANNELS
from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH, Trial

if TYPE_CHECKING:
    from models.data import MouseStatistics


@dataclass(frozen=True)
class ClipSpec:
    """The clips that an encoder takes, and where the screen lies on its input canvas."""

    clip_frames: int
    frame_step: int = 1
    """an encoder may see every n-th frame only; a window then holds n interleaved clips"""
    warmup_frames: int = 0
    """first frames of a clip whose prediction lacks history"""
    canvas_height: int = SCREEN_HEIGHT
    canvas_width: int = SCREEN_WIDTH
    top: int = 0
    left: int = 0
    padding_value: float = 0.0
    """what the encoder saw outside the screen in training"""

    @property
    def window_frames(self) -> int:
        """Consecutive movie frames that fill all interleaved clips."""
        return self.clip_frames * self.frame_step

    @property
    def screen(self) -> tuple[slice, slice]:
        """Rows and columns of the canvas that show the screen."""
        rows = slice(self.top, self.top + SCREEN_HEIGHT)
        return rows, slice(self.left, self.left + SCREEN_WIDTH)

    @property
    def scored(self) -> np.ndarray:
        """Which frames of a window carry a prediction with enough history."""
        return np.arange(self.window_frames) >= self.warmup_frames * self.frame_step

    def place(self, screen_THW: Tensor, padding: float | None = None) -> Tensor:
        """Put screen-sized frames on the canvas."""
        fill = self.padding_value if padding is None else padding
        shape = (*screen_THW.shape[:-2], self.canvas_height, self.canvas_width)
        canvas = screen_THW.new_full(shape, fill)
        canvas[..., *self.screen] = screen_THW
        return canvas


class Encoder(nn.Module, ABC):
    """Predicts the responses of the neurons of several mice from movie, behaviour and gaze."""

    spec: ClipSpec
    num_neurons: dict[str, int]

    @abstractmethod
    def forward(self, inputs: Float[Tensor, "B C T H W"], mouse: str) -> Float[Tensor, "B N T"]: ...

    def predict_mice(
        self, inputs: Float[Tensor, "B C T H W"], clips: dict[str, slice]
    ) -> dict[str, Tensor]:
        """Rates of each mouse for its clips of a batch; the readouts of other mice are left alone."""
        return {mouse: self(inputs[chosen], mouse) for mouse, chosen in clips.items()}

    def initialise(self, statistics_of: Callable[[str], "MouseStatistics"]) -> None:
        """Before training: take what is useful of the statistics of each mouse's training trials."""

    def response_scale(self, mouse: str) -> Tensor:
        """The loss is computed on rates and responses divided by this, per neuron (N, 1) or for all."""
        return torch.ones(())


def weights_digest(encoder: Encoder) -> str:
    """A hash of all weights, for resumed jobs."""
    digest = hashlib.sha256()
    for name, tensor in encoder.state_dict().items():
        digest.update(name.encode())
        digest.update(tensor.cpu().contiguous().numpy())
    return digest.hexdigest()[:16]


def stack_inputs(trial: Trial, spec: ClipSpec) -> Float[Tensor, "C T H W"]:
    """The five input channels of a trial on the encoder's canvas; behaviour fills its planes."""
    video_THW = spec.place(torch.from_numpy(trial.video_THW))
    return add_behavior(video_THW, torch.from_numpy(trial.behavior_CT))


def add_behavior(
    movie_THW: Float[Tensor, "*B T H W"], behavior_CT: Float[Tensor, "*B C T"]
) -> Float[Tensor, "*B 5 T H W"]:
    """Movie as channel 0, the four behaviour channels as constant planes after it."""
    planes = behavior_CT[..., None, None].expand(
        *behavior_CT.shape, movie_THW.shape[-2], movie_THW.shape[-1]
    )
    inputs = torch.cat([movie_THW.unsqueeze(-4), planes.to(movie_THW)], dim=-4)
    assert inputs.shape[-4] == NUM_CHANNELS
    return inputs


def predict_windows(
    encoder: Encoder, inputs: Float[Tensor, "B C W H V"], mouse: str
) -> Float[Tensor, "B N W"]:
    """Predict windows of consecutive frames by interleaved clips, each frame once."""
    step = encoder.spec.frame_step
    if step == 1:
        return encoder(inputs, mouse)
    batch, channels, window = inputs.shape[:3]
    clips = inputs.unflatten(2, (window // step, step)).movedim(3, 1)
    rates = encoder(clips.reshape(batch * step, channels, window // step, *inputs.shape[3:]), mouse)
    return rates.unflatten(0, (batch, step)).permute(0, 2, 3, 1).flatten(2)


@torch.no_grad()
def predict_trial(
    encoder: Encoder,
    inputs: Float[Tensor, "C T H W"],
    mouse: str,
    stride_frames: int = 1,
    batch_clips: int = 8,
) -> Float[Tensor, "N T"]:
    """Predict a whole trial: every frame is the mean over all clips that hold it."""
    return predict_trials(encoder, inputs[None], mouse, stride_frames, batch_clips)[0]


@torch.no_grad()
def predict_trials(
    encoder: Encoder,
    inputs: Float[Tensor, "B C T H W"],
    mouse: str,
    stride_frames: int,
    batch_clips: int,
) -> Float[Tensor, "B N T"]:
    """The same of trials of one length, all at once.

    Windows of interleaved clips start every `stride_frames` frames and at the end; a clip that two windows share is
    predicted once. Frames that only ever fall into the warm-up of a clip (the first of the trial) are predicted
    from there. At most `batch_clips` clips of each trial are in memory at a time; where that is
    too many for the GPU, half of them.
    """
    spec, num_frames = encoder.spec, inputs.shape[2]
    starts = clip_starts(spec, num_frames, stride_frames)
    total = inputs.new_zeros(len(inputs), encoder.num_neurons[mouse], num_frames)
    count = inputs.new_zeros(num_frames)
    first = 0
    while first < len(starts):
        frames_KT = torch.tensor(starts[first : first + batch_clips])[:, None]
        frames_KT = frames_KT + spec.frame_step * torch.arange(spec.clip_frames)
        clips = inputs[:, :, frames_KT].transpose(1, 2)
        try:
            rates = encoder(clips.flatten(0, 1), mouse).unflatten(0, clips.shape[:2])
        except torch.OutOfMemoryError:
            if batch_clips == 1:
                raise
            batch_clips = max(1, batch_clips // 2)
            continue
        for frames, rate_BNT in zip(frames_KT, rates.unbind(1), strict=True):
            kept = slice(0 if frames[0] < spec.frame_step else spec.warmup_frames, None)
            total[..., frames[kept]] += rate_BNT[..., kept]
            count[frames[kept]] += 1
        first += len(frames_KT)
    return total / count


def clip_starts(spec: ClipSpec, num_frames: int, stride_frames: int) -> list[int]:
    """Where the clips of windows every `stride_frames` and at the end begin, each once."""
    last, scored_frames = num_frames - spec.window_frames, int(spec.scored.sum())
    if last < 0:
        raise ValueError(
            f"trial of {num_frames} frames; the encoder needs at least {spec.window_frames}"
        )
    if stride_frames > scored_frames:
        raise ValueError(f"stride of {stride_frames} frames; a window predicts {scored_frames}")
    windows = {*range(0, last + 1, stride_frames), last}
    return sorted({start + phase for start in windows for phase in range(spec.frame_step)})
