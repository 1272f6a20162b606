"""The tables in csv that stages hand to each other and to users."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from recordings.files import replace_when_done

NAMES = ("mouse", "training_mouse", "member", "variant", "first", "second", "phash")
"""columns that stay text even where they are digits"""


def read_table(path: str | Path) -> pd.DataFrame:
    """A tidy table."""
    return pd.read_csv(path, dtype=dict.fromkeys(NAMES, str))


def read_tables(paths: Iterable[str | Path]) -> pd.DataFrame:
    """Tables of the same columns as one."""
    return pd.concat([read_table(path) for path in paths], ignore_index=True)


def write_table(path: str | Path, table: pd.DataFrame) -> None:
    """Write a table without its index, whole or not at all."""
    with replace_when_done(path) as temporary:
        table.to_csv(temporary, index=False)
