"""Seconds and memory of finding duplicates among made-up movies, ours against a loop over pairs.

    python benchmarks/duplicates.py                  # 70 candidates, 700 training movies, 300 frames; 2.1 GB on disk
    python benchmarks/duplicates.py --scale 0.1

Movies are independent noise, but for one training movie that is a candidate in other contrast: it must be found. Ours:
`recordings.duplicates.most_alike`, in a process of its own whose peak memory is taken. The loop reads each training movie once and
calls numpy.corrcoef for every candidate, which it keeps in memory; it runs on a subset, and seconds are compared per pair. Files
have just been written, so they are in the system's cache for both. One thread; written to benchmarks/results/duplicates.json.
"""

import argparse
import json
import multiprocessing
import re
import tempfile
import time
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from recordings.duplicates import Shown, most_alike
from recordings.reader import Recording

ROOT = Path(__file__).resolve().parents[1]
NUM_CANDIDATES, NUM_TRAINING, NUM_FRAMES = 70, 700, 300
SUBSET = (10, 30)
"""candidates and training movies of the loop"""
MIN_FRAMES = 30


def write_movies(folder: Path, num_movies: int, seed: int, copied_HWT=None) -> None:
    """Movies of independent grey levels, with a behaviour that says how long each is; the last may be a copy."""
    for name in ("videos", "behavior"):
        (folder / "data" / name).mkdir(parents=True)
    rng = np.random.default_rng(seed)
    for number in range(num_movies):
        video_HWT = rng.integers(0, 256, (36, 64, NUM_FRAMES), np.uint8).astype(np.float32)
        if number == num_movies - 1 and copied_HWT is not None:
            video_HWT = 0.5 * copied_HWT + 30
        np.save(folder / f"data/videos/{number}.npy", video_HWT)
        np.save(folder / f"data/behavior/{number}.npy", np.ones((2, NUM_FRAMES), np.float32))


def open_sets(folder: Path) -> tuple[Shown, Shown]:
    recordings = [(name, Recording(folder / name)) for name in ("held_out", "training")]
    return tuple(Shown(name, recording, recording.trials) for name, recording in recordings)


def measure_ours(folder: Path, queue) -> None:
    held_out, training = open_sets(folder)
    before = peak_gb()
    with threadpool_limits(1):
        started = time.perf_counter()
        table = most_alike([held_out], [training], MIN_FRAMES)
        seconds = time.perf_counter() - started
    planted = table.iloc[-1]
    queue.put(
        {
            "seconds": round(seconds, 2),
            "seconds_per_pair": seconds / (len(held_out.trials) * len(training.trials)),
            "peak_gb": peak_gb(),
            "peak_gb_before": before,
            "planted_copy_found": int(planted.training_trial) == training.trials[-1],
            "correlation_of_the_copy": float(planted.correlation),
            "highest_of_the_others": round(float(table.correlation[:-1].max()), 4),
        }
    )


def measure_loop(folder: Path, queue) -> None:
    held_out, training = open_sets(folder)
    chosen = held_out.trials[-SUBSET[0] :], training.trials[-SUBSET[1] :]
    with threadpool_limits(1):
        started = time.perf_counter()
        candidates = [np.asarray(held_out.recording.array("videos", t)).ravel() for t in chosen[0]]
        found = []
        for trial in chosen[1]:
            movie = np.asarray(training.recording.array("videos", trial)).ravel()
            found.append([np.corrcoef(movie, candidate)[0, 1] for candidate in candidates])
        seconds = time.perf_counter() - started
    queue.put(
        {
            "pairs": len(chosen[0]) * len(chosen[1]),
            "seconds_per_pair": seconds / (len(chosen[0]) * len(chosen[1])),
            "peak_gb": peak_gb(),
            "correlation_of_the_copy": float(found[-1][-1]),
        }
    )


def peak_gb() -> float:
    status = Path("/proc/self/status").read_text()
    return round(int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1e6, 2)


def alone(work, *arguments) -> dict:
    """In a process of its own, so that the peak is its own."""
    context = multiprocessing.get_context("spawn")
    queue = context.SimpleQueue()
    process = context.Process(target=work, args=(*arguments, queue))
    process.start()
    found = queue.get()
    process.join()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0, help="share of the movies")
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks/results/duplicates.json")
    given = parser.parse_args()
    counts = [max(1, round(given.scale * count)) for count in (NUM_CANDIDATES, NUM_TRAINING)]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write_movies(folder / "held_out", counts[0], seed=0)
        copied_HWT = np.load(folder / f"held_out/data/videos/{counts[0] - 1}.npy")
        write_movies(folder / "training", counts[1], 1, copied_HWT)
        ours, loop = alone(measure_ours, folder), alone(measure_loop, folder)
    ratio = loop["seconds_per_pair"] / ours["seconds_per_pair"]
    results = {
        "device": "cpu, 1 thread",
        "candidates": counts[0],
        "training_movies": counts[1],
        "frames": NUM_FRAMES,
        "ours": ours,
        "loop over pairs": loop,
        "ratio": round(ratio, 1),
    }
    given.output.write_text(json.dumps(results, indent=2) + "\n")
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
