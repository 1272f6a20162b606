"""Do the orderings that we expect hold on simulated mice? Reads results/evaluate after a run of configs/paper-simulated.yaml.

Eight are the paper's. Not the paper's: `removed` >= `silenced` (the paper only silences), shuffled neurons, and that still gratings are reconstructed better
than those of 15 Hz, which an artefact of the dilated convolutions of DwiseNeuro hides there.

python benchmarks/paper_scores.py; exit code 1 when one does not
"""

import sys
from itertools import pairwise
from pathlib import Path

import pandas as pd

sys.path[0] = str(Path(__file__).resolve().parents[1])

from evaluate.complete import complete_clips
from recordings.csv_table import read_table

RESULTS = Path(__file__).resolve().parents[1] / "results/evaluate"
SHARES = (50, 25, 12)


def mean_of_mice(table: pd.DataFrame, level: str) -> pd.Series:
    by_mouse = table.groupby([level, "mouse"]).video_correlation.mean()
    return by_mouse.groupby(level).mean()


def main() -> None:
    if not (RESULTS / "variants.csv").exists():
        command = "snakemake --cores 2 --configfile configs/paper-simulated.yaml"
        sys.exit(f"{RESULTS}/variants.csv: missing; run `{command}` first")
    scores = complete_clips(read_table(RESULTS / "variants.csv"), ["video_correlation"])
    of = mean_of_mice(scores, "variant")
    sources = mean_of_mice(read_table(RESULTS / "scores.csv"), "source")
    removed = [of["standard"], *(of[f"population{share}"] for share in SHARES)]
    silenced = [of["standard"], *(of[f"silenced{share}"] for share in SHARES)]
    falls = lambda values: all(a > b for a, b in pairwise(values))  # noqa: E731
    text = lambda values: ", ".join(f"{value:.3f}" for value in values)  # noqa: E731
    shuffled = sources["shuffled_neurons"]
    bars = {
        f"from predicted {of['predicted']:.3f} > standard {of['standard']:.3f}": of["predicted"]
        > of["standard"],
        f"standard {of['standard']:.3f} > not smoothed {of['unsmoothed']:.3f}": of["standard"]
        > of["unsmoothed"],
        f"ensemble {sources['ensemble']:.3f} > mean member {sources['member']:.3f}": sources[
            "ensemble"
        ]
        > sources["member"],
        f"removed falls: {text(removed)}": falls(removed),
        f"silenced falls: {text(silenced)}": falls(silenced),
        "removed is at least silenced at every share": all(
            a >= b for a, b in zip(removed, silenced, strict=True)
        ),
        f"shuffled neurons {shuffled:.3f}, within 0.1 of 0": abs(shuffled) <= 0.1,
    }
    bars |= stimulus_bars()
    for line, holds in bars.items():
        print("holds  " if holds else "MISSED ", line)
    raise SystemExit(not all(bars.values()))


def stimulus_bars() -> dict[str, bool]:
    """Low frequencies against high ones, the mean over the other dimension."""
    bars = {}
    for kind, coarse_is_large in (("noise", True), ("gratings", False)):
        cells = read_table(RESULTS / f"stimuli/kind-{kind}/cells.csv")
        for name in ("spatial", "temporal"):
            means = cells.groupby(name).video_correlation.mean()
            fine, coarse = (
                (means.iloc[0], means.iloc[-1])
                if coarse_is_large
                else (means.iloc[-1], means.iloc[0])
            )
            bars[f"{kind}: low {name} frequency {coarse:.3f} > high {fine:.3f}"] = coarse > fine
    return bars


if __name__ == "__main__":
    main()
