"""Heat maps and frames of artificial stimuli."""

import numpy as np
import pandas as pd
import pytest

from figures import films
from figures.examples import Examples, grid_of
from figures.stimuli import PANELS, figure_stimuli, with_tests
from figures.stimulus_grid import figure_grid, table_of_examples

NOISE = [(s, t) for s in (0.0, 4.0, 16.0) for t in (0.0, 1.0)]


@pytest.fixture
def cells() -> pd.DataFrame:
    table = pd.DataFrame(NOISE, columns=["spatial", "temporal"])
    values = {name: np.linspace(-0.2, 0.9, len(table)) for name in PANELS}
    return table.assign(**values, num_mice=2)


@pytest.fixture
def examples() -> Examples:
    spatial, temporal = np.array(NOISE).T
    movies = np.random.default_rng(0).uniform(0, 255, (2, len(NOISE), 5, 36, 64))
    mask_HW = np.zeros((36, 64), bool)
    mask_HW[5:20, 10:50] = True
    return Examples(spatial, temporal, *movies, mask_HW)


def texts(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_cells_get_the_p_of_their_tests(cells):
    tests = cells[["spatial", "temporal"]].assign(against="other_repetitions", p_corrected=0.01)
    tests = pd.concat([tests, tests.iloc[:1].assign(against="member_correlation")])
    tested = with_tests(cells, tests)
    assert tested["p_other_repetitions"].eq(0.01).all()
    assert tested["p_member_correlation"].notna().tolist() == [True] + [False] * 5
    pd.testing.assert_frame_equal(tested[cells.columns], cells)
    pd.testing.assert_frame_equal(with_tests(cells, tests.iloc[:0]), cells)


def test_coarse_stimuli_are_above_and_slow_ones_at_the_right(cells):
    noise = grid_of(cells, "video_correlation", "noise")
    assert (noise.index.tolist(), noise.columns.tolist()) == ([16, 4, 0], [0, 1])
    gratings = grid_of(cells, "video_correlation", "gratings")
    assert (gratings.index.tolist(), gratings.columns.tolist()) == ([0, 4, 16], [1, 0])
    assert noise.loc[4.0, 1.0] == gratings.loc[4.0, 1.0] == cells.video_correlation[3]


def test_every_cell_holds_its_number(cells):
    figure = figure_stimuli(cells, "noise")
    assert len(figure.axes) == len(PANELS)
    assert texts(figure.axes[0]) == [".68", ".90", ".24", ".46", "\N{MINUS SIGN}.20", ".02"]


def test_measures_that_no_cell_has_are_left_out(cells):
    without = cells.assign(other_repetitions=np.nan, inverted_correlation=np.nan)
    figure = figure_stimuli(without, "gratings")
    assert [bool(ax.images) for ax in figure.axes] == [True] * 6


def test_a_missing_score_is_a_dash(cells):
    cells.loc[0, "video_correlation"] = np.nan
    assert texts(figure_stimuli(cells, "noise").axes[0])[4] == "\u2013"


def test_large_grids_have_a_colour_bar_in_place_of_numbers():
    many = pd.DataFrame([(float(s), t) for s in range(12) for t in (0.0, 1.0)])
    many.columns = ["spatial", "temporal"]
    figure = figure_stimuli(many.assign(**dict.fromkeys(PANELS, 0.5)), "noise")
    assert not texts(figure.axes[0])
    assert len(figure.axes) == 2 * len(PANELS)


def test_frames_lie_in_the_order_of_the_grid(examples, cells):
    scores = cells.assign(mouse="A", number=range(len(cells)))
    table = table_of_examples(examples, pd.concat([scores, scores.assign(number=99)]))
    assert table.number.tolist() == [0, 1, 2, 3, 4, 5]
    figure = figure_grid(examples, table, "noise")
    shown = figure.axes[0].images[0].get_array()  # 16 px, 0 frames: place 4
    np.testing.assert_allclose(shown[3:-3, 3:-3], examples.true_CTHW[4, -1, 5:20, 10:50])


def test_every_reconstruction_stands_under_its_correlation(examples, cells):
    cells["video_correlation"] = [0.5, -0.001, -0.25, np.nan, 0.97, 1.0]
    figure = figure_grid(examples, table_of_examples(examples, cells), "noise")
    stimuli, reconstructions = figure.axes[:6], figure.axes[6:]
    assert {ax.get_title() for ax in stimuli} == {""}
    found = [ax.get_title() for ax in reconstructions]  # coarse above, slow at the right
    assert found == ["0.97", "1.00", "\N{MINUS SIGN}0.25", "\N{EN DASH}", "0.50", "0.00"]


def test_a_constant_reconstruction_is_drawn_as_it_is_and_named(examples, cells):
    examples.reconstructed_CTHW[4] = 90
    table = table_of_examples(examples, cells)
    assert table.constant.tolist() == [False] * 4 + [True, False]
    panels = figure_grid(examples, table, "noise").axes[6:]
    assert (panels[0].images[0].get_array()[3:-3, 3:-3] == 90).all()
    assert [ax.get_title() == "constant" for ax in panels] == [True] + [False] * 5


def test_the_film_has_two_rows_per_scale_of_space(examples, tmp_path, monkeypatch):
    written = []
    monkeypatch.setattr(films, "write_tiles", lambda *given: written.append(given))
    films.write_stimuli(tmp_path / "film.mp4", examples, "noise", 30.0)
    ((_, rows, columns, rate),) = written
    assert [row.label for row in rows][:3] == [
        ("16 px", "shown"),
        ("16 px", "reconstructed"),
        ("4 px", "shown"),
    ]
    assert (columns, rate) == (["0 frames", "1 frame"], 30.0)
    np.testing.assert_array_equal(rows[0].movies[1], examples.true_CTHW[5].round())
