"""Facts about the ten real recordings, each computed again from the published metadata by our reader."""

from collections import Counter
from itertools import combinations

import numpy as np
import pytest

from tests.published import NAMES, SCANS, mouse_of, needs_real, read_real

pytestmark = needs_real
MICE = "ABCDEFGHIJ"
TIERS = [
    "train",
    "oracle",
    "live_test_main",
    "live_test_bonus",
    "final_test_main",
    "final_test_bonus",
]
LABELS = ["NaturalVideo", "NaturalImages", "Gabor", "PinkNoise", "RandomDots", "GaussianDot"]
SIZES = {
    # trials, highest trial number, samples per trial, neurons, ranges of neuron id, x and y
    "A": (720, 739, 324, 7440, 1, 8195, -1058, -443, -707, -93),
    "B": (704, 719, 324, 7928, 1, 8763, -1024, -409, -610, 8),
    "C": (729, 739, 325, 8285, 1, 8916, -759, -143, -409, 208),
    "D": (714, 719, 403, 7671, 1, 8511, -1408, -792, -685, -67),
    "E": (723, 738, 315, 7495, 2, 8326, -1459, -843, -709, -92),
    "F": (711, 710, 324, 7863, 1, 8736, -1259, -643, -659, -42),
    "G": (682, 681, 325, 7908, 1, 8721, -990, -374, -381, 236),
    "H": (711, 710, 326, 8202, 1, 8832, -1382, -767, -728, -112),
    "I": (739, 738, 315, 7939, 1, 8679, -1498, -883, -484, 133),
    "J": (712, 711, 414, 8122, 1, 8790, -1359, -742, -510, 108),
}
MISSING_NUMBERS = dict(zip(MICE, (20, 16, 11, 6, 16, 0, 0, 0, 0, 0), strict=True))
TRIALS_PER_TIER = {
    "A": (350, 59, 56, 59, 58, 138),
    "B": (352, 60, 58, 59, 57, 118),
    "C": (355, 58, 58, 80, 59, 119),
    "D": (356, 59, 60, 59, 60, 120),
    "E": (351, 60, 57, 58, 60, 137),
    "F": (348, 58, 56, 58, 57, 134),
    "G": (329, 56, 53, 57, 56, 131),
    "H": (354, 60, 60, 58, 59, 120),
    "I": (359, 60, 60, 80, 60, 120),
    "J": (354, 59, 60, 60, 60, 119),
}
TRIALS_PER_LABEL = {
    "A": (523, 0, 0, 59, 79, 59),
    "B": (527, 59, 59, 59, 0, 0),
    "C": (530, 60, 59, 0, 80, 0),
    "D": (535, 59, 0, 60, 0, 60),
    "E": (528, 0, 58, 0, 79, 58),
    "F": (519, 0, 0, 58, 76, 58),
    "G": (494, 58, 57, 0, 73, 0),
    "H": (533, 60, 0, 60, 0, 58),
    "I": (539, 0, 60, 0, 80, 60),
    "J": (533, 60, 59, 60, 0, 0),
}
VIDEOS_PER_TIER = {
    "A": (350, 6, 6, 6, 6, 14),
    "B": (352, 6, 6, 6, 6, 12),
    "C": (355, 6, 6, 8, 6, 12),
    "D": (356, 6, 6, 7, 6, 12),
    "E": (351, 6, 6, 6, 6, 14),
    "F": (348, 6, 6, 6, 6, 14),
    "G": (329, 6, 6, 6, 6, 14),
    "H": (354, 6, 6, 6, 6, 12),
    "I": (359, 6, 6, 8, 6, 12),
    "J": (354, 6, 6, 7, 6, 12),
}
VIDEOS_PER_LABEL = {
    "A": (368, 0, 0, 6, 8, 6),
    "B": (370, 6, 6, 6, 0, 0),
    "C": (373, 6, 6, 0, 8, 0),
    "D": (374, 7, 0, 6, 0, 6),
    "E": (369, 0, 6, 0, 8, 6),
    "F": (366, 0, 0, 6, 8, 6),
    "G": (347, 6, 6, 0, 8, 0),
    "H": (372, 6, 0, 6, 0, 6),
    "I": (377, 0, 6, 0, 8, 6),
    "J": (372, 7, 6, 6, 0, 0),
}
MEASURED = dict(zip(MICE, (720, 704, 729, 714, 723, 406, 385, 414, 419, 413), strict=True))
BONUS = {
    "A": ("PinkNoise", "GaussianDot RandomDots"),
    "B": ("Gabor", "NaturalImages PinkNoise"),
    "C": ("RandomDots", "Gabor NaturalImages"),
    "D": ("NaturalImages", "GaussianDot PinkNoise"),
    "E": ("GaussianDot", "Gabor RandomDots"),
    "F": ("PinkNoise", "GaussianDot RandomDots"),
    "G": ("Gabor", "NaturalImages RandomDots"),
    "H": ("GaussianDot", "NaturalImages PinkNoise"),
    "I": ("RandomDots", "Gabor GaussianDot"),
    "J": ("NaturalImages", "Gabor PinkNoise"),
}
REPEATS = {
    # oracle, live main, final main, live bonus, the two final bonus labels in alphabetical order
    "A": "10.10.10.10.10.9 10.10.10.9.9.8 10.10.10.10.9.9 10.10.10.10.10.9 10.10.10.10.10.9 10.10.10.10.10.10.10.9",
    "B": "10.10.10.10.10.10 10.10.10.10.9.9 10.10.10.10.9.8 10.10.10.10.10.9 10.10.10.10.10.9 10.10.10.10.10.9",
    "C": "10.10.10.10.9.9 10.10.10.10.9.9 10.10.10.10.10.9 10.10.10.10.10.10.10.10 10.10.10.10.10.9 10.10.10.10.10.10",
    "D": "10.10.10.10.10.9 10.10.10.10.10.10 10.10.10.10.10.10 10.10.10.10.10.8.1 10.10.10.10.10.10 10.10.10.10.10.10",
    "E": "10.10.10.10.10.10 10.10.10.9.9.9 10.10.10.10.10.10 10.10.10.10.9.9 10.10.10.10.10.8 10.10.10.10.10.10.10.9",
    "F": "10.10.10.10.9.9 10.10.10.9.9.8 10.10.10.9.9.9 10.10.10.10.9.9 10.10.10.10.9.9 10.10.10.10.9.9.9.9",
    "G": "10.10.10.9.9.8 10.9.9.9.8.8 10.10.10.9.9.8 10.10.10.10.9.8 10.10.10.10.9.9 10.10.10.9.9.9.9.7",
    "H": "10.10.10.10.10.10 10.10.10.10.10.10 10.10.10.10.10.9 10.10.10.10.9.9 10.10.10.10.10.10 10.10.10.10.10.10",
    "I": "10.10.10.10.10.10 10.10.10.10.10.10 10.10.10.10.10.10 10.10.10.10.10.10.10.10 10.10.10.10.10.10 10.10.10.10.10.10",
    "J": "10.10.10.10.10.9 10.10.10.10.10.10 10.10.10.10.10.10 10.10.10.10.10.9.1 10.10.10.10.10.9 10.10.10.10.10.10",
}
PLANES = {
    "A": (697, 706, 739, 740, 775, 749, 756, 764, 765, 749),
    "B": (808, 819, 804, 818, 780, 783, 788, 802, 819, 707),
    "C": (831, 844, 858, 851, 878, 839, 869, 880, 783, 652),
    "D": (757, 842, 783, 750, 794, 779, 802, 773, 760, 631),
    "E": (754, 753, 744, 754, 773, 741, 765, 802, 754, 655),
    "F": (790, 803, 770, 760, 796, 787, 770, 800, 824, 763),
    "G": (791, 807, 789, 802, 805, 784, 806, 859, 785, 680),
    "H": (833, 835, 821, 829, 822, 809, 847, 859, 829, 718),
    "I": (787, 794, 793, 838, 798, 825, 853, 849, 768, 634),
    "J": (795, 830, 818, 824, 833, 825, 847, 860, 830, 660),
}
STATISTICS = {
    # quantiles 0, .05, .5, .95, 1 of mean, std and maximum as committed
    "A": "0.131 0.669 2.21 10.3 45.9 0.847 2.59 9.74 49.5 116 30.5 71.3 360 1690 3350",
    "B": "0.256 0.712 2.01 8.99 43 1.58 3.12 10.1 48 118 33.7 98.7 393 1680 3130",
    "C": "0.394 0.933 2.51 8.37 36.7 1.79 3.89 11.9 43.5 110 42.5 117 451 1560 3010",
    "D": "0.221 0.89 2.61 10.4 36.6 1.21 3.58 12 51.4 115 38.3 110 517 1930 2980",
    "E": "0.2 0.782 2.6 11 71.4 1.32 3.48 13.2 56.2 138 38 118 542 2040 3120",
    "F": "0.192 0.493 1.39 5.61 24.9 1.3 2.88 9.52 39.4 86.2 28.2 121 542 1880 3260",
    "G": "0.0947 0.34 1.08 3.95 21.9 0.658 1.98 7.45 27.2 81 22.2 78.7 386 1310 2720",
    "H": "0.154 0.391 0.958 3.69 20.5 1.13 2.3 6.13 26.3 77 34.8 84 287 1220 2660",
    "I": "0.172 0.433 1.25 5.77 34.9 1.03 2.56 7.49 37.3 102 27.8 95.7 353 1680 2980",
    "J": "0.143 0.531 1.62 6.7 25.1 1.21 3.26 10.6 43.4 97.5 42.8 133 515 1860 3000",
}
IMAGES = """v043192 B10x319 J9x319 v065428 D10x326 H10x326 v090089 D10x313 H10x313 v098651 D10x319-321 H10x319
v114150 C10x310 G10x310 v139482 D10x310-311 H10x310 v221195 C10x320 G9x320 v437944 C10x313 G9x313
v582341 D8x305-306 H10x305-306 v583546 D1x403 v585224 B10x318 J10x318 v609482 B10x317 J10x317
v611342 C10x325 G10x325 v629507 B9x313 J10x313 v641584 C10x318 G10x318 v823580 B10x322 J10x322 v885749 J1x414
v914100 B10x318 J10x318 v969497 D10x312-313 H10x312-313 v997994 C10x315 G10x315"""
IMAGE_FRAMES = "305:12 306:6 310:39 311:1 312:6 313:72 315:20 317:20 318:60 319:38 320:19 321:1 322:20 325:20 326:20 403:1 414:1"
PATTERNS = {
    "train": 1799,
    "live_test_bonus final_test_bonus": 52,
    "final_test_bonus": 38,
    "live_test_bonus": 8,
    "live_test_main final_test_main": 19,
    "oracle live_test_main": 17,
    "oracle final_test_main": 15,
    "oracle": 14,
    "final_test_main": 13,
    "live_test_main": 12,
}
PAIRS = {"AF": (376, 338), "BJ": (382, 346), "CG": (362, 324), "DH": (386, 350), "EI": (389, 351)}


def trials_of(mouse):
    trials = read_real().trials
    return trials[trials.recording == NAMES[mouse]]


def neurons_of(mouse):
    neurons = read_real().neurons
    return neurons[neurons.recording == NAMES[mouse]]


def count(values, names):
    return tuple(values.value_counts().reindex(names, fill_value=0))


def test_totals():
    trials, neurons = read_real().trials, read_real().neurons
    assert (len(trials), len(neurons), trials.video_ID.nunique()) == (7145, 78853, 1987)
    assert not trials.duplicated(["recording", "trial"]).any()
    assert not neurons.duplicated(["recording", "coord_x", "coord_y", "coord_z"]).any()
    assert not neurons.isna().any(axis=None)
    assert trials.valid_response.sum() == 5627
    assert count(trials.trial_type, TIERS) == (3508, 589, 578, 628, 586, 1256)
    assert count(trials.label, LABELS) == (5261, 356, 352, 356, 467, 353)


@pytest.mark.parametrize("mouse", MICE)
def test_sizes_of_a_recording(mouse):
    trials, neurons = trials_of(mouse), neurons_of(mouse)
    basic = read_real().basic.set_index("recording").loc[NAMES[mouse]]
    ids = neurons.ID.to_numpy()
    x, y = neurons.coord_x, neurons.coord_y
    found = (len(trials), trials.trial.max(), trials.valid_frames_video.max(), len(neurons))
    assert (*found, ids[0], ids[-1], x.min(), x.max(), y.min(), y.max()) == SIZES[mouse]
    assert (basic.n_trials, basic.samples_per_trial, basic.n_neurons) == (found[0], *found[2:])
    assert "-".join((basic.animal_id, basic.session, basic.scan_idx)) == SCANS[mouse]
    assert trials.trial.min() == 0
    assert trials.trial.max() + 1 - len(trials) == MISSING_NUMBERS[mouse]
    assert (np.diff(ids) > 0).all()
    assert all(614 <= np.ptp(axis) <= 618 for axis in (x, y))


@pytest.mark.parametrize("mouse", MICE)
def test_trials_and_videos_per_tier_and_label(mouse):
    trials = trials_of(mouse)
    videos = trials.drop_duplicates("video_ID")
    assert count(trials.trial_type, TIERS) == TRIALS_PER_TIER[mouse]
    assert count(trials.label, LABELS) == TRIALS_PER_LABEL[mouse]
    assert count(videos.trial_type, TIERS) == VIDEOS_PER_TIER[mouse]
    assert count(videos.label, LABELS) == VIDEOS_PER_LABEL[mouse]
    assert trials.valid_response.sum() == MEASURED[mouse]
    for tier, label in zip(("live_test_bonus", "final_test_bonus"), BONUS[mouse], strict=True):
        assert sorted(set(trials.label[trials.trial_type == tier])) == label.split()
    main = ~trials.trial_type.str.endswith("bonus")
    assert set(trials.label[main]) == {"NaturalVideo"}


@pytest.mark.parametrize("mouse", MICE)
def test_repeats(mouse):
    trials = trials_of(mouse)
    tiers = ["oracle", "live_test_main", "final_test_main", "live_test_bonus"]
    groups = [trials[trials.trial_type == tier] for tier in tiers]
    final = trials[trials.trial_type == "final_test_bonus"]
    groups += [final[final.label == label] for label in sorted(set(final.label))]
    found = [sorted(group.video_ID.value_counts(), reverse=True) for group in groups]
    assert " ".join(".".join(map(str, repeats)) for repeats in found) == REPEATS[mouse]
    assert trials[trials.trial_type == "train"].video_ID.is_unique


def test_repeats_of_all_recordings():
    trials = read_real().trials
    repeats = trials[trials.trial_type != "train"].groupby(["recording", "video_ID"]).size()
    assert Counter(repeats) == {10: 299, 9: 62, 8: 10, 7: 1, 1: 2}


@pytest.mark.parametrize("mouse", MICE)
def test_neurons_per_plane_and_their_statistics(mouse):
    neurons = neurons_of(mouse)
    assert count(neurons.coord_z, range(200, 426, 25)) == PLANES[mouse]
    assert sum(PLANES[mouse]) == len(neurons)
    names = [f"{name}_activation" for name in ("mean", "std", "max")]
    found = neurons[names].quantile([0, 0.05, 0.5, 0.95, 1]).to_numpy().T.ravel()
    assert found == pytest.approx([float(x) for x in STATISTICS[mouse].split()], rel=6e-3)


def test_valid_frames():
    trials = read_real().trials
    frames = {label: Counter(rows.valid_frames_video) for label, rows in trials.groupby("label")}
    images = {int(n): int(num) for n, num in (pair.split(":") for pair in IMAGE_FRAMES.split())}
    assert frames == {
        "NaturalVideo": {300: 5261},
        "NaturalImages": images,
        "Gabor": {300: 352},
        "PinkNoise": {324: 356},
        "RandomDots": {240: 467},
        "GaussianDot": {315: 353},
    }
    assert (trials.valid_frames == trials.valid_frames_video).all()
    assert (trials.valid_frames == trials.valid_frames_gaze).all()


def test_responses_are_hidden_in_the_test_tiers_of_the_second_set():
    trials = mouse_of(read_real().trials)
    withheld = trials.mouse.isin(list("FGHIJ")) & ~trials.trial_type.isin(["train", "oracle"])
    assert (~trials.valid_response == withheld).all()
    longest = trials.recording.map(read_real().basic.set_index("recording").samples_per_trial)
    expected = trials.valid_frames_video.where(~withheld, longest)
    assert (trials.valid_frames_response == expected).all()
    assert (trials.valid_frames_pupil == longest).all()
    assert (trials.valid_frames_locomotion == longest).all()
    still = trials[~trials.valid_locomotion]
    assert (still.valid_frames_video == longest[still.index]).all()


def test_flags():
    trials = mouse_of(read_real().trials)
    invalid = trials[~trials.valid_trial]
    glitches = invalid[["mouse", "trial", "valid_frames"]].values.tolist()
    assert glitches == [["D", 668, 403], ["J", 156, 414]]
    assert (trials.valid_trial == trials.valid_video).all()
    assert trials[["valid_pupil", "valid_gaze"]].all(axis=None)
    still = Counter(trials.mouse[~trials.valid_locomotion])
    assert still == {"A": 2, "F": 1, "I": 10}


def test_videos_of_all_mice():
    trials = read_real().trials
    assert (trials.groupby("video_ID").label.nunique() == 1).all()
    videos = trials.drop_duplicates("video_ID")
    assert count(videos.label, LABELS) == (1889, 20, 18, 18, 24, 18)
    assert Counter(trials.groupby("video_ID").recording.nunique()) == {2: 1895, 1: 92}
    presentations = Counter(trials.video_ID.value_counts())
    assert presentations == {1: 92, 2: 1709, 17: 3, 18: 13, 19: 50, 20: 120}
    tiers = [set(rows) for _, rows in trials.groupby("video_ID").trial_type]
    patterns = Counter(" ".join(tier for tier in TIERS if tier in found) for found in tiers)
    assert patterns == PATTERNS
    natural = videos[videos.label == "NaturalVideo"]
    assert Counter(natural.trial_type == "train") == {True: 1799, False: 90}


def test_pairs_of_mice_share_videos_and_no_others_do():
    trials = {mouse: trials_of(mouse) for mouse in MICE}
    seen = {mouse: set(rows.video_ID) for mouse, rows in trials.items()}
    train = {m: set(rows.video_ID[rows.trial_type == "train"]) for m, rows in trials.items()}
    shared = {
        one + other: (len(seen[one] & seen[other]), len(train[one] & train[other]))
        for one, other in combinations(MICE, 2)
        if seen[one] & seen[other]
    }
    assert shared == PAIRS
    alone = {other: seen[other] - train[other] - seen[one] for one, other in PAIRS}
    assert alone == {"F": set(), "J": {"v885749"}, "G": set(), "H": set(), "I": set()}


def test_natural_images():
    trials = mouse_of(read_real().trials)
    found = {}
    for (video, mouse), rows in trials[trials.label == "NaturalImages"].groupby(
        ["video_ID", "mouse"]
    ):
        frames = "-".join(map(str, sorted({rows.valid_frames.min(), rows.valid_frames.max()})))
        found.setdefault(video, []).append(f"{mouse}{len(rows)}x{frames}")
    assert (
        " ".join(f"{video} {' '.join(rows)}" for video, rows in found.items()).split()
        == IMAGES.split()
    )
