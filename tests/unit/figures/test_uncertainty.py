"""Figure of the calibration: mice dashed, their mean solid, the diagonal, for any number of mice."""

import numpy as np
import pandas as pd
import pytest

from figures.uncertainty import RAW_COLOUR, SCALED_COLOUR, figure_calibration, mean_coverage

NOMINAL = np.array([0.1, 0.3, 0.5, 0.7, 0.9, 0.99])


def make_coverage(mice: str = "AB", num_clips: int = 3) -> pd.DataFrame:
    rows = [
        (mouse, clip, nominal, nominal ** (2 + number), 2.0, nominal + 0.002 * (clip - 1))
        for number, mouse in enumerate(mice)
        for clip in range(num_clips)
        for nominal in NOMINAL
    ]
    names = "mouse clip nominal coverage scale scaled_coverage"
    return pd.DataFrame(rows, columns=names.split())


def make_bins(mice: str = "AB", num_bins: int = 10) -> pd.DataFrame:
    rows = [
        (mouse, number, 50, 3.0 + number, 20 + 2.0 * number + 5 * place)
        for place, mouse in enumerate(mice)
        for number in range(num_bins)
    ]
    return pd.DataFrame(rows, columns=["mouse", "bin", "num_pixels", "rms_spread", "rms_error"])


@pytest.mark.parametrize("mice", ["A", "AB", "ABCDE"])
def test_panels_are_labelled_and_mice_are_dashed(mice):
    fig = figure_calibration(make_coverage(mice), make_bins(mice))
    fig.draw_without_rendering()
    assert [ax.get_xlabel() for ax in fig.axes] == ["nominal coverage", "spread (grey levels)"]
    assert [ax.get_ylabel() for ax in fig.axes] == ["observed coverage", "error (grey levels)"]
    coverage, bins = ([line.get_linestyle() for line in ax.get_lines()] for ax in fig.axes)
    assert coverage.count("--") == 2 * len(mice)
    assert coverage.count("-") == 3
    assert bins.count("--") == len(mice)


def test_the_mean_over_mice_is_solid_in_both_colours():
    ax = figure_calibration(make_coverage(), make_bins()).axes[0]
    solid = {line.get_color(): line for line in ax.get_lines() if line.get_linestyle() == "-"}
    np.testing.assert_allclose(solid[RAW_COLOUR].get_ydata(), (NOMINAL**2 + NOMINAL**3) / 2)
    np.testing.assert_allclose(solid[SCALED_COLOUR].get_ydata(), NOMINAL, atol=1e-12)
    assert ax.get_xlim() == ax.get_ylim() == (0, 1)


def test_every_mouse_counts_once_whatever_its_number_of_clips():
    coverage = pd.concat([make_coverage("AB"), make_coverage("A").assign(clip=7)])
    assert mean_coverage(coverage, "coverage").shape == (len(NOMINAL), 2)
    np.testing.assert_allclose(mean_coverage(coverage, "coverage")["B"], NOMINAL**3)


def test_both_axes_of_the_bins_hold_all_points_and_the_identity():
    bins = make_bins()
    ax = figure_calibration(make_coverage(), bins).axes[1]
    assert ax.get_xlim()[0] <= bins.rms_spread.min()
    assert ax.get_ylim()[1] >= bins.rms_error.max()
    identity = ax.get_lines()[0]
    np.testing.assert_array_equal(identity.get_xdata(), identity.get_ydata())


@pytest.mark.parametrize("place", [0, 1])
def test_a_table_without_its_columns_is_refused(place):
    tables = [make_coverage(), make_bins()]
    tables[place] = tables[place].drop(columns=tables[place].columns[-1])
    with pytest.raises(ValueError, match=r"no column (scaled_coverage|rms_error)"):
        figure_calibration(*tables)
