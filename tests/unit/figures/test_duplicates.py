"""Figure of duplicates: a pair of frames per candidate, what became of it written below, boxed in red where it is rejected."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import same_color

from figures.captions import render_caption
from figures.duplicates import (
    REJECTED_COLOUR,
    Pairs,
    figure_duplicates,
    label_candidates,
    up_to_last_used,
)

CAPTION = Path(__file__).resolve().parents[3] / "workflow/report/duplicates.rst"


def make_table(
    places: dict[str, list[int]], correlations: dict[str, list[float]], named: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Candidates of each mouse at trials 0, 3, 6 ...; `places`: the trials that are used, in clip order."""
    rows = [(m, 3 * k, r) for m, of_mouse in correlations.items() for k, r in enumerate(of_mouse)]
    sets = [(m, n, k) for m, trials in places.items() for k, n in enumerate(trials)]
    alike = pd.DataFrame(rows, columns=["mouse", "trial", "correlation"])
    used = pd.DataFrame(sets, columns=["mouse", "trial", "place"]).astype({"place": "Int64"})
    return label_candidates(alike, used, 0.9, named)


def test_candidates_are_used_rejected_or_spare():
    correlations = {"A": [0.2, 0.9, 0.3, 0.1, 0.95]}
    table = make_table({"A": [0, 6]}, correlations)  # the third takes the second place
    assert table.use.tolist() == ["used", "rejected", "used", "spare", "rejected"]
    assert table["clip"].dropna().to_dict() == {0: 0, 2: 1}


def test_named_clips_are_used_whatever_they_resemble():
    correlations = {"A": [0.2, 0.99, 0.95], "B": [0.99, 0.2]}
    table = make_table({"A": [3, 100], "B": [3]}, correlations, named=("A",))  # 100: no candidate
    assert table.use.tolist() == ["spare", "used", "spare", "rejected", "used"]
    assert len(table) == 5


def test_each_mouse_is_drawn_as_far_as_its_last_used_candidate():
    correlations = {"A": [0.2, 0.95, 0.3, 0.1], "B": [0.1] * 3, "C": [0.1] * 70}
    table = up_to_last_used(make_table({"A": [6, 0], "C": [99]}, correlations))
    drawn = {mouse: rows.trial.tolist() for mouse, rows in table.groupby("mouse")}
    assert drawn == {"A": [0, 3, 6], "B": [0], "C": list(range(0, 100, 3))}


def make_config(clips: dict[str, list[int]]) -> dict:
    selection = {"duplicate_correlation": 0.9, "num_clips": 3, "clips": clips}
    return {"recordings": {"mice": {"A": "first", "B": "second"}, "selection": selection}}


@pytest.mark.parametrize(
    ("named", "rejects", "names"), [("", True, False), ("A", True, True), ("AB", False, True)]
)
def test_the_caption_tells_how_clips_were_chosen(named, rejects, names):
    config = make_config({mouse: [0, 1, 2] for mouse in named})
    html = render_caption(CAPTION, config=config)
    assert ("A red box and a cross" in html, "whatever they resemble" in html) == (rejects, names)
    assert ("(mouse B)" in html) == (named == "A")


def make_pairs(num_candidates: dict[str, int], rejected: tuple[int, ...] = (1,)) -> Pairs:
    rows = [
        {
            "mouse": mouse,
            "trial": 3 * k,
            "correlation": 0.97 if k in rejected else 0.31,
            "use": "rejected" if k in rejected else "spare" if k == 5 else "used",
            "clip": pd.NA if k in rejected or k == 5 else k,
        }
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
    shown = [ax.get_xlabel().removeprefix("\u00d7 ").split("\n") for ax in images(fig)]
    assert [lines[0] for lines in shown] == [f"{r:.2f}" for r in pairs.table.correlation]
    used = pairs.table[pairs.table.use == "used"]
    assert [lines[1] for lines in shown if len(lines) > 1] == [f"clip {k}" for k in used["clip"]]


def test_rejected_candidates_have_a_red_box_and_a_cross():
    fig = figure_duplicates(make_pairs({"A": 4, "B": 2}, rejected=(1, 3)), 0.9)
    boxed = [k for k, ax in enumerate(images(fig)) if ax.spines["left"].get_visible()]
    crossed = [k for k, ax in enumerate(images(fig)) if "\u00d7" in ax.get_xlabel()]
    assert boxed == crossed == [1, 3, 5]
    assert all(
        same_color(images(fig)[k].spines["left"].get_edgecolor(), REJECTED_COLOUR) for k in boxed
    )


@pytest.mark.parametrize(("rejected", "num_entries"), [((1,), 3), ((), 2)])
def test_the_legend_explains_no_box_where_there_is_none(rejected, num_entries):
    (legend,) = figure_duplicates(make_pairs({"A": 4}, rejected), 0.9).legends
    assert len(legend.get_texts()) == num_entries


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
    with pytest.raises(ValueError, match="no column mouse, correlation, use, clip"):
        Pairs(pd.DataFrame({"trial": [1]}), np.zeros((1, 36, 64)), np.zeros((1, 36, 64)))
