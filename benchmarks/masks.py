"""Masks and receptive fields: seconds, memory and truth of our ways against the published ones, on a finished demo.

    make demo && python benchmarks/masks.py

Alpha: `robust` as in config.yaml, with two seeds; `paper` until validation clips are explained as well, at most 1000 steps.
Receptive fields: stimuli a second in batches through the frozen member, against one at a time through the full-trial
predictor as published (45 frames, a clip at every frame), on the demo's encoder and on the small DwiseNeuro of config.yaml.
One thread; written to benchmarks/results/masks.json.
"""

import argparse
import json
import multiprocessing
import re
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import yaml

sys.path[0] = str(Path(__file__).resolve().parents[1])  # else this file hides the package masks

from masks.fields import FieldMapping
from masks.paper import PaperAlpha
from masks.robust import RobustAlpha
from masks.settings import PaperAlphaSettings, RobustAlphaSettings
from masks.sparse_noise import SparseNoise
from models.checkpoint import load_member
from models.data import open_mice
from models.device import choose_device
from models.encoder import Encoder, add_behavior, predict_trial
from models.frozen import freeze
from models.registry import build_encoder
from recordings.memory import keep_freed_memory
from recordings.simulate.truth import read_truth
from workflow.plan.masks import SHOWN

ROOT = Path(__file__).resolve().parents[1]
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())
MASKS = CONFIG["masks"]
ROBUST = RobustAlphaSettings(**MASKS["alpha"]["robust"])
PAPER = PaperAlphaSettings(**MASKS["alpha"]["paper"])
NUM_NEURONS = 500
NUM_BATCHES, NUM_SINGLE = 6, 6
CHECK_EVERY = 25
"""steps of `paper` between two looks at validation clips"""


def open_mouse(results: Path, mouse: str) -> tuple:
    """Members as they were trained, the data, the truth."""
    name = CONFIG["recordings"]["mice"][mouse]
    seed = f"seed-{CONFIG['recordings']['simulated']['seed']}"
    recording = results / f"recordings/simulated_recording/{seed}" / name
    truth = read_truth(results / f"recordings/simulated_truth/{seed}" / f"{name}.h5")
    data = open_mice([mouse], [str(recording)], results / "recordings/sets.csv")[mouse]
    paths = [
        results / f"models/member-factorised{k + 1}/member.pt" for k in range(ROBUST.num_members)
    ]
    return tuple(load_member(path, choose_device())[0] for path in paths), data, truth.coverage_HW


def agree(one_HW: np.ndarray, other_HW: np.ndarray) -> float:
    return round(float(np.corrcoef(np.ravel(one_HW), np.ravel(other_HW))[0, 1]), 4)


def measure_robust(results: Path, mouse: str, seed: int, queue) -> None:
    prepare()
    encoders, data, coverage_HW = open_mouse(results, mouse)
    frozen = tuple(freeze(encoder) for encoder in encoders)
    training = RobustAlpha(frozen, mouse, data, replace(ROBUST, seed=seed), choose_device())
    started = time.perf_counter()
    state, course = training.start(), []
    while not training.finished(state) and len(state["losses"]) < ROBUST.num_steps:
        training.step(state)
        course.append((time.perf_counter() - started, agree(state["alpha"], coverage_HW)))
    alpha_HW = state["alpha"].numpy()
    queue.put(
        {
            "seconds": round(time.perf_counter() - started, 2),
            "steps": len(state["losses"]),
            "explained": round(state["explained"][-1], 4),
            "correlation_with_truth": agree(alpha_HW, coverage_HW),
            "peak_gb": peak_gb(),
            "alpha": alpha_HW,
            "course": course,
        }
    )


def measure_paper(results: Path, mouse: str, robust: dict, queue) -> None:
    """Held-out clips are looked at between the steps; that time does not count."""
    prepare()
    encoders, data, coverage_HW = open_mouse(results, mouse)
    judge = RobustAlpha(encoders, mouse, data, ROBUST, choose_device())
    reference = judge.start()
    covered, known = reference["covered"], reference["covered"] - reference["shown"]
    training = PaperAlpha(encoders[0], mouse, data, PAPER, choose_device())
    state, seconds, course, found = training.start(), 0.0, [], {}
    while len(state["losses"]) < PAPER.num_steps:
        started = time.perf_counter()
        training.step(state)
        seconds += time.perf_counter() - started
        screen_HW = state["alpha"][0, *encoders[0].spec.screen]
        if "at_equal_time" not in found and seconds >= robust["seconds"]:
            found["at_equal_time"] = agree(screen_HW, coverage_HW)
        if len(state["losses"]) % CHECK_EVERY == 0:
            error = judge.validation_error(screen_HW, reference["variance_N"])
            course.append((seconds, (covered - error) / known, agree(screen_HW, coverage_HW)))
            if "seconds_to_same" not in found and course[-1][1] >= robust["explained"]:
                found["seconds_to_same"] = round(seconds, 2)
    queue.put(
        {
            "seconds": round(seconds, 2),
            "steps": len(state["losses"]),
            "explained": round(course[-1][1], 4),
            "best_explained": round(max(explained for _, explained, _ in course), 4),
            "seconds_to_the_validation_loss_of_robust": found.get("seconds_to_same"),
            "correlation_with_truth": course[-1][2],
            "best_correlation_with_truth": max(course, key=lambda row: row[2])[2],
            "seconds_to_its_best": round(max(course, key=lambda row: row[2])[0], 2),
            "correlation_with_truth_at_equal_time": found.get("at_equal_time", course[-1][2]),
            "peak_gb": peak_gb(),
        }
    )


def encoder_of(name: str, mouse: str, results: Path) -> Encoder:
    if name == "factorised":
        return open_mouse(results, mouse)[0][0]
    torch.manual_seed(0)
    return (
        build_encoder(name, CONFIG["models"][name], {mouse: NUM_NEURONS})
        .eval()
        .requires_grad_(False)
    )


def measure_fields(results: Path, name: str, queue) -> None:
    prepare()
    mouse = next(iter(CONFIG["recordings"]["mice"]))
    encoder, shown = encoder_of(name, mouse, results), {key: MASKS["fields"][key] for key in SHOWN}
    stride, batch = shown.pop("stride_frames"), shown.pop("batch_stimuli")
    behavior_C = torch.zeros(4)
    mapping = FieldMapping(
        freeze(encoder), mouse, SparseNoise(**shown), behavior_C, stride, batch, choose_device()
    )
    mapping.respond(slice(0, batch))
    started = time.perf_counter()
    for number in range(NUM_BATCHES):
        mapping.respond(slice(number * batch, (number + 1) * batch))
    batched = NUM_BATCHES * batch / (time.perf_counter() - started)
    published = SparseNoise(1, 1, 15, 15, 15)
    behavior_CT = torch.zeros(4, published.num_frames)
    started = time.perf_counter()
    for number in range(NUM_SINGLE):
        movie = encoder.spec.place(published.movies(slice(number, number + 1))[0])
        inputs = add_behavior(movie[None], behavior_CT[None])[0]
        with torch.no_grad():
            predict_trial(encoder, inputs, mouse, batch_clips=1)
    single = NUM_SINGLE / (time.perf_counter() - started)
    queue.put(
        {
            "stimuli_per_second": {"batched": round(batched, 2), "one by one": round(single, 3)},
            "ratio": round(batched / single, 1),
            "peak_gb": peak_gb(),
        }
    )


def prepare() -> None:
    keep_freed_memory()
    torch.set_num_threads(1)


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


def compare_masks(results: Path, mouse: str) -> dict:
    robust, other = (alone(measure_robust, results, mouse, seed) for seed in (1, 2))
    paper = alone(measure_paper, results, mouse, robust)
    agreement = agree(robust.pop("alpha"), other.pop("alpha"))
    course, best = robust.pop("course"), paper["best_correlation_with_truth"]
    del other["course"]
    as_good = [round(seconds, 2) for seconds, found in course if found >= best]
    reached = paper["seconds_to_the_validation_loss_of_robust"]
    return {
        "robust": robust,
        "robust, seed 2": other,
        "agreement_of_seeds": agreement,
        "paper": paper,
        "ratio_to_same_validation_loss": round(reached / robust["seconds"], 1) if reached else None,
        "robust_seconds_to_the_best_map_of_paper": min(as_good, default=None),
        "ratio_to_the_end": round(paper["seconds"] / robust["seconds"], 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--results", type=Path, default=ROOT / "results")
    results = parser.parse_args().results
    record = {
        "device": torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu, 1 thread",
        "torch": str(torch.__version__),
        "masks": {mouse: compare_masks(results, mouse) for mouse in CONFIG["recordings"]["mice"]},
        "fields": {
            name: alone(measure_fields, results, name) for name in ("factorised", "dwiseneuro")
        },
    }
    path = ROOT / "benchmarks/results/masks.json"
    path.write_text(json.dumps(record, indent=2) + "\n")
    print(json.dumps(record, indent=2))


if __name__ == "__main__":
    main()
