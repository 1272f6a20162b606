"""Plots of recordings: right names of axes and channels, seconds, boundaries, and what a reader would check by eye."""

import numpy as np
import pandas as pd
import pytest

from figures.recording_plots import (
    draw_active_raster,
    draw_changes,
    draw_coordinates,
    draw_frame,
    draw_frames,
    draw_gaze,
    draw_intensity_histogram,
    draw_locomotion,
    draw_power_spectrum,
    draw_pupil,
    draw_raster,
    draw_repeats,
    draw_traces,
)
from figures.style import house_style, new_figure
from recordings.repeats import combine_responses

RNG = np.random.default_rng(0)
RESPONSES = RNG.gamma(1, 2, (6, 90))
BOUNDARIES = (1.0, 2.0)
TIMED = {
    "change to next frame\n(grey levels²)": lambda ax, b: draw_changes(ax, RESPONSES[0], [29], b),
    "neuron": lambda ax, b: draw_raster(ax, RESPONSES, b),
    "neuron ": lambda ax, b: draw_active_raster(ax, RESPONSES, 3.0, b),
    "neuron  ": lambda ax, b: draw_traces(ax, RESPONSES, [4, 1], b, threshold=5),
    "response": lambda ax, b: draw_repeats(
        ax, combine_responses(RNG.gamma(1, 2, (3, 2, 90))), 1, b
    ),
    "pupil size": lambda ax, b: draw_pupil(ax, RESPONSES[0], b),
    "running speed": lambda ax, b: draw_locomotion(ax, RESPONSES[0], b),
}


@pytest.fixture
def ax():
    with house_style():
        yield new_figure(8, 5).subplots()


@pytest.mark.parametrize("label", TIMED)
def test_time_is_in_seconds_and_boundaries_are_dotted(ax, label):
    TIMED[label](ax, BOUNDARIES)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("time (s)", label.strip())
    assert ax.get_xlim()[1] == pytest.approx(3, abs=0.05)
    dotted = [line.get_xdata()[0] for line in ax.get_lines() if line.get_linestyle() == ":"]
    np.testing.assert_allclose(dotted, np.subtract(BOUNDARIES, 0.5 / 30))
    ax.figure.draw_without_rendering()


def test_a_peak_stands_before_the_boundary_it_makes(ax):
    draw_changes(ax, RESPONSES[0], peaks=[29], boundaries_s=[1.0])
    (cross,) = [line for line in ax.get_lines() if line.get_marker() == "x"]
    np.testing.assert_allclose(cross.get_xydata(), [[29 / 30, RESPONSES[0, 29]]])


def test_the_histogram_has_255_bins_and_sums_to_100(ax):
    draw_intensity_histogram(ax, np.full((2, 36, 64), 128.0))
    values, edges, _ = ax.patches[0].get_data()
    assert len(values) == 255
    assert values.max() == values.sum() == 100
    assert edges[values.argmax()] <= 128 < edges[values.argmax() + 1]


def test_frames_keep_black_and_white(ax):
    image = draw_frame(ax, np.full((36, 64), 100.0))
    assert image.get_clim() == (0, 255)


@pytest.mark.parametrize(
    ("frames", "num_texts"), [([0], 1), ([0, 15, 30], 3), (range(0, 70, 10), 7)]
)
def test_a_grid_shows_each_frame_with_its_time(ax, frames, num_texts):
    video = np.arange(90.0)[:, None, None] * np.ones((1, 36, 64))
    image = draw_frames(ax, video, frames, num_columns=3)
    shown = np.asarray(image.get_array().filled(-1))
    assert set(np.unique(shown)) - {-1} == set(map(float, frames))
    texts = [text.get_text() for text in ax.texts]
    assert len(texts) == num_texts
    assert texts[-1] == f"{frames[-1] / 30:.2f} s"


def test_a_raster_is_black_at_the_99th_percentile(ax):
    image = draw_raster(ax, RESPONSES)
    assert image.get_clim() == (0, np.percentile(RESPONSES, 99))
    assert draw_raster(ax, RESPONSES, highest=7.0).get_clim() == (0, 7)
    assert draw_raster(ax, RESPONSES - 1).get_clim()[0] < 0
    assert ax.get_ylim()[0] > ax.get_ylim()[1]


def test_a_silent_raster_can_be_drawn(ax):
    draw_raster(ax, np.zeros((3, 10)))
    draw_traces(ax, np.zeros((3, 10)), [0])
    ax.figure.draw_without_rendering()


def test_an_active_raster_is_black_above_the_threshold(ax):
    image = draw_active_raster(ax, RESPONSES, 3.0)
    np.testing.assert_array_equal(image.get_array(), RESPONSES > 3)


def test_traces_are_named_by_neuron_and_stacked_downwards(ax):
    draw_traces(ax, RESPONSES, [4, 1])
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["4", "1"]
    first, second = (line.get_ydata() for line in ax.get_lines())
    np.testing.assert_allclose(first - RESPONSES[4], 0)
    assert len(np.unique((second - RESPONSES[1]).round(9))) == 1
    assert second.max() < first.max()


def test_gaze_is_x_and_y_of_the_pupil_downwards(ax):
    gaze = RNG.normal([[150], [120]], 3, (2, 60))
    points = draw_gaze(ax, gaze)
    np.testing.assert_allclose(points.get_offsets(), gaze.T)
    assert ax.get_xlabel() == "pupil centre x (px)"
    assert ax.get_ylabel() == "pupil centre y (px)"
    assert ax.yaxis_inverted()


def test_a_spectrum_is_drawn_up_to_two_hertz(ax):
    draw_power_spectrum(ax, np.linspace(0, 15, 65), np.r_[0.0, np.ones(64)])
    assert ax.get_yscale() == "log"
    assert ax.get_lines()[0].get_xdata().max() <= 2
    assert ax.get_xlim() == (0, 2)


def test_neurons_lie_in_a_cube():
    columns = ["coord_x", "coord_y", "coord_z"]
    places = pd.DataFrame([[0, 0, 200], [600, 300, 425]], columns=columns)
    with house_style():
        ax = new_figure(8, 8).add_subplot(projection="3d")
        draw_coordinates(ax, places)
        ax.figure.draw_without_rendering()
    widths = {round(np.ptp(limits)) for limits in (ax.get_xlim(), ax.get_ylim(), ax.get_zlim())}
    assert widths == {600}
    assert ax.get_zlabel() == "z (µm)"
