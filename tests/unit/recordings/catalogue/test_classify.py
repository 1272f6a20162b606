"""Movies of each class: labels, boundaries, and the same answers as the frame-by-frame code."""

import numpy as np
import pandas as pd
import pytest

from benchmarks import naive_catalogue
from recordings.catalogue.classify import classify_video
from recordings.catalogue.labels import LABELS, UNKNOWN
from tests.shown import GLITCH, MOVIES, grey, join, make_dots, make_images, make_natural, texture

COLUMNS = [
    *("frame_start", "frame_end", "duration", "transition_start", "transition_end"),
    *("max_change", "is_static", "intensity_range"),
    *("margin_left", "margin_right", "margin_top", "margin_bottom"),
    *("background_color", "background_proportion", "is_uniform", "bad_properties"),
    "after_peak",
]
NUM_SEGMENTS = dict(zip(LABELS, (4, 20, 35, 12, 12, 4), strict=True))


def lateness(classified, starts):
    assert len(classified.segments) == len(starts)
    return set((classified.segments.frame_start - np.array(starts)).tolist())


def squares(durations):
    """Still pictures of plain grey with a white square that moves."""
    clips = [grey(duration) for duration in durations]
    for place, clip in enumerate(clips):
        clip[:, 5:15, 6 + 5 * (place % 9) : 16 + 5 * (place % 9)] = 255
    return join(clips)[0]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("label", LABELS)
def test_clean_movies(label, seed):
    video_HWT, starts = MOVIES[label](seed)
    classified = classify_video(video_HWT)
    assert (classified.label, classified.first_label) == (label, label)
    assert lateness(classified, starts) == {0}
    assert not classified.segments.bad_properties.any()
    assert len(starts) == NUM_SEGMENTS[label]
    assert classified.segments.columns.tolist() == COLUMNS
    assert classified.segments.after_peak.sum() == len(classified.peaks)


@pytest.mark.parametrize(("old_part", "late"), [(0.2, {0}), (0.8, {0, 1})])
@pytest.mark.parametrize("label", LABELS)
def test_blended_frames(label, old_part, late):
    """A boundary is one frame late where the frame at it shows mostly what was before."""
    video_HWT, starts = MOVIES[label](0, old_part)
    classified = classify_video(video_HWT)
    assert classified.label == label
    assert lateness(classified, starts) == late


@pytest.mark.parametrize("old_part", [None, 0.7])
@pytest.mark.parametrize("label", LABELS)
def test_as_frame_by_frame(label, old_part):
    assert_same_answers(MOVIES[label](5, old_part)[0])


@pytest.mark.parametrize("num_frames", [1, 2, 3, 9, 40])
def test_short_movies_as_frame_by_frame(num_frames):
    rng = np.random.default_rng(num_frames)
    assert_same_answers(rng.uniform(0, 255, (36, 64, num_frames)).astype(np.float32))


def assert_same_answers(video_HWT):
    ours, naive = classify_video(video_HWT), naive_catalogue.classify_video(video_HWT)
    for name in ("label", "first_label", "peaks"):
        assert getattr(ours, name) == getattr(naive, name)
    # numpy's histogram has float32 edges for float32 pixels: relative error 8e-6
    pd.testing.assert_frame_equal(ours.segments, naive.segments, check_dtype=False, rtol=2e-5)


def test_a_glitch_is_one_bad_segment():
    video_HWT, starts = make_images(glitch=True)
    classified = classify_video(video_HWT)
    assert classified.label == "NaturalImages"
    assert lateness(classified, starts) == {0}
    bad = classified.segments[classified.segments.bad_properties]
    assert bad.duration.tolist() == [GLITCH]


def test_a_missed_switch_is_split():
    """A blob that is shown twice in a row."""
    video_HWT, starts = MOVIES["GaussianDot"](1)
    video_HWT[..., 90:99] = video_HWT[..., 81:82]
    classified = classify_video(video_HWT)
    assert classified.label == "GaussianDot"
    cut_off = classified.segments[~classified.segments.after_peak]
    assert cut_off.frame_start.tolist() == [0, 90]
    assert lateness(classified, starts) == {0}


def test_unknown_stimuli():
    """Six still pictures of 20 frames each are none of the classes, and too regular for shots of a movie."""
    rng = np.random.default_rng(0)
    video_HWT, starts = join([np.stack([texture(rng, (3, 3), 50)] * 20) for _ in range(6)])
    classified = classify_video(video_HWT)
    assert (classified.label, classified.first_label) == (UNKNOWN, UNKNOWN)
    assert lateness(classified, starts) == {0}
    assert not classified.segments.bad_properties.any()


def test_several_classes_are_unknown():
    """12 x 26 frames with margins at the sides alone pass for Gabors and for noise."""
    rng = np.random.default_rng(0)
    clips = [grey(26) for _ in range(12)]
    for clip in clips:
        clip[:, :, 25:40] = rng.uniform(0, 255, (36, 15))
    classified = classify_video(join(clips)[0])
    assert classified.label == UNKNOWN
    assert len(classified.peaks) == 11


@pytest.mark.parametrize("durations", [(8,) * 35, (10,) * 35, (9,) * 33, (9,) * 37])
def test_dots_within_tolerance(durations):
    assert classify_video(squares(durations)).label == "GaussianDot"


@pytest.mark.parametrize("durations", [(11,) * 35, (9,) * 32, (9,) * 38])
def test_dots_beyond_tolerance(durations):
    assert classify_video(squares(durations)).label == UNKNOWN


@pytest.mark.parametrize("num_frames", [1, 2])
def test_movies_of_one_frame_or_two(num_frames):
    classified = classify_video(make_natural()[0][..., :num_frames])
    assert classified.label == "NaturalVideo"
    assert classified.segments.frame_end.tolist() == [num_frames]


def test_any_float_gives_the_same():
    video_HWT, _ = make_dots(2, 0.3)
    expected = classify_video(video_HWT)
    found = classify_video(video_HWT.astype(np.float64))
    assert found.peaks == expected.peaks
    pd.testing.assert_frame_equal(found.segments, expected.segments)


def test_nan_and_wrong_shapes_are_refused():
    video_HWT, _ = make_natural()
    video_HWT[..., 290:] = np.nan
    with pytest.raises(
        ValueError, match=r"frame 290 of the video has values from nan .* valid frames"
    ):
        classify_video(video_HWT)
    with pytest.raises(ValueError, match="frame 0 of the video has values from -9 to"):
        classify_video(np.where(np.arange(290) < 1, -9, video_HWT[..., :290]))
    with pytest.raises(ValueError, match=r"shape \(36, 64, 0\), expected .* at least one frame"):
        classify_video(video_HWT[..., :0])
