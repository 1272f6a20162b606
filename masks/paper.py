"""`masks.alpha.method: paper`: the published training of a transparency mask, literally (method section 2)."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from masks.blend import blend, gaussian_blur
from masks.settings import PaperAlphaSettings
from models.data import MouseData
from models.encoder import Encoder, add_behavior, predict_windows
from recordings.reader import Recording

INITIAL_ALPHA = 0.05
NORM_EPSILON = 1e-6


def initial_alpha(encoder: Encoder, seed: int) -> Float[Tensor, "T H W"]:
    """Uniform noise in 0..0.05, for every pixel of the canvas and frame of a window by itself."""
    spec = encoder.spec
    shape = spec.window_frames, spec.canvas_height, spec.canvas_width
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed)) * INITIAL_ALPHA


def draw_clips(
    encoder: Encoder,
    recording: Recording,
    trials: list[int],
    settings: PaperAlphaSettings,
    step: int,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Foreground and background movies THW on the canvas, behaviour CT and responses NT; a function of (seed, step) alone."""
    # paper: the published code never draws the last trial (exclusive upper bound).
    one, other = np.random.default_rng([settings.seed, step]).choice(trials[:-1], 2)
    first, spec = settings.first_frame, encoder.spec
    clip = recording.frames(int(one), first, first + spec.window_frames)
    background = recording.frames(int(other), first, first + spec.window_frames)
    movies = (spec.place(torch.from_numpy(each.video_THW), 0.0) for each in (clip, background))
    return *movies, torch.from_numpy(clip.behavior_CT), torch.from_numpy(clip.responses_NT)


def alpha_update(
    encoder: Encoder,
    mouse: str,
    alpha_THW: Tensor,
    clips: tuple[Tensor, Tensor, Tensor, Tensor],
    settings: PaperAlphaSettings,
) -> tuple[Float[Tensor, "H W"], float]:
    """What to add to alpha in every frame; the mean squared error before."""
    foreground, background, behavior, responses = (tensor.to(alpha_THW.device) for tensor in clips)
    leaves = [alpha_THW.clone(), add_behavior(foreground, behavior)]
    alpha_THW, inputs = (leaf.requires_grad_() for leaf in leaves)
    mixed = blend(alpha_THW, inputs[0], background)
    rates = predict_windows(encoder, torch.cat([mixed[None], inputs[1:]])[None], mouse)[0]
    scored = torch.from_numpy(encoder.spec.scored)
    loss = ((rates - responses)[:, scored] ** 2).mean()
    gradient_THW, others = torch.autograd.grad(loss, (alpha_THW, inputs))
    # paper: the norm spans movie and behaviour channels too.
    norm = (gradient_THW.square().sum() + others.square().sum()).sqrt()
    mean_HW = (gradient_THW / (norm + NORM_EPSILON)).clamp(-1, 1).mean(0)
    update = -settings.step_size * gaussian_blur(mean_HW.cpu(), settings.blur_sigma_px)
    return update, float(loss.detach())


@dataclass(frozen=True)
class PaperAlpha:
    """The published training of one mouse's mask, through one member."""

    encoder: Encoder
    mouse: str
    data: MouseData
    settings: PaperAlphaSettings
    device: str = "cpu"

    def __post_init__(self):
        recording, first = self.data.recording, self.settings.first_frame
        needed = first + self.encoder.spec.window_frames
        if len(self.data.training) < 2:
            raise ValueError("one training trial; blending two movies needs at least 2")
        for trial in self.data.training:
            found = recording.num_valid_frames(trial)
            if found < needed:
                raise ValueError(
                    f"trial {trial} has {found} frames; masks.alpha.paper.first_frame {first} and a window of "
                    f"{self.encoder.spec.window_frames} need {needed}: lower first_frame, or raise recordings.selection.min_frames"
                )

    def start(self) -> dict:
        return {"alpha": initial_alpha(self.encoder, self.settings.seed), "losses": []}

    def step(self, state: dict) -> None:
        number, data = len(state["losses"]), self.data
        clips = draw_clips(self.encoder, data.recording, data.training, self.settings, number)
        alpha_THW = state["alpha"].to(self.device)
        update_HW, loss = alpha_update(self.encoder, self.mouse, alpha_THW, clips, self.settings)
        state["alpha"] = state["alpha"] + update_HW
        state["losses"].append(loss)

    def finished(self, state: dict) -> bool:
        return False
