"""Does the demo's result hold? Reads what `make demo` leaves; exit code 1 when it does not.

python benchmarks/demo_scores.py [results]
"""

import sys
from pathlib import Path

import pandas as pd

from evaluate.statistics import mean_with_interval
from recordings.csv_table import read_table

RESULTS = Path(__file__).resolve().parents[1] / "results"
RECONSTRUCTION, SHUFFLED = "smoothed_ensemble", "shuffled_neurons"


def judge(scores: pd.DataFrame, neurons: pd.DataFrame) -> dict[str, bool]:
    """What is asked of the demo, in words with its numbers, and whether it holds."""
    known = scores.dropna(subset="video_correlation")
    correlations = {source: rows.video_correlation for source, rows in known.groupby("source")}
    mean = {source: values.mean() for source, values in correlations.items()}
    lost = len(scores) - len(known)
    # A shuffle of one clip strays up to .35 from 0, so the mean of six by more than .1. That they
    # favour no side is what their interval says; that a reconstruction is none of them, the worst
    # of the one above the best of the other.
    chance = mean_with_interval(correlations[SHUFFLED])
    low, high = chance["low"], chance["high"]
    worst, best = correlations[RECONSTRUCTION].min(), correlations[SHUFFLED].max()
    reliability = neurons.groupby("mouse").reliability.median().max()
    result = mean[RECONSTRUCTION]
    return {
        f"{lost} of {len(scores)} scores are no numbers": lost == 0,
        f"smoothed ensemble {result:.3f} is at least 0.55": result >= 0.55,
        f"it is above the ridge decoder's {mean['ridge']:.3f}": result > mean["ridge"],
        f"it is above the mean of its members, {mean['member']:.3f}": result > mean["member"],
        f"shuffled neurons give {mean[SHUFFLED]:.3f}; 95 % interval over {chance['n']} clips, "
        f"{low:.3f} to {high:.3f}, holds 0": low <= 0 <= high,
        f"its worst clip, {worst:.3f}, is above the best shuffled one, {best:.3f}": worst > best,
        f"the upper bound of {mean['noise_free']:.3f} is above it": mean["noise_free"] > result,
        f"reliability {reliability:.3f} is at most 0.55": reliability <= 0.55,
    }


def main(results: Path = RESULTS) -> None:
    tables = [results / "evaluate" / name for name in ("scores.csv", "neurons.csv")]
    for table in tables:
        if not table.exists():
            raise SystemExit(f"{table}: missing; run make demo first")
    found = judge(*(read_table(table) for table in tables))
    for text, holds in found.items():
        print("holds  " if holds else "MISSED ", text)
    raise SystemExit(not all(found.values()))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
