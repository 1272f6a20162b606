"""The device that a job computes on."""

import logging

import torch

logger = logging.getLogger(__name__)


def choose_device() -> str:
    """The GPU where there is one, else the CPU; logged, so that nobody wonders."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    logger.info("computing on %s", device)
    return device
