"""Tests and intervals against closed forms, and their degenerate cases, which warn of nothing."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from evaluate.statistics import (
    against_chance,
    by_mouse,
    compare_with_standard,
    cross_correlation,
    linear_fit,
    mean_with_interval,
    paired_test,
    posthoc_adjacent,
    repeated_anova,
    with_bonferroni,
)

VALUE = "video_correlation"


def wide(*columns, names=("standard", "other")) -> pd.DataFrame:
    return pd.DataFrame(dict(zip(names, columns, strict=True)))


def scores(mice="ABCDE", levels=(0.25, 0.5, 1.0), num_clips=3, noise=0.02) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    rows = [
        (mouse, clip, level, 0.3 + 0.2 * level + 0.05 * (mouse == "A") + noise * rng.normal())
        for mouse in mice
        for clip in range(num_clips)
        for level in levels
    ]
    return pd.DataFrame(rows, columns=["mouse", "clip", "share", VALUE])


# Means of mice


def test_the_mouse_is_the_unit_whatever_the_number_of_its_clips():
    table = pd.DataFrame(
        {"mouse": list("AABBBB"), "share": [1, 2] * 3, VALUE: [0.1, 0.2, 0.3, 0.5, 0.5, 0.7]}
    )
    means = by_mouse(table, "share", VALUE)
    assert means.to_dict() == {
        1: {"A": pytest.approx(0.1), "B": pytest.approx(0.4)},
        2: {"A": pytest.approx(0.2), "B": pytest.approx(0.6)},
    }


def test_a_missing_level_other_clips_and_nan_are_refused():
    table = scores("AB")
    with pytest.raises(ValueError, match=r"B, 0: .*share .0.25: 1, 0.5: 1, 1.0: 0.; score"):
        repeated_anova(table[(table.mouse == "A") | (table.share < 1)], "share", VALUE)
    other_clip = table.assign(clip=table["clip"].where(table.index > 0, 7))
    for wrong in (table.iloc[1:], other_clip, table.iloc[1:].drop(columns="clip")):
        with pytest.raises(ValueError, match="score the same clips"):
            by_mouse(wrong, "share", VALUE)
    with pytest.raises(ValueError, match="column share has empty cells"):
        by_mouse(table.assign(share=table["share"].where(table.index > 0)), "share", VALUE)
    table.loc[4, VALUE] = np.nan
    with pytest.raises(ValueError, match="1 of 18 video_correlation NaN or infinite"):
        by_mouse(table, "share", VALUE)
    with pytest.raises(ValueError, match=r"no column variant .has mouse, clip, share"):
        by_mouse(table, "variant", VALUE)


# One mean


def test_the_interval_of_a_mean_closed_form():
    row = mean_with_interval([1.0, 2.0, 3.0])
    half = 4.302653 / 3**0.5
    assert (row["n"], row["mean"]) == (3, 2)
    assert (row["low"], row["high"]) == pytest.approx((2 - half, 2 + half), rel=1e-6)
    assert 1 <= row["bootstrap_low"] < 2 < row["bootstrap_high"] <= 3


def test_the_bootstrap_of_many_values_comes_near_the_t_interval_and_repeats():
    values = np.random.default_rng(1).normal(5, 2, 400)
    row = mean_with_interval(values)
    assert row["bootstrap_low"] == pytest.approx(row["low"], abs=0.03)
    assert row["bootstrap_high"] == pytest.approx(row["high"], abs=0.03)
    assert mean_with_interval(values) == row
    assert mean_with_interval(values, seed=1) != row


def test_one_value_has_no_interval_and_equal_values_one_without_width():
    one, equal = mean_with_interval([0.3]), mean_with_interval([0.3, 0.3, 0.1 + 0.2])
    bounds = ("low", "high", "bootstrap_low", "bootstrap_high")
    assert (one["n"], one["mean"]) == (1, 0.3)
    assert np.isnan([one[bound] for bound in bounds]).all()
    assert [equal[bound] for bound in bounds] == pytest.approx([0.3] * 4)


def test_nan_and_nothing_are_refused():
    with pytest.raises(ValueError, match="1 of 3 values NaN or infinite"):
        mean_with_interval([0.1, np.nan, 0.2])
    with pytest.raises(ValueError, match="no values"):
        mean_with_interval([])


# Two conditions


def test_a_paired_test_is_the_t_test_of_the_differences():
    values = wide([0.5, 0.6, 0.7, 0.4], [0.6, 0.75, 0.8, 0.4])
    row = paired_test(values, "standard", "other")
    difference = np.array([0.1, 0.15, 0.1, 0.0])
    t = difference.mean() / (difference.std(ddof=1) / 2)
    assert (row["comparison"], row["test"]) == ("other - standard", "paired t")
    assert (row["n"], row["df"], row["t"]) == (4, 3, pytest.approx(t))
    assert row["p"] == pytest.approx(2 * stats.t.sf(t, 3))
    assert row["mean_difference"] == pytest.approx(0.0875)
    assert row["change_percent"] == pytest.approx(100 * 0.0875 / 0.55)
    half = stats.t.ppf(0.975, 3) * difference.std(ddof=1) / 2
    assert (row["low"], row["high"]) == pytest.approx((0.0875 - half, 0.0875 + half))
    assert 0 <= row["bootstrap_low"] < 0.0875 < row["bootstrap_high"] <= 0.15


def test_the_other_direction_is_the_same_test_with_the_other_sign():
    values = wide([0.5, 0.6, 0.7, 0.4], [0.6, 0.75, 0.8, 0.4])
    there, back = (
        paired_test(values, *names) for names in (("standard", "other"), ("other", "standard"))
    )
    assert (back["t"], back["p"]) == pytest.approx((-there["t"], there["p"]))
    assert (back["low"], back["high"]) == pytest.approx((-there["high"], -there["low"]))


@pytest.mark.parametrize("row", [0, 1])
def test_the_order_of_mice_does_not_matter_but_who_is_paired_does(row):
    values = wide([0.5, 0.6, 0.7, 0.4], [0.6, 0.75, 0.8, 0.4])
    expected = paired_test(values, "standard", "other")
    assert paired_test(values[::-1], "standard", "other")["t"] == pytest.approx(expected["t"])
    mixed = wide(values["standard"].to_numpy(), np.roll(values["other"].to_numpy(), row + 1))
    assert paired_test(mixed, "standard", "other")["t"] != pytest.approx(expected["t"])


@pytest.mark.parametrize(
    ("shift", "t", "p"), [(0.0, 0.0, 1.0), (0.1, np.inf, 0.0), (-0.1, -np.inf, 0.0)]
)
def test_equal_differences_have_a_defined_result(shift, t, p):
    standard = np.array([0.3, 0.55, 0.7])
    row = paired_test(wide(standard, standard + shift), "standard", "other")
    assert (row["t"], row["p"], row["n"]) == (t, p, 3)
    bounds = [row[k] for k in ("low", "high", "bootstrap_low", "bootstrap_high")]
    assert bounds == pytest.approx([shift] * 4)


def test_one_mouse_gives_a_difference_and_no_p():
    row = paired_test(wide([0.5], [0.6]), "standard", "other")
    assert (row["n"], row["df"], row["mean_difference"]) == (1, 0, pytest.approx(0.1))
    assert np.isnan([row[k] for k in ("t", "p", "low", "bootstrap_high")]).all()


def test_two_mice_are_tested():
    row = paired_test(wide([0.5, 0.6], [0.6, 0.9]), "standard", "other")
    assert (row["t"], row["df"]) == (pytest.approx(2.0), 1)
    assert row["p"] == pytest.approx(2 * stats.t.sf(2, 1))


def test_a_standard_of_zero_has_no_relative_change():
    row = paired_test(wide([0.1, -0.1], [0.6, 0.9]), "standard", "other")
    assert np.isnan(row["change_percent"])


def test_unknown_conditions_and_nan_are_refused():
    with pytest.raises(ValueError, match=r"no condition strict .has standard, other"):
        paired_test(wide([0.5, 0.6], [0.6, 0.9]), "standard", "strict")
    with pytest.raises(ValueError, match="NaN or infinite"):
        paired_test(wide([0.5, np.nan], [0.6, 0.9]), "standard", "other")


def test_every_variant_is_compared_with_the_standard():
    table = scores().rename(columns={"share": "variant"})
    rows = compare_with_standard(table, "variant", VALUE, standard=0.5)
    assert rows["second"].tolist() == [0.25, 1.0]
    assert set(rows["first"]) == {0.5}
    assert set(rows["measure"]) == {VALUE}
    means = by_mouse(table, "variant", VALUE)
    assert rows["t"].iloc[1] == pytest.approx(stats.ttest_rel(means[1.0], means[0.5]).statistic)


def test_against_chance_is_paired_and_refuses_unequal_lengths():
    found, chance = np.array([0.5, 0.6, 0.55]), np.array([0.0, 0.1, -0.02])
    row = against_chance(found, chance)
    assert (row["n"], row["test"]) == (3, "paired t")
    assert row["p"] == pytest.approx(stats.ttest_rel(found, chance).pvalue)
    assert "change_percent" not in row
    with pytest.raises(ValueError, match="3 values against 2"):
        against_chance(found, chance[:2])


# Many levels


def sums_of_squares(values):
    """F by hand, as the paper's notebook does: values are mice by levels."""
    num_mice, num_levels = values.shape
    level = num_mice * ((values.mean(0) - values.mean()) ** 2).sum()
    mouse = num_levels * ((values.mean(1) - values.mean()) ** 2).sum()
    error = ((values - values.mean()) ** 2).sum() - level - mouse
    df = num_levels - 1, (num_levels - 1) * (num_mice - 1)
    return (level / df[0]) / (error / df[1]), df


@pytest.mark.parametrize("mice", ["AB", "ABCDE"])
def test_the_repeated_anova_is_that_by_sums_of_squares(mice):
    table = scores(mice)
    row = repeated_anova(table, "share", VALUE)
    F, (df1, df2) = sums_of_squares(by_mouse(table, "share", VALUE).to_numpy())
    assert (row["n"], row["df1"], row["df2"]) == (len(mice), df1, df2)
    assert (row["F"], row["p"]) == pytest.approx((F, stats.f.sf(F, df1, df2)))


def test_two_levels_give_the_square_of_the_paired_t():
    table = scores(levels=(0.5, 1.0))
    t = paired_test(by_mouse(table, "share", VALUE), 0.5, 1.0)
    row = repeated_anova(table, "share", VALUE)
    assert (row["F"], row["p"]) == pytest.approx((t["t"] ** 2, t["p"]))


def test_the_anova_does_not_mind_offsets_of_mice():
    table = scores()
    shifted = table.assign(**{VALUE: table[VALUE] + table["mouse"].map(ord)})
    expected = repeated_anova(table, "share", VALUE)["F"]
    assert repeated_anova(shifted, "share", VALUE)["F"] == pytest.approx(expected)


@pytest.mark.parametrize(("slope", "F", "p"), [(0.0, 0.0, 1.0), (0.2, np.inf, 0.0)])
def test_an_anova_without_error_has_a_defined_result(slope, F, p):
    table = scores("AB", noise=0)
    table[VALUE] = 0.1 * (table["mouse"] == "B") + slope * table["share"]
    row = repeated_anova(table, "share", VALUE)
    assert (row["F"], row["p"], row["df1"], row["df2"]) == (F, p, 2, 2)


def test_one_mouse_has_no_anova_and_one_level_no_question():
    row = repeated_anova(scores("A"), "share", VALUE)
    assert (row["n"], row["df1"], row["df2"]) == (1, 2, 0)
    assert np.isnan([row["F"], row["p"]]).all()
    for test in (repeated_anova, posthoc_adjacent):
        with pytest.raises(ValueError, match=r"share has one level, 1\.0; give two or more"):
            test(scores(levels=(1.0,)), "share", VALUE)


def test_adjacent_levels_are_tested_upwards_and_corrected():
    table = scores()
    rows = posthoc_adjacent(table.sample(frac=1, random_state=0), "share", VALUE)
    assert list(zip(rows["first"], rows["second"], strict=True)) == [(0.25, 0.5), (0.5, 1.0)]
    means = by_mouse(table, "share", VALUE)
    expected = [stats.ttest_rel(means[b], means[a]).pvalue for a, b in ((0.25, 0.5), (0.5, 1.0))]
    assert rows["p"].tolist() == pytest.approx(expected)
    assert rows["p_corrected"].tolist() == pytest.approx(np.minimum(1, 2 * rows["p"]))
    assert rows["significant"].tolist() == (rows["p_corrected"] < 0.05).tolist()


def test_levels_without_an_order_have_no_adjacent_ones():
    table = scores().assign(variant=scores()["share"].astype(str))
    with pytest.raises(ValueError, match="levels of variant have no order"):
        posthoc_adjacent(table, "variant", VALUE)


def test_steps_of_one_mouse_are_not_significant():
    rows = posthoc_adjacent(scores("A"), "share", VALUE)
    assert rows["p_corrected"].isna().all()
    assert not rows["significant"].any()


def test_bonferroni_counts_the_rows_and_stops_at_one():
    rows = with_bonferroni([{"p": 0.01}, {"p": 0.02}, {"p": 0.5}])
    assert [row["p_corrected"] for row in rows] == pytest.approx([0.03, 0.06, 1.0])
    assert [row["significant"] for row in rows] == [True, False, False]


def test_rows_of_all_tests_fit_one_csv(tmp_path):
    table = scores()
    rows = [
        repeated_anova(table, "share", VALUE),
        *posthoc_adjacent(table, "share", VALUE).to_dict("records"),
        linear_fit([1.0, 2.0, 3.0], [1.0, 2.5, 3.0]),
    ]
    pd.DataFrame(rows).to_csv(tmp_path / "tests.csv", index=False)
    read = pd.read_csv(tmp_path / "tests.csv")
    assert read["comparison"].tolist()[:2] == ["levels of share", "0.5 - 0.25"]
    assert read[["test", "n", "p"]].notna().all(axis=None)


# Lines and lags


def test_a_line_is_found_and_its_r_is_pearsons():
    x = np.arange(6.0)
    y = 2 * x - 1 + np.array([0.1, -0.1, 0.1, -0.1, 0.1, -0.1])
    row = linear_fit(x, y)
    assert (row["slope"], row["intercept"]) == pytest.approx(np.polyfit(x, y, 1))
    assert (row["r"], row["p"]) == pytest.approx(tuple(stats.pearsonr(x, y)))
    assert (row["n"], row["test"]) == (6, "linear fit")


def test_a_fit_knows_what_it_cannot_tell():
    perfect = linear_fit([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    assert (perfect["r"], perfect["p"]) == pytest.approx((1, 0), abs=1e-7)
    flat = linear_fit([1.0, 2.0, 3.0], [0.5, 0.5, 0.5])
    assert (flat["slope"], flat["intercept"], flat["n"]) == (0, 0.5, 3)
    assert np.isnan([flat["r"], flat["p"]]).all()
    steep = linear_fit([2.0, 2.0, 2.0], [1.0, 2.0, 3.0])
    assert np.isnan([steep[k] for k in ("slope", "intercept", "r", "p")]).all()
    two = linear_fit([1.0, 2.0], [1.0, 2.0])
    assert (two["slope"], two["n"]) == (pytest.approx(1), 2)
    assert np.isnan(two["p"])
    assert np.isnan(linear_fit([1.0], [1.0])["slope"])


def test_a_fit_of_unequal_or_nan_values_is_refused():
    with pytest.raises(ValueError, match="3 values against 2"):
        linear_fit([1.0, 2.0, 3.0], [1.0, 2.0])
    with pytest.raises(ValueError, match="NaN or infinite"):
        linear_fit([1.0, np.nan, 3.0], [1.0, 2.0, 3.0])


@pytest.mark.parametrize("shift", [-4, 0, 3])
def test_a_shifted_series_correlates_fully_at_its_shift(shift):
    """`other` does what `one` did `shift` frames before."""
    long = np.random.default_rng(0).normal(size=120)
    one, other = long[10:90], 3 * long[10 - shift : 90 - shift] + 2
    table = cross_correlation(one, other, max_lag=6).set_index("lag_frames")
    assert table.index.tolist() == list(range(-6, 7))
    assert table["correlation"].idxmax() == shift
    assert table.loc[shift, "correlation"] == pytest.approx(1)
    assert table["correlation"].drop(shift).abs().max() < 0.4
    assert table["num_frames"].tolist() == [80 - abs(lag) for lag in range(-6, 7)]


def test_lag_zero_is_pearson_and_swapping_mirrors():
    one, other = np.random.default_rng(0).normal(size=(2, 30))
    there, back = cross_correlation(one, other, 5), cross_correlation(other, one, 5)
    assert there["correlation"].iloc[5] == pytest.approx(np.corrcoef(one, other)[0, 1])
    np.testing.assert_allclose(there["correlation"], back["correlation"][::-1])


def test_a_sine_against_itself_is_the_cosine_of_the_lag():
    frames = np.arange(4000)
    wave = np.sin(2 * np.pi * frames / 20)
    table = cross_correlation(wave, wave, 10)
    expected = np.cos(2 * np.pi * table["lag_frames"] / 20)
    np.testing.assert_allclose(table["correlation"], expected, atol=0.005)


def test_a_constant_series_has_no_cross_correlation_and_long_lags_are_refused():
    ramp = np.arange(10.0)
    assert cross_correlation(ramp, np.full(10, 0.1), 2)["correlation"].isna().all()
    with pytest.raises(ValueError, match="max_lag 8 leaves 2 of 10 frames; take 7 at most"):
        cross_correlation(ramp, ramp, 8)
    with pytest.raises(ValueError, match="10 values against 9"):
        cross_correlation(ramp, ramp[:9], 2)


def test_frames_without_a_value_are_left_out_at_each_lag_and_counted():
    ramp = np.arange(10.0) ** 2
    broken = ramp.copy()
    broken[4] = np.nan
    table = cross_correlation(ramp, broken, 1)
    assert table["num_frames"].tolist() == [8, 9, 8]
    kept = np.delete(ramp[:9], 3), np.delete(ramp[1:], 3)  # other[4] meets one[3] at lag 1
    assert table["correlation"].iloc[1] == pytest.approx(1)
    assert table["correlation"].iloc[2] == pytest.approx(np.corrcoef(*kept)[0, 1])
    few = np.full(10, np.nan)
    few[:3] = ramp[:3]
    table = cross_correlation(ramp, few, 1)
    assert table["num_frames"].tolist() == [3, 3, 2]
    assert table["correlation"].isna().tolist() == [False, False, True]
