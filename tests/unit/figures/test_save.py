"""Saving: the same figure gives the same bytes."""

from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from figures.curves import figure_ensemble_sizes
from figures.mask_maps import Thresholds, figure_masks
from figures.save import COMMIT, save_figure
from figures.scores import figure_scores
from figures.style import new_figure

SUFFIXES = ("svg", "png", "csv")


def save(fig, folder, table):
    paths = [folder / f"figure.{suffix}" for suffix in SUFFIXES]
    save_figure(fig, *paths, table, dpi=100)
    return {path.name: path.read_bytes() for path in paths}


@pytest.mark.parametrize("name", ["scores", "ensemble_sizes", "masks"])
def test_drawing_or_saving_twice_gives_the_same_bytes(make, tmp_path, name):
    draw = {
        "scores": lambda: figure_scores(make.scores()),
        "ensemble_sizes": lambda: figure_ensemble_sizes(make.ensemble_sizes()),
        "masks": lambda: figure_masks(make.maps(), Thresholds(0.5, 1.0)),
    }[name]
    table, fig = make.scores(), draw()
    first = save(fig, tmp_path / "first", table)
    assert save(fig, tmp_path / "again", table) == first
    assert save(draw(), tmp_path / "afresh", table) == first


def test_text_in_the_svg_is_text_and_undated(make, tmp_path):
    svg = save(figure_scores(make.scores()), tmp_path, make.scores())["figure.svg"].decode()
    assert ">video correlation</text>" in svg
    assert "<dc:date>" not in svg


def test_pictures_name_the_commit_that_the_job_was_started_at(make, tmp_path, monkeypatch):
    monkeypatch.setenv(COMMIT, "abc123, with changes")
    svg = save(figure_scores(make.scores()), tmp_path, make.scores())["figure.svg"].decode()
    assert "<dc:source>commit abc123, with changes</dc:source>" in svg
    with Image.open(tmp_path / "figure.png") as picture:
        assert picture.text["Source"] == "commit abc123, with changes"
    start = Path(__file__).resolve().parents[3] / "workflow/scripts/_run.py"
    assert f'os.environ["{COMMIT}"]' in start.read_text()


def test_the_csv_holds_the_table(make, tmp_path):
    table = make.scores()
    save(figure_scores(table), tmp_path, table)
    stored = pd.read_csv(tmp_path / "figure.csv")
    pd.testing.assert_frame_equal(stored, table, rtol=1e-8, check_dtype=False)


def test_nothing_but_the_three_files_is_left(make, tmp_path):
    save(figure_scores(make.scores()), tmp_path, make.scores())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["figure.csv", "figure.png", "figure.svg"]


def test_the_last_bits_of_a_place_do_not_show(make, tmp_path):
    def drawn(shift):
        fig = new_figure(8.0, 6.0, layout=None)
        fig.add_axes((0.1 + shift, 0.1, 0.8, 0.8)).plot([0, 1], [0, 1])
        return fig

    table = make.scores()
    first = save(drawn(0.0), tmp_path / "first", table)
    assert save(drawn(3e-15), tmp_path / "again", table) == first
