"""The fused opening against its modules one after the other."""

import copy

import pytest
import torch

from models.dwiseneuro import Core
from tests.unit.models.test_dwiseneuro import SMALL, build


def run_modules(core: Core, inputs: torch.Tensor) -> torch.Tensor:
    maps = inputs.permute(0, 2, 3, 4, 1)
    return core.blocks(core.stem(maps))


def gradients(run, core: Core, inputs: torch.Tensor) -> dict[str, torch.Tensor]:
    inputs = inputs.clone().requires_grad_()
    out = run(core, inputs)
    out.square().sum().backward()
    found = {name: value.grad for name, value in core.named_parameters()}
    return found | {"output": out.detach(), "inputs": inputs.grad}


@pytest.mark.parametrize("training", [True, False])
def test_the_same_output_gradients_and_running_moments_as_the_modules(training):
    core = build(SMALL | {"drop_path_rate": 0.0}).core.double().train(training)
    modules = copy.deepcopy(core)
    generator = torch.Generator().manual_seed(2)
    inputs = 255 * torch.rand(3, 5, 4, 64, 64, generator=generator, dtype=torch.float64)
    expected = gradients(run_modules, modules, inputs)
    found = gradients(Core.__call__, core, inputs)
    for name, value in expected.items():
        # the stem's own shift is normalised away: its gradient is rounding
        torch.testing.assert_close(found[name], value, rtol=1e-8, atol=1e-10)
    for name, value in modules.named_buffers():
        torch.testing.assert_close(dict(core.named_buffers())[name], value)
