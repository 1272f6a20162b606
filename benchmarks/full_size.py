"""Time and memory of checking, packing, training, reconstructing and decoding, on a recording of the real size.

    python benchmarks/full_size.py            # 8,000 neurons, 700 trials of 300 frames

Each step runs in a process of its own, so that its peak memory is its own; results go to
benchmarks/results/full_size.json.
"""

import argparse
import json
import multiprocessing
import platform
import re
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import yaml

from evaluate.ridge import fit_ridge
from evaluate.settings import RidgeSettings
from models.checkpoint import load_member
from models.data import draw_batch, open_mice, summarise_training
from models.device import choose_device
from models.registry import build_encoder
from models.settings import TrainingSettings
from models.train import TrainingJob, describe_member, train_member
from reconstruct.clips import Reconstructor
from reconstruct.prior import Spectrum
from reconstruct.settings import MapSettings, PopulationSettings
from recordings.checks import check_recording
from recordings.csv_table import read_table
from recordings.memory import keep_freed_memory
from recordings.packed import PackedRecording, pack_recording
from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH, Recording
from recordings.selection import HELD_OUT, select_trials, split_trials, trials_of
from recordings.settings import SelectionSettings
from recordings.simulate.sparse import write_sparse_recording

ROOT = Path(__file__).resolve().parents[1]
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())
MODELS = CONFIG["models"]
ENCODER = MODELS["encoders"][0]
NUM_BATCHES, NUM_UPDATES, NUM_ITERATIONS, NUM_RIDGE_TRIALS = 20, 4, 3, 10


def write(folder: Path, size: argparse.Namespace) -> None:
    write_sparse_recording(folder / "recording", size.neurons, size.trials, size.frames, 20, seed=1)


def check(folder: Path, size: argparse.Namespace) -> None:
    table = check_recording(Recording(folder / "recording"))
    settings = SelectionSettings(**CONFIG["recordings"]["selection"])
    candidates = split_trials({"A": table}, settings).query("candidate")
    alike = candidates[["mouse", "trial"]].assign(correlation=0.0)
    select_trials({"A": table}, settings, alike).to_csv(folder / "sets.csv", index=False)


def pack(folder: Path, size: argparse.Namespace) -> None:
    data = open_mice(["A"], [str(folder / "recording")], folder / "sets.csv")["A"]
    pack_recording(data.recording, sorted(data.training + data.validation), folder / "packed")


def mice_of(folder: Path) -> dict:
    return open_mice(["A"], [str(folder / "packed")], folder / "sets.csv", PackedRecording)


def draw_batches(folder: Path, size: argparse.Namespace) -> None:
    mice = mice_of(folder)
    member = describe_member(ENCODER, MODELS[ENCODER], {}, 1, mice)
    spec = build_encoder(ENCODER, member.encoder_settings, member.num_neurons).spec
    settings = TrainingSettings(**MODELS["training"][ENCODER])
    for update in range(NUM_BATCHES):
        draw_batch(mice, spec, settings, 1, update)


def summarise(folder: Path, size: argparse.Namespace) -> None:
    summarise_training(mice_of(folder)["A"])


def train(folder: Path, size: argparse.Namespace) -> None:
    mice = mice_of(folder)
    short = {"num_updates": NUM_UPDATES, "warmup_updates": 1, "validate_every_updates": NUM_UPDATES}
    training = MODELS["training"][ENCODER] | short
    member = describe_member(ENCODER, MODELS[ENCODER], training, 1, mice)
    job = TrainingJob(folder / "member.pt", folder / "curve.csv", code="benchmark", checkpoint_s=60)
    train_member(mice, member, job)


def reconstruct(folder: Path, size: argparse.Namespace) -> None:
    device = choose_device()
    encoder, _ = load_member(folder / "member.pt", device)
    recording = Recording(folder / "recording")
    held_out = trials_of(read_table(folder / "sets.csv"), "A", HELD_OUT)
    settings = MapSettings(**CONFIG["reconstruct"]["map"])
    settings = replace(settings, num_iterations=NUM_ITERATIONS)
    everywhere = torch.ones(SCREEN_HEIGHT, SCREEN_WIDTH, dtype=bool).numpy()
    everyone = PopulationSettings(**CONFIG["reconstruct"]["population"])
    reconstructor = Reconstructor((encoder,), "A", 0, everywhere, everyone, device)
    trials = [recording.trial(held_out[0])]
    flat = np.ones((size.frames, SCREEN_HEIGHT, SCREEN_WIDTH))
    reconstructor.by_map(trials, [0], settings, Spectrum(100 * flat[0], flat), weight=0.1).run()


def ridge(folder: Path, size: argparse.Namespace) -> None:
    """On a few trials: its memory depends on the neurons, not on the trials."""
    data = open_mice(["A"], [str(folder / "recording")], folder / "sets.csv")["A"]
    settings = RidgeSettings(**CONFIG["evaluate"]["ridge"])
    few = data.training[:NUM_RIDGE_TRIALS]
    fit_ridge(data.recording, few, data.validation[:1], replace(settings, penalties=(1.0, 100.0)))


STEPS = (write, check, pack, summarise, draw_batches, train, reconstruct, ridge)


def measure(step, folder: Path, size: argparse.Namespace, results) -> None:
    """Run one step in this process and report its seconds and peak memory."""
    keep_freed_memory()
    torch.set_num_threads(1)
    started = time.perf_counter()
    step(folder, size)
    seconds = time.perf_counter() - started
    status = Path("/proc/self/status").read_text()
    peak_gb = int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1e6
    results.put({"step": step.__name__, "seconds": round(seconds, 2), "peak_gb": round(peak_gb, 2)})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--neurons", type=int, default=8000)
    parser.add_argument("--trials", type=int, default=700)
    parser.add_argument("--frames", type=int, default=300)
    size = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for step in STEPS:
            results = context.SimpleQueue()
            process = context.Process(target=measure, args=(step, Path(folder), size, results))
            process.start()
            process.join()
            if process.exitcode:
                raise SystemExit(f"step {step.__name__} failed with exit code {process.exitcode}")
            rows.append(results.get())
            print(rows[-1], flush=True)
    record = {
        "size": vars(size),
        "steps": rows,
        "peak_gb": max(row["peak_gb"] for row in rows),
        "per_step": {
            "draw_batches": NUM_BATCHES,
            "train": NUM_UPDATES,
            "reconstruct": NUM_ITERATIONS,
            "ridge": NUM_RIDGE_TRIALS,
        },
        "device": "cuda" if torch.cuda.is_available() else "cpu, 1 thread",
        "machine": platform.processor() or platform.machine(),
        "torch": torch.__version__,
    }
    path = ROOT / "benchmarks/results/full_size.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    main()
