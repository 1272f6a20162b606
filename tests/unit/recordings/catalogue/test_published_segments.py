"""The published segments of real movies: what our rules say of them."""

import json
from pathlib import Path

import numpy as np
import pytest

from recordings.catalogue.rules import decide_label
from recordings.catalogue.segments import NOMINAL_DURATIONS, cut_segments, split_segments

METADATA = Path(__file__).resolve().parents[5] / "shared" / "real-metadata"
pytestmark = pytest.mark.skipif(
    not METADATA.is_dir(), reason="the published metadata (../shared/real-metadata) is not here"
)
TRIALS = sorted(METADATA.glob("dynamic*/videos/*.json"))
LOOKS = {
    "GaussianDot": {"is_static": True, "background_proportion": 0.7},
    "NaturalImages": {"is_static": True},
    "Gabor": {"background_proportion": 0.8},
    "PinkNoise": {},
    "RandomDots": {"background_proportion": 0.6},
    "NaturalVideo": {},
}
"""what segments of a class look like beside their durations"""


def load_movies(pattern="*"):
    paths = sorted((METADATA / "global_meta/videos").glob(f"{pattern}.json"))
    return [json.loads(path.read_text()) for path in paths]


def bounds_of(movie):
    segments = movie["segments"]
    assert segments["frame_start"][1:] == segments["frame_end"][:-1]
    return np.array([*segments["frame_start"], movie["valid_frames"]])


def imagine(movie):
    """Published durations, and the descriptors that segments of the published label should have."""
    durations = np.diff(bounds_of(movie))
    looks = {"is_static": False, "background_proportion": 0.1, **LOOKS[movie["label"]]}
    segments = {name: np.full(len(durations), value) for name, value in looks.items()}
    side = 20 if movie["label"] == "Gabor" else 0
    margins = {"left": side, "right": side, "top": min(side, 8), "bottom": min(side, 8)}
    for name, margin in margins.items():
        segments[f"margin_{name}"] = np.full(len(durations), margin)
    is_grey = (np.arange(len(durations)) % 2 == 0) & (movie["label"] == "NaturalImages")
    return {**segments, "duration": durations, "is_uniform": is_grey}


def test_there_is_something_to_see():
    assert len(TRIALS) == 7
    assert len(load_movies()) == 159


@pytest.mark.parametrize("path", TRIALS, ids=lambda path: path.stem)
def test_described_segments_get_the_published_label(path):
    trial = json.loads(path.read_text())
    published = {name: np.array(values) for name, values in trial["segments"].items()}
    label, bad = decide_label(published)
    assert label == trial["label"]
    assert bad.tolist() == published["bad_properties"].tolist()
    assert bad.sum() == trial["segments_bad_n"]


@pytest.mark.parametrize("path", TRIALS, ids=lambda path: path.stem)
def test_peaks_descriptors_and_limits_agree(path):
    trial = json.loads(path.read_text())
    published = {name: np.array(values) for name, values in trial["segments"].items()}
    bounds = split_segments(cut_segments(trial["peaks"], trial["valid_frames"]), trial["label"])
    assert bounds.tolist() == bounds_of(trial).tolist()
    assert trial["segments_n_peaks"] == len(trial["peaks"]) + 1
    static = published["max_change"] <= 50
    plain = published["intensity_range"] <= 35
    assert published["is_static"].tolist() == static.tolist()
    assert ((published["margin_left"] == 64) & (published["margin_top"] == 36) == plain).all()
    uniform = static & plain & (published["background_proportion"] >= 0.8)
    assert published["is_uniform"].tolist() == uniform.tolist()


def test_background_proportions_are_densities():
    """Plain segments have 255/256, but for float32; all are whole numbers of pixels."""
    for path in TRIALS:
        segments = json.loads(path.read_text())["segments"]
        core = np.subtract(
            segments["duration"], np.add(segments["transition_start"], segments["transition_end"])
        )
        proportions = np.array(segments["background_proportion"])
        bins = np.array(segments["background_color"]) * 255 / 256 - 0.5
        np.testing.assert_allclose(bins, bins.round(), atol=1e-4)
        parts = proportions * 256 / 255
        pixels = parts * core * 36 * 64
        np.testing.assert_allclose(pixels, pixels.round(), rtol=2e-5)
        silent = np.array(segments["intensity_range"]) == 0
        np.testing.assert_allclose(proportions[silent], 255 / 256, rtol=1e-5)


def test_durations_of_every_movie_fit_its_class():
    """The two glitches of NaturalImages are the only bad segments."""
    glitches = []
    for movie in load_movies():
        segments = imagine(movie)
        label, bad = decide_label(segments)
        assert (movie["ID"], label) == (movie["ID"], movie["label"])
        assert bad.tolist() == movie["segments"]["bad_properties"]
        glitches += segments["duration"][bad].tolist()
    assert sorted(glitches) == [111, 113]


@pytest.mark.parametrize("label", NOMINAL_DURATIONS)
def test_published_segments_are_not_split_further(label):
    for movie in load_movies(f"{label}-*"):
        bounds = bounds_of(movie)
        assert split_segments(bounds, label).tolist() == bounds.tolist()


@pytest.mark.parametrize("label", sorted(set(NOMINAL_DURATIONS) - {"NaturalImages"}))
def test_splitting_finds_any_boundary_that_was_missed(label):
    for movie in load_movies(f"{label}-*"):
        bounds = bounds_of(movie)
        for missed in range(1, len(bounds) - 1):
            found = split_segments(np.delete(bounds, missed), label)
            assert np.abs(found - bounds).max() <= 1
