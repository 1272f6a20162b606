"""Made-up tables and clips of the shape that the stages write."""

import warnings
from types import SimpleNamespace

import imageio.v3 as iio
import numpy as np
import pandas as pd
import pytest
from scipy.ndimage import gaussian_filter

from figures.clips import Clip
from figures.maps import MouseMaps

SHAPE = (36, 64)
MEANS = {
    "member": 0.45,
    "ensemble": 0.56,
    "smoothed_ensemble": 0.62,
    "true_neurons": 0.75,
    "noise_free": 0.85,
    "ridge": 0.38,
    "shuffled_neurons": 0.02,
    "other_clips": 0.0,
    "mean_movie": 0.12,
}


def make_clip(number=0, num_frames=40, shape=SHAPE):
    rng = np.random.default_rng(number)
    noise = gaussian_filter(rng.normal(size=(2, num_frames, *shape)), (0, 3, 3, 3), mode="wrap")
    true, other = np.clip(127 + 55 * noise / noise.std(), 0, 255)
    blurred = gaussian_filter(true, (0, 1.5, 1.5))
    reconstructed = 127 + 0.25 * (blurred - 127) + 0.1 * (other - 127)
    return Clip(number, true.astype(np.float32), reconstructed.astype(np.float32))


def make_alpha(row=17, column=34, peak=1.35):
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    radius = ((rows - row) / 13) ** 2 + ((columns - column) / 21) ** 2
    return peak * np.exp(-(radius**1.3)) - 0.03


def make_maps(mice="AB", truth=True):
    rng = np.random.default_rng(0)
    maps = []
    for k, mouse in enumerate(mice):
        alpha = make_alpha(16 + k, 33 + 2 * k, 1.35 - 0.05 * k)
        centres = np.c_[rng.normal(17, 5, 300), rng.normal(34, 9, 300)]
        known = (np.clip(alpha / 1.2, 0, 1), centres) if truth else (None, None)
        maps.append(MouseMaps(mouse, alpha, *known))
    return maps


MEMBERS = ["factorised1", "factorised2", "factorised10", "dwiseneuro1", *"abcdefghijkl"]


def make_scores(mice="AB", num_clips=3, num_members=4, sources=tuple(MEANS)):
    rng, rows = np.random.default_rng(0), []
    for mouse in mice:
        for clip in range(num_clips):
            easy = rng.normal(0, 0.06)
            for source in sources:
                for member in MEMBERS[:num_members] if source == "member" else [np.nan]:
                    r = MEANS[source] + easy + rng.normal(0, 0.03)
                    rows.append((mouse, clip, clip + 7, source, member, r, r - 0.05))
    names = "mouse clip trial source member video_correlation frame_correlation"
    return pd.DataFrame(rows, columns=names.split())


def make_ensemble_sizes(mice="AB", num_clips=3, num_members=4):
    rows = [
        (mouse, clip, size, 0.6 - 0.15 / size + 0.05 * (mouse == "A"), 0.5 - 0.12 / size)
        for mouse in mice
        for clip in range(num_clips)
        for size in range(1, num_members + 1)
    ]
    names = "mouse clip num_members video_correlation frame_correlation"
    return pd.DataFrame(rows, columns=names.split())


def make_traces(mice="AB", num_clips=3, num_members=4, num_iterations=40):
    rng, rows = np.random.default_rng(0), []
    for mouse in mice:
        for clip in range(num_clips):
            floor = rng.uniform(4e5, 5e5)
            for number, member in enumerate(MEMBERS[:num_members]):
                pace = num_iterations / rng.uniform(5, 8)
                for i in range(num_iterations + 1):
                    r = 0.5 * (1 - np.exp(-i / pace)) + 0.02 * clip + 0.01 * number
                    loss = floor * (1 + 0.2 * np.exp(-i / pace))
                    rows.append((mouse, member, clip, i, loss, 1.0, np.nan if i % 10 else r))
    names = "mouse member clip iteration loss gradient_norm video_correlation"
    return pd.DataFrame(rows, columns=names.split())


def make_validation(mice="AB", num_members=4):
    rows = [
        (
            member,
            update,
            mouse,
            1.5 + np.exp(-update / 300) / 2 + number / 100,
            0.3 - np.exp(-update / 200) / 4,
        )
        for mouse in mice
        for number, member in enumerate(MEMBERS[:num_members])
        for update in range(0, 901, 150)
    ]
    return pd.DataFrame(
        rows, columns=["member", "update", "mouse", "training_loss", "validation_correlation"]
    )


def make_reliability(mice="AB", num_neurons=300):
    rng = np.random.default_rng(0)
    rows = [(mouse, neuron, rng.beta(2, 4)) for mouse in mice for neuron in range(num_neurons)]
    return pd.DataFrame(rows, columns=["mouse", "neuron", "reliability"])


@pytest.fixture
def read_back():
    """All frames of a movie; imageio leaves its pipes to the garbage collector, which warns."""

    def read(path):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            return iio.imread(path, plugin="FFMPEG")

    return read


@pytest.fixture
def make():
    """The makers of made-up data, by name."""
    return SimpleNamespace(
        clip=make_clip,
        alpha=make_alpha,
        maps=make_maps,
        scores=make_scores,
        ensemble_sizes=make_ensemble_sizes,
        traces=make_traces,
        validation=make_validation,
        reliability=make_reliability,
        sources=tuple(MEANS),
    )
