"""Makes the repository root importable, for workflow/, which is no installed package; one thread for each process of tests."""

import os
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

if "PYTEST_XDIST_WORKER" in os.environ:
    torch.set_num_threads(1)
