"""What captions quote: known tables give known sentences."""

import pandas as pd
import pytest

from evaluate.complete import complete_clips
from figures import quotes_of_scores as of_scores
from figures import quotes_of_variants as of_variants
from figures.in_words import number, omitted, with_interval
from figures.quotes import quote

NAN = float("nan")


def make_test(second, **columns) -> dict:
    row = {"family": "variants", "measure": "video_correlation", "first": "standard", "n": 2}
    row |= {"second": second, "test": "paired t", "mean_first": 0.5, "mean_second": 0.4}
    row |= {"mean_difference": -0.1, "low": -0.15, "high": -0.05, "change_percent": -20.0}
    return row | {"p": 0.03} | columns


def scored(*rows) -> pd.DataFrame:
    columns = ["mouse", "clip", "variant", "video_correlation"]
    return pd.DataFrame(rows, columns=columns).assign(frame_correlation=0.5)


def test_numbers_have_three_decimals_and_a_true_minus():
    assert number(-0.07149) == "\N{MINUS SIGN}0.071"
    assert number(NAN) == "undefined"
    assert with_interval(0.5, 0.25, 0.75) == "0.500 (0.250 to 0.750)"
    assert with_interval(0.5, NAN, NAN) == "0.500"


def test_variants_in_the_order_of_the_figure_with_what_is_left_out():
    drawn = scored(("A", 0, "standard", 0.5), ("A", 0, "strict", 0.4), ("A", 0, "none", 0.4))
    tests = pd.DataFrame([make_test("none", p=NAN, low=NAN, high=NAN), make_test("strict")])
    whole = pd.concat([drawn, scored(("A", 2, "standard", 0.5), ("A", 2, "none", NAN))])
    lines = of_variants.tell_variants(drawn, tests, whole).splitlines()
    assert lines == [
        "Video correlation, mean over 2 mice (difference with its 95 % interval, change, p): standard 0.500; "
        "strict 0.400 (\N{MINUS SIGN}0.100, \N{MINUS SIGN}0.150 to \N{MINUS SIGN}0.050, "
        "\N{MINUS SIGN}20.0 %, p = 0.030); "
        "none 0.400 (\N{MINUS SIGN}0.100, \N{MINUS SIGN}20.0 %).",
        "Left out of every condition, as they have no correlation in one of them (a constant movie): mouse A, clip 2.",
    ]


def test_nothing_is_said_of_clips_where_all_count():
    assert omitted([]) == ""
    drawn = scored(("A", 0, "standard", 0.5), ("A", 0, "strict", 0.4))
    told = of_variants.tell_variants(drawn, pd.DataFrame([make_test("strict")]), drawn)
    assert "Left out" not in told


def test_populations_with_their_anova_and_corrected_steps():
    rows = [("A", 0, s, "removed", 0.2 * s, 0.5) for s in (0.5, 1.0)]
    rows += [("B", clip, s, "removed", 0.2 * s, 0.5) for s in (0.5, 1.0) for clip in (0, 1)]
    rows = [(*row[:4], row[4] * (2 if row[0] == "A" else 1), 0.5) for row in rows]
    columns = ["mouse", "clip", "share", "mode", "video_correlation", "frame_correlation"]
    step = make_test("1.0", first="0.5", p_corrected=0.02, F=NAN)
    anova = {"test": "repeated-measures ANOVA", "F": 12.0, "df1": 1.0, "df2": 1.0, "p": 0.18}
    tests = pd.DataFrame([step, make_test("", **anova)]).assign(
        family="populations", mode="removed"
    )
    scores = pd.DataFrame(rows, columns=columns)
    lines = of_variants.tell_populations(scores, tests, scored(("A", 0, "s", 0.1))).splitlines()
    assert lines == [
        "Video correlation, others removed, mean over 2 mice: 100 % 0.300; 50 % 0.150; repeated-measures ANOVA "
        "F(1, 1) = 12.0, p = 0.180; corrected for the number of steps 50 to 100 % p = 0.020.",
        "Frame correlation, others removed, mean over 2 mice: 100 % 0.500; 50 % 0.500.",
    ]


def test_sizes_are_means_over_mice_of_means_over_clips_with_what_is_left_out():
    rows = [("A", 0, 1, 0.2), ("A", 1, 1, 0.4), ("B", 0, 1, 0.7), ("B", 2, 1, NAN)]
    sizes = pd.DataFrame(rows, columns=["mouse", "clip", "num_members", "video_correlation"])
    sizes = sizes.assign(frame_correlation=0.0)
    tests = pd.DataFrame(columns=["measure", "comparison", "test"])
    lines = of_scores.tell_sizes(
        complete_clips(sizes, of_scores.MEASURES), tests, sizes
    ).splitlines()
    assert lines[0] == "Video correlation, mean over 2 mice: 1 member 0.500."
    assert lines[2].endswith("no correlation in one of them (a constant movie): mouse B, clip 2.")


def test_calibration_at_two_levels():
    rows = [("A", 0.5, 0.2, 0.48, 3.0), ("B", 0.5, 0.4, 0.52, 2.0), ("A", 0.7, 0.0, 0.0, 3.0)]
    columns = ["mouse", "nominal", "coverage", "scaled_coverage", "scale"]
    lines = of_scores.tell_calibration(pd.DataFrame(rows, columns=columns)).splitlines()
    assert lines[0].endswith("mean over mice: 50 % should, 30 % do raw, 50 % scaled.")
    assert lines[1] == "Mean factor: 3.00 (mouse A), 2.00 (mouse B)."


def test_sizes_with_their_anova_and_corrected_steps():
    sizes = pd.DataFrame({"mouse": "A", "clip": 0, "num_members": [1, 2], "video_correlation": 0.5})
    step = make_test("2", first="1", p_corrected=0.02, F=NAN)
    anova = make_test("", test="repeated-measures ANOVA", F=12.0, df1=1.0, df2=1.0, p=0.18)
    sizes = sizes.assign(frame_correlation=0.5)
    lines = of_scores.tell_sizes(sizes, pd.DataFrame([step, anova]), sizes).splitlines()
    assert lines[0].endswith(
        "2 members 0.500; repeated-measures ANOVA F(1, 1) = 12.0, p = 0.180; "
        "corrected for the number of steps 1 to 2 p = 0.020."
    )


def test_duplicates_count_the_rejected_and_name_the_likest():
    rows = [("A", 7, 0.3, "used"), ("A", 8, 0.9, "rejected"), ("B", 4, 0.4, "used")]
    table = pd.DataFrame(rows, columns=["mouse", "trial", "correlation", "use"])
    assert of_scores.tell_duplicates(table) == (
        "3 candidates, 1 rejected. Of 2 candidates that are reconstructed, most like a training movie: mouse B, trial 4, "
        "correlation 0.400."
    )


def test_activity_counts_clips_that_have_all_versions():
    rows = [("A", 0, "movie", 0.2), ("A", 0, "masked", 0.1), ("A", 1, "movie", 0.9)]
    rows += [("A", 1, "masked", NAN), ("B", 0, "movie", 0.4), ("B", 0, "masked", 0.3)]
    scores = pd.DataFrame(rows, columns=["mouse", "clip", "version", "activity_correlation"])
    test = make_test("masked", measure="activity_correlation", comparison="masked - movie")
    told = of_scores.tell_activity(scores.assign(poisson_loss=NAN), pd.DataFrame([test]))
    assert told == (
        "Activity correlation, mean over 2 mice: movie 0.300; masked 0.200; masked against movie "
        "(\N{MINUS SIGN}20.0 %, p = 0.030)."
    )


def test_relations_and_the_lag_of_their_peak():
    fits = pd.DataFrame({"parameter": ["motion_energy"], "n": 9, "r": 0.5, "p": 0.171})
    lags = pd.DataFrame({"lag_frames": [-1, 0], "mean": [0.2, 0.1], "low": NAN, "high": NAN})
    lags = pd.concat([lags.assign(num_clips=9), lags.assign(mean=0.9, num_clips=1)])
    lines = of_scores.tell_relations(None, fits, lags).splitlines()
    assert lines[0].endswith("motion energy r = 0.500 (p = 0.171, n = 9).")
    assert (
        lines[1]
        == "Cross-correlation, mean over 9 clips: largest at a lag of \N{MINUS SIGN}1 frame, 0.200."
    )


@pytest.mark.parametrize(("high", "clear"), [(0.1, False), (-0.1, True)])
def test_a_cross_correlation_whose_intervals_hold_0_says_so(high, clear):
    fits = pd.DataFrame({"parameter": ["motion_energy"], "n": 9, "r": 0.5, "p": 0.171})
    lags = pd.DataFrame({"lag_frames": [0, 14], "mean": [0.1, -0.2], "low": -0.3, "high": high})
    told = of_scores.tell_relations(None, fits, lags.assign(num_clips=9))
    assert "largest at a lag of 14 frames, \N{MINUS SIGN}0.200 (" in told
    assert told.endswith("no lag has an interval without 0.") != clear


def test_thresholds_and_stimuli_name_their_ends():
    rows = [("standard", m, t, v, v) for m in "AB" for t, v in ((0.0, 0.1), (0.5, 0.3), (1.0, NAN))]
    columns = ["variant", "mouse", "threshold", "video_correlation", "full_screen_correlation"]
    means = pd.DataFrame(rows, columns=columns).assign(diameter_deg=10.0)
    swept = means.assign(clip=0, num_pixels=[5, 5, 0] * 2)
    lost = swept.iloc[:1].assign(clip=1, video_correlation=NAN)
    lines = of_variants.tell_thresholds(means, pd.concat([swept, lost])).splitlines()
    assert lines[-1].endswith("(a constant movie): mouse A, clip 1.")
    assert lines[0] == "Highest video correlation, mean over 2 mice: standard 0.300 at 0.5."
    cells = {"spatial": [1.0, 4.0], "temporal": 2.0, "video_correlation": [0.1, 0.7]}
    cells |= {"ensembling_gain": [0.1, 0.3], "inverted_correlation": NAN, "num_mice": 1}
    assert of_variants.tell_stimuli(pd.DataFrame(cells)) == (
        "Correlation, mean over 1 mouse: highest 0.700 (4 in space, 2 in time); lowest 0.100 (1 in space, 2 in time); "
        "mean gain over cells 0.200."
    )
    tested = pd.DataFrame(cells).assign(other_repetitions=[0.2, 0.3], p_other_repetitions=0.01)
    assert of_variants.tell_stimuli(tested).endswith(
        "above other repetitions (p < 0.05, paired over mice, corrected) in 1 of 2 cells."
    )
    assert of_variants.tell_grid(pd.DataFrame(cells)).endswith(
        "0.700 (4 in space, 2 in time); 0.100 (1 in space, 2 in time)."
    )


def test_scores_have_an_interval_over_clips(make):
    scores = make.scores()
    told = of_scores.tell_scores(scores)
    assert told.startswith("Video correlation, mean over ")
    one = scores[scores["source"] == "ridge"]["video_correlation"]
    assert f"linear decoder {one.mean():.3f} (" in told
    fewer = scores.drop(one.index[0])
    assert f"of {len(one) - 1})" in of_scores.tell_scores(fewer)


def test_performance_quotes_tests_and_identification():
    rows = [
        ("mean", "clip", "", 9, 0.7, 0.6, 0.8, NAN, NAN),
        ("paired t", "clip", "own - random", 9, NAN, 0.1, 0.2, 0.001, NAN),
        ("paired t", "mouse", "own - random", 3, NAN, 0.1, 0.2, NAN, NAN),
        ("identification", "clip", "own clip picked", 9, 1.0, 0.7, 1.0, 0.005, 1 / 3),
    ]
    columns = ["test", "unit", "comparison", "n", "mean", "low", "high", "p", "chance"]
    table = pd.DataFrame(rows, columns=columns)
    names = ("video_correlation", "frame_correlation")
    tests = pd.concat([table.assign(measure=name) for name in names])
    assert of_scores.tell_performance(None, tests).splitlines()[0] == (
        "Video correlation, mean over 9 clips (95 % interval): own movie 0.700 (0.600 to 0.800) (against one other clip "
        "p = 0.001 over clips); 100 % of 9 clips picked (chance 33 %, p = 0.005)."
    )


def test_a_figure_without_a_quote(tmp_path):
    assert quote("", tmp_path / "masks.png", {}) == ""


def test_a_quote_reads_the_csv_beside_the_figure(tmp_path):
    cells = {"spatial": 1.0, "temporal": 2.0, "video_correlation": [0.25]}
    pd.DataFrame(cells).to_csv(tmp_path / "stimulus_grid_kind-noise.csv", index=False)
    told = quote("quotes_of_variants.tell_grid", tmp_path / "stimulus_grid_kind-noise.png", {})
    assert "0.250 (1 in space, 2 in time)" in told
