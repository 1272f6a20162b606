"""The microscope: it sees a neuron's mean rate since its last visit, 8 times a second, at a phase of its own."""

from functools import lru_cache

import numpy as np

STEPS_PER_FRAME = 4
STEPS_PER_SAMPLE = 15
"""3.75 frames of 1/30 s, hence 8 Hz"""
NUM_PHASES = STEPS_PER_SAMPLE


@lru_cache(maxsize=64)
def sampling_matrices(num_frames: int, phase: int) -> tuple[np.ndarray, np.ndarray]:
    """Matrices (samples, T) that averages rates into samples and (T, samples) that interpolates samples to frames.

    Before the first and after the last frame the rate is taken to stay as it is.
    """
    stops = np.arange(
        phase - STEPS_PER_SAMPLE,
        STEPS_PER_FRAME * num_frames + 2 * STEPS_PER_SAMPLE,
        STEPS_PER_SAMPLE,
    )
    bins = np.zeros((len(stops), num_frames), np.float32)
    for sample, stop in enumerate(stops):
        steps = np.arange(stop - STEPS_PER_SAMPLE, stop)
        frames = np.clip(steps // STEPS_PER_FRAME, 0, num_frames - 1)
        np.add.at(bins[sample], frames, 1 / STEPS_PER_SAMPLE)
    ends = STEPS_PER_FRAME * np.arange(1, num_frames + 1)
    distance = np.abs(ends[:, None] - stops[None, :]) / STEPS_PER_SAMPLE
    return bins, np.maximum(1 - distance, 0).astype(np.float32)


def sampling_kernel() -> tuple[np.ndarray, int]:
    """The filter that sampling amounts to on average over phases, and how many frames it reaches into the past."""
    num_frames, middle = 32, 16
    rows = [
        interpolation[middle] @ bins
        for bins, interpolation in (
            sampling_matrices(num_frames, phase) for phase in range(NUM_PHASES)
        )
    ]
    row = np.mean(rows, axis=0)
    seen = np.flatnonzero(row)
    return row[seen[0] : seen[-1] + 1], int(middle - seen[0])
