"""Makes the repository root importable, for workflow/, which is no installed package; spreads the tests over processes."""

import os
import sys
from pathlib import Path

import pytest
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if "PYTEST_XDIST_WORKER" in os.environ:
    torch.set_num_threads(1)


def pytest_collection_modifyitems(items):
    """With `-n 2 --dist loadgroup`: one process has the finished smoke run, and a module stays in one process."""
    for item in items:
        whole = "smoke run" if "smoke_run" in item.fixturenames else item.nodeid.split("::")[0]
        item.add_marker(pytest.mark.xdist_group(whole))
