"""Refuse a table that a figure cannot be drawn from."""

import pandas as pd


def require_columns(table: pd.DataFrame, columns: tuple[str, ...], name: str) -> None:
    """Raise ValueError where the table is empty or lacks a column."""
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise ValueError(
            f"table {name}: no column {', '.join(missing)} (expected {', '.join(columns)})"
        )
    if table.empty:
        raise ValueError(
            f"table {name}: no rows, nothing to draw; did the stage before it produce anything?"
        )


def require_known(values, known, name: str) -> None:
    """Raise ValueError where a value is not among the known ones."""
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise ValueError(
            f"{name}: unknown {', '.join(map(str, unknown))} (known: {', '.join(map(str, known))})"
        )
