"""Receptive fields of simulated neurons: what each neuron is, and its filters in space and in time."""

from dataclasses import dataclass

import numpy as np

from recordings.reader import FRAME_RATE_HZ, SCREEN_HEIGHT, SCREEN_WIDTH
from recordings.settings import SimulationSettings

SIMPLE, ENERGY, ON, OFF = range(4)
KIND_PROBABILITIES = (0.3, 0.45, 0.125, 0.125)
KERNEL_FRAMES = 12
SURROUND = 0.6
"""strength of a round field's surround; 1 would make it blind to luminance"""
GAZE_GAIN = 0.4
"""pixels of the screen per pixel of the pupil camera"""


@dataclass(frozen=True)
class NeuronParameters:
    """Everything that defines the simulated neurons, as plain arrays of one entry per neuron."""

    kind_N: np.ndarray
    center_px_N2: np.ndarray
    """row, column"""
    sigma_px_N: np.ndarray
    """of the Gaussian envelope, across the bars; along them it is sigma * elongation"""
    elongation_N: np.ndarray
    orientation_rad_N: np.ndarray
    wavelength_px_N: np.ndarray
    phase_rad_N: np.ndarray
    delay_frames_N: np.ndarray
    decay_frames_N: np.ndarray
    temporal_hz_N: np.ndarray
    direction_N: np.ndarray
    """-1..1: 0 answers to both directions alike, 1 and -1 to one only"""
    threshold_N: np.ndarray
    scale_N: np.ndarray
    """drive above threshold at which the rate turns from a square into a line"""
    gain_N: np.ndarray
    running_weight_N: np.ndarray
    pupil_weight_N: np.ndarray
    gaze_center_px_2: np.ndarray
    """x, y of the pupil centre at which the screen is seen unshifted"""


def draw_neurons(
    settings: SimulationSettings, gaze_center_px: np.ndarray, rng: np.random.Generator
) -> NeuronParameters:
    """Draw neurons whose threshold 0, scale 1 and gain 1 are still to be fitted to their drives."""
    num = settings.num_neurons
    kind = rng.choice(len(KIND_PROBABILITIES), num, p=KIND_PROBABILITIES)
    round_field = kind >= ON
    sigma = np.clip(rng.lognormal(np.log(3.3), 0.25, num), 2.2, 6.0)
    selective = ~round_field & (rng.random(num) < 0.5)
    direction = selective * rng.choice([-1.0, 1.0], num) * rng.uniform(0.4, 1.0, num)
    drawn = {
        "kind_N": kind,
        "center_px_N2": _centers(settings, rng),
        "sigma_px_N": sigma,
        "elongation_N": np.where(round_field, 1.0, rng.uniform(1.0, 1.5, num)),
        "orientation_rad_N": rng.uniform(0, np.pi, num),
        "wavelength_px_N": sigma * rng.uniform(2.8, 5.0, num),
        "phase_rad_N": rng.uniform(0, 2 * np.pi, num),
        "delay_frames_N": rng.uniform(0.5, 2.0, num),
        "decay_frames_N": rng.uniform(0.7, 1.1, num),
        "temporal_hz_N": rng.uniform(1.5, 5.0, num),
        "direction_N": direction,
        "threshold_N": np.zeros(num),
        "scale_N": np.ones(num),
        "gain_N": np.ones(num),
        "running_weight_N": rng.normal(0.3, 0.2, num),
        "pupil_weight_N": rng.normal(0.2, 0.15, num),
        "gaze_center_px_2": gaze_center_px,
    }
    return NeuronParameters(**{name: np.float32(values) for name, values in drawn.items()})


def _centers(settings: SimulationSettings, rng: np.random.Generator) -> np.ndarray:
    """Gaussian around the centre of the fields, without those that fall off the screen."""
    limits = np.array([SCREEN_HEIGHT - 1, SCREEN_WIDTH - 1])
    centers = np.empty((0, 2))
    while len(centers) < settings.num_neurons:
        offsets = rng.normal(size=(settings.num_neurons, 2)) * settings.field_spread_px
        drawn = offsets + settings.field_center_px
        centers = np.concatenate([centers, drawn[((drawn >= 0) & (drawn <= limits)).all(axis=1)]])
    return centers[: settings.num_neurons]


def envelopes(neurons: NeuronParameters) -> np.ndarray:
    """Gaussian envelope (N, H, W) of each field, 1 at its centre."""
    along, across = _turned_px(neurons)
    sigma = neurons.sigma_px_N[:, None, None]
    stretched = sigma * neurons.elongation_N[:, None, None]
    return np.exp(-(across**2) / (2 * sigma**2) - along**2 / (2 * stretched**2))


def coverage(neurons: NeuronParameters) -> np.ndarray:
    """How much of the population sees each pixel (H, W), 1 where most do."""
    total = envelopes(neurons).sum(axis=0)
    return (total / total.max()).astype(np.float32)


def spatial_filters(neurons: NeuronParameters) -> np.ndarray:
    """Two filters (N, 2, H, W) per neuron: a Gabor and its quadrature partner.

    A round field has a difference of Gaussians and zeros for the partner. Only energy neurons are blind to luminance.
    """
    filters = np.where(
        (neurons.kind_N >= ON)[:, None, None, None], _round_filters(neurons), _bar_filters(neurons)
    )
    norm = np.sqrt((filters**2).sum(axis=(1, 2, 3), keepdims=True))
    return (filters / norm).astype(np.float32)


def _bar_filters(neurons: NeuronParameters) -> np.ndarray:
    _, across = _turned_px(neurons)
    envelope = envelopes(neurons)[:, None]
    angle = 2 * np.pi * across / neurons.wavelength_px_N[:, None, None]
    angle = angle + neurons.phase_rad_N[:, None, None]
    carrier = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    mean = (envelope * carrier).sum(axis=(2, 3), keepdims=True)
    mean = mean / envelope.sum(axis=(2, 3), keepdims=True)
    balanced = (neurons.kind_N == ENERGY)[:, None, None, None]
    return envelope * (carrier - balanced * mean)


def _round_filters(neurons: NeuronParameters) -> np.ndarray:
    squared = sum(distance**2 for distance in _turned_px(neurons))
    sigma = neurons.sigma_px_N[:, None, None]
    center = np.exp(-squared / (2 * (0.6 * sigma) ** 2))
    surround = np.exp(-squared / (2 * (1.2 * sigma) ** 2))
    surround *= center.sum(axis=(1, 2), keepdims=True) / surround.sum(axis=(1, 2), keepdims=True)
    surround *= SURROUND
    sign = np.where(neurons.kind_N == OFF, -1.0, 1.0)[:, None, None]
    return np.stack([sign * (center - surround), np.zeros_like(center)], axis=1)


def temporal_filters(neurons: NeuronParameters) -> np.ndarray:
    """Causal filters (N, 2 outputs, 2 spatial filters, frames of the past, newest last).

    The second output is the quadrature partner of the first; only energy neurons use it.
    """
    age = np.arange(KERNEL_FRAMES)[::-1] - neurons.delay_frames_N[:, None]
    decay = neurons.decay_frames_N[:, None]
    late = np.maximum(age, 0) / decay
    envelope = late**2 * np.exp(-late)
    cycles = neurons.temporal_hz_N[:, None] / FRAME_RATE_HZ * (age - 2 * decay)
    slow, fast = (envelope * wave(2 * np.pi * cycles) for wave in (np.cos, np.sin))
    scale = np.sqrt((slow**2 + fast**2).sum(axis=1, keepdims=True))
    slow, fast = slow / scale, fast / scale
    turn = neurons.direction_N[:, None]
    biphasic = 0.7 * slow - 0.7 * fast
    delayed = 0.7 * slow + 0.7 * fast
    outputs = [[biphasic, turn * delayed], [-turn * delayed, biphasic]]
    return np.stack([np.stack(pair, axis=1) for pair in outputs], axis=1).astype(np.float32)


def _turned_px(neurons: NeuronParameters) -> tuple[np.ndarray, np.ndarray]:
    """Distance (N, H, W) of each pixel from the field's centre, along and across its bars."""
    y = np.arange(SCREEN_HEIGHT)[None, :, None] - neurons.center_px_N2[:, :1, None]
    x = np.arange(SCREEN_WIDTH)[None, None, :] - neurons.center_px_N2[:, 1:, None]
    sine, cosine = (f(neurons.orientation_rad_N)[:, None, None] for f in (np.sin, np.cos))
    return y * cosine - x * sine, y * sine + x * cosine
