"""Measured responses: sparse events of random size, seen by the microscope at random moments."""

from collections.abc import Callable

import numpy as np

from recordings.simulate.microscope import NUM_PHASES, sampling_matrices

NUM_PLANES = 5
"""imaging planes, visited in turn"""
AMPLITUDE_SHAPE = 0.6
"""of the gamma distribution of event sizes; 1 is exponential, smaller has a heavier tail"""
INTERPOLATED_VARIANCE = 2 / 3
"""of white samples, after linear interpolation"""
SMALLEST_EVENT = 0.05
"""relative to a neuron's mean response"""


def draw_reliability(num_neurons: int, rng: np.random.Generator) -> np.ndarray:
    """Aims for the correlation of expected and measured response of each neuron."""
    return np.clip(rng.normal(0.485, 0.07, num_neurons), 0.3, 0.7)


def event_sizes(
    mean_N: np.ndarray, variance_N: np.ndarray, sampled_variance_N: np.ndarray, aim_N: np.ndarray
) -> np.ndarray:
    """Mean event size of each neuron at which its reliability is `aim`.

    With n events of gamma size in a bin, variance = mean * size * (1 + 1 / shape); reliability^2 = variance of the
    expected response / variance of the measured one.
    """
    missing = variance_N / aim_N**2 - sampled_variance_N
    size = missing / (INTERPOLATED_VARIANCE * mean_N * (1 + 1 / AMPLITUDE_SHAPE))
    return np.maximum(size, SMALLEST_EVENT * mean_N)


def sample(rate_NT: np.ndarray, plane_N: np.ndarray, phase: int, draw_bins: Callable) -> np.ndarray:
    """See each plane's neurons at its own phase; `draw_bins(mean_NK, neurons)` gives what each visit finds."""
    seen_NT = np.empty_like(rate_NT)
    for plane in range(NUM_PLANES):
        neurons = np.flatnonzero(plane_N == plane)
        offset = plane * NUM_PHASES // NUM_PLANES
        bins, interpolation = sampling_matrices(rate_NT.shape[1], (phase + offset) % NUM_PHASES)
        seen_NT[neurons] = draw_bins(rate_NT[neurons] @ bins.T, neurons) @ interpolation.T
    return seen_NT


def sample_mean(rate_NT: np.ndarray, plane_N: np.ndarray, phase: int) -> np.ndarray:
    """What the microscope would show if events were infinitely small."""
    return sample(rate_NT, plane_N, phase, lambda mean_NK, _: mean_NK)


def sample_events(
    rate_NT: np.ndarray,
    plane_N: np.ndarray,
    size_N: np.ndarray,
    phase: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """What the microscope shows: compound Poisson events, never negative."""

    def draw(mean_NK: np.ndarray, neurons: np.ndarray) -> np.ndarray:
        size = size_N[neurons, None]
        num_events = rng.poisson(mean_NK / size)
        return rng.gamma(AMPLITUDE_SHAPE * num_events) * size / AMPLITUDE_SHAPE

    return sample(rate_NT, plane_N, phase, draw).astype(np.float32)


def add_noise(expected_NT: np.ndarray, measured_NT: np.ndarray, noise: float) -> np.ndarray:
    """Go from the expected response (0) to the measured one (1) or beyond, without going below zero."""
    mixed = expected_NT + np.float32(noise) * (measured_NT - expected_NT)
    return np.maximum(mixed, 0).astype(np.float32)
