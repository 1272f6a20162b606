"""The loops for a CPU against PyTorch's functions."""

import os
import shutil
import subprocess
import sys

import numpy as np
import torch
import torch.nn.functional as F

from models import kernels

USE = """
import numpy
from models import kernels
out = numpy.ones(1, numpy.float32)
kernels.silu(numpy.zeros(1, numpy.float32), out)
print(kernels.__file__, out[0])
"""
"""silu of 0"""


def draw(*shape, scale=3.0):
    generator = np.random.default_rng(len(shape))
    return (scale * generator.normal(size=shape)).astype(np.float32)


def test_silu_is_exact_to_rounding():
    x = np.linspace(-120, 120, 100_001, dtype=np.float32)
    out = np.empty_like(x)
    kernels.silu(x, out)
    expected = F.silu(torch.from_numpy(x).double()).numpy()
    np.testing.assert_allclose(out, expected, rtol=3e-7, atol=1e-7)


def test_slope_of_silu_is_exact_to_rounding():
    x = np.linspace(-120, 120, 100_001, dtype=np.float32)
    found = np.ones_like(x)
    kernels.silu_back(found, x)
    leaf = torch.from_numpy(x).double().requires_grad_()
    (expected,) = torch.autograd.grad(F.silu(leaf).sum(), leaf)
    np.testing.assert_allclose(found, expected.numpy(), rtol=1e-6, atol=2e-7)


def test_what_is_not_a_number_stays_so():
    x = np.array([np.nan, 1.0], np.float32)
    out, gradient = np.empty_like(x), np.ones_like(x)
    kernels.silu(x, out)
    kernels.silu_back(gradient, x)
    assert np.isnan(out).tolist() == np.isnan(gradient).tolist() == [True, False]


def test_widening_and_its_gradient():
    inputs, weight, bias = draw(2, 5, 6), draw(5, 11), draw(2, 6, 11)
    out = np.empty_like(bias)
    kernels.widen(inputs, weight, bias, out)
    leaf = torch.from_numpy(inputs).double().requires_grad_()
    widened = torch.einsum("tip,im->tpm", leaf, torch.from_numpy(weight).double())
    expected = F.silu(widened + torch.from_numpy(bias).double())
    np.testing.assert_allclose(out, expected.detach().numpy(), rtol=1e-5, atol=1e-5)
    gradient, total = draw(2, 6, 11), np.empty_like(inputs)
    kernels.widen_back(gradient, inputs, weight, bias, total)
    (known,) = torch.autograd.grad(expected, leaf, torch.from_numpy(gradient).double())
    np.testing.assert_allclose(total, known.numpy(), rtol=1e-4, atol=1e-4)


def filtered_by_torch(maps_TX, weight_KX, bias_X):
    """The filter in float64; how many weights of a channel there are decides the padding."""
    channels = F.silu(maps_TX).T[None]
    weight = weight_KX.T[:, None]
    return F.conv1d(channels, weight, bias_X, padding=len(weight_KX) // 2, groups=len(weight))[0].T


def test_filter_over_time_and_its_gradient():
    """In columns of 4 of 10 channels-times-pixels, the last one not full."""
    for num_weights in (1, 3, 5):
        maps, weight, bias = draw(7, 10), draw(num_weights, 2), draw(2)
        filtered, active = np.empty_like(maps), np.empty_like(maps)
        kernels.filter_time(maps, np.tile(weight, 2), np.tile(bias, 2), filtered, active)
        leaf = torch.from_numpy(maps).double().requires_grad_()
        each = torch.from_numpy(np.tile(weight, 5)).double()
        known = filtered_by_torch(leaf, each, torch.from_numpy(np.tile(bias, 5)).double())
        np.testing.assert_allclose(filtered, known.detach().numpy(), rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(active, F.silu(known).detach().numpy(), rtol=1e-4, atol=1e-4)
        gradient, scale, shift = draw(7, 10, scale=1), draw(2), draw(2)
        given = gradient * np.tile(scale, 5) + np.tile(shift, 5)
        expected = torch.autograd.grad(F.silu(known), leaf, torch.from_numpy(given).double())[0]
        columns = [np.tile(values, 2) for values in (scale, shift, weight[::-1])]
        kernels.filter_time_back(gradient, *columns[:2], filtered, maps, columns[2])
        np.testing.assert_allclose(gradient, expected.numpy(), rtol=1e-3, atol=1e-3)


def test_gradient_of_the_gate():
    gradient, filtered, total = draw(3, 4, 6), draw(3, 4, 6, scale=1), np.empty(6, np.float32)
    kernels.gate_gradient(gradient, filtered, total)
    active = F.silu(torch.from_numpy(filtered).double()).numpy()
    np.testing.assert_allclose(total, (gradient * active).sum((0, 1)), rtol=1e-5, atol=1e-5)


def test_a_tree_that_cannot_be_written_is_compiled_without_a_cache(tmp_path):
    """A file in the place of the folder refuses everybody, an administrator too."""
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "__pycache__").touch()
    shutil.copy(kernels.__file__, folder)
    environment = {"PATH": os.environ["PATH"], "HOME": "/dev/null", "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-B", "-c", USE]
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == [str(folder / "kernels.py"), "0.0"]
