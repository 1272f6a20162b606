"""Writing JSON and csv so that equal tables give equal bytes, and a killed job leaves no half of a file."""

import csv
import json
import math
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from recordings.files import replace_when_done


def write_json(path: Path, value: object) -> None:
    """Write JSON as the published files have it: four spaces, keys in their order, no newline at the end."""
    try:
        text = json.dumps(value, indent=4, allow_nan=False)
    except ValueError:
        raise ValueError(
            f"{path}: an infinite number, which JSON cannot hold; make it finite"
        ) from None
    with replace_when_done(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_csv(path: Path, table: pd.DataFrame) -> None:
    """Write a csv without index: True and False, the shortest digits that give the number back, nothing for NaN."""
    with (
        replace_when_done(path) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as stream,
    ):
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(table.columns)
        writer.writerows(map(plain, table.itertuples(index=False)))


def plain(values: Iterable) -> list:
    """Values as a list in which None stands for NaN."""
    return [None if isinstance(v, float) and math.isnan(v) else v for v in values]
