"""The Poisson loss: closed form, minimum, and the published code's number."""

import pytest
import torch

from models.loss import EPSILON, poisson_loss
from tests.tiny import golden, golden_trial


def draw(seed: int) -> torch.Tensor:
    return torch.rand(3, 4, 5, generator=torch.Generator().manual_seed(seed)) + 0.1


def test_closed_form():
    rate, response = draw(0), draw(1)
    expected = (rate - response * torch.log(rate + EPSILON)).mean(dim=(1, 2))
    torch.testing.assert_close(poisson_loss(rate, response), expected)


def test_a_silent_neuron_costs_its_rate():
    assert float(poisson_loss(torch.full((1, 2, 2), 0.7), torch.zeros(1, 2, 2))) == pytest.approx(
        0.7
    )


def test_a_rate_of_zero_is_finite():
    assert torch.isfinite(poisson_loss(torch.zeros(1, 2, 2), torch.ones(1, 2, 2))).all()


def test_the_least_loss_is_at_the_response():
    response = draw(1)
    rate = response.clone().requires_grad_()
    poisson_loss(rate, response).sum().backward()
    assert float(rate.grad.abs().max()) < 1e-6


def test_entries_of_a_batch_do_not_influence_each_other():
    rate, response = draw(0), draw(1)
    one_by_one = torch.cat([poisson_loss(rate[k : k + 1], response[k : k + 1]) for k in range(3)])
    torch.testing.assert_close(poisson_loss(rate, response), one_by_one)


def test_the_published_loss_of_a_window():
    window = golden("window_gradient")
    first = int(window["first_frame"])
    responses = golden_trial(0, 0, slice(first, first + 32)).responses_NT
    pair = (torch.from_numpy(array).double()[None] for array in (window["prediction"], responses))
    assert float(poisson_loss(*pair)) == pytest.approx(float(window["loss"]), rel=1e-5)
