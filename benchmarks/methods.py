"""`map` against `paper`: correlation with the movie that was shown against seconds, on a finished demo.

    make demo && python benchmarks/methods.py

Same members, masks and clips. `paper` as published: 1000 iterations, windows every 8 frames. `map` as in config.yaml,
and with fixed weights of the prior, over a wider range than it chooses from. Movies on the way are kept; the members' mean
is scored raw and smoothed by Gaussians of several widths. Parts that are finished with the same settings, members and masks
are not run again (after a change of the code, delete results/benchmark_methods). Results go to
benchmarks/results/methods.csv, methods.json and methods.png.
"""

import argparse
import hashlib
import json
import multiprocessing
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch
import yaml

sys.path[0] = str(Path(__file__).resolve().parents[1])  # else benchmarks/masks.py hides the package

from evaluate.scores import video_correlation
from figures.methods import figure_methods
from masks.thresholds import mask_above, read_alpha
from models.checkpoint import load_member
from models.device import choose_device
from reconstruct.clips import Reconstructor
from reconstruct.ensemble import average_movies, smooth_movie
from reconstruct.noise import measure_noise
from reconstruct.pilot import choose_weight
from reconstruct.prior import read_spectrum
from reconstruct.settings import MapSettings, PaperSettings, PopulationSettings, SmoothingSettings
from recordings.memory import keep_freed_memory
from recordings.selection import VALIDATION, load_held_out, load_set

ROOT = Path(__file__).resolve().parents[1]
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())
MAP = MapSettings(**CONFIG["reconstruct"]["map"])
PAPER = PaperSettings(**CONFIG["reconstruct"]["paper"])
"""config.yaml keeps the published values"""
KEPT = {1, 2, 3, 5, 8, 10, 15, 20, 25, 30, 50, 100, 200, 300, 500, 700, 1000}
SWEEP = (0.1, 0.3, 1.0, 3.0, 10.0)
"""fixed weights of the prior"""
SIGMAS = (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0)
MEMBERS = [f"factorised{number + 1}" for number in range(CONFIG["models"]["num_members"])]
MICE = list(CONFIG["recordings"]["mice"])
MAX_FRAMES, SKIP = CONFIG["reconstruct"]["max_frames"], CONFIG["evaluate"]["skip_frames"]


def recording_of(results: Path, mouse: str) -> Path:
    name = CONFIG["recordings"]["mice"][mouse]
    seed = CONFIG["recordings"]["simulated"]["seed"]
    return results / f"recordings/simulated_recording/seed-{seed}" / name


def clips_of(results: Path, mouse: str) -> list:
    sets = str(results / "recordings/sets.csv")
    return load_held_out(mouse, str(recording_of(results, mouse)), sets, MAX_FRAMES)


def alpha_of(results: Path, mouse: str) -> np.ndarray:
    settings = CONFIG["masks"]["alpha"]
    seed = settings[settings["method"]]["seed"]
    return read_alpha(results / f"masks/mouse-{mouse}_seed-{seed}/alpha.h5")


def part_of(results: Path, method: str, mouse: str, member: str) -> Path:
    """Where the movies of one mouse and member wait for the others; the name depends on what they depend on."""
    settings = PAPER if method == "paper" else MAP
    if "-" in method:
        settings = replace(settings, prior_weights=(), held_out_share=0.0)
    found = hashlib.sha256(f"{settings} {MAX_FRAMES}".encode())
    found.update((results / f"models/member-{member}/member.pt").read_bytes())
    found.update(alpha_of(results, mouse).tobytes())
    name = f"{method}_{mouse}_{member}_{found.hexdigest()[:8]}.npz"
    return results / "benchmark_methods" / name


def open_mouse(results: Path, mouse: str, member: str) -> Reconstructor:
    device = choose_device()
    encoder, _ = load_member(results / f"models/member-{member}/member.pt", device)
    threshold = CONFIG["masks"]["update_threshold"]
    mask_HW = mask_above(alpha_of(results, mouse), threshold, "masks.update_threshold")
    everyone = PopulationSettings(share=1.0, others="removed", seed=0)
    recording, sets = str(recording_of(results, mouse)), str(results / "recordings/sets.csv")
    trials = load_set(mouse, recording, sets, VALIDATION, MAX_FRAMES, MAP.num_noise_trials)
    noise_N = measure_noise((encoder,), mouse, trials, device)
    place = MICE.index(mouse)
    return Reconstructor((encoder,), mouse, place, mask_HW, everyone, device, noise_N=noise_N)


def reconstruct(job: tuple) -> None:
    """One mouse, member and method; the movies after some iterations and the seconds that each took."""
    results, mouse, member, method = job
    path = part_of(results, method, mouse, member)
    if path.exists():
        return
    keep_freed_memory()
    torch.set_num_threads(1)
    started, kept, choice = time.perf_counter(), {}, {}
    trials, reconstructor = clips_of(results, mouse), open_mouse(results, mouse, member)

    def run(descent, keep: bool) -> list[dict]:
        rows = []

        def observe(state, evaluation) -> None:
            row = {name: values.tolist() for name, values in evaluation.terms.items()}
            if "accepted" in state.memory:
                row["accepted"] = state.memory["accepted"].tolist()
            rows.append(row)
            if keep and (state.iteration in KEPT or state.iteration == descent.num_iterations):
                kept[time.perf_counter() - started] = (state.iteration, descent.movies(state))

        descent.run(observe)
        return rows

    places = list(range(len(trials)))
    if method == "paper":
        run(reconstructor.by_paper(trials, places, PAPER), keep=True)
    else:
        spectrum = read_spectrum(results / "reconstruct/spectrum.h5")
        settings, weight = MAP, float(method.split("-")[1]) if "-" in method else None
        if weight is None:
            found = choose_weight(
                reconstructor, trials, MAP, spectrum, lambda name, descent: run(descent, keep=False)
            )
            weight, settings = found.weight, replace(MAP, num_iterations=found.num_iterations)
            choice = {"weight": weight, "num_iterations": found.num_iterations}
        run(reconstructor.by_map(trials, places, settings, spectrum, weight), keep=True)
    path.parent.mkdir(exist_ok=True)
    iterations, movies = zip(*kept.values(), strict=True)
    np.savez(
        path,
        seconds=list(kept),
        iterations=iterations,
        movies=np.stack(movies),
        choice=json.dumps(choice),
    )
    print(path.name, f"{list(kept)[-1]:.0f} s", choice, flush=True)


def score(results: Path, method: str) -> pd.DataFrame:
    """Ensemble after each kept iteration and smoothing, mean over clips; seconds per clip, mean over members."""
    rows = []
    for mouse in MICE:
        trials = clips_of(results, mouse)
        mask_HW = mask_above(
            alpha_of(results, mouse), CONFIG["masks"]["evaluation_threshold"], "evaluation"
        )
        runs = [np.load(part_of(results, method, mouse, member)) for member in MEMBERS]
        for place in range(min(len(run["seconds"]) for run in runs)):
            # members may have stopped at different moments: the last movies are compared with the last
            back = place - min(len(run["seconds"]) for run in runs)
            movies = [run["movies"][back] for run in runs]
            seconds = np.mean([run["seconds"][back] for run in runs]) / len(trials)
            for clip, trial in enumerate(trials):
                mean = average_movies([movie[clip] for movie in movies])
                for sigma in SIGMAS:
                    smoothed = smooth_movie(mean, SmoothingSettings(sigma, sigma))
                    value = video_correlation(smoothed, trial.video_THW, mask_HW, SKIP)
                    rows.append(
                        {
                            "method": method,
                            "mouse": mouse,
                            "clip": clip,
                            "iteration": int(runs[0]["iterations"][back]),
                            "step": back,
                            "seconds": seconds,
                            "sigma": sigma,
                            "correlation": value,
                        }
                    )
    return pd.DataFrame(rows)


def summarise(table: pd.DataFrame) -> dict:
    """The numbers of the bars, mean over clips of all mice: last movies; at a fixed weight, the best ones on the way."""
    last = table[table.step == -1].groupby(["method", "sigma"])[["correlation", "seconds"]].mean()
    paper, found = last.loc["paper"].correlation, last.loc["map"].correlation
    raw = table[(table.sigma == 0) & table.method.str.startswith("map-")]
    means = raw.groupby(["method", "step"]).correlation.mean()
    fixed = means.groupby("method").max().round(4).to_dict()
    return {
        "paper_published_sigma": round(paper[0.5], 4),
        "paper_best_sigma": [float(paper.idxmax()), round(paper.max(), 4)],
        "map_raw": round(found[0.0], 4),
        "map_best_sigma": [float(found.idxmax()), round(found.max(), 4)],
        "gain_over_published": round(found[0.0] / paper[0.5] - 1, 4),
        "seconds_per_clip": {
            "paper": round(last.loc[("paper", 0.0), "seconds"], 2),
            "map": round(last.loc[("map", 0.0), "seconds"], 2),
        },
        "map_at_fixed_weights_best_iteration": fixed,
        "loss_by_choice": round(1 - found[0.0] / max(fixed.values()), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--results", type=Path, default=ROOT / "results")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    methods = ["map", *(f"map-{weight:g}" for weight in SWEEP), "paper"]
    jobs = [
        (given.results, mouse, member, method)
        for method in methods
        for member in MEMBERS
        for mouse in MICE
    ]
    with multiprocessing.get_context("spawn").Pool(given.processes) as pool:
        for _ in pool.imap(reconstruct, jobs):
            pass
    table = pd.concat([score(given.results, method) for method in methods])
    record = summarise(table)
    record |= {
        "num_clips": len(table.groupby(["mouse", "clip"])),
        "num_members": len(MEMBERS),
        "device": torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu, 1 thread",
        "torch": str(torch.__version__),
    }
    folder = ROOT / "benchmarks/results"
    table.to_csv(folder / "methods.csv", index=False)
    (folder / "methods.json").write_text(json.dumps(record, indent=2) + "\n")
    figure_methods(table).savefig(folder / "methods.png", dpi=150)
    print(json.dumps(record, indent=2))


if __name__ == "__main__":
    main()
