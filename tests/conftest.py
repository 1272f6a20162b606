"""Makes the repository root importable, for workflow/, which is no installed package; one thread for each process of tests."""

import os
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if "PYTEST_XDIST_WORKER" in os.environ:
    torch.set_num_threads(1)

ORDER = ("test_documented_commands.py", "contract/", "unit/recordings/", "workflow/", "")


def pytest_collection_modifyitems(items):
    """The file that makes the smoke run goes first, what waits for it after what does not, small tests fill the end."""
    items.sort(key=lambda item: next(n for n, part in enumerate(ORDER) if part in item.nodeid))
