"""Degrees from pixels, against closed forms and the published sizes of masks."""

import numpy as np
import pytest

from masks.geometry import (
    ScreenSettings,
    diameter_deg,
    eccentricity_deg,
    extent_deg,
    pixel_area_deg2,
)

SCREEN = ScreenSettings(height_cm=31.8, width_cm=56.5, distance_cm=15.0)
WHOLE = np.ones((36, 64), bool)


def test_the_whole_screen():
    """Published: 93 by 124 degrees, 11575.7 square degrees (.04 % less than exact), a disk of 121.40 degrees."""
    height, width = extent_deg(WHOLE, SCREEN)
    assert height == pytest.approx(2 * np.degrees(np.arctan(31.8 / 30)))
    assert width == pytest.approx(2 * np.degrees(np.arctan(56.5 / 30)))
    assert pixel_area_deg2(SCREEN).sum() == pytest.approx(height * width)
    assert pixel_area_deg2(SCREEN).sum() == pytest.approx(11575.7, rel=5e-4)
    assert diameter_deg(WHOLE, SCREEN) == pytest.approx(121.40, rel=5e-4)


@pytest.mark.parametrize(
    ("rows", "columns", "height", "width"),
    [(29, 36, 81.0, 93.3), (19, 25, 58.4, 72.7), (30, 39, 82.9, 97.9), (20, 29, 61.0, 81.0)],
)
def test_the_published_sizes_of_masks(rows, columns, height, width):
    mask_HW = np.zeros((36, 64), bool)
    mask_HW[3 : 3 + rows, 5 : 5 + columns] = True
    assert extent_deg(mask_HW, SCREEN) == pytest.approx((height, width), abs=0.05)


def test_nothing_has_no_size():
    assert extent_deg(~WHOLE, SCREEN) == (0, 0)
    assert diameter_deg(~WHOLE, SCREEN) == 0


def test_eccentricity_is_the_angle_from_the_middle():
    found = eccentricity_deg(SCREEN)
    assert found.shape == (36, 64)
    corner_cm = np.hypot(17.5 * 31.8 / 36, 31.5 * 56.5 / 64)
    assert found[0, 0] == pytest.approx(np.degrees(np.arctan(corner_cm / 15)))
    np.testing.assert_allclose(found, found[::-1, ::-1])
    assert found[17:19, 31:33].max() < 3
    assert (np.diff(found[18, 32:]) > 0).all()
