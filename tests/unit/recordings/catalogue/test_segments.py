"""Bounds of segments, and their descriptors by closed form."""

import itertools

import numpy as np
import pytest

from recordings.catalogue.change import measure_frames
from recordings.catalogue.descriptors import describe_segments
from recordings.catalogue.segments import NOMINAL_DURATIONS, cut_segments, split_segments
from tests.shown import GREY, grey

HALF_LIGHT = np.full((36, 64, 12), 60.0, np.float32)
HALF_LIGHT[:, 24:] = 200


def describe(video_HWT, bounds=None):
    frames = measure_frames(video_HWT)
    bounds = np.array([0, frames.num_frames] if bounds is None else bounds)
    return describe_segments(frames, bounds)


def only(video_HWT, *names):
    table = describe(video_HWT)
    return [table[name].item() for name in names]


def margins(video_HWT):
    return only(video_HWT, "margin_left", "margin_right", "margin_top", "margin_bottom")


def test_segments_start_after_the_peaks():
    assert cut_segments(np.array([8, 17]), 30).tolist() == [0, 9, 18, 30]
    assert cut_segments(np.array([]), 1).tolist() == [0, 1]


@pytest.mark.parametrize("label", NOMINAL_DURATIONS)
def test_twice_and_three_times_as_long_is_split(label):
    nominal = NOMINAL_DURATIONS[label]
    bounds = np.cumsum([0, nominal, 2 * nominal, 3 * nominal])
    expected = [nominal * n for n in range(7)]
    assert split_segments(bounds, label).tolist() == expected


@pytest.mark.parametrize(
    ("duration", "starts"),
    [(46, [0]), (47, [0, 24]), (51, [0, 26]), (53, [0, 26]), (54, [0]), (38, [0]), (13, [0])],
)
def test_which_gabors_are_split(duration, starts):
    assert split_segments(np.array([0, duration]), "Gabor").tolist() == [*starts, duration]


@pytest.mark.parametrize("label", ["NaturalVideo", "unknown"])
def test_shots_are_not_split(label):
    assert split_segments(np.array([0, 50, 300]), label).tolist() == [0, 50, 300]


def test_plain_grey():
    video_HWT = grey(14).transpose(1, 2, 0)
    table = describe(video_HWT)
    assert table["background_proportion"].item() == 255 / 256
    assert table["background_color"].item() == GREY
    assert margins(video_HWT) == [64, 64, 36, 36]
    assert only(video_HWT, "is_uniform", "is_static", "intensity_range") == [True, True, 0]


@pytest.mark.parametrize(
    ("level", "bin_"), [(0, 0), (255, 254), (128, 127), (1.003, 0), (1.005, 1)]
)
def test_bins_are_256_by_255_wide(level, bin_):
    (color,) = only(np.full((36, 64, 2), level), "background_color")
    assert color == (bin_ + 0.5) * 256 / 255


def test_two_halves():
    assert margins(HALF_LIGHT) == [24, 40, 0, 0]
    names = ("intensity_range", "is_uniform", "background_color")
    value, uniform, color = only(HALF_LIGHT, *names)
    assert (value, uniform) == (140, False)
    assert abs(color - 200) < 0.6
    assert only(HALF_LIGHT, "background_proportion") == [40 / 64 * 255 / 256]


def test_equally_full_bins_the_darkest():
    video_HWT = HALF_LIGHT.copy()
    video_HWT[:, 24:32] = 60
    assert abs(only(video_HWT, "background_color")[0] - 60) < 0.6


def test_a_bar_leaves_margins():
    video_HWT = np.full((36, 64, 9), GREY)
    video_HWT[5:12, 10:20] = 255
    assert margins(video_HWT) == [10, 44, 5, 24]


def test_margins_of_what_stays_within_35():
    video_HWT = np.full((36, 64, 9), GREY)
    video_HWT[3, 7] = GREY + 35
    video_HWT[20, 40] = GREY + 35.5
    assert margins(video_HWT) == [40, 23, 20, 15]
    video_HWT[20, 40] = GREY
    assert margins(video_HWT) == [64, 64, 36, 36]


def test_margins_span_the_frames_of_the_segment():
    """A line may be plain in each frame and not over time."""
    video_HWT = np.full((36, 64, 9), GREY)
    video_HWT[:, :4, 5:] = GREY + 100
    assert margins(video_HWT)[:2] == [0, 60]


@pytest.mark.parametrize(("first", "last"), [(0, 0), (1, 0), (3, 0), (0, 2), (2, 3)])
def test_blended_frames_at_the_ends(first, last):
    """They are left out of change, range and background, not of the margins."""
    video_HWT = np.repeat(HALF_LIGHT[..., :1], 20, axis=2)
    for frame in (*range(first), *range(20 - last, 20)):
        video_HWT[:, :, frame] = 255 * (frame % 2)
    names = ("transition_start", "transition_end", "max_change", "is_static", "intensity_range")
    assert only(video_HWT, *names) == [first, last, 0, True, 140]
    assert only(video_HWT, "background_proportion") == [40 / 64 * 255 / 256]
    assert margins(video_HWT)[:2] == ([24, 40] if first + last == 0 else [0, 0])


def test_a_change_inside_is_no_transition():
    video_HWT = np.repeat(HALF_LIGHT[..., :1], 20, axis=2)
    video_HWT[:, :, 10:] += 20
    names = ("transition_start", "transition_end", "max_change", "is_static")
    assert only(video_HWT, *names) == [0, 0, 400, False]


@pytest.mark.parametrize(("num_frames", "expected"), [(7, (0, False)), (8, (1, True))])
def test_short_segments_have_no_transition(num_frames, expected):
    video_HWT = HALF_LIGHT[..., :num_frames].copy()
    video_HWT[..., 0] += 30
    assert tuple(only(video_HWT, "transition_start", "is_static")) == expected


def test_segments_of_one_frame():
    video_HWT = np.concatenate([HALF_LIGHT[..., :1], np.full((36, 64, 2), GREY)], axis=2)
    table = describe(video_HWT, [0, 1, 2, 3])
    assert table["max_change"].tolist() == [0, 0, 0]
    assert table["is_static"].all()
    assert table["duration"].tolist() == [1, 1, 1]
    assert table["is_uniform"].tolist() == [False, True, True]
    assert table["margin_left"].tolist() == [24, 64, 64]


def test_a_segment_does_not_see_its_neighbours():
    rng = np.random.default_rng(0)
    video_HWT = rng.uniform(0, 255, (36, 64, 60))
    bounds = np.array([0, 9, 10, 34, 60])
    together = describe(video_HWT, bounds)
    for place, (start, stop) in enumerate(itertools.pairwise(bounds)):
        alone = describe(video_HWT[..., start:stop])
        for name in set(alone) - {"frame_start", "frame_end"}:
            assert alone[name].item() == together[name][place]
