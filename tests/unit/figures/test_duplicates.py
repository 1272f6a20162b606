"""Figure of duplicates: a pair of frames per candidate, a red box and a cross on those that are excluded."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import same_color

from figures.duplicates import EXCLUDED_COLOUR, Pairs, figure_duplicates


def make_pairs(num_candidates: dict[str, int], excluded: tuple[int, ...] = (1,)) -> Pairs:
    rows = [
        {"mouse": mouse, "trial": 3 * k, "correlation": 0.97 if k in excluded else 0.31}
        for mouse, count in num_candidates.items()
        for k in range(count)
    ]
    frames = np.random.default_rng(0).uniform(0, 255, (2, len(rows), 36, 64))
    return Pairs(pd.DataFrame(rows), *frames)


def images(fig):
    return [ax for ax in fig.axes if ax.get_images()]


@pytest.mark.parametrize("counts", [{"A": 1}, {"A": 3, "B": 10}, dict.fromkeys("ABCDE", 17)])
def test_every_candidate_is_drawn_with_its_correlation(counts):
    pairs = make_pairs(counts)
    fig = figure_duplicates(pairs, 0.9)
    fig.draw_without_rendering()
    assert [ax.get_title() for ax in images(fig)] == [f"{t}" for t in pairs.table.trial]
    shown = [ax.get_xlabel().removeprefix("\u00d7 ") for ax in images(fig)]
    assert shown == [f"{r:.2f}" for r in pairs.table.correlation]


def test_excluded_candidates_have_a_red_box_and_a_cross():
    fig = figure_duplicates(make_pairs({"A": 4, "B": 2}, excluded=(1, 3)), 0.9)
    boxed = [k for k, ax in enumerate(images(fig)) if ax.spines["left"].get_visible()]
    crossed = [k for k, ax in enumerate(images(fig)) if "\u00d7" in ax.get_xlabel()]
    assert boxed == crossed == [1, 3, 5]
    assert all(
        same_color(images(fig)[k].spines["left"].get_edgecolor(), EXCLUDED_COLOUR) for k in boxed
    )


def test_the_test_clip_is_above_the_training_clip():
    pairs = make_pairs({"A": 1})
    image = np.asarray(images(figure_duplicates(pairs, 0.9))[0].get_images()[0].get_array())
    np.testing.assert_array_equal(image[:36], pairs.held_out_KHW[0])
    np.testing.assert_array_equal(image[-36:], pairs.training_KHW[0])


def test_mice_are_named_once_each():
    fig = figure_duplicates(make_pairs({"A": 12, "B": 2}), 0.9)
    assert [ax.get_ylabel() for ax in fig.axes if "mouse" in ax.get_ylabel()] == [
        "mouse A",
        "mouse B",
    ]


def test_frames_that_do_not_fit_the_table_are_refused():
    pairs = make_pairs({"A": 2})
    with pytest.raises(ValueError, match=r"2 candidates, but frames \(1, 36, 64\) and \(2, 36, 64"):
        Pairs(pairs.table, pairs.held_out_KHW[:1], pairs.training_KHW)


def test_a_table_without_its_columns_is_refused():
    with pytest.raises(ValueError, match="no column mouse, correlation"):
        Pairs(pd.DataFrame({"trial": [1]}), np.zeros((1, 36, 64)), np.zeros((1, 36, 64)))
