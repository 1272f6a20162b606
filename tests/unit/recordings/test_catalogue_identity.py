"""Identity: the same videos and segments whatever their order, jitter or spurious cuts, and never two that differ."""

import numpy as np
import pandas as pd
import pytest

from recordings.catalogue.identity import identify_videos, measure_dissimilarity
from recordings.catalogue.keyframes import average_blocks, digest_frames
from recordings.catalogue.scan import RecordingScan
from recordings.catalogue.segment_identity import compare_segments, identify_segments
from recordings.reader import Recording
from tests.tiny import make_movie, save

NUM_IMAGES = 4
GREY, SHOWN = 16, 15


def slow_movie(movie: int, num_frames: int = 40) -> np.ndarray:
    """Frames (36, 64, T) whose mean is unlike that of other movies."""
    still = 128 + 2 * (make_movie(1000 + movie, 1)[0] - 128) / 3
    return np.repeat(still[..., None], num_frames, axis=2) + 0.1 * make_movie(
        movie, num_frames
    ).transpose(1, 2, 0).clip(0, 200)


def images(seed: int, lengths: list[int], kind: float = 127.0) -> np.ndarray:
    """Grey and pictures in turns."""
    rng = np.random.default_rng(seed)
    parts = []
    for length in lengths:
        parts.append(np.full((36, 64, GREY), 128.0))
        blocks = rng.uniform(128 - kind, 128 + kind, (6, 8)).repeat(6, 0).repeat(8, 1)
        parts.append(np.repeat(blocks[..., None], length, axis=2))
    return np.concatenate(parts, axis=2).astype(np.float32)


def cut(lengths: list[int]) -> list[int]:
    """Boundaries of the segments of `images`."""
    return np.cumsum([0, *(n for length in lengths for n in (GREY, length))]).tolist()


def scan(folder, name: str, label: str, shown: dict[int, tuple[np.ndarray, list[int]]]):
    """A stored recording and its scan, with segments as given."""
    rows, segments, thumbnails = [], [], []
    for trial, (video_HWT, bounds) in shown.items():
        save(folder / name / f"data/videos/{trial}.npy", video_HWT.astype(np.float32))
        rows.append(
            {
                "trial": trial,
                "label": label,
                "valid_frames_video": video_HWT.shape[-1],
                "num_bad_segments": 0,
                "content": digest_frames(video_HWT),
            }
        )
        segments.append(
            pd.DataFrame({"trial": trial, "frame_start": bounds[:-1], "frame_end": bounds[1:]})
        )
        thumbnails.append(average_blocks(video_HWT))
    tables = pd.DataFrame(rows), pd.concat(segments, ignore_index=True)
    return RecordingScan(name, *tables, np.concatenate(thumbnails)), Recording(folder / name)


def groups(scans, recordings) -> dict[tuple[str, int], str]:
    """The id of each trial."""
    found = identify_videos(scans, recordings).set_index("content").video_ID
    return {
        (one.recording, row.trial): found[row.content]
        for one in scans
        for row in one.trials.itertuples()
    }


def identify(tmp_path, label, shown) -> dict[int, str]:
    one, recording = scan(tmp_path, "dynamic1", label, shown)
    found = groups([one], {"dynamic1": recording})
    return {trial: found["dynamic1", trial] for trial in shown}


def test_repeats_are_grouped_and_others_are_not(tmp_path):
    faint = np.random.default_rng(1).normal(0, 1, (36, 64, 40))
    movies = [slow_movie(0), slow_movie(1), slow_movie(0), slow_movie(0) + faint, slow_movie(2)]
    movies.append(slow_movie(0)[..., ::-1])  # the same in the mean
    ids = identify(tmp_path, "NaturalVideo", {k: (m, [0, 40]) for k, m in enumerate(movies)})
    assert ids[0] == ids[2] == ids[3]
    assert len(set(ids.values())) == 4
    assert all(name[0] == "v" and len(name) == 13 for name in ids.values())


def test_partners_match_and_the_order_does_not_matter(tmp_path):
    shows = {"dynamic1": [0, 1, 2], "dynamic2": [2, 3, 0]}
    pairs = {
        name: scan(
            tmp_path, name, "NaturalVideo", {k: (slow_movie(m), [0, 40]) for k, m in enumerate(own)}
        )
        for name, own in shows.items()
    }
    recordings = {name: recording for name, (_, recording) in pairs.items()}
    scans = [one for one, _ in pairs.values()]
    ids = groups(scans, recordings)
    assert ids == groups(scans[::-1], recordings)
    assert ids["dynamic1", 0] == ids["dynamic2", 2]
    assert ids["dynamic1", 2] == ids["dynamic2", 0]
    assert len(set(ids.values())) == 4


def test_jittered_images_are_grouped_in_spite_of_a_spurious_cut(tmp_path):
    usual, late = [SHOWN] * NUM_IMAGES, [SHOWN + 1, SHOWN, SHOWN + 1, SHOWN]
    video, jittered = images(1, usual), images(1, late)
    spurious = sorted([*cut(late), GREY - 2, GREY + 1])
    shown = {0: (video, cut(usual)), 1: (jittered, spurious), 2: (images(2, usual), cut(usual))}
    ids = identify(tmp_path, "NaturalImages", shown)
    assert ids[0] == ids[1] != ids[2]


def test_a_grey_gap_makes_another_video(tmp_path):
    usual = [SHOWN] * NUM_IMAGES
    whole = images(1, usual)
    gap = np.insert(whole, [GREY] * 111, 128.0, axis=2)
    shown = {0: (whole, cut(usual)), 1: (gap, [0, *(b + 111 for b in cut(usual)[1:])])}
    ids = identify(tmp_path, "NaturalImages", shown)
    assert ids[0] != ids[1]


def test_the_beginning_of_a_movie_is_another_movie(tmp_path):
    shown = {0: (slow_movie(0), [0, 40]), 1: (slow_movie(0)[..., :35], [0, 35])}
    assert len(set(identify(tmp_path, "NaturalVideo", shown).values())) == 2


def test_dissimilarity_is_the_mean_over_key_frames():
    one = np.zeros((6, 2, 3))
    other = one + np.arange(6)[:, None, None]
    assert measure_dissimilarity(one, other, np.array([1, 3]), np.array([2, 3])) == 5.0
    assert measure_dissimilarity(one[:3], other, np.array([1, 3]), np.array([2])) == 1.0


def test_key_frames_that_one_movie_does_not_have_do_not_count():
    """Those of the other are compared, all frames where neither has any, and nothing is like no frame at all."""
    one = np.zeros((6, 2, 3))
    other, none = one + np.arange(6)[:, None, None], np.zeros(0, int)
    for keys in (none, np.array([4])):
        assert measure_dissimilarity(one[:3], other, keys, np.array([2])) == 4.0
        assert measure_dissimilarity(other, one[:3], np.array([2]), keys) == 4.0
        assert measure_dissimilarity(one[:3], other, keys, none) == (0 + 1 + 4) / 3
        assert measure_dissimilarity(one[:0], other, keys, none) == np.inf


def compare_one_by_one(frames, keys, lengths, shifts):
    """The same with a loop over pairs."""
    count = len(frames)
    found = np.full((count, count), np.inf)
    for i, j in np.ndindex(count, count):
        for shift in shifts:
            both = [f for f in sorted({*keys[i], *keys[j]}) if f < min(lengths[i], lengths[j])]
            both = [f for f in both if 0 <= f + shift < lengths[j]]
            errors = [((frames[i][f] - frames[j][f + shift]) ** 2).mean() for f in both]
            found[i, j] = min(found[i, j], np.mean(errors) if errors else np.inf)
    return np.minimum(found, found.T)


@pytest.mark.parametrize("shifts", [range(1), range(-2, 3)])
def test_segments_are_compared_as_by_a_loop(shifts):
    rng = np.random.default_rng(4)
    lengths, keys = [9, 12, 7, 3], [[2, 6], [2, 10], [0, 5], [1]]
    frames = np.zeros((4, 13, 30))
    for row, length in zip(frames, lengths, strict=True):
        row[:length] = rng.normal(0, 50, (length, 30))
    is_key = np.array([np.isin(np.arange(13), key) for key in keys])
    found = compare_segments(frames, np.arange(13), is_key, np.array(lengths), shifts)
    np.testing.assert_allclose(found, compare_one_by_one(frames, keys, lengths, shifts), atol=1e-9)


def test_segments(tmp_path):
    """Two videos share a picture; a bad segment has no id, a jittered one has that of the video."""
    usual, late = [SHOWN] * 2, [SHOWN + 1, SHOWN]
    one, other = images(1, usual), images(2, usual)
    start, stop = cut(usual)[3:5]
    other[..., start:stop] = one[..., start:stop]
    shown = {0: (one, cut(usual)), 1: (other, cut(usual)), 2: (images(1, late), cut(late))}
    found, recording = scan(tmp_path, "dynamic1", "NaturalImages", shown)
    table = found.segments.assign(
        recording="dynamic1",
        video_label="NaturalImages",
        segment_label=["Background", "NaturalImages"] * 6,
        bad_properties=[False] * 4 + [True] + [False] * 7,
        is_canonical=found.segments.trial != 2,
    )
    table["video_ID"] = table.trial.map({0: "va", 1: "vb", 2: "va"})
    ids = identify_segments(table, {"dynamic1": recording}).to_numpy().reshape(3, 4)
    assert len(set(ids[0])) == 3  # grey twice
    assert ids[0, 0] == ids[0, 2] == ids[1, 2]
    assert ids[1, 3] == ids[0, 3]
    assert ids[1, 1] != ids[0, 1]
    assert ids[1, 0] == ""
    assert ids[2].tolist() == ids[0].tolist()


def test_segments_too_short_for_key_frames_are_the_same_if_their_frames_are(tmp_path):
    video = slow_movie(0, 9)
    video[..., 6:] = video[..., :3]
    found, recording = scan(tmp_path, "dynamic1", "Gabor", {0: (video, [0, 3, 6, 9])})
    table = found.segments.assign(
        recording="dynamic1",
        **dict.fromkeys(("video_label", "segment_label"), "Gabor"),
        **{"bad_properties": False, "is_canonical": True, "video_ID": "va"},
    )
    ids = identify_segments(table, {"dynamic1": recording}).tolist()
    assert ids[0] == ids[2] != ids[1]
