"""The published values as the report shows them."""

import pandas as pd
import pytest

from figures.comparison import read_comparison

COLUMNS = ["figure", "quantity", "condition", "paper", "ours", "num_clips", "table", "differs"]
ROWS = [
    ("2", "video correlation", "mean", 0.569, 0.70912, 9, "performance_tests", "simulated; map"),
    (
        "2",
        "p",
        "against random",
        6.7e-49,
        0.0,
        None,
        "performance_tests",
        "simulated; map; no sign",
    ),
    ("4", "gain", "", 0.1, 0.2, 1, "cells_noise", "other"),
    ("3", "p", "3 to 4 members", 0.001, None, 0, "ensemble_tests", "simulated; map"),
]


def written(folder, rows=ROWS):
    pd.DataFrame(rows, columns=COLUMNS).to_csv(folder / "paper.csv", index=False)
    return folder / "paper.csv"


def test_rows_with_a_value_and_what_they_share(tmp_path):
    found = read_comparison(written(tmp_path))
    assert found.shared == "simulated; map"
    assert found.rows == [
        ("2", "video correlation", "mean", "0.569", "0.709", "9", ""),
        ("2", "p", "against random", "6.7e\N{MINUS SIGN}49", "0", "", "no sign"),
    ]
    assert (found.num_rows, found.num_found) == (4, 3)


def test_a_run_without_any_value_has_no_row(tmp_path):
    found = read_comparison(written(tmp_path, ROWS[3:]))
    assert (found.rows, found.shared, found.num_found) == ([], "", 0)


def test_another_table_is_refused(tmp_path):
    pd.DataFrame({"figure": ["2"]}).to_csv(tmp_path / "paper.csv", index=False)
    with pytest.raises(ValueError, match=r"paper\.csv: no column quantity, .*make it with"):
        read_comparison(tmp_path / "paper.csv")
