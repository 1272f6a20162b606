"""What a check of the published metadata found."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Defect:
    """One thing that is wrong: its kind, where, and how many trials or neurons it concerns."""

    kind: str
    recording: str
    item: str
    what: str
    count: int = 1


def list_defects(kind: str, rows: pd.DataFrame, what: str, item: str = "trial") -> Iterator[Defect]:
    """A defect for each row; {column} in `what` stands for the row's value."""
    for row in rows.to_dict("records"):
        yield Defect(kind, row.get("recording", ""), str(row[item]), what.format(**row))
