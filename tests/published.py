"""The published metadata beside the checkout, read once, and a small catalogue made by hand."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recordings.catalogue.published import Published, read_published
from recordings.catalogue.published_format import DESCRIPTORS

REAL = Path(__file__).resolve().parents[2] / "shared" / "real-metadata"
needs_real = pytest.mark.skipif(
    not REAL.is_dir(), reason="the published metadata (../shared/real-metadata) is not here"
)
SCANS = {
    **{"A": "29156-11-10", "B": "29228-2-10", "C": "29234-6-9", "D": "29513-3-5"},
    **{"E": "29514-2-9", "F": "29515-10-12", "G": "29623-4-9", "H": "29647-19-8"},
    **{"I": "29712-5-9", "J": "29755-2-8"},
}
HASHES = "8744edeac3b4d1ce16b680916b5267ce", "9b4f6a1a067fe51e15306b9628efea20"
NAMES = {m: f"dynamic{scan}-Video-{HASHES[m in 'FGHIJ']}" for m, scan in SCANS.items()}
LETTERS = {name: mouse for mouse, name in NAMES.items()}


@cache
def read_real() -> Published:
    """The published metadata of the ten mice, as far as it was copied."""
    return read_published(REAL)


def mouse_of(table: pd.DataFrame) -> pd.DataFrame:
    """The table with a column `mouse`, A to J."""
    return table.assign(mouse=table.recording.map(LETTERS))


ONE, TWO = (f"dynamic{scan}-Video-{HASHES[0]}" for scan in ("1-2-3", "4-5-6"))
VIDEOS = {
    "va": ("NaturalVideo", [12, 8], ""),
    "vb": ("NaturalVideo", [20], "v000123"),
    "vc": ("Gabor", [25, 25], ""),
    "vd": ("NaturalImages", [14, 15, 16, 15], ""),
}
SHOWS = [
    (ONE, 0, "train", "va"),
    (ONE, 2, "oracle", "vb"),
    (ONE, 10, "oracle", "vb"),
    (ONE, 11, "live_test_bonus", "vc"),
    (TWO, 0, "final_test_bonus", "vc"),
    (TWO, 1, "final_test_bonus", "vd"),
    (TWO, 3, "live_test_main", "vb"),
]
SEGMENTS = {"vc": ["sx", "sy"], "vd": ["sg", "sp", "sg", "sq"]}
SAMPLES = 60


def make_catalogue(hidden: tuple[int, ...] = ()) -> dict[str, pd.DataFrame]:
    """Tables of two recordings; these trials of the second have hidden responses."""
    trials = pd.DataFrame([_make_trial(*show, hidden) for show in SHOWS])
    segments = pd.DataFrame([row for show in SHOWS for row in _make_segments(*show)])
    exemplars = trials.drop_duplicates("video_ID").sort_values("video_ID")
    videos = exemplars[["video_ID", "label", "valid_frames", "recording", "trial"]]
    published = [VIDEOS[video][2] for video in videos.video_ID]
    return {
        "trials": trials,
        "videos": videos.assign(published_video_ID=published),
        "segments": segments,
        "neurons": pd.concat([_make_neurons(ONE, 3), _make_neurons(TWO, 4)], ignore_index=True),
        "basic": pd.DataFrame([_make_basic(ONE, 3), _make_basic(TWO, 4)]),
    }


def _make_trial(recording: str, trial: int, tier: str, video: str, hidden: tuple[int, ...]) -> dict:
    label, durations, _ = VIDEOS[video]
    frames, seen = sum(durations), recording == ONE or trial not in hidden
    lengths = dict.fromkeys(("video", "response", "pupil", "gaze", "locomotion"), frames)
    lengths["response"] = frames if seen else SAMPLES
    return {
        "recording": recording,
        "label": label,
        "trial": trial,
        "trial_type": tier,
        "video_ID": video,
        "valid_frames": frames,
        "valid_trial": True,
        **{f"valid_frames_{name}": length for name, length in lengths.items()},
        **{f"valid_{name}": seen or name != "response" for name in lengths},
        "first_label": label,
    }


def _make_segments(recording: str, trial: int, tier: str, video: str) -> list[dict]:
    label, durations, _ = VIDEOS[video]
    ends = np.cumsum(durations).tolist()
    rng = np.random.default_rng([trial, len(durations)])
    rows = []
    for index, (duration, end) in enumerate(zip(durations, ends, strict=True)):
        segment = SEGMENTS.get(video, [""] * 9)[index]
        bounds = {"frame_start": end - duration, "frame_end": end, "duration": duration}
        values = {name: int(rng.integers(3)) for name in DESCRIPTORS} | bounds
        numbers = ("max_change", "intensity_range", "background_color", "background_proportion")
        values |= {name: float(rng.uniform()) for name in numbers}
        values["after_peak"] = index > 0 and video != "vc"  # whose segments come from splitting
        values |= dict.fromkeys(("is_static", "is_uniform", "bad_properties"), False)
        names = {"segment_ID": segment, "segment_label": "Background" if segment == "sg" else label}
        place = {"video_ID": video, "video_label": label, "recording": recording, "trial": trial}
        rows.append(names | place | {"segment_index": index} | values)
    return rows


def _make_neurons(recording: str, num: int) -> pd.DataFrame:
    rng = np.random.default_rng(num)
    table = {"recording": recording, "ID": np.arange(num) * 2 + 1}
    table |= {f"coord_{axis}": rng.permutation(50)[:num] - 25 for axis in "xyz"}
    mean = rng.uniform(1, 2, num)
    table |= {"mean_activation": mean, "min_activation": -1e-9 * mean, "max_activation": 9 * mean}
    return pd.DataFrame(table | {"std_activation": mean / 3})


def _make_basic(recording: str, num_neurons: int) -> dict:
    animal, session, scan = recording.removeprefix("dynamic").split("-")[:3]
    return {
        **{"recording": recording, "animal_id": animal, "session": session, "scan_idx": scan},
        "n_trials": sum(show[0] == recording for show in SHOWS),
        **{"samples_per_trial": SAMPLES, "n_neurons": num_neurons, "sampling_freq": 30.0},
        **{"dataset_url": "", "data_url": ""},
    }
