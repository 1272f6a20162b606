"""The device that a job computes on."""

import ctypes
import logging
import sys

import torch

logger = logging.getLogger(__name__)


def choose_device() -> str:
    """The GPU where there is one, else the CPU; logged, so that nobody wonders."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    logger.info("computing on %s", device)
    if device == "cpu":
        keep_freed_memory()
    return device


MMAP_THRESHOLD, TRIM_THRESHOLD = -3, -1


def keep_freed_memory() -> None:
    """Let glibc reuse freed arrays instead of handing them back: page faults took half of a gradient's time."""
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(MMAP_THRESHOLD, 1 << 30)
            mallopt(TRIM_THRESHOLD, (1 << 31) - 1)
