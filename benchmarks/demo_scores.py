"""Does the demo's result hold? Reads results/evaluate after `make demo`; exit code 1 when it does not.

python benchmarks/demo_scores.py
"""

from pathlib import Path

import pandas as pd

RESULTS = Path(__file__).resolve().parents[1] / "results/evaluate"


def main() -> None:
    scores = pd.read_csv(RESULTS / "scores.csv")
    neurons = pd.read_csv(RESULTS / "neurons.csv", dtype={"mouse": str})
    mean = scores.groupby("source").video_correlation.mean()
    reliability = neurons.groupby("mouse").reliability.median().max()
    result = mean["smoothed_ensemble"]
    bars = {
        f"smoothed ensemble {result:.3f} is at least 0.55": result >= 0.55,
        f"it is above the ridge decoder's {mean['ridge']:.3f}": result > mean["ridge"],
        f"it is above the mean of its members, {mean['member']:.3f}": result > mean["member"],
        f"shuffled neurons give {mean['shuffled_neurons']:.3f}, within 0.1 of 0": (
            abs(mean["shuffled_neurons"]) <= 0.1
        ),
        f"the upper bound of {mean['noise_free']:.3f} is above it": mean["noise_free"] > result,
        f"reliability {reliability:.3f} is at most 0.55": reliability <= 0.55,
    }
    for text, holds in bars.items():
        print("holds  " if holds else "MISSED ", text)
    raise SystemExit(not all(bars.values()))


if __name__ == "__main__":
    main()
