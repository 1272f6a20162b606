"""The update rule of `map`: known optima, clips that do not mix, steps that are taken back."""

import pytest
import torch

from reconstruct.descent import Evaluation, State, descend
from reconstruct.lbfgs import accepted_params, lbfgs_update


def minimise(value_of, start: torch.Tensor, num_iterations: int, state: State | None = None):
    values = []

    def evaluate(params):
        leaf = params.detach().requires_grad_()
        value_B = value_of(leaf)
        (gradient,) = torch.autograd.grad(value_B.sum(), leaf)
        return Evaluation(value_B.detach(), gradient, {"loss": value_B.detach()})

    def observe(state, evaluation):
        values.append(value_of(accepted_params(state)))

    state = state or State(start)
    stop = lambda state: state.iteration >= num_iterations  # noqa: E731
    return descend(state, evaluate, lbfgs_update, stop, observe), torch.stack(values)


def rosenbrock(params_B2):
    x, y = params_B2.unbind(1)
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def draw_quadratic(num_clips: int = 3, size: int = 40):
    generator = torch.Generator().manual_seed(0)
    factor = torch.randn(num_clips, size, size, generator=generator, dtype=torch.float64)
    matrix = factor @ factor.mT / size + torch.eye(size)
    right = torch.randn(num_clips, size, generator=generator, dtype=torch.float64)

    def value_of(x):
        return 0.5 * ((x[:, None] @ matrix)[:, 0] * x).sum(1) - (right * x).sum(1)

    return value_of, torch.linalg.solve(matrix, right)


def test_the_optimum_of_a_quadratic():
    value_of, optimum = draw_quadratic()
    state, _ = minimise(value_of, torch.zeros_like(optimum), 60)
    torch.testing.assert_close(accepted_params(state), optimum, rtol=0, atol=1e-4)


def test_the_valley_of_rosenbrock():
    start = torch.tensor([[-1.2, 1.0], [0.0, 0.0], [2.0, -1.0]], dtype=torch.float64)
    state, _ = minimise(rosenbrock, start, 120)
    torch.testing.assert_close(accepted_params(state), torch.ones_like(start), rtol=0, atol=1e-3)


def test_what_is_accepted_never_gets_worse():
    start = torch.tensor([[-1.2, 1.0], [3.0, 3.0]], dtype=torch.float64)
    _, values = minimise(rosenbrock, start, 60)
    assert (values[1:] <= values[:-1] + 1e-6).all()


def test_clips_do_not_influence_each_other():
    starts = torch.tensor([[-1.2, 1.0], [0.3, 0.7], [2.0, -1.0]], dtype=torch.float64)
    together, _ = minimise(rosenbrock, starts, 30)
    for clip, start in enumerate(starts):
        alone, _ = minimise(rosenbrock, start[None], 30)
        torch.testing.assert_close(accepted_params(together)[clip], accepted_params(alone)[0])


@pytest.mark.parametrize("num_done", [1, 2, 9, 17])
def test_going_on_equals_going_through(num_done):
    start = torch.tensor([[-1.2, 1.0]], dtype=torch.float64)
    whole, _ = minimise(rosenbrock, start, 25)
    part, _ = minimise(rosenbrock, start, num_done)
    rest, _ = minimise(rosenbrock, start, 25, part)
    assert torch.equal(whole.params, rest.params)
    for name, values in whole.memory.items():
        assert torch.equal(values, rest.memory[name]), name


def test_a_step_that_is_too_long_is_cut():
    steep = lambda x: 1e6 * x.square().sum(1)  # noqa: E731
    _, values = minimise(steep, torch.full((1, 3), 5.0, dtype=torch.float64), 8)
    assert float(values[-1]) < 1e-6 * float(values[0])


def test_at_the_optimum_nothing_moves():
    value_of, optimum = draw_quadratic()
    state, _ = minimise(value_of, optimum.clone(), 3)
    torch.testing.assert_close(accepted_params(state), optimum, rtol=0, atol=1e-9)
    assert torch.isfinite(state.params).all()


def test_the_first_step_does_not_end_in_a_white_movie():
    """White (beyond x = 4.4) is better than the start and flat, but far worse than the optimum near x = 1."""

    def value_of(x_B1):
        level = (100 + 35 * x_B1[:, 0]).clamp(0, 255)
        too_dark = 4000 * ((135 - level) / 35).square()
        too_bright = 3000 * (1 - torch.exp(-((level - 135) / 30).square()))
        return torch.where(level < 135, too_dark, too_bright) + x_B1[:, 0].square() / 2

    state, _ = minimise(value_of, torch.zeros(1, 1, dtype=torch.float64), 20)
    assert accepted_params(state).item() == pytest.approx(1, abs=0.05)
