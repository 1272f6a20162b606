"""Training clips per second and peak memory, ours against the naive way, on ten mice of 8,000 neurons.

    python benchmarks/training.py                     # encoders `light` and `demo`
    python benchmarks/training.py --sizes paper --batch 2 --rounds 2

Naive: every clip loads its whole trial, carries targets for all ten mice, and runs all ten readouts. Ours: clips are
read from packed recordings, each runs the readout of its mouse. Same encoder, loss, optimiser and batch size, in one
process, alternating; medians. Only loader and readouts differ, so the ratio falls as the core, which is common to both,
grows: `light` has a core that costs little beside ten readouts, `demo` is that of config.yaml, `paper` that of
configs/paper.yaml. `published` is the naive way with the same weights in three-dimensional convolutions, as the published
modules compute. Peak memory is that of a process that does nothing else. Results go to benchmarks/results/training.json,
by device and size.
"""

import argparse
import json
import multiprocessing
import platform
import re
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import torch
import yaml
from published_layout import core_in_3d

from models.data import MouseData
from models.device import choose_device
from models.encoder import stack_inputs
from models.loss import EPSILON
from models.readouts import PUBLISHED_NEURONS
from models.train import TrainingRun, describe_member
from recordings.memory import keep_freed_memory
from recordings.packed import PackedRecording, pack_recording
from recordings.reader import MODALITIES, Recording, Trial
from recordings.simulate.sparse import write_sparse_recording

ROOT = Path(__file__).resolve().parents[1]
DEMO = yaml.safe_load((ROOT / "config.yaml").read_text())["models"]
PAPER = yaml.safe_load((ROOT / "configs/paper.yaml").read_text())["models"]
LIGHT = {
    "core_features": [4, 32],
    "spatial_strides": [8, 2],
    "spatial_kernel": 3,
    "expansion_ratio": 2,
    "se_reduce_ratio": 8,
    "cortex_features": [256],
}
SIZES = {
    "light": DEMO["dwiseneuro"] | LIGHT,
    "demo": DEMO["dwiseneuro"],
    "paper": DEMO["dwiseneuro"] | PAPER["dwiseneuro"],
}
NUM_TRIALS, NUM_FRAMES = 4, 300
MICE = {f"m{place}": count for place, count in enumerate(PUBLISHED_NEURONS.values())}


def write_mice(folder: Path) -> None:
    """Ten recordings of the real numbers of neurons, float64 as in set 2 of the real ones, and their packed copies."""
    for seed, (mouse, count) in enumerate(MICE.items()):
        recording = folder / mouse
        write_sparse_recording(recording, count, NUM_TRIALS, NUM_FRAMES, 1, seed, np.float64)
        trials = list(range(NUM_TRIALS - 1))
        pack_recording(Recording(recording), trials, folder / f"{mouse}-packed")


def start_run(folder: Path, size: str, batch: int) -> TrainingRun:
    """A training in progress on the packed recordings."""
    trials = list(range(NUM_TRIALS - 1))
    mice = {
        mouse: MouseData(PackedRecording(folder / f"{mouse}-packed"), trials, trials[:1], mouse)
        for mouse in MICE
    }
    training = DEMO["training"]["dwiseneuro"] | {
        "num_updates": 10**6,
        "validate_every_updates": 10**6,
        "batch_clips": batch,
        "mixed_precision": choose_device() != "cpu",
    }
    description = describe_member("dwiseneuro", SIZES[size], training, 1, mice)
    return TrainingRun(mice, description, choose_device())


def our_step(run: TrainingRun, folder: Path) -> None:
    run.step(run.draw(run.update))


def published_step(run: TrainingRun, folder: Path) -> None:
    """The naive step with the published modules' layout."""
    forward = run.encoder.core.forward
    run.encoder.core.forward = lambda inputs: core_in_3d(run.encoder.core, inputs)
    naive_step(run, folder)
    run.encoder.core.forward = forward


def naive_step(run: TrainingRun, folder: Path) -> None:
    """The same update the way of the published loader and loss."""
    inputs, targets, has_target = draw_naively(run, folder)
    run.encoder.train()
    total = torch.zeros((), device=run.device)
    mixed = run.settings.mixed_precision and run.device != "cpu"
    everywhere = dict.fromkeys(MICE, slice(None))
    with torch.autocast("cuda", torch.bfloat16, enabled=mixed):
        rates = run.encoder.predict_mice(inputs.to(run.device), everywhere)
    for mouse, rate_BNT in rates.items():
        rate_BNT, target_BNT = rate_BNT.float(), targets[mouse].to(run.device)
        loss_BNT = rate_BNT - target_BNT * (rate_BNT + EPSILON).log()
        weight_B11 = has_target[mouse][:, None, None].to(run.device)
        total = total + (loss_BNT * weight_B11).sum() / len(inputs)
    run.optimiser.zero_grad(set_to_none=True)
    total.backward()
    run.optimiser.step()
    run._update_average()
    run.update += 1


def draw_naively(run: TrainingRun, folder: Path) -> tuple:
    """Clips cut from whole trials in memory, with zeros as targets of the mice that did not see them."""
    generator, spec = np.random.default_rng(run.update), run.encoder.spec
    span = (spec.clip_frames - 1) * spec.frame_step + 1
    inputs, targets = [], {mouse: [] for mouse in MICE}
    has_target = {mouse: torch.zeros(run.settings.batch_clips) for mouse in MICE}
    for clip in range(run.settings.batch_clips):
        seen = list(MICE)[clip % len(MICE)]
        number = int(generator.integers(NUM_TRIALS - 1))
        recording = Recording(folder / seen)
        video, responses, behavior, pupil = (
            np.load(recording.path(modality, number)).astype(np.float32) for modality in MODALITIES
        )
        start = int(generator.integers(NUM_FRAMES - span + 1))
        every = slice(start, start + span, spec.frame_step)
        video_THW = np.ascontiguousarray(video.transpose(2, 0, 1)[every])
        behavior_CT = np.concatenate([behavior, pupil])[:, every]
        response_NT = np.maximum(responses, 0)[:, every]
        inputs.append(stack_inputs(Trial(number, video_THW, response_NT, behavior_CT), spec))
        for mouse, count in MICE.items():
            blank = torch.zeros(count, spec.clip_frames)
            own = torch.from_numpy(np.ascontiguousarray(response_NT))
            targets[mouse].append(own if mouse == seen else blank)
        has_target[seen][clip] = 1
    return torch.stack(inputs), {m: torch.stack(t) for m, t in targets.items()}, has_target


STEPS = {"ours": our_step, "naive": naive_step, "published": published_step}


def measure_seconds(folder: Path, size: str, batch: int, rounds: int) -> dict[str, float]:
    """Median seconds of a step of each kind, alternating; the first round does not count."""
    run = start_run(folder, size, batch)
    seconds = {name: [] for name in STEPS}
    for _ in range(rounds + 1):
        for name, step in STEPS.items():
            started = time.perf_counter()
            step(run, folder)
            if run.device != "cpu":
                torch.cuda.synchronize()
            seconds[name].append(time.perf_counter() - started)
    return {name: median(times[1:]) for name, times in seconds.items()}


def measure_peak(name: str, folder: Path, size: str, batch: int, results) -> None:
    """Peak memory of a process that makes two steps of one kind; of the GPU where there is one."""
    prepare()
    run = start_run(folder, size, batch)
    for _ in range(2):
        STEPS[name](run, folder)
    status = Path("/proc/self/status").read_text()
    peak = int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1e6
    gpu = torch.cuda.max_memory_allocated() / 1e9 if run.device != "cpu" else 0.0
    results.put({"peak_gb": round(peak, 2), "gpu_peak_gb": round(gpu, 2)})


def prepare() -> None:
    keep_freed_memory()
    torch.set_num_threads(NUM_THREADS)


NUM_THREADS = 2


def peaks_of(folder: Path, size: str, batch: int) -> dict[str, dict]:
    context, peaks = multiprocessing.get_context("spawn"), {}
    for name in STEPS:
        results = context.SimpleQueue()
        process = context.Process(target=measure_peak, args=(name, folder, size, batch, results))
        process.start()
        process.join()
        if process.exitcode:
            raise SystemExit(f"{name} step failed with exit code {process.exitcode}")
        peaks[name] = results.get()
    return peaks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=["light", "demo"])
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args()
    prepare()
    device = (
        torch.cuda.get_device_name() if torch.cuda.is_available() else f"cpu, {NUM_THREADS} threads"
    )
    path = ROOT / "benchmarks/results/training.json"
    record = json.loads(path.read_text()) if path.exists() else {}
    with tempfile.TemporaryDirectory() as name:
        write_mice(Path(name))
        for size in given.sizes:
            seconds = measure_seconds(Path(name), size, given.batch, given.rounds)
            peaks = peaks_of(Path(name), size, given.batch)
            row = {
                "batch_clips": given.batch,
                "clips_per_s": {kind: round(given.batch / s, 2) for kind, s in seconds.items()},
                "ratio": {
                    kind: round(seconds[kind] / seconds["ours"], 2)
                    for kind in ("naive", "published")
                },
                "peak_gb": {kind: peak["peak_gb"] for kind, peak in peaks.items()},
                "gpu_peak_gb": {kind: peak["gpu_peak_gb"] for kind, peak in peaks.items()},
                "torch": str(torch.__version__),
                "machine": platform.processor() or platform.machine(),
            }
            record.setdefault(device, {})[size] = row
            print(size, row, flush=True)
    path.write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    main()
