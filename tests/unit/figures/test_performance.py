"""Figure of own and other movies: points, means, p, identification, and what a small run leaves."""

import numpy as np
import pandas as pd
import pytest

from evaluate.performance import performance_table, performance_tests
from figures.performance import COLUMNS, figure_performance

NAMES = ["video_correlation", "frame_correlation"]


def made(mice="ABCDE", num_clips=10, broken=()) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tables of correlations near .6 with the own movie and near 0 with others; `broken` clips have none."""
    rng, rows = np.random.default_rng(0), []
    for mouse in mice:
        for clip in range(num_clips):
            for other in range(num_clips):
                values = rng.normal(0.6 * (clip == other), 0.15, 2).clip(-1, 0.99)
                if clip in broken:
                    values[:] = np.nan
                rows.append((mouse, clip, clip + 7, other, *values))
    pairs = pd.DataFrame(rows, columns=["mouse", "clip", "trial", "other", *NAMES])
    table = performance_table(pairs, 1)
    return table, performance_tests(pairs, table, 1)


def texts(ax) -> list[str]:
    return [text.get_text() for text in ax.texts if text.get_text()]


def points(ax) -> int:
    """Drawn points, without those that have no value."""
    offsets = [np.ma.filled(c.get_offsets(), np.nan) for c in ax.collections]
    return int(sum(np.isfinite(of).all(axis=1).sum() for of in offsets))


def test_every_clip_is_a_point_in_three_columns_and_every_mouse_a_dashed_line():
    fig = figure_performance(*made())
    assert [ax.get_ylabel() for ax in fig.axes[:2]] == ["video correlation", "frame correlation"]
    for ax in fig.axes[:2]:
        assert points(ax) == 3 * 50
        assert [label.get_text() for label in ax.get_xticklabels()] == list(COLUMNS.values())
        assert sum(line.get_linestyle() == "--" for line in ax.get_lines()) == 5
        assert ax.get_yticks().max() <= 1


def test_p_over_clips_and_over_mice_stand_above_both_nulls():
    table, tests = made()
    tests.loc[tests["test"] == "paired t", "p"] = [0.02, 0.5, 1e-30, 3.3e-5] * 2
    video, frame, found = figure_performance(table, tests).axes
    expected = ["p = 0.020\n(50 clips)\np < 1e\N{MINUS SIGN}16\n(5 mice)"]
    expected += ["p = 0.500\n(50 clips)\np = 3.3e\N{MINUS SIGN}5\n(5 mice)"]
    assert texts(video) == texts(frame) == expected
    shares = tests[tests["test"] == "identification"]["mean"]
    hits = [f"{50 * share:.0f} of 50" for share in shares]
    assert [text.splitlines()[0] for text in texts(found)] == hits


def test_shares_identified_are_those_of_the_ranks():
    table, tests = made("AB", 4)
    table["rank"] = [1, 1, 2, 4, *[1] * 4, *[3] * 4, 1, 1, 1, 2]
    shares = [c.get_offsets()[0, 1] for c in figure_performance(table, tests).axes[2].collections]
    assert shares == [0.5, 1, 0, 0.75]


def test_one_clip_per_mouse_has_its_own_movie_only():
    video, _, found = figure_performance(*made("AB", 1)).axes
    assert points(video) == 2
    assert texts(video) == []
    assert texts(found) == ["one clip per mouse:\nnothing to\nchoose from"]


@pytest.mark.parametrize(("mice", "broken"), [("A", ()), ("AB", (0,)), ("AB", range(3))])
def test_few_mice_and_missing_correlations_are_drawn(mice, broken):
    fig = figure_performance(*made(mice, 3, broken))
    assert points(fig.axes[0]) == 3 * len(mice) * (3 - len(broken))


@pytest.mark.parametrize("mice", ["ABCDE", ["mouse26872", "mouse27204"]])
def test_nothing_is_cropped_and_no_text_lies_on_points(mice):
    fig = figure_performance(*made(mice))
    fig.draw_without_rendering()
    for box in [fig.legends[0].get_window_extent(), *(ax.get_tightbbox() for ax in fig.axes)]:
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= fig.bbox.width
        assert box.y1 <= fig.bbox.height
    for ax in fig.axes:
        top = ax.transData.transform((0, 1.0))[1]
        boxes = [text.get_window_extent() for text in ax.texts]
        assert all(box.y0 > top for box in boxes)
        assert boxes[0].x1 < boxes[1].x0


def test_tables_without_columns_are_refused():
    table, tests = made("AB", 2)
    with pytest.raises(ValueError, match="table table: no column rank"):
        figure_performance(table.drop(columns="rank"), tests)
    with pytest.raises(ValueError, match="table tests: no column chance"):
        figure_performance(table, tests.drop(columns="chance"))
    with pytest.raises(ValueError, match="table table: no rows"):
        figure_performance(table.iloc[:0], tests)
