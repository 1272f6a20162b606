"""Facts about the segments of the real videos, and about the statistics beside the metadata, computed again."""

from collections import Counter

import numpy as np

from tests.published import LETTERS, REAL, needs_real, read_real

pytestmark = needs_real


def presented():
    """A row per trial and segment of the parametric videos, as the published table of segments has it."""
    places = read_real().segment_places.merge(read_real().segments, on="segment_ID")
    return places.merge(read_real().trials[["video_ID", "recording", "trial"]], on="video_ID")


def test_segments_of_the_parametric_videos():
    published = read_real()
    sizes = published.video_segments.groupby("video_ID").size()
    labels = published.videos.set_index("video_ID").label
    parametric = labels[labels != "NaturalVideo"]
    expected = {
        "GaussianDot": 35,
        "NaturalImages": 20,
        "Gabor": 12,
        "PinkNoise": 12,
        "RandomDots": 4,
    }
    assert (sizes[parametric.index] == parametric.map(expected)).all()
    slots = published.video_segments[published.video_segments.video_ID.isin(parametric.index)]
    assert (len(parametric), len(slots)) == (98, 1558)
    assert slots.segment_ID.str.fullmatch(r"s\d{6}").all()


def test_distinct_segments():
    segments, places = read_real().segments, read_real().segment_places
    labels = ["PinkNoise", "GaussianDot", "NaturalImages", "RandomDots", "Gabor", "Background"]
    assert tuple(segments.label.value_counts()[labels]) == (216, 210, 180, 96, 72, 1)
    frames = {label: Counter(rows) for label, rows in segments.groupby("label").valid_frames}
    assert frames == {
        "GaussianDot": {9: 210},
        "RandomDots": {60: 96},
        "Gabor": {24: 1, 25: 69, 26: 2},
        "PinkNoise": {26: 12, 27: 192, 28: 12},
        "NaturalImages": {15: 99, 16: 81},
        "Background": {15: 1},
    }
    videos = places.groupby("segment_ID").video_ID.nunique()
    labels_of = segments.set_index("segment_ID").label
    per_label = {label: Counter(rows) for label, rows in videos.groupby(labels_of)}
    assert per_label == {
        "Gabor": {3: 72},
        "GaussianDot": {3: 210},
        "PinkNoise": {1: 216},
        "RandomDots": {1: 96},
        "NaturalImages": {1: 160, 2: 20},
        "Background": {20: 1},
    }
    grey = places[places.segment_ID == "s663048"]
    assert set(grey.segment_index) == set(range(0, 20, 2))


def test_presentations_of_segments():
    table = presented()
    assert len(table) == 29839
    assert table.label.value_counts().to_dict() == {
        "GaussianDot": 12355,
        "PinkNoise": 4272,
        "Gabor": 4224,
        "NaturalImages": 3560,
        "Background": 3560,
        "RandomDots": 1868,
    }
    each = table.groupby(["label", "segment_ID"]).size().groupby("label").agg(["min", "max"])
    assert {label: tuple(row) for label, row in each.iterrows()} == {
        "Gabor": (56, 60),
        "GaussianDot": (56, 60),
        "PinkNoise": (19, 20),
        "RandomDots": (17, 20),
        "NaturalImages": (19, 20),
        "Background": (3560, 3560),
    }
    mice = table.groupby(["label", "segment_ID"]).recording.nunique()
    assert set(mice["Gabor"]) == set(mice["GaussianDot"]) == {6}


def test_the_glitches():
    slots = read_real().video_segments
    bad = slots[slots.bad]
    found = bad.assign(frames=bad.frame_end - bad.frame_start)[
        ["video_ID", "segment_index", "frames"]
    ]
    assert found.values.tolist() == [["v583546", 2, 111], ["v885749", 2, 113]]
    glitch = read_real().trial_videos.query("trial == 668").iloc[0]
    summary = (glitch.n_peaks, glitch.segments_n_peaks, glitch.segments_bad_n)
    assert (*summary, glitch.segments_avg_duration) == (19, 20, 1, 20.15)


def test_four_videos_of_images_have_trials_of_other_lengths():
    both = read_real().trials.merge(read_real().videos, on="video_ID", suffixes=("", "_of_video"))
    other = both[both.valid_frames != both.valid_frames_of_video]
    numbers = other.video_ID.value_counts().to_dict()
    assert numbers == {"v582341": 12, "v969497": 6, "v098651": 1, "v139482": 1}
    assert (other.valid_frames - other.valid_frames_of_video).abs().max() == 2


def test_statistics_of_the_training_tier():
    def load(mouse, modality, name):
        path = REAL / f"training-set-statistics/mouse{mouse}/{modality}/{name}.npy"
        return np.load(path, allow_pickle=False)

    limits = {
        ("behavior", "mean"): ((40, 61), (0.3, 5.6)),
        ("behavior", "median"): ((0, 255), (0, 0.041)),
        ("pupil_center", "mean"): ((119, 180), (119, 179)),
        ("pupil_center", "std"): ((4, 8), (4, 8)),
        ("video", "mean"): ((77.4, 82),),
        ("video", "std"): ((56.7, 59.8),),
    }
    for mouse in LETTERS.values():
        for (modality, name), ranges in limits.items():
            for value, (low, high) in zip(
                np.ravel(load(mouse, modality, name)), ranges, strict=True
            ):
                assert low - 0.5 * (high > 1) <= value <= high + 0.5 * (high > 1), (mouse, modality)
