"""Our values beside the published ones."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import evaluate
from evaluate.paper_differences import PAPER_SETTINGS, Run, differences
from evaluate.paper_table import COLUMNS, compare_with_paper, select_rows

OURS = {
    "simulated": True,
    "num_mice": 3,
    "num_clips": 3,
    "max_frames": 90,
    "num_members": 2,
    "encoders": "factorised",
    "mask": "alpha, robust",
    "methods": {"standard": ("map", 30), "strict": ("paper", 20)},
    "settings": PAPER_SETTINGS,
    "stimuli": {
        "noise": {"num_mice": 2, "target": "ensemble", "num_repetitions": 2, "num_frames": 60},
        "gratings": {"num_mice": 1, "target": "ensemble", "num_directions": 2, "num_frames": 30},
    },
}
PAPERS = {
    "simulated": False,
    "num_mice": 5,
    "num_clips": 10,
    "max_frames": 300,
    "num_members": 7,
    "encoders": "dwiseneuro",
    "mask": "alpha, paper",
    "methods": {"standard": ("paper", 1000)},
    "settings": PAPER_SETTINGS,
    "stimuli": {
        "noise": {"num_mice": 3, "target": "member", "num_repetitions": 5, "num_frames": 60},
        "gratings": {"num_mice": 1, "target": "member", "num_directions": 4, "num_frames": 60},
    },
}

SCORES = pd.DataFrame(
    {
        "mouse": ["A", "A", "A", "A", "B", "B"],
        "clip": [0, 1, 0, 1, 0, 0],
        "variant": ["standard", "standard", "half", "half", "standard", "half"],
        "share": [1.0, 1.0, 0.5, 0.5, 1.0, 0.5],
        "video_correlation": [0.2, 0.4, 0.1, 0.1, 0.9, 0.3],
        "frame_correlation": 0.5,
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


def compare(table, tables, **changed) -> pd.DataFrame:
    return compare_with_paper(table, tables, Run(**PAPERS | changed))


def test_ours_is_the_mean_over_mice_of_means_over_clips(tables):
    found = compare(published((0.5, "variants", "variant=standard")), tables)
    row = found.iloc[0]
    assert (row.ours, row.n, row.num_clips) == (pytest.approx(0.6), 2, 3)
    assert row.difference == pytest.approx(0.1)
    assert row.remark == ""


def test_sizes_are_taken_where_the_paper_prints_no_sign(tmp_path):
    table = pd.DataFrame({"test": ["t", "t"], "change": [-2.0, np.nan]})
    table.to_csv(tmp_path / "tests.csv", index=False)
    asked = published((2.0, "tests", "test=t")).assign(column="|change|")
    row = compare(asked, {"tests": tmp_path / "tests.csv"}).iloc[0]
    assert (row.ours, row.difference, row.n) == (2.0, 0.0, 1)


def test_numbers_are_compared_as_numbers(tables):
    found = compare(published((0.5, "variants", "share=0.5")), tables)
    assert found.ours[0] == pytest.approx(0.2)
    assert len(select_rows(SCORES, "share=1 & mouse=B")) == 1


def test_what_this_run_has_not_is_told(tables):
    rows = [(0.5, "activity", ""), (0.5, "variants", "share=1 & variant=strict")]
    rows += [(0.5, "variants", "no=1"), (0.5, "variants", "variant=standard")]
    found = compare(published(*rows), tables)
    assert found.ours.isna().tolist() == [
        False,
        True,
        True,
        True,
    ]  # the last of the four stands first
    assert found.remark.tolist() == [
        "",
        "this run makes no table activity",
        "this run has no variant strict",
        "this run has no no 1",
    ]


def test_what_is_undefined_is_told(tmp_path):
    table = pd.DataFrame({"test": ["t"], "p": np.nan, "video_correlation": np.nan})
    table.to_csv(tmp_path / "tests.csv", index=False)
    for column, words in {"p": "two values at least", "video_correlation": "constant"}.items():
        asked = published((2.0, "tests", "test=t")).assign(column=column)
        assert words in compare(asked, {"tests": tmp_path / "tests.csv"}).remark[0]


def test_an_empty_mask_and_a_missing_partner_are_told(tmp_path):
    columns = {"threshold": 0.9, "num_pixels": 0, "inverted_correlation": np.nan}
    table = pd.DataFrame({**columns, "video_correlation": np.nan}, index=[0])
    table.to_csv(tmp_path / "sweep.csv", index=False)
    table.drop(columns="num_pixels").to_csv(tmp_path / "cells.csv", index=False)
    paths = {name: tmp_path / f"{name}.csv" for name in ("sweep", "cells")}
    swept = compare(published((0.5, "sweep", "threshold=0.9")), paths)
    assert swept.remark[0] == "undefined: no pixel has so large an alpha"
    asked = published((0.5, "cells", "threshold=0.9")).assign(column="inverted_correlation")
    assert "no inverted partner was shown" in compare(asked, paths).remark[0]


def test_rows_that_were_not_run_are_told_before_columns_that_are_missing(tmp_path):
    pd.DataFrame({"family": ["members"]}).to_csv(tmp_path / "tests.csv", index=False)
    asked = published((0.5, "tests", "family=variants"), (0.5, "tests", "family=members"))
    found = compare(asked, {"tests": tmp_path / "tests.csv"})
    assert found.remark.tolist() == [
        "this run has no family variants",
        "this run's table has no column video_correlation",
    ]


def test_a_clip_without_activity_correlation_counts_in_no_version(tmp_path):
    rows = [("A", 0, "movie", 0.2), ("A", 1, "movie", 0.8), ("A", 0, "reconstruction", 0.1)]
    table = pd.DataFrame(
        [*rows, ("A", 1, "reconstruction", np.nan)],
        columns=["mouse", "clip", "version", "activity_correlation"],
    )
    table.to_csv(tmp_path / "activity.csv", index=False)
    asked = published((0.5, "activity", "version=movie")).assign(column="activity_correlation")
    row = compare(asked, {"activity": tmp_path / "activity.csv"}).iloc[0]
    assert (row.ours, row.num_clips) == (pytest.approx(0.2), 1)


def test_a_clip_that_one_variant_misses_counts_in_none(tmp_path):
    scores = SCORES.copy()
    scores.loc[3, "video_correlation"] = np.nan  # mouse A, clip 1, half
    sweep = scores.assign(threshold=1.0, full_screen_correlation=scores["video_correlation"])
    for name, table in {"variants": scores, "threshold_scores": sweep}.items():
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    tables = {name: tmp_path / f"{name}.csv" for name in ("variants", "threshold_scores")}
    rows = [(0.5, name, "variant=standard") for name in tables]
    found = compare(published(*rows), tables)
    assert found.ours.tolist() == pytest.approx([0.55, 0.55])
    assert found.num_clips.tolist() == [2, 2]


def test_tests_count_the_clips_of_the_scores_that_they_test(tmp_path):
    sizes = SCORES.rename(columns={"variant": "num_members"}).assign(frame_correlation=0.5)
    sizes.to_csv(tmp_path / "ensemble_sizes.csv", index=False)
    pd.DataFrame({"test": ["ANOVA"], "F": 3.0}).to_csv(tmp_path / "ensemble_tests.csv", index=False)
    tables = {name: tmp_path / f"{name}.csv" for name in ("ensemble_sizes", "ensemble_tests")}
    asked = published((2.0, "ensemble_tests", "test=ANOVA")).assign(column="F")
    assert compare(asked, tables).num_clips.tolist() == [3]


def test_nothing_differs_in_the_papers_own_run():
    for table in ("variants", "cells_noise", "cells_gratings"):
        assert differences(Run(**PAPERS), table, "variant=standard", "video_correlation") == ""


def test_differences_are_those_of_the_config_and_of_the_rows_variant():
    parts = differences(Run(**OURS), "variants", "variant=strict", "r").split("; ")
    assert parts == [
        "simulated mice (3), not recorded ones (5)",
        "mask: alpha, robust, not the published training",
        "clips of each mouse: 3 of 90 frames, not 10 of 300",
        "members: 2 (factorised), not 7 (dwiseneuro)",
        "iterations: 20, not 1,000",
    ]
    standard = differences(Run(**OURS), "populations", "mode=silenced & share=1", "r")
    assert standard.endswith("method map, not the published descent")
    assert "members" not in differences(Run(**OURS), "threshold_scores", "", "diameter_deg")


def test_stimuli_differ_by_their_own_settings():
    told = differences(Run(**OURS), "cells_noise", "spatial=1", "r")
    assert "simulated mice (2), not recorded ones (3)" in told
    assert "repetitions: 2, not 5" in told
    assert "predicted by all members together" in told
    assert "clips" not in told
    told = differences(Run(**OURS), "cells_gratings", "spatial=1", "r")
    assert "directions: 2, not 4; frames: 30, not 60" in told
    assert differences(Run(**OURS | {"stimuli": {}}), "cells_gratings", "", "r") == ""  # not run


def test_stimuli_themselves_differ_by_mice_and_mask_alone():
    told = differences(Run(**OURS), "cells_noise", "spatial=1", "true_entropy")
    assert told.split("; ")[1:] == ["mask: alpha, robust, not the published training"]


def test_settings_differ_but_for_thresholds_that_rows_have_themselves():
    run = Run(**PAPERS | {"settings": PAPER_SETTINGS | {"masks.evaluation_threshold": 0.5}})
    told = differences(run, "variants", "variant=standard", "r")
    assert told == "masks.evaluation_threshold: 0.5, not 1"
    assert differences(run, "threshold_scores", "threshold=1", "r") == ""


def test_what_the_config_says_stands_before_what_the_published_value_says(tables):
    row = published((0.5, "variants", "variant=standard")).assign(differs="no sign")
    assert compare(row, tables, num_mice=3).differs[0] == "mice: 3, not 5; no sign"


def test_faulty_tables_are_refused(tables):
    with pytest.raises(ValueError, match="no column paper"):
        compare(published().drop(columns="paper"), tables)
    with pytest.raises(ValueError, match="'standard' is not name=value"):
        compare(published((0.5, "variants", "standard")), tables)


def test_the_published_values_are_whole_and_ask_each_thing_once():
    table = pd.read_csv(Path(evaluate.__file__).with_name("paper_values.csv"))
    assert table.columns.tolist() == [*COLUMNS, "differs"]
    assert not table[COLUMNS].isna().any(axis=None)
    assert np.isfinite(table.paper).all()
    assert not table.duplicated(["figure", "quantity", "condition"]).any()
    assert not table.duplicated(["table", "rows", "column"]).any()
