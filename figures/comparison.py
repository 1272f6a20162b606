"""The table of our values beside the published ones, short enough for the report."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from figures.numerals import numeral

COLUMNS = ("figure", "quantity", "condition", "paper", "ours", "num_clips", "table", "differs")
NUMBERS = dict.fromkeys(("paper", "ours", "num_clips"), "")
LEFT_OUT = ("cells_", "threshold_scores")
"""tables with a row per cell or threshold: they stay in the csv"""


@dataclass(frozen=True)
class Comparison:
    """What the report shows of results/tables/paper.csv."""

    path: Path
    """of the csv"""
    shared: str
    """what differs in all rows that are shown"""
    rows: list[tuple[str, ...]]
    """figure, quantity, condition, the paper's value, ours, clips behind ours, what else differs"""
    num_rows: int
    """of the csv"""
    num_found: int
    """of them with a value of ours"""


def read_comparison(path: str | Path) -> Comparison:
    """The rows that have a value of ours, but for those of grids and sweeps; raises ValueError for another table."""
    table = pd.read_csv(path, keep_default_na=False, na_values=NUMBERS)
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        raise ValueError(f"{path}: no column {', '.join(missing)}; make it with tabulate_paper")
    found = table[table["ours"].notna()]
    shown = found[~found["table"].str.startswith(LEFT_OUT)]
    shared = _shared_parts(shown["differs"])
    rows = [
        (
            str(row.figure),
            row.quantity,
            row.condition,
            _value(row.paper),
            _value(row.ours),
            f"{row.num_clips:.0f}" if np.isfinite(row.num_clips) else "",
            "; ".join(part for part in _parts(row.differs) if part not in shared),
        )
        for row in shown.itertuples()
    ]
    return Comparison(Path(path), "; ".join(shared), rows, len(table), len(found))


def _shared_parts(differs: pd.Series) -> list[str]:
    of_rows = [_parts(text) for text in differs]
    return [part for part in of_rows[0] if all(part in row for row in of_rows)] if of_rows else []


def _parts(text: str) -> list[str]:
    return [part for part in text.split("; ") if part]


def _value(value: float) -> str:
    """Three digits, or a power of ten where it is small."""
    form = ".3g" if value == 0 or abs(value) >= 0.001 else ".1e"
    return numeral(value, form, none="")
