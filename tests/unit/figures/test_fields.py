"""Figures of fields and masks: their tables, and that they can be drawn of anything a run leaves."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from figures.fields import COLUMNS, MouseFields, count_centres, figure_fields, limits_of
from figures.mask_maps import Thresholds, alpha_limits, figure_alpha
from figures.recovery import figure_recovery, recovery_table
from figures.thresholds import figure_thresholds, thresholds_table
from masks.geometry import ScreenSettings
from masks.locate import FieldMaps, locate_fields
from masks.sparse_noise import SparseNoise

SCREEN = ScreenSettings(31.8, 56.5, 15.0)
ALPHA_HW = np.linspace(0, 1, 36 * 64).reshape(36, 64)


def make_fields(num_silent: int) -> MouseFields:
    """Six neurons, the last of which do not change."""
    noise = SparseNoise(3, 3, 6, 4, 4)
    changes = np.random.default_rng(0).uniform(0.2, 1, (*noise.shape, 6))
    changes[..., 6 - num_silent :] = 0
    maps = FieldMaps(noise.rows_px, noise.columns_px, changes)
    table, clean_NPRC = locate_fields(maps, 0.1)
    extent = (-0.5, 62.5, 35.5, -0.5)
    return MouseFields("A", table, clean_NPRC[:, 1], clean_NPRC[:, 0], extent, ALPHA_HW)


def test_sizes_at_every_threshold():
    table = thresholds_table({"A": ALPHA_HW, "B": 1.4 * ALPHA_HW}, SCREEN)
    first, last = table[table.mouse == "A"].iloc[[0, -1]].to_dict("records")
    assert (first["threshold"], first["pixels"], first["share"]) == (0, 36 * 64, 1)
    assert first["diameter_deg"] == pytest.approx(121.4, rel=1e-3)
    assert (last["threshold"], last["pixels"]) == (1, 1)
    assert table[table.mouse == "B"].threshold.max() == pytest.approx(1.4)
    assert (table.groupby("mouse").pixels.diff().dropna() <= 0).all()


def test_the_example_is_a_visible_neuron_if_any_is():
    one = make_fields(0)
    strong = np.flatnonzero(one.table.on_change >= one.table.on_change.quantile(0.75))
    first, second = strong[:2]
    alpha_HW = np.zeros((36, 64))
    alpha_HW[0, 0] = 1.0
    one.table.loc[[first, second], "goodness"] = [0.9, 0.1]
    one.table.loc[strong, ["row_px", "column_px"]] = 30.0
    one.table.loc[second, ["row_px", "column_px"]] = 0.0
    assert replace(one, alpha_HW=alpha_HW).example == second
    one.table.loc[second, ["row_px", "column_px"]] = 30.0
    assert replace(one, alpha_HW=alpha_HW).example == first


def test_the_distance_of_found_centres():
    one = make_fields(1)
    centres = one.table[["row_px", "column_px"]].to_numpy()
    names = ["field_row_px", "field_column_px"]
    truth = pd.DataFrame(centres + np.array([3, 4]), columns=names).assign(reliability=0.5)
    table = recovery_table(one, truth)
    np.testing.assert_allclose(table.error_px[:5], 5)
    assert np.isnan(table.error_px[5])
    figure = figure_recovery({"A": table}, {"A": ALPHA_HW}, {"A": ALPHA_HW**2})
    assert [ax.get_title() for ax in figure.axes][1] == "median 5 px"


@pytest.mark.parametrize("num_silent", [0, 3, 5])
def test_fields_of_any_number_of_neurons_are_drawn(num_silent):
    one = make_fields(num_silent)
    assert one.example < 6 - num_silent
    figure = figure_fields([one, one], SCREEN)
    maps, bars = figure.axes[:12], figure.axes[12:]
    assert f"on centres\nn = {6 - num_silent}" in [ax.get_title() for ax in maps]
    assert [bar.get_xlabel() for bar in bars] == list(COLUMNS.values())
    assert [ax.get_xlabel() for ax in maps] == [""] * 6 + ["column (px)"] * 6
    assert {ax.get_ylabel() for ax in maps[::6]} == {"mouse A\nrow (px)"}


def test_mice_share_the_colours_of_a_column():
    one = make_fields(2)
    weaker = replace(one, on_NRC=one.on_NRC / 2, off_NRC=one.off_NRC / 2)
    assert limits_of([weaker, one]).change == limits_of([one]).change
    panels = figure_fields([weaker, one], SCREEN).axes
    for column in range(6):
        upper, lower = (panels[column + 6 * row].images[0] for row in (0, 1))
        assert upper.get_clim() == lower.get_clim()


def test_every_centre_is_counted_once_in_its_patch():
    one = make_fields(1)
    counts_RC = count_centres(one, "on")
    assert counts_RC.shape == one.on_NRC.shape[1:]
    assert counts_RC.sum() == one.table.on_peak_row_px.notna().sum()
    left, right, bottom, top = one.extent
    first = one.table.dropna(subset="on_peak_row_px").iloc[0]
    row = int((first.on_peak_row_px - top) / (bottom - top) * counts_RC.shape[0])
    column = int((first.on_peak_column_px - left) / (right - left) * counts_RC.shape[1])
    assert counts_RC[row, column] >= 1


@pytest.mark.parametrize("courses", [{}, {"A": np.array([0.1, 0.4])}, {"A": np.full(3, np.nan)}])
@pytest.mark.parametrize("update", [0.5, -np.inf])
def test_threshold_figure_with_and_without_a_course(courses, update):
    table = thresholds_table({"A": ALPHA_HW}, SCREEN)
    figure = figure_thresholds(table, courses, Thresholds(update, 1.0))
    assert len(figure.axes) == (3 if courses else 2)


def test_the_mask_over_a_frame():
    figure = figure_alpha(ALPHA_HW, Thresholds(-np.inf, 1.0), "alpha", 200 * ALPHA_HW)
    assert "over a frame of a movie" in [ax.get_title() for ax in figure.axes]
    assert alpha_limits([ALPHA_HW, 1.3 * ALPHA_HW]) == (0, pytest.approx(1.3))
    assert alpha_limits([0.2 * ALPHA_HW]) == (0, 1)


@pytest.mark.parametrize(
    ("update", "evaluation", "names"),
    [
        (-np.inf, 1.0, ["scored: alpha \u2265 1"]),
        (0.5, 1.0, ["optimised: alpha \u2265 0.5", "scored: alpha \u2265 1"]),
        (0.0, 0.5, ["scored: alpha \u2265 0.5"]),
        (0.5, 7.0, ["optimised: alpha \u2265 0.5"]),
    ],
)
def test_only_thresholds_that_are_drawn_are_named(update, evaluation, names):
    figure = figure_alpha(ALPHA_HW, Thresholds(update, evaluation), "alpha", 200 * ALPHA_HW)
    assert [text.get_text() for text in figure.legends[0].get_texts()] == names
    assert len(figure.axes[0].collections) == len(names)
