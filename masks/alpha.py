"""Transparency masks: how much of each pixel the population needs, found by gradient.

A clip F is blended over the movie B of another trial, alpha * F + (1 - alpha) * B; alpha is moved so that the
prediction from the blend fits the responses recorded to F. Pixels that no neuron sees get no gradient and stay low.
"""

import logging
from dataclasses import asdict
from pathlib import Path

import h5py
import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import conv2d, pad

from masks.settings import AlphaSettings
from models.data import MouseData
from models.encoder import Encoder, add_behavior, predict_windows, weights_digest
from recordings.files import replace_when_done
from recordings.progress import report_progress
from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH, Recording
from recordings.resume import Resume

logger = logging.getLogger(__name__)
INITIAL_ALPHA = 0.05
NORM_EPSILON = 1e-6
BLUR_RADIUS_PX = 7


def fit_alpha(
    encoder: Encoder,
    mouse: str,
    data: MouseData,
    settings: AlphaSettings,
    output: Path,
    code: str,
    checkpoint_s: float,
    device: str = "cpu",
) -> None:
    """Fit the mask of one mouse and write it to `output`: alpha_HW (un-clipped) and the loss of each step."""
    fingerprint = {
        **asdict(settings),
        "data": [data.content, data.training],
        "encoder": weights_digest(encoder),
        "code": code,
    }
    resume = Resume(output, fingerprint, checkpoint_s)
    state = resume.load() or {"alpha": initial_alpha(settings.seed), "losses": []}
    for step in report_progress(
        range(len(state["losses"]), settings.num_steps), f"alpha mask of mouse {mouse}"
    ):
        clips = draw_blend(encoder, data.recording, data.training, settings, step)
        gradient_HW, loss = alpha_gradient(encoder, mouse, state["alpha"].to(device), *clips)
        if not np.isfinite(loss):
            raise ValueError(f"alpha mask of mouse {mouse}: loss is {loss} at step {step}")
        blurred = gaussian_blur(gradient_HW.cpu(), settings.blur_sigma_px)
        state["alpha"] = state["alpha"] - settings.step_size * blurred
        state["losses"].append(loss)
        resume.save_when_due(lambda: state)
    _write_alpha(output, state, settings)
    resume.clear()


def initial_alpha(seed: int) -> Float[Tensor, "H W"]:
    """Uniform noise in 0..0.05."""
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(SCREEN_HEIGHT, SCREEN_WIDTH, generator=generator) * INITIAL_ALPHA


def draw_blend(
    encoder: Encoder, recording: Recording, trials: list[int], settings: AlphaSettings, step: int
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Foreground and background movies BTHW, behaviour BCT and responses BNT; a function of (seed, step) alone."""
    generator = np.random.default_rng([settings.seed, step])
    length = encoder.spec.window_frames
    foreground, background, behavior, responses = [], [], [], []
    for _ in range(settings.batch_clips):
        one, other = generator.choice(trials, 2)
        last = min(recording.num_valid_frames(int(t)) for t in (one, other)) - length
        start = int(generator.integers(0, last + 1))
        clip = recording.frames(int(one), start, start + length)
        foreground.append(clip.video_THW)
        behavior.append(clip.behavior_CT)
        responses.append(clip.responses_NT)
        background.append(recording.frames(int(other), start, start + length).video_THW)
    stacks = (foreground, background, behavior, responses)
    return tuple(torch.from_numpy(np.stack(arrays)) for arrays in stacks)


def blend(alpha_HW: Tensor, foreground_BTHW: Tensor, background_BTHW: Tensor) -> Tensor:
    """alpha * foreground + (1 - alpha) * background, alpha clipped to 0..1."""
    alpha_HW = alpha_HW.clamp(0, 1)
    return alpha_HW * foreground_BTHW + (1 - alpha_HW) * background_BTHW


def alpha_gradient(
    encoder: Encoder,
    mouse: str,
    alpha_HW: Tensor,
    foreground_BTHW: Tensor,
    background_BTHW: Tensor,
    behavior_BCT: Tensor,
    responses_BNT: Tensor,
) -> tuple[Float[Tensor, "H W"], float]:
    """Normalised gradient of the mean squared error, averaged over frames, and the error itself."""
    # paper: method section 2 normalises one clip's gradient with its movie and behaviour channels; here the
    # clips of a step share one gradient, of alpha alone.
    device, spec = alpha_HW.device, encoder.spec
    num_frames = foreground_BTHW.shape[1]
    alpha_THW = alpha_HW.expand(num_frames, -1, -1).clone().requires_grad_()
    movie = blend(alpha_THW, foreground_BTHW.to(device), background_BTHW.to(device))
    inputs = add_behavior(spec.place(movie), behavior_BCT.to(device))
    rates = predict_windows(encoder, inputs, mouse)
    scored = torch.from_numpy(spec.scored)
    error = (rates - responses_BNT.to(device))[..., scored]
    loss = (error**2).mean()
    (gradient_THW,) = torch.autograd.grad(loss, alpha_THW)
    return (gradient_THW / (gradient_THW.norm() + NORM_EPSILON)).mean(0), float(loss.detach())


def gaussian_blur(image_HW: Tensor, sigma_px: float) -> Tensor:
    """15 x 15 Gaussian with reflected borders, as the published code blurs; sigma 0 does not blur."""
    if sigma_px == 0:
        return image_HW
    offsets = torch.arange(-BLUR_RADIUS_PX, BLUR_RADIUS_PX + 1, dtype=image_HW.dtype)
    kernel = torch.exp(-(offsets**2) / (2 * sigma_px**2))
    kernel = torch.outer(kernel, kernel) / kernel.sum() ** 2
    padded = pad(image_HW[None, None], [BLUR_RADIUS_PX] * 4, mode="reflect")
    return conv2d(padded, kernel[None, None])[0, 0]


def _write_alpha(output: Path, state: dict, settings: AlphaSettings) -> None:
    with replace_when_done(output) as temporary, h5py.File(temporary, "w") as file:
        file["alpha_HW"] = state["alpha"].numpy().astype(np.float32)
        file["loss"] = np.array(state["losses"])
        file.attrs.update(asdict(settings))
