"""Our values beside the published ones, row by row: each row says which table it reads, which rows of it and which column, |column| for its size."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from evaluate.complete import blank_incomplete, complete_clips
from evaluate.paper_differences import Run, differences
from recordings.csv_table import read_table

COLUMNS = ["figure", "quantity", "condition", "paper", "origin", "table", "rows", "column"]
DIFFERS = "differs"
"""what the published value is of, where it is not quite what ours is of; may be empty"""
TESTS = ("p", "p_corrected", "t", "F", "low", "high")
SCORES = ["video_correlation", "frame_correlation"]
SWEPT = ["video_correlation", "full_screen_correlation"]
ACTIVITY = ["activity_correlation"]
CLIPS_OF = {"variant_tests": "variants", "populations": "variants", "activity_tests": "activity"}
CLIPS_OF |= {"ensemble_tests": "ensemble_sizes"}
"""tables without clips, and those with the clips that they are of"""


def read_published() -> pd.DataFrame:
    """The values that the paper printed."""
    return pd.read_csv(Path(__file__).with_name("paper_values.csv"))


def compare_with_paper(
    published: pd.DataFrame, paths: Mapping[str, str | Path], run: Run
) -> pd.DataFrame:
    """The published rows with `ours`, `difference`, how many numbers `ours` is the mean of (`n`) and of how many clips (`num_clips`).

    `differs` says what was done otherwise. Where this run has no value it is NaN, `remark` says why, and the row stands last.
    """
    missing = [name for name in (*COLUMNS, DIFFERS) if name not in published]
    if missing:
        raise ValueError(f"the table of published values has no column {', '.join(missing)}")
    tables = _read_tables(paths)
    found = pd.DataFrame([_ours(row, tables) for row in published.itertuples()])
    table = pd.concat([published.reset_index(drop=True), found], axis=1)
    table.insert(len(COLUMNS[:4]), "ours", table.pop("ours"))
    table.insert(len(COLUMNS[:5]), "difference", table["ours"] - table["paper"])
    of_run = [differences(run, row.table, row.rows, row.column) for row in table.itertuples()]
    texts = zip(of_run, table[DIFFERS].fillna(""), strict=True)
    table[DIFFERS] = ["; ".join(filter(None, pair)) for pair in texts]
    without = table["ours"].isna()
    return pd.concat([table[~without], table[without]], ignore_index=True)


def _read_tables(paths: Mapping[str, str | Path]) -> dict[str, pd.DataFrame]:
    """The tables, with the same clips in every variant and version."""
    tables = {name: read_table(path) for name, path in paths.items()}
    if "variants" in tables:
        tables["variants"] = complete_clips(tables["variants"], SCORES)
    if "ensemble_sizes" in tables:
        tables["ensemble_sizes"] = complete_clips(tables["ensemble_sizes"], SCORES)
    if "activity" in tables:
        tables["activity"] = complete_clips(tables["activity"], ACTIVITY)
    if "threshold_scores" in tables:
        tables["threshold_scores"] = blank_incomplete(tables["threshold_scores"], SWEPT)
    return tables


def _ours(row, tables: Mapping[str, pd.DataFrame]) -> dict:
    nothing = {"ours": float("nan"), "n": 0, "num_clips": pd.NA}
    if row.table not in tables:
        return nothing | {"remark": f"this run makes no table {row.table}"}
    table, column = tables[row.table], row.column.strip("|")
    chosen = select_rows(table, row.rows)
    if chosen.empty or column not in chosen:
        return nothing | {"remark": _absent(table, row.rows, column)}
    values = chosen[column].abs() if row.column.startswith("|") else chosen[column]
    counted = _num_clips(row, chosen[values.notna()], tables)
    if "mouse" in chosen and len(chosen) > 1:
        values = values.groupby(chosen["mouse"]).mean()
    num = int(values.notna().sum())
    remark = "" if num else _undefined(column, chosen)
    return {"ours": float(values.mean()), "n": num, "num_clips": counted, "remark": remark}


def _num_clips(row, chosen: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> int:
    """Clips behind a value, of all mice; NA where the table does not tell."""
    if "clip" in chosen:
        return len(chosen[["mouse", "clip"]].drop_duplicates())
    source = CLIPS_OF.get(row.table, row.table)
    if source in tables and "clip" in tables[source]:
        return len(tables[source][["mouse", "clip"]].drop_duplicates())
    if "unit" in chosen and (chosen["unit"] == "clip").all():
        return int(chosen["n"].sum())
    return pd.NA


def _absent(table: pd.DataFrame, rows: str, column: str) -> str:
    """The first condition that no row of this run fulfils together with those before it."""
    conditions = _conditions(rows)
    for count, (name, value) in enumerate(conditions, start=1):
        if select_rows(table, " & ".join(map("=".join, conditions[:count]))).empty:
            return f"this run has no {name} {value}"
    return (
        "this run's table is empty" if table.empty else f"this run's table has no column {column}"
    )


def _undefined(column: str, chosen: pd.DataFrame) -> str:
    if "num_pixels" in chosen and (chosen["num_pixels"] == 0).all():
        return "undefined: no pixel has so large an alpha"
    if column == "inverted_correlation":
        return "undefined: no inverted partner was shown, or a reconstruction is constant"
    if column in TESTS:
        return "undefined: a test or an interval needs two values at least"
    return "undefined: what is constant has no correlation"


def select_rows(table: pd.DataFrame, rows: str) -> pd.DataFrame:
    """`variant=predicted & measure=video_correlation`: the rows in which all of it holds; numbers compare as numbers."""
    chosen = pd.Series(True, index=table.index)
    for name, value in _conditions(rows):
        if name not in table:
            return table.head(0)
        column = table[name]
        numbers = pd.to_numeric(column, errors="coerce")
        try:
            chosen &= (numbers - float(value)).abs() < 1e-9
        except ValueError:
            chosen &= column.astype(str) == value
    return table[chosen]


def _conditions(rows: str) -> list[tuple[str, str]]:
    found = []
    for condition in filter(None, (part.strip() for part in str(rows).split("&"))):
        name, equals, value = (part.strip() for part in condition.partition("="))
        if not equals:
            raise ValueError(f"the table of published values: {condition!r} is not name=value")
        found.append((name, value))
    return found
