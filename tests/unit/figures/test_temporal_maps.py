"""Figure of temporal correlation: what is drawn inside which mask, and maps without a number."""

import numpy as np
import pandas as pd
import pytest

from evaluate.temporal import summarise_map
from figures.mask_maps import Thresholds
from figures.temporal_maps import TemporalMap, figure_temporal_maps, temporal_maps_table
from masks.geometry import ScreenSettings

SCREEN = ScreenSettings(31.8, 56.5, 15.0)


def drawn(make, mice="AB", update=0.5, correlation=0.4):
    thresholds = Thresholds(update, 1.0)
    alphas = [make.alpha(16 + k, 33) for k in range(len(mice))]
    maps = [
        TemporalMap(mouse, np.full(alpha_HW.shape, correlation), alpha_HW)
        for mouse, alpha_HW in zip(mice, alphas, strict=True)
    ]
    parts = [
        summarise_map(
            m.mouse,
            m.correlation_HW,
            {"optimised": m.alpha_HW >= update, "scored": m.alpha_HW >= 1.0},
        )
        for m in maps
    ]
    fig = figure_temporal_maps(maps, pd.concat(parts), thresholds, SCREEN)
    return fig, maps, thresholds


@pytest.mark.parametrize("mice", ["A", "AB", "ABCDE"])
def test_each_mouse_has_both_masks_and_their_means(make, mice):
    fig, maps, _ = drawn(make, mice)
    panels = [ax for ax in fig.axes if ax.get_title()]
    assert len(panels) == 2 * len(mice)
    assert {ax.get_xlabel() for ax in panels} == {"mean 0.40"}
    for pair, one in zip(zip(panels[::2], panels[1::2], strict=True), maps, strict=True):
        for ax, level in zip(pair, (0.5, 1.0), strict=True):
            shown = np.ma.filled(ax.images[0].get_array(), np.nan)
            np.testing.assert_array_equal(np.isfinite(shown), one.alpha_HW >= level)


def test_without_an_update_mask_the_whole_screen_is_drawn_and_no_dashed_line_named(make):
    fig, _, _ = drawn(make, update=-np.inf)
    assert np.isfinite(np.ma.filled(fig.axes[0].images[0].get_array(), np.nan)).all()
    named = [text.get_text() for text in fig.legends[0].get_texts()]
    assert named == ["scored: alpha ≥ 1", "eccentricity, every 10°"]


def test_a_map_without_correlations_says_so(make):
    fig, _, _ = drawn(make, correlation=np.nan)
    assert fig.axes[0].get_xlabel() == "no pixel has a correlation"


def test_the_table_has_every_pixel_and_its_masks(make):
    _, maps, thresholds = drawn(make)
    table = temporal_maps_table(maps, thresholds)
    assert len(table) == 2 * 36 * 64
    assert table["scored"].sum() == sum((one.alpha_HW >= 1).sum() for one in maps)
    row = table[(table["mouse"] == "B") & (table["row_px"] == 17) & (table["column_px"] == 33)]
    assert row[["optimised", "scored"]].all(axis=None)
    assert row["temporal_correlation"].item() == 0.4


@pytest.mark.parametrize("mice", ["A", "ABCDE"])
def test_nothing_is_cropped(make, mice):
    fig, _, _ = drawn(make, mice)
    fig.draw_without_rendering()
    for box in [fig.legends[0].get_window_extent(), *(ax.get_tightbbox() for ax in fig.axes)]:
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= fig.bbox.width
        assert box.y1 <= fig.bbox.height
