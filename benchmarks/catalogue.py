"""Seconds and memory of cataloguing a recording: classified, identified, summarised; and the ratio to classifying frame by frame.

    python benchmarks/catalogue.py                                # 720 trials, 8,000 neurons; 10 GB on disk
    python benchmarks/catalogue.py --scale 0.05 --neurons 200

The recording is simulated, with all six classes in the proportions of a real one, and every stage is checked against the truth.
Each stage runs in a process of its own; its peak memory is that of the process and its workers together, sampled every 20 ms
(what they share counts for each of them). The implementation of benchmarks/naive_catalogue.py classifies a sample of trials, of each
label in proportion; it and ours are timed on the same movies, in memory. Files have just been written, so they may be in the system's
cache. One thread in each worker; written to benchmarks/results/catalogue.json.
"""

import argparse
import json
import multiprocessing
import platform
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import naive_catalogue
import numpy as np
import pandas as pd
import psutil
from threadpoolctl import threadpool_limits

from recordings.catalogue.classify import classify_video
from recordings.catalogue.scan import load_valid_video, read_scan, scan_recording, write_scan
from recordings.catalogue.statistics import select_measured, summarise_neurons
from recordings.catalogue.tables import tabulate_shown, write_tables
from recordings.catalogue_tables import read_catalogue_table
from recordings.reader import Recording

ROOT = Path(__file__).resolve().parents[1]
TRAIN_VIDEOS, MAIN_VIDEOS, REPEATS = 360, 6, 10
PARAMETRIC = {"gabor": 4, "gaussian_dot": 4, "random_dots": 4, "pink_noise": 3, "natural_images": 3}
SAMPLE_EVERY_S = 0.02


def write_session(folder: Path, scale: float, neurons: int, dtype: str) -> None:
    """One mouse; the truth about it beside its recording."""
    # imported here: torch, which they load, would count for the memory of every stage
    from recordings.simulate.schedule import SessionSettings
    from recordings.simulate.session import simulate_session

    scaled = {f"num_{k}_videos": max(1, round(scale * n)) for k, n in PARAMETRIC.items()}
    settings = SessionSettings(
        num_mice=1,
        num_neurons=neurons,
        num_train_videos=max(1, round(scale * TRAIN_VIDEOS)),
        num_main_videos=max(1, round(scale * MAIN_VIDEOS)),
        num_repeats=REPEATS if scale == 1 else 2,
        hidden_mice=(),
        dtype=dtype,
        **scaled,
    )
    truth = simulate_session(folder, settings)
    truth.trials.to_parquet(folder / "truth.parquet")


def open_recording(folder: Path) -> Recording:
    return Recording(next(iter(folder.glob("dynamic*"))))


def scan(folder: Path, workers: int) -> None:
    write_scan(scan_recording(open_recording(folder), workers), folder / "scan")


def summarise(folder: Path, workers: int) -> None:
    measured = select_measured(read_scan(folder / "scan").trials)
    table = summarise_neurons(open_recording(folder), measured, workers)
    table.to_parquet(folder / "neurons.parquet")


def identify(folder: Path, workers: int) -> None:
    """Videos, segments and tables."""
    found, recording = read_scan(folder / "scan"), open_recording(folder)
    write_tables(vars(tabulate_shown([found], {found.recording: recording})), folder / "catalogue")


STAGES = (scan, summarise, identify)


def measure(stage: Callable, folder: Path, workers: int) -> dict:
    """Seconds of a stage without the start of its process, and the peak memory of the process and its workers."""
    context = multiprocessing.get_context("spawn")
    seconds = context.SimpleQueue()
    process = context.Process(target=run_stage, args=(stage, folder, workers, seconds))
    process.start()
    peaks = [0]
    sampler = threading.Thread(target=watch, args=(psutil.Process(process.pid), peaks))
    sampler.start()
    process.join()
    sampler.join()
    if process.exitcode:
        raise SystemExit(f"stage {stage.__name__} failed with exit code {process.exitcode}")
    return {"seconds": round(seconds.get(), 2), "peak_gb": round(peaks[0] / 1e9, 2)}


def run_stage(stage: Callable, folder: Path, workers: int, seconds) -> None:
    with threadpool_limits(1):
        started = time.perf_counter()
        stage(folder, workers)
        seconds.put(time.perf_counter() - started)


def watch(process: psutil.Process, peaks: list[int]) -> None:
    """Keep the largest sum of resident memory of a process and its children, until it ends."""
    while True:
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return
            family = [process, *process.children(recursive=True)]
            peaks[0] = max(peaks[0], sum(resident(member) for member in family))
        except psutil.NoSuchProcess:
            return
        time.sleep(SAMPLE_EVERY_S)


def resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0


def compare_with_naive(folder: Path, num_sampled: int) -> dict:
    """Seconds per trial of both implementations on the same movies, and whether they agree."""
    trials, recording = read_catalogue_table(folder / "catalogue", "trials"), open_recording(folder)
    by_label = trials.sort_values(["label", "trial"])
    places = np.linspace(0, len(by_label) - 1, min(num_sampled, len(by_label))).astype(int)
    seconds, equal = {"naive": 0.0, "ours": 0.0}, []
    with threadpool_limits(1):
        for trial in by_label.trial.iloc[places].tolist():
            video_HWT = load_valid_video(recording, trial)
            found = {}
            for name, classify in (
                ("naive", naive_catalogue.classify_video),
                ("ours", classify_video),
            ):
                started = time.perf_counter()
                found[name] = classify(video_HWT)
                seconds[name] += time.perf_counter() - started
            equal.append(found["naive"].label == found["ours"].label)
    per_trial = {name: value / len(places) for name, value in seconds.items()}
    return {
        "sampled_trials": len(places),
        "naive_seconds_per_trial": round(per_trial["naive"], 4),
        "ours_seconds_per_trial": round(per_trial["ours"], 4),
        "same_labels": sum(equal),
        "ratio": round(per_trial["naive"] / per_trial["ours"], 1),
    }


def check(folder: Path) -> dict:
    """How much of the truth was found."""
    truth = pd.read_parquet(folder / "truth.parquet")
    both = read_catalogue_table(folder / "catalogue", "trials").merge(
        truth, on=["recording", "trial"], suffixes=("", "_true")
    )
    pairs = both[["video", "video_ID"]].drop_duplicates()
    return {
        "labels_right": f"{(both.label == both.label_true).sum()} of {len(truth)}",
        "videos_split": len(pairs) - both.video_ID.nunique(),
        "videos_merged": len(pairs) - both.video.nunique(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0, help="share of the videos")
    parser.add_argument("--neurons", type=int, default=8000)
    parser.add_argument("--dtype", choices=("float32", "float64"), default="float32")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--sample", type=int, default=24, help="trials that the naive one classifies"
    )
    parser.add_argument("--folder", type=Path, help="where the temporary recording is written")
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks/results/catalogue.json")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as temporary:
        folder = Path(temporary)
        write_session(folder, given.scale, given.neurons, given.dtype)
        stages = {stage.__name__: measure(stage, folder, given.workers) for stage in STAGES}
        recording = open_recording(folder)
        num_frames = recording.array("videos", recording.trials[0]).shape[-1]
        record = {
            "device": f"cpu, {given.workers} workers of 1 thread",
            "machine": platform.processor() or platform.machine(),
            "trials": len(recording.trials),
            "frames": num_frames,
            "neurons": recording.num_neurons,
            "dtype": given.dtype,
            "stages": stages,
            "seconds": round(sum(stage["seconds"] for stage in stages.values()), 2),
            "peak_gb": max(stage["peak_gb"] for stage in stages.values()),
            "truth": check(folder),
            "classification": compare_with_naive(folder, given.sample),
        }
    given.output.parent.mkdir(exist_ok=True)
    given.output.write_text(json.dumps(record, indent=2) + "\n")
    print(json.dumps(record, indent=2))


if __name__ == "__main__":
    main()
