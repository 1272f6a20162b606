"""Two tiny partner recordings with a hand-made catalogue: repeats, a late end, hidden responses, missing numbers."""

from pathlib import Path

import numpy as np
import pandas as pd

from tests.tiny import NUM_NEURONS, make_movie, save, write_trial

FIRST = "dynamic1-2-3-Video-8744edeac3b4d1ce16b680916b5267ce"
SECOND = "dynamic4-5-6-Video-9b4f6a1a067fe51e15306b9628efea20"
NUM_FRAMES = 160
SHOWS = {
    FIRST: {
        0: ("train", 0, 160),
        1: ("train", 1, 160),
        2: ("oracle", 100, 160),
        4: ("oracle", 100, 160),
        5: ("oracle", 100, 159),
        7: ("live_test_bonus", 200, 160),
        12: ("live_test_bonus", 200, 160),
    },
    SECOND: {
        0: ("train", 0, 160),
        1: ("oracle", 100, 160),
        2: ("final_test_bonus", 200, 160),
        3: ("final_test_bonus", 200, 160),
    },
}
"""tier, movie and valid frames of each trial"""
CUTS = {"NaturalVideo": (0, 90), "Gabor": (0, 50, 110)}
DESCRIPTORS = ("mean", "median", "min", "max", "std")


def label_of(movie: int) -> str:
    return "Gabor" if movie >= 200 else "NaturalVideo"


def video_id(movie: int) -> str:
    return f"v{movie:012d}"


def is_hidden(name: str, tier: str) -> bool:
    return name == SECOND and tier not in ("train", "oracle")


def responses_of(name: str, trial: int) -> np.ndarray:
    """What repeats of a movie share, and noise; none where the competition withheld them."""
    tier, movie, num_frames = SHOWS[name][trial]
    if is_hidden(name, tier):
        return np.zeros((NUM_NEURONS, num_frames), np.float32)
    shared = np.random.default_rng([1, movie]).gamma(1, 2, (NUM_NEURONS, NUM_FRAMES))
    noise = np.random.default_rng([2, name == SECOND, trial]).gamma(1, 1, shared.shape)
    return (shared + noise)[:, :num_frames].astype(np.float32)


def write_recordings(folder: Path) -> None:
    """Write both recordings into a folder."""
    for name, shows in SHOWS.items():
        tiers = np.full(max(shows) + 1, "none", dtype="<U16")
        for trial, (tier, movie, num_frames) in shows.items():
            tiers[trial] = tier
            write_trial(
                folder / name, trial, make_movie(movie, num_frames), responses_of(name, trial)
            )
        save(folder / name / "meta/trials/tiers.npy", tiers)


def write_catalogue(folder: Path) -> None:
    """Write the tables of both recordings."""
    folder.mkdir(parents=True)
    trials = [row for name, shows in SHOWS.items() for row in _trials(name, shows)]
    tables = {
        "trials": trials,
        "videos": _videos(trials),
        "segments": [row for trial in trials for row in _segments(trial)],
        "neurons": [row for name in SHOWS for row in _neurons(name)],
        "basic": [_basic(name) for name in SHOWS],
    }
    for name, rows in tables.items():
        pd.DataFrame(rows).to_parquet(folder / f"{name}.parquet")


def _trials(name: str, shows: dict) -> list[dict]:
    return [
        {
            "recording": name,
            "label": label_of(movie),
            "trial": trial,
            "trial_type": tier,
            "video_ID": video_id(movie),
            "valid_frames": num_frames,
            "valid_trial": True,
            "valid_response": not is_hidden(name, tier),
            "response_state": "hidden" if is_hidden(name, tier) else "measured",
            "num_repeats": sum(other == movie for _, other, _ in shows.values()),
        }
        for trial, (tier, movie, num_frames) in shows.items()
    ]


def _videos(trials: list[dict]) -> list[dict]:
    first = {}
    for row in trials:
        first.setdefault(row["video_ID"], row)
    names = ("video_ID", "label", "valid_frames", "recording", "trial")
    return [{name: row[name] for name in names} for row in first.values()]


def _segments(trial: dict) -> list[dict]:
    starts = CUTS[trial["label"]]
    ends = (*starts[1:], trial["valid_frames"])
    parametric = trial["label"] != "NaturalVideo"
    return [
        {
            "segment_ID": f"s{trial['video_ID'][7:]}{index:06d}" if parametric else "",
            "segment_label": trial["label"],
            "video_ID": trial["video_ID"],
            "video_label": trial["label"],
            "recording": trial["recording"],
            "trial": trial["trial"],
            "segment_index": index,
            "frame_start": start,
            "frame_end": end,
        }
        for index, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]


def _neurons(name: str) -> list[dict]:
    shown = SHOWS[name].items()
    kept = [responses_of(name, trial) for trial, (tier, *_) in shown if not is_hidden(name, tier)]
    rows = np.concatenate(kept, axis=1)
    statistics = {f"{how}_activation": getattr(np, how)(rows, axis=1) for how in DESCRIPTORS}
    places = np.random.default_rng(3).uniform(-300, 300, (NUM_NEURONS, 2)).round()
    return [
        {
            "recording": name,
            "ID": 3 * neuron + 1,
            "coord_x": int(places[neuron, 0]),
            "coord_y": int(places[neuron, 1]),
            "coord_z": 200 + 25 * neuron,
            **{column: float(values[neuron]) for column, values in statistics.items()},
        }
        for neuron in range(NUM_NEURONS)
    ]


def _basic(name: str) -> dict:
    animal, session, scan = name.removeprefix("dynamic").split("-")[:3]
    return {
        "recording": name,
        "animal_id": animal,
        "session": session,
        "scan_idx": scan,
        "n_trials": len(SHOWS[name]),
        "n_neurons": NUM_NEURONS,
        "sampling_freq": 30,
    }
