"""Our values beside the published ones."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import evaluate
from evaluate.paper_table import COLUMNS, compare_with_paper, select_rows

SCORES = pd.DataFrame(
    {
        "mouse": ["A", "A", "A", "B", "B", "B"],
        "variant": ["standard", "standard", "half"] * 2,
        "share": [1.0, 1.0, 0.5] * 2,
        "video_correlation": [0.2, 0.4, 0.1, 0.9, 0.9, 0.3],
    }
)


@pytest.fixture
def tables(tmp_path) -> dict:
    SCORES.to_csv(tmp_path / "variants.csv", index=False)
    return {"variants": tmp_path / "variants.csv"}


def published(*rows) -> pd.DataFrame:
    return pd.DataFrame(
        [
            ["2", "r", "", value, "text", table, where, "video_correlation", ""]
            for value, table, where in rows
        ],
        columns=[*COLUMNS, "differs"],
    )


def test_ours_is_the_mean_over_mice_of_means_over_clips(tables):
    found = compare_with_paper(published((0.5, "variants", "variant=standard")), tables)
    row = found.iloc[0]
    assert (row.ours, row.n) == (pytest.approx(0.6), 2)
    assert row.difference == pytest.approx(0.1)
    assert row.remark == ""


def test_sizes_are_taken_where_the_paper_prints_no_sign(tmp_path):
    table = pd.DataFrame({"test": ["t", "t"], "change": [-2.0, np.nan]})
    table.to_csv(tmp_path / "tests.csv", index=False)
    asked = published((2.0, "tests", "test=t")).assign(column="|change|")
    row = compare_with_paper(asked, {"tests": tmp_path / "tests.csv"}).iloc[0]
    assert (row.ours, row.difference, row.n) == (2.0, 0.0, 1)


def test_numbers_are_compared_as_numbers(tables):
    found = compare_with_paper(published((0.5, "variants", "share=0.5")), tables)
    assert found.ours[0] == pytest.approx(0.2)
    assert len(select_rows(SCORES, "share=1 & mouse=B")) == 2


def test_what_this_run_has_not_is_told(tables):
    rows = (0.5, "activity", ""), (0.5, "variants", "variant=strict"), (0.5, "variants", "no=1")
    found = compare_with_paper(published(*rows), tables)
    assert found.ours.isna().all()
    assert found.remark.tolist() == ["not in this run", *["no such rows in this run"] * 2]


def test_faulty_tables_are_refused(tables):
    with pytest.raises(ValueError, match="no column paper"):
        compare_with_paper(published().drop(columns="paper"), tables)
    with pytest.raises(ValueError, match="'standard' is not name=value"):
        compare_with_paper(published((0.5, "variants", "standard")), tables)


def test_the_published_values_are_whole_and_ask_each_thing_once():
    table = pd.read_csv(Path(evaluate.__file__).with_name("paper_values.csv"))
    assert table.columns.tolist() == [*COLUMNS, "differs"]
    assert not table[COLUMNS].isna().any(axis=None)
    assert np.isfinite(table.paper).all()
    assert not table.duplicated(["figure", "quantity", "condition"]).any()
    assert not table.duplicated(["table", "rows", "column"]).any()
