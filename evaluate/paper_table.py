"""Our values beside the published ones, row by row: each row says which table it reads, which rows of it and which column, |column| for its size."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

COLUMNS = ["figure", "quantity", "condition", "paper", "origin", "table", "rows", "column"]
DIFFERS = "differs"
"""what the published value is of, where it is not quite what ours is of; may be empty"""
NOT_RUN = "not in this run"
NO_ROWS = "no such rows in this run"
TEXT = dict.fromkeys(("mouse", "variant", "first", "second"), str)


def compare_with_paper(published: pd.DataFrame, tables: Mapping[str, str | Path]) -> pd.DataFrame:
    """The published rows with `ours`, `difference` and how many numbers `ours` is the mean of (`n`); NaN, with the reason, where this run has none."""
    missing = [name for name in (*COLUMNS, DIFFERS) if name not in published]
    if missing:
        raise ValueError(f"the table of published values has no column {', '.join(missing)}")
    read = {name: pd.read_csv(path, dtype=TEXT) for name, path in tables.items()}
    found = [_ours(row, read.get(row.table)) for row in published.itertuples()]
    table = pd.concat([published.reset_index(drop=True), pd.DataFrame(found)], axis=1)
    table.insert(len(COLUMNS[:4]), "ours", table.pop("ours"))
    table.insert(len(COLUMNS[:5]), "difference", table["ours"] - table["paper"])
    return table


def _ours(row, table: pd.DataFrame | None) -> dict:
    if table is None:
        return {"ours": float("nan"), "n": 0, "remark": NOT_RUN}
    chosen, column = select_rows(table, row.rows), row.column.strip("|")
    if chosen.empty or column not in chosen:
        return {"ours": float("nan"), "n": 0, "remark": NO_ROWS}
    values = chosen[column].abs() if row.column.startswith("|") else chosen[column]
    if "mouse" in chosen and len(chosen) > 1:
        values = values.groupby(chosen["mouse"]).mean()
    return {"ours": float(values.mean()), "n": int(values.notna().sum()), "remark": ""}


def select_rows(table: pd.DataFrame, rows: str) -> pd.DataFrame:
    """`variant=predicted & measure=video_correlation`: the rows in which all of it holds; numbers compare as numbers."""
    chosen = pd.Series(True, index=table.index)
    for condition in filter(None, (part.strip() for part in str(rows).split("&"))):
        name, equals, value = (part.strip() for part in condition.partition("="))
        if not equals:
            raise ValueError(f"the table of published values: {condition!r} is not name=value")
        if name not in table:
            return table.head(0)
        column = table[name]
        numbers = pd.to_numeric(column, errors="coerce")
        try:
            chosen &= (numbers - float(value)).abs() < 1e-9
        except ValueError:
            chosen &= column.astype(str) == value
    return table[chosen]
