"""All artificial stimuli of some settings: their list, their table, and the movie of each, made when asked for."""

from dataclasses import asdict, dataclass
from itertools import product

import numpy as np
import pandas as pd
from jaxtyping import Float

from recordings.artificial.gratings import GratingSettings, grating_movie
from recordings.artificial.noise import WHITE, NoiseSettings, noise_movie

NOISE, GRATINGS = "noise", "gratings"
"""the kinds"""
SETTINGS = {NOISE: NoiseSettings, GRATINGS: GratingSettings}


@dataclass(frozen=True)
class Stimulus:
    """What one artificial movie shows."""

    number: int
    """its place in the list of its settings, from 0"""
    kind: str
    repetition: int | None
    """of noise"""
    direction_deg: int | None
    """of a grating"""
    spatial: float
    """noise: length constant in pixels; grating: cycles per pixel"""
    temporal: float
    """noise: length constant in frames; grating: Hz"""
    inverted: bool


def stimulus_settings(kind: str, params: dict) -> NoiseSettings | GratingSettings:
    """From a block of the config."""
    lists_frozen = {k: tuple(v) if isinstance(v, list) else v for k, v in params.items()}
    return SETTINGS[kind](**lists_frozen)


def stimuli(settings: NoiseSettings | GratingSettings) -> list[Stimulus]:
    """List the stimuli: repetition or direction varies slowest, then space, then time; a partner follows its movie."""
    if isinstance(settings, NoiseSettings):
        kind, repetitions, directions = NOISE, range(settings.num_repetitions), [None]
        lengths = settings.spatial_px, settings.temporal_frames
        inverted = [False, True] if settings.phase_inverted else [False]
    else:
        kind, repetitions, directions = GRATINGS, [None], settings.directions_deg
        lengths = settings.spatial_cycles_per_px, settings.temporal_hz
        inverted = [False]
    cells = product(repetitions, directions, *lengths, inverted)
    return [Stimulus(number, kind, *cell) for number, cell in enumerate(cells)]


def stimulus_table(settings: NoiseSettings | GratingSettings) -> pd.DataFrame:
    """One row per stimulus, in the order of their numbers."""
    table = pd.DataFrame([asdict(stimulus) for stimulus in stimuli(settings)])
    whole_or_missing = dict.fromkeys(["repetition", "direction_deg"], "Int64")
    return table.astype(whole_or_missing | {"spatial": float, "temporal": float})


def movie_of(settings: NoiseSettings | GratingSettings, number: int) -> Float[np.ndarray, "T H W"]:
    """Make the movie of one stimulus, 0..255: the same bits whichever were made before."""
    every = stimuli(settings)
    if not 0 <= number < len(every):
        raise ValueError(f"there is no artificial stimulus {number}; use 0..{len(every) - 1}")
    return _movie(settings, every[number])


def _movie(settings: NoiseSettings | GratingSettings, shown: Stimulus) -> np.ndarray:
    if shown.kind == GRATINGS:
        return grating_movie(settings, shown.direction_deg, shown.spatial, shown.temporal)
    movie_THW = noise_movie(settings, shown.spatial, shown.temporal, shown.repetition)
    return np.float32(WHITE) - movie_THW if shown.inverted else movie_THW
