"""The tables that other stages wrote, as figures take them."""

from pathlib import Path

import pandas as pd


def read_table(path: str | Path) -> pd.DataFrame:
    """A tidy table; names stay text even when they are digits."""
    return pd.read_csv(path, dtype={"mouse": str, "member": str, "variant": str})
