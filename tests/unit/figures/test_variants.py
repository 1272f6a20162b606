"""Figures of variants and of smaller populations: lines per mouse, marks of the tests, messages."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from evaluate.statistics import compare_with_standard, posthoc_adjacent
from figures.variants import figure_population, figure_variants, means_of_mice

MEASURES = ("video_correlation", "frame_correlation")
SHARES = {0.125: 0.34, 0.25: 0.43, 0.5: 0.51, 1.0: 0.57}
VARIANTS = {"predicted_activity": 0.77, "standard": 0.57, "no_smoothing": 0.53}
by_mice = pytest.mark.parametrize("mice", ["A", "AB", "ABCDE"])


def make_scores(column: str, means: dict, mice="ABCDE", num_clips=2) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    rows = []
    for number, mouse in enumerate(mice):
        for clip in range(num_clips):
            for level, mean in means.items():
                r = mean - 0.02 * number + rng.normal(0, 0.004)
                rows.append((mouse, clip, level, r, r - 0.06))
    return pd.DataFrame(rows, columns=["mouse", "clip", column, *MEASURES])


def population(mice="ABCDE", means=SHARES, mode="removed"):
    scores = make_scores("share", means, mice).assign(mode=mode)
    posthoc = pd.concat([posthoc_adjacent(scores, "share", m) for m in MEASURES])
    return scores, posthoc.assign(mode=mode)


def variants(mice="ABCDE", means=VARIANTS):
    scores = make_scores("variant", means, mice)
    compared = [compare_with_standard(scores, "variant", m, "standard") for m in MEASURES]
    return scores, pd.concat(compared)


def texts(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def lines(ax, label: str) -> list:
    return [line for line in ax.get_lines() if line.get_label().startswith(label)]


def test_the_plotted_numbers_are_means_over_clips_in_the_order_of_the_table():
    scores, _ = variants("AB")
    means = means_of_mice(scores, "variant")
    assert means["variant"].drop_duplicates().tolist() == list(VARIANTS)
    expected = scores.query("variant == 'standard' and mouse == 'B'")["video_correlation"].mean()
    found = means.query("variant == 'standard' and mouse == 'B'")["video_correlation"].item()
    assert found == pytest.approx(expected)


@by_mice
def test_population_draws_mice_dashed_and_the_mean_solid_over_shares(mice):
    fig = figure_population(*population(mice))
    assert [ax.get_ylabel() for ax in fig.axes] == ["video correlation", "frame correlation"]
    for ax in fig.axes:
        assert ax.get_xscale() == "log"
        assert [tick.get_text() for tick in ax.get_xticklabels()] == ["12.5", "25", "50", "100"]
        of_mice, (mean,) = lines(ax, "mouse"), lines(ax, "mean")
        assert len(of_mice) == len(mice)
        assert {line.get_linestyle() for line in of_mice} == {"--"}
        assert mean.get_linestyle() == "-"
        expected = np.mean([line.get_ydata() for line in of_mice], axis=0)
        np.testing.assert_allclose(mean.get_ydata(), expected)
        np.testing.assert_allclose(mean.get_xdata(), [12.5, 25, 50, 100])


def test_only_significant_steps_are_bracketed():
    scores, posthoc = population()
    assert {len(texts(ax)) for ax in figure_population(scores, posthoc).axes} == {3}
    posthoc["p_corrected"] = [0.0004, 0.2, np.nan, 0.004, 0.04, 0.0499]
    video, frame = figure_population(scores, posthoc).axes
    assert (texts(video), texts(frame)) == (["***"], ["**", "*", "*"])


def test_one_mouse_has_no_bracket_and_two_have_no_interval():
    found = [figure_population(*population(mice)).axes[0] for mice in ("A", "AB", "ABC")]
    assert texts(found[0]) == []
    assert [len(ax.collections) for ax in found] == [0, 0, 1]


def test_room_above_the_mice_brings_no_tick_beyond_one():
    scores, tests = variants("AB", {"standard": 0.96, "no_smoothing": 0.5})
    for ax in figure_variants(scores, tests).axes:
        assert ax.get_ylim()[1] > 1.05
        assert 0.6 < ax.get_yticks().max() <= 1


def test_one_share_is_drawn_without_tests():
    scores, posthoc = population()
    fig = figure_population(scores[scores["share"] == 1], posthoc.iloc[:0])
    assert [tick.get_text() for tick in fig.axes[0].get_xticklabels()] == ["100"]
    assert texts(fig.axes[0]) == []


def test_numbers_of_neurons_stand_below_the_shares():
    scores, posthoc = population("AB")
    counts = 8000 * scores["share"] + 100 * (scores["mouse"] == "A")
    fig = figure_population(scores.assign(num_neurons=counts), posthoc)
    labels = [tick.get_text() for tick in fig.axes[0].get_xticklabels()]
    assert labels == ["12.5\n1050", "25\n2050", "50\n4050", "100\n8050"]


def test_each_mode_has_its_row():
    removed, silenced = population(mode="removed"), population(mode="silenced")
    tables = [pd.concat(pair) for pair in zip(removed, silenced, strict=True)]
    fig = figure_population(*tables)
    assert [ax.get_title() for ax in fig.axes] == ["removed"] * 2 + ["silenced"] * 2
    assert {len(texts(ax)) for ax in fig.axes} == {3}


def test_modes_and_measures_share_one_range():
    """The lowest of one panel and the highest of another fit into each."""
    removed, silenced = population(mode="removed"), population(mode="silenced")
    silenced[0]["video_correlation"] -= 0.5
    fig = figure_population(*[pd.concat(pair) for pair in zip(removed, silenced, strict=True)])
    assert len({ax.get_ylim() for ax in fig.axes}) == 1
    low, high = fig.axes[0].get_ylim()
    assert low < silenced[0]["video_correlation"].groupby(silenced[0]["share"]).mean().min()
    assert high > removed[0]["video_correlation"].groupby(removed[0]["share"]).mean().max()


def test_the_legend_reads_row_by_row():
    fig = figure_population(*population("ABC"))
    fig.draw_without_rendering()
    boxes = {text.get_text(): text.get_window_extent() for text in fig.legends[0].get_texts()}
    tops = [boxes[f"mouse {mouse}"].y0 for mouse in "ABC"]
    np.testing.assert_allclose(tops, tops[0], atol=2)
    assert boxes["mouse A"].x0 < boxes["mouse B"].x0 < boxes["mouse C"].x0


@by_mice
def test_variants_have_a_column_each_with_their_change(mice):
    fig = figure_variants(*variants(mice))
    assert [ax.get_ylabel() for ax in fig.axes] == ["video correlation", "frame correlation"]
    names = [tick.get_text().replace("\n", " ") for tick in fig.axes[-1].get_xticklabels()]
    assert names == ["predicted activity", "standard", "no smoothing"]
    for ax in fig.axes:
        of_mice, (mean,) = lines(ax, "mouse"), lines(ax, "mean")
        assert len(of_mice) == len(mice)
        assert {line.get_linestyle() for line in of_mice} == {"--"}
        assert mean.get_linestyle() == "None"  # variants have no order: their means are not joined
        assert len(ax.texts) == 2


def test_a_change_names_its_p_where_there_is_one():
    scores, tests = variants("AB")
    tests["change_percent"] = [34.749, -6.28, 0.227, 100.4]
    tests["p"] = [1.5355e-5, 0.019847, 0.776, 0.0]
    video, frame = figure_variants(scores, tests).axes
    # compare_with_standard goes by the alphabet: no_smoothing, predicted_activity
    assert texts(video) == ["\N{MINUS SIGN}6.3 %\np = 0.020", "+34.7 %\np = 1.5e\N{MINUS SIGN}5"]
    assert texts(frame) == ["+100 %\np < 1e\N{MINUS SIGN}16", "+0.2 %\np = 0.776"]
    assert texts(figure_variants(*variants("A")).axes[0])[0].endswith("%")


def test_texts_lie_in_their_columns_above_the_data():
    fig = figure_variants(*variants())
    fig.draw_without_rendering()
    for ax in fig.axes:
        boxes = [text.get_window_extent() for text in ax.texts]
        top = max(line.get_ydata().max() for line in ax.get_lines() if line.get_label()[0] == "m")
        highest = ax.transData.transform((0, top))[1]
        assert all(box.y0 > highest for box in boxes)
        assert boxes[0].x1 < boxes[1].x0
        assert ax.get_window_extent().x0 < boxes[0].x0


@pytest.mark.parametrize("mice", ["ABCDE", ["mouse-26872", "mouse-27204"]])
@pytest.mark.parametrize(
    ("draw", "make"), [(figure_population, population), (figure_variants, variants)]
)
def test_nothing_is_cropped(draw, make, mice):
    fig = draw(*make(mice))
    fig.draw_without_rendering()
    for box in [fig.legends[0].get_window_extent(), *(ax.get_tightbbox() for ax in fig.axes)]:
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= fig.bbox.width
        assert box.y1 <= fig.bbox.height


@pytest.mark.parametrize("draw", [figure_population, figure_variants])
def test_tables_without_columns_rows_or_mice_are_refused(draw):
    scores, tests = population() if draw is figure_population else variants()
    with pytest.raises(ValueError, match="table scores: no column"):
        draw(scores.drop(columns="clip"), tests)
    with pytest.raises(ValueError, match="table scores: no rows"):
        draw(scores.iloc[:0], tests)
    with pytest.raises(ValueError, match="no column measure"):
        draw(scores, tests.drop(columns="measure"))
    level = "share" if draw is figure_population else "variant"
    incomplete = scores[(scores["mouse"] != "B") | (scores[level] != scores[level].iloc[0])]
    with pytest.raises(ValueError, match=f"mouse B has no score at {level}"):
        draw(incomplete, tests)
    with pytest.raises(ValueError, match="NaN"):
        draw(scores.assign(frame_correlation=np.nan), tests)


def test_a_variant_without_a_test_is_refused():
    scores, tests = variants()
    with pytest.raises(ValueError, match="no test of no_smoothing against standard"):
        figure_variants(scores, tests[tests["second"] != "no_smoothing"])
    with pytest.raises(ValueError, match="variant of scores: unknown base"):
        figure_variants(scores, tests, standard="base")


def test_the_standard_alone_is_drawn():
    scores, tests = variants()
    fig = figure_variants(scores[scores["variant"] == "standard"], tests.iloc[:0])
    assert isinstance(fig, Figure)
