"""Seconds per iteration of the published gradient, ours against the published way, on DwiseNeuro in one process.

    python benchmarks/reconstruction.py                      # small encoder, 300 frames
    python benchmarks/reconstruction.py --sizes full --frames 60 --rounds 3

Published: one window and one of its two clips at a time, three-dimensional convolutions, parameters that require gradients, a buffer of
NaN for the gradients of all windows; every ten iterations a prediction of the whole trial, clip by clip. Ours: what `method: paper`
runs; with tracking: the whole iteration of our job (gradient, update, row of the trace with the correlation) against gradient and a tenth of the tracking.
Alternating, medians; the gradients are compared. Peak memory is that of a process that makes three iterations of ours by each method, on
one and on two clips. Results go to benchmarks/results/reconstruction.json, by device and size.
"""

import argparse
import json
import multiprocessing
import platform
import re
import time
from dataclasses import replace
from itertools import product
from pathlib import Path
from statistics import median

import numpy as np
import torch
import yaml
from published_layout import core_in_3d

from models.device import choose_device
from models.dwiseneuro import DwiseNeuro
from models.encoder import add_behavior
from models.frozen import freeze
from models.loss import EPSILON
from models.settings import DwiseNeuroSettings
from reconstruct.clips import Descent, Reconstructor
from reconstruct.likelihood import NORM_EPSILON, Chunk, windows_that_fit
from reconstruct.prior import Spectrum
from reconstruct.settings import MapSettings, PaperSettings, PopulationSettings
from reconstruct.trace import Trace
from reconstruct.windows import window_starts
from recordings.memory import keep_freed_memory
from recordings.reader import Trial

ROOT = Path(__file__).resolve().parents[1]
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())
PAPER = PaperSettings(**CONFIG["reconstruct"]["paper"])
MAP = MapSettings(**CONFIG["reconstruct"]["map"])
FULL = (
    CONFIG["models"]["dwiseneuro"]
    | yaml.safe_load((ROOT / "configs/paper.yaml").read_text())["models"]["dwiseneuro"]
)
SMALL = FULL | {
    "core_features": [16, 16, 32],
    "spatial_strides": [2, 2, 2],
    "cortex_features": [64, 128],
}
SIZES = {"small": (SMALL, 200), "full": (FULL, 8000)}
TRACK_EVERY = 10
NUM_THREADS = 1
NUM_ITERATIONS = 3
"""in which the peak of the memory is measured"""


def build(size: str) -> DwiseNeuro:
    settings, num_neurons = SIZES[size]
    torch.manual_seed(0)
    frozen = {name: tuple(v) if isinstance(v, list) else v for name, v in settings.items()}
    return DwiseNeuro(DwiseNeuroSettings(**frozen), {"A": num_neurons}).to(choose_device()).eval()


def draw_trial(num_neurons: int, num_frames: int, number: int = 0) -> Trial:
    generator = np.random.default_rng(number)
    video_THW = generator.uniform(0, 255, (num_frames, 36, 64)).astype(np.float32)
    responses_NT = generator.gamma(1.0, 2.0, (num_neurons, num_frames)).astype(np.float32)
    behavior_CT = generator.normal(40, 3, (4, num_frames)).astype(np.float32)
    return Trial(number, video_THW, responses_NT, behavior_CT)


def predict_as_published(encoder: DwiseNeuro, clip: torch.Tensor) -> torch.Tensor:
    features = core_in_3d(encoder.core, clip).mean((2, 3))
    return encoder.readouts[0](encoder.cortex(features).mT)


def published_gradient(encoder: DwiseNeuro, trial: Trial, movie: torch.Tensor) -> torch.Tensor:
    """One iteration of section 1.3: the mean over windows of the normalised gradients."""
    device, num_frames = movie.device, len(movie)
    behavior = torch.from_numpy(trial.behavior_CT).to(device)
    responses = torch.from_numpy(trial.responses_NT).to(device)
    starts = window_starts(num_frames, 32, 8)
    buffer = torch.full((1, len(starts), 1, *movie.shape), torch.nan, device=device)
    for k, start in enumerate(starts):
        cut = slice(start, start + 32)
        leaf = add_behavior(movie[cut], behavior[:, cut])[None].detach().requires_grad_()
        rates = torch.zeros(len(responses), 32, device=device)
        for phase in (0, 1):
            rates[:, phase::2] = predict_as_published(encoder, leaf[:, :, phase::2])[0]
        loss = (rates - responses[:, cut] * torch.log(rates + EPSILON)).mean()
        loss.backward()
        gradient = leaf.grad / (leaf.grad.norm() + NORM_EPSILON)
        buffer[0, k, 0, cut] = gradient[0, 0]
    return buffer.nanmean(1).nanmean(0)[0]


@torch.no_grad()
def published_tracking(encoder: DwiseNeuro, trial: Trial, movie: torch.Tensor) -> torch.Tensor:
    """Prediction of the whole trial, one clip after the other."""
    behavior = torch.from_numpy(trial.behavior_CT).to(movie.device)
    inputs = add_behavior(movie, behavior)[None]
    total = torch.zeros(encoder.num_neurons["A"], len(movie), device=movie.device)
    for end in range(30, len(movie)):
        total[:, end - 30 : end + 1 : 2] += predict_as_published(
            encoder, inputs[:, :, end - 30 : end + 1 : 2]
        )[0]
    return total


def our_descent(encoder: DwiseNeuro, trials: list[Trial], method: str = "paper") -> Descent:
    device, frozen = choose_device(), freeze(encoder)
    chunk = Chunk(windows_that_fit(frozen, "A", device))
    everyone = PopulationSettings(share=1.0, others="removed", seed=0)
    everywhere = np.ones((36, 64), bool)
    reconstructor = Reconstructor((frozen,), "A", 0, everywhere, everyone, device, chunk)
    places = list(range(len(trials)))
    if method == "paper":
        return reconstructor.by_paper(trials, places, PAPER)
    flat = np.ones((len(trials[0].video_THW), 36, 64))
    return reconstructor.by_map(trials, places, MAP, Spectrum(100 * flat[0], flat), weight=0.1)


def wait() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def measure_seconds(size: str, num_frames: int, rounds: int) -> dict:
    """Medians of alternating iterations; tracking is measured once and counts every tenth iteration."""
    prepare()
    encoder = build(size)
    trial = draw_trial(SIZES[size][1], num_frames)
    descent = our_descent(encoder, [trial])
    movie = descent.state.params[0]
    screen = encoder.spec.screen
    seconds = {"ours": [], "our_job": [], "published": []}
    state = replace(descent.state, params=movie[None].clone())
    trace = Trace(descent, np.ones((36, 64), bool), track_every_iterations=1)
    found = {}
    for _ in range(rounds + 1):
        started = time.perf_counter()
        found["ours"] = descent.problem.fit(movie[None]).gradient_BTHW[0]
        wait()
        seconds["ours"].append(time.perf_counter() - started)
        started = time.perf_counter()
        evaluation = descent.problem.evaluate(state.params)
        descent.update(state, evaluation)
        state.iteration += 1
        trace.observe(state, evaluation)
        wait()
        seconds["our_job"].append(time.perf_counter() - started)
        started = time.perf_counter()
        found["published"] = published_gradient(encoder, trial, movie)
        wait()
        seconds["published"].append(time.perf_counter() - started)
    started = time.perf_counter()
    published_tracking(encoder, trial, movie)
    wait()
    tracking = time.perf_counter() - started
    medians = {name: median(times[1:]) for name, times in seconds.items()}
    inside = {name: gradient[:, *screen] for name, gradient in found.items()}
    error = (inside["ours"] - inside["published"]).norm() / inside["published"].norm()
    with_tracking = medians["published"] + tracking / TRACK_EVERY
    return {
        "frames": num_frames,
        "rounds": rounds,
        "seconds_per_iteration": {name: round(value, 4) for name, value in medians.items()},
        "published_tracking_s": round(tracking, 3),
        "ratio": round(medians["published"] / medians["ours"], 2),
        "ratio_with_tracking": round(with_tracking / medians["our_job"], 2),
        "relative_error_of_gradient": float(error),
    }


def measure_peak(size: str, num_frames: int, num_clips: int, method: str, results) -> None:
    """Peak memory of a few iterations of ours."""
    prepare()
    trials = [draw_trial(SIZES[size][1], num_frames, number) for number in range(num_clips)]
    descent = our_descent(build(size), trials, method)
    replace(descent, num_iterations=NUM_ITERATIONS).run()
    status = Path("/proc/self/status").read_text()
    peak = int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1e6
    gpu = torch.cuda.max_memory_allocated() / 1e9 if torch.cuda.is_available() else 0.0
    results.put({"peak_gb": round(peak, 2), "gpu_peak_gb": round(gpu, 2)})


def prepare() -> None:
    keep_freed_memory()
    torch.set_num_threads(NUM_THREADS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=["small"])
    parser.add_argument("--frames", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu, 1 thread"
    path = ROOT / "benchmarks/results/reconstruction.json"
    record = json.loads(path.read_text()) if path.exists() else {}
    context = multiprocessing.get_context("spawn")
    for size in given.sizes:
        row = measure_seconds(size, given.frames, given.rounds)
        row["peak"] = {}
        for method, num_clips in product(("paper", "map"), (1, 2)):
            results = context.SimpleQueue()
            asked = (size, given.frames, num_clips, method, results)
            process = context.Process(target=measure_peak, args=asked)
            process.start()
            process.join()
            row["peak"][f"{method}, {num_clips} clips"] = results.get()
        row |= {
            "torch": str(torch.__version__),
            "machine": platform.processor() or platform.machine(),
        }
        record.setdefault(device, {})[f"{size}, {given.frames} frames"] = row
        print(size, json.dumps(row, indent=1), flush=True)
        path.write_text(json.dumps(record, indent=2) + "\n")


if __name__ == "__main__":
    main()
