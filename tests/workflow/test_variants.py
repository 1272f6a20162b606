"""Variants run for real beside a finished run: what is shared is not made again, and both figures are drawn."""

import csv

VARIED = {"variants": {"run": ["unsmoothed", "population50"]}}


def read_rows(path) -> list[dict]:
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_variants_share_what_is_equal_and_are_compared(finished):
    finished.run(
        "results/figures/population.png", "results/figures/variants.png", overlay=VARIED
    ).succeeded()
    made = {path.parent.parent.name for path in finished.files("results/reconstruct/*/*/movies.h5")}
    assert made == {"standard", "population50"}
    scores = read_rows(finished.folder / "results/evaluate/variants.csv")
    assert {row["variant"] for row in scores} == {"standard", "unsmoothed", "population50"}
    assert {(row["variant"], row["share"]) for row in scores} >= {("population50", "0.5")}
    tests = read_rows(finished.folder / "results/evaluate/variant_tests.csv")
    assert {row["second"] for row in tests if row["family"] == "variants"} == {
        "unsmoothed",
        "population50",
    }
    assert {row["test"] for row in tests if row["family"] == "populations"} == {
        "paired t",
        "repeated-measures ANOVA",
    }
