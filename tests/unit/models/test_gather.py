"""Reading maps at places, against PyTorch's own sampler."""

import pytest
import torch
import torch.nn.functional as F

from models.gather import gather_at


@pytest.mark.parametrize("size", [(18, 32), (1, 5), (3, 1)])
def test_values_and_gradients_equal_the_samplers(size):
    generator = torch.Generator().manual_seed(0)
    maps = torch.randn(2, 3, *size, generator=generator, dtype=torch.float64, requires_grad=True)
    position_N2 = 2 * torch.rand(40, 2, generator=generator, dtype=torch.float64) - 1
    position_N2[:4] = torch.tensor([[-1, -1], [1, 1], [-1, 1], [0, 0]])
    grid = position_N2.expand(2, -1, -1)[:, :, None]
    expected = F.grid_sample(maps, grid, padding_mode="border", align_corners=False)[..., 0]
    found = gather_at(maps, position_N2)
    torch.testing.assert_close(found, expected)
    weight = torch.randn(expected.shape, generator=generator, dtype=torch.float64)
    gradients = [torch.autograd.grad((x * weight).sum(), maps)[0] for x in (found, expected)]
    torch.testing.assert_close(*gradients)
