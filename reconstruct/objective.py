"""How well a movie explains the responses, and the direction that would explain them better."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from models.encoder import Encoder, add_behavior, predict_windows
from models.loss import poisson_loss
from reconstruct.windows import coverage

NORM_EPSILON = 1e-6
WINDOWS_PER_BATCH = 4


@dataclass(frozen=True)
class Target:
    """The responses to explain, and the behaviour that came with them."""

    mouse: str
    responses_NT: Tensor
    behavior_CT: Tensor


@dataclass(frozen=True)
class GradientResult:
    """Mean over windows of the normalised gradient, on the canvas, and what to log."""

    gradient_THW: Tensor
    loss: float
    gradient_norm: float


def movie_gradient(
    encoder: Encoder, target: Target, movie_THW: Float[Tensor, "T H W"], starts: list[int]
) -> GradientResult:
    """Per window the gradient of the Poisson loss over its norm; per frame the mean over its windows."""
    length = encoder.spec.window_frames
    total_THW = torch.zeros_like(movie_THW)
    losses, norms = [], []
    for first in range(0, len(starts), WINDOWS_PER_BATCH):
        batch = starts[first : first + WINDOWS_PER_BATCH]
        gradient_KTHW, loss_K, norm_K = window_gradients(encoder, target, movie_THW, batch)
        for start, gradient in zip(batch, gradient_KTHW, strict=True):
            total_THW[start : start + length] += gradient
        losses.append(loss_K)
        norms.append(norm_K)
    count_T = torch.from_numpy(coverage(starts, length, len(movie_THW))).to(movie_THW)
    return GradientResult(
        total_THW / count_T[:, None, None],
        float(torch.cat(losses).mean()),
        float(torch.cat(norms).mean()),
    )


def window_gradients(
    encoder: Encoder, target: Target, movie_THW: Tensor, starts: list[int]
) -> tuple[Float[Tensor, "K T H W"], Float[Tensor, " K"], Float[Tensor, " K"]]:
    """Normalised movie gradient, loss and gradient norm of each window; windows do not influence each other."""
    length = encoder.spec.window_frames
    cuts = [slice(start, start + length) for start in starts]
    movies = torch.stack([movie_THW[cut] for cut in cuts])
    behavior = torch.stack([target.behavior_CT[:, cut] for cut in cuts])
    responses = torch.stack([target.responses_NT[:, cut] for cut in cuts])
    inputs = add_behavior(movies, behavior).requires_grad_()
    rates = predict_windows(encoder, inputs, target.mouse)
    scored = torch.from_numpy(encoder.spec.scored)
    loss_K = poisson_loss(rates[..., scored], responses[..., scored])
    (gradient,) = torch.autograd.grad(loss_K.sum(), inputs)
    # paper: the norm spans all five channels and the padding, before the mask (method 1.3e).
    norm_K = gradient.flatten(1).norm(dim=1)
    return gradient[:, 0] / (norm_K[:, None, None, None] + NORM_EPSILON), loss_K.detach(), norm_K
