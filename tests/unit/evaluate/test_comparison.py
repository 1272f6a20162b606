"""Variants against the standard run: which tests are made, over which clips and mice."""

import numpy as np
import pandas as pd
import pytest

from evaluate.comparison import MEASURES, compare_sizes, compare_variants, population_table
from evaluate.complete import complete_clips
from figures.variants import figure_population, figure_variants
from recordings.csv_table import read_table

SHARES = {"standard": 1.0, "half": 0.5, "quarter": 0.25, "target": 1.0}
GAINS = {"standard": 0.0, "half": -0.1, "quarter": -0.3, "target": 0.2}


@pytest.fixture
def scores() -> pd.DataFrame:
    """Three mice, two clips; every variant changes all mice alike but for a little."""
    rows = []
    for number, mouse in enumerate("ABC"):
        for clip in range(2):
            for variant, gain in GAINS.items():
                value = 0.5 + 0.01 * clip + gain * (1 + 0.1 * number)
                names = {"mouse": mouse, "clip": clip, "variant": variant}
                values = dict.fromkeys(MEASURES, value)
                rows.append({**names, "share": SHARES[variant], **values})
    return pd.DataFrame(rows)


def test_every_variant_is_compared_with_the_standard_run(scores):
    tests = compare_variants(scores, {}, seed=0)
    assert set(tests.family) == {"variants"}
    assert len(tests) == 3 * len(MEASURES)
    row = tests[(tests.second == "half") & (tests.measure == "video_correlation")].iloc[0]
    assert row.mean_difference == pytest.approx(-0.11)
    assert row.n == 3
    assert row.p < 0.01


def test_populations_get_an_anova_and_steps(scores):
    tests = compare_variants(scores, {"removed": ["half", "quarter"]}, seed=0)
    family = tests[tests.family == "populations"]
    assert set(family["mode"]) == {"removed"}
    anova = family[family.test == "repeated-measures ANOVA"]
    assert (anova.df1 == 2).all()
    assert (anova.df2 == 4).all()
    steps = family[family.test == "paired t"]
    assert list(
        steps[steps.measure == "video_correlation"][["first", "second"]].to_numpy()[:, 0]
    ) == [0.25, 0.5]
    assert (steps.p_corrected >= steps.p).all()
    assert not family.isin(["target"]).any().any()


def test_the_standard_run_alone_has_nothing_to_compare(scores):
    alone = scores[scores.variant == "standard"]
    assert compare_variants(alone, {}, seed=0).empty
    assert population_table(alone, {}).empty


def test_the_whole_population_belongs_to_every_mode(scores):
    table = population_table(scores, {"removed": ["half"], "silenced": ["quarter"]})
    found = {mode: set(part.variant) for mode, part in table.groupby("mode")}
    assert found == {"removed": {"standard", "half"}, "silenced": {"standard", "quarter"}}


def test_tables_are_drawn_as_they_are_read(scores, tmp_path):
    """Beside names of variants, shares become text in a csv."""
    chosen = {"removed": ["half", "quarter"]}
    made = {
        "scores": population_table(scores, chosen),
        "tests": compare_variants(scores, chosen, 0),
    }
    for name, table in made.items():
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    read, tests = (read_table(tmp_path / f"{name}.csv") for name in made)
    steps = tests[(tests.family == "populations") & (tests.test == "paired t")]
    assert steps.significant.astype(bool).any()
    figure = figure_population(read, steps)
    assert any(ax.texts for ax in figure.axes)
    assert figure_variants(scores, tests[tests.family == "variants"]).axes


def test_sizes_of_the_ensemble_get_an_anova_and_steps():
    rows = [
        {"mouse": mouse, "clip": clip, "num_members": size, **dict.fromkeys(MEASURES, value)}
        for mouse, gain in zip("ABC", (0.9, 1.0, 1.1), strict=True)
        for clip in range(2)
        for size, value in zip((1, 2, 3), gain * np.array([0.5, 0.6, 0.63]), strict=True)
    ]
    tests = compare_sizes(pd.DataFrame(rows), seed=0)
    assert tests.test.tolist() == ["repeated-measures ANOVA", "paired t", "paired t"] * 2
    steps = tests[(tests.test == "paired t") & (tests.measure == "video_correlation")]
    assert steps.mean_difference.tolist() == pytest.approx([0.1, 0.03])
    assert steps.p_corrected.tolist() == pytest.approx((2 * steps.p).tolist())


def test_a_clip_without_a_score_at_one_size_is_left_out_of_all_sizes():
    values = {1: [0.5, 0.4, 0.5], 2: [0.6, np.nan, 0.7]}
    rows = [
        {"mouse": mouse, "clip": clip, "num_members": size, **dict.fromkeys(MEASURES, score)}
        for mouse in "AB"
        for size, scores in values.items()
        for clip, score in enumerate(scores)
    ]
    tests = compare_sizes(complete_clips(pd.DataFrame(rows), MEASURES), seed=0)
    steps = tests[tests.test == "paired t"]
    assert steps.mean_difference.tolist() == pytest.approx([0.15, 0.15])


def test_one_member_has_no_sizes_to_compare():
    rows = [{"mouse": "A", "clip": 0, "num_members": 1, **dict.fromkeys(MEASURES, 0.5)}]
    assert compare_sizes(pd.DataFrame(rows), seed=0).empty
