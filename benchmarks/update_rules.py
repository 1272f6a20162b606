"""L-BFGS against Adam on the objective of `map`: what each reaches after so many evaluations, on a finished demo.

    make demo && python benchmarks/update_rules.py

The clips of the first mouse, one member, one fixed weight of the prior, all neurons, one evaluation an iteration. Adam descends
the same white numbers at several steps. Results go to benchmarks/results/update_rules.csv: objective above the lowest that any
rule reached, and correlation with the movie that was shown (for the record), mean over clips, by rule and evaluation.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import pandas as pd
import torch
from methods import MAP, MEMBERS, MICE, ROOT, clips_of, open_mouse

from reconstruct.clips import Descent
from reconstruct.descent import Evaluation, State
from reconstruct.prior import read_spectrum
from reconstruct.trace import Trace
from recordings.memory import keep_freed_memory

WEIGHT = 0.3
NUM_EVALUATIONS = {"L-BFGS": 40, "Adam": 80}
ADAM_STEPS = (0.03, 0.1, 0.3)
DECAYS, EPSILON = (0.9, 0.999), 1e-8


def adam(step: float):
    """Adam with bias correction, no decay of the step."""

    def update(state: State, evaluation: Evaluation) -> None:
        memory = state.memory or {name: torch.zeros_like(state.params) for name in "mv"}
        count = state.iteration + 1
        memory["m"] = memory["m"].lerp(evaluation.gradient, 1 - DECAYS[0])
        memory["v"] = memory["v"].lerp(evaluation.gradient.square(), 1 - DECAYS[1])
        mean, square = (memory[n] / (1 - d**count) for n, d in zip("mv", DECAYS, strict=True))
        state.params = state.params - step * mean / (square.sqrt() + EPSILON)
        state.memory = memory

    return update


def movies_at_params(descent: Descent, screen: tuple[slice, slice]):
    """What the parameters make; L-BFGS shows its last accepted point instead."""
    return lambda state: descent.problem.movie_of(state.params)[..., *screen]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--results", type=Path, default=ROOT / "results")
    given = parser.parse_args()
    keep_freed_memory()
    torch.set_num_threads(1)
    mouse, rows = MICE[0], []
    trials = clips_of(given.results, mouse)
    reconstructor = open_mouse(given.results, mouse, MEMBERS[0])
    spectrum = read_spectrum(given.results / "reconstruct/spectrum.h5")
    places, screen = list(range(len(trials))), reconstructor.encoders[0].spec.screen
    rules = {"L-BFGS": None} | {f"Adam {step:g}": adam(step) for step in ADAM_STEPS}
    for name, update in rules.items():
        descent = reconstructor.by_map(trials, places, MAP, spectrum, WEIGHT)
        length = NUM_EVALUATIONS[name.split()[0]]
        descent = replace(descent, num_iterations=length)
        if update is not None:
            descent = replace(descent, update=update, read=movies_at_params(descent, screen))
        trace = Trace(descent, reconstructor.mask_HW, 5)

        def observe(state, found, name=name, trace=trace) -> None:
            trace.observe(state, found)
            correlation = trace.rows[-1].get("video_correlation")
            mean = sum(correlation) / len(correlation) if correlation else None
            rows.append((name, state.iteration, float(found.value_B.mean()), mean))

        descent.run(observe)
        print(*rows[-1], flush=True)
    table = pd.DataFrame(rows, columns=["rule", "evaluation", "objective", "video_correlation"])
    table["objective"] -= table.objective.min()
    table.round(4).to_csv(ROOT / "benchmarks/results/update_rules.csv", index=False)


if __name__ == "__main__":
    main()
