"""The frozen encoder against the modules that it is made from."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from models import cached
from models.frozen import FrozenDwiseNeuro, freeze
from tests.unit.models.test_dwiseneuro import PAPER, SMALL, build, draw_inputs

WIDE = SMALL | {"core_features": (8, 12, 12), "spatial_strides": (4, 1, 2), "spatial_kernel": 5}


def unsettled(settings):
    """An encoder whose batch normalisations have seen something, in float64."""
    encoder = build(settings).double()
    encoder.train()
    with torch.no_grad():
        for _ in range(3):
            encoder(255 * torch.rand(2, 5, 4, 64, 64, dtype=torch.float64), "A")
    return encoder.eval().requires_grad_(False)


@pytest.mark.parametrize("settings", [SMALL, WIDE])
@pytest.mark.parametrize("mouse", ["A", "B"])
def test_rates_and_gradients_are_those_of_the_modules(settings, mouse):
    torch.manual_seed(3)
    encoder = unsettled(settings)
    inputs = draw_inputs(2, 5, 4, 64, 64).double().requires_grad_()
    expected, found = encoder(inputs, mouse), freeze(encoder)(inputs, mouse)
    torch.testing.assert_close(found, expected, rtol=1e-9, atol=1e-12)
    weight = torch.rand(expected.shape, dtype=torch.float64)
    gradients = [torch.autograd.grad((r * weight).sum(), inputs)[0] for r in (found, expected)]
    torch.testing.assert_close(*gradients, rtol=1e-7, atol=1e-12)


def test_nothing_of_it_is_trained():
    frozen = freeze(build())
    assert isinstance(frozen, FrozenDwiseNeuro)
    assert not any(parameter.requires_grad for parameter in frozen.parameters())
    assert not frozen.training


@pytest.mark.parametrize("settings", [SMALL, WIDE])
def test_the_way_through_the_cache_is_the_plain_one(settings, monkeypatch):
    """In float32, several frames at a time and one by one, against float64 without a cache."""
    torch.manual_seed(4)
    encoder = freeze(unsettled(settings))
    inputs = draw_inputs(2, 5, 4, 64, 64).double().requires_grad_()
    expected = encoder(inputs, "A")
    weight = torch.rand(expected.shape, dtype=torch.float64)
    (known,) = torch.autograd.grad((expected * weight).sum(), inputs)
    encoder, single = encoder.float(), inputs.detach().float().requires_grad_()
    for size in (cached.CACHED, 1):
        monkeypatch.setattr(cached, "CACHED", size)
        found = encoder(single, "A")
        torch.testing.assert_close(found.double(), expected, rtol=1e-4, atol=1e-5)
        (gradient,) = torch.autograd.grad((found * weight.float()).sum(), single)
        assert (gradient.double() - known).norm() < 1e-4 * known.norm()


def test_on_a_gpu_nearly_all_runs_in_float32():
    """docs/architecture.md: what PyTorch may run in TF32, convolutions, is 6 % of the work at full size."""
    assert torch.backends.cudnn.allow_tf32
    assert not torch.backends.cuda.matmul.allow_tf32
    with torch.device("meta"):
        encoder = freeze(build(PAPER, {"A": 8000}).eval().requires_grad_(False))
        inputs = torch.zeros(1, 5, 16, 64, 64, requires_grad=True)
    with FlopCounterMode(display=False) as counter:
        encoder(inputs, "A").sum().backward()
    counts = counter.get_flop_counts()["Global"]
    convolved = sum(count for name, count in counts.items() if "convolution" in str(name))
    assert convolved == pytest.approx(0.06 * sum(counts.values()), rel=0.1)
