"""Degrees of the visual field from pixels: the eye looks at the middle of a flat screen."""

import numpy as np
from jaxtyping import Bool, Float

from masks.settings import ScreenSettings
from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH


def edge_angles_deg(num_pixels: int, size_cm: float, distance_cm: float) -> np.ndarray:
    """Angles of the edges between pixels along one axis, 0 in the middle."""
    edges_cm = (np.arange(num_pixels + 1) - num_pixels / 2) * size_cm / num_pixels
    return np.degrees(np.arctan(edges_cm / distance_cm))


def pixel_area_deg2(screen: ScreenSettings) -> Float[np.ndarray, "H W"]:
    """Angular height times angular width of every pixel, each along its own axis."""
    heights = np.diff(edge_angles_deg(SCREEN_HEIGHT, screen.height_cm, screen.distance_cm))
    widths = np.diff(edge_angles_deg(SCREEN_WIDTH, screen.width_cm, screen.distance_cm))
    return np.outer(heights, widths)


def diameter_deg(mask_HW: Bool[np.ndarray, "H W"], screen: ScreenSettings) -> float:
    """Of the disk with the mask's area."""
    return float(2 * np.sqrt(pixel_area_deg2(screen)[mask_HW].sum() / np.pi))


def extent_deg(mask_HW: Bool[np.ndarray, "H W"], screen: ScreenSettings) -> tuple[float, float]:
    """Height and width of the box around the mask, as if it lay in the middle of the screen."""
    rows, columns = np.flatnonzero(mask_HW.any(1)), np.flatnonzero(mask_HW.any(0))
    if rows.size == 0:
        return 0.0, 0.0
    pixels = (np.ptp(rows) + 1, np.ptp(columns) + 1)
    sizes_cm = (count * size for count, size in zip(pixels, screen.pixel_cm, strict=True))
    height, width = (2 * np.degrees(np.arctan(size / 2 / screen.distance_cm)) for size in sizes_cm)
    return float(height), float(width)


def eccentricity_deg(screen: ScreenSettings) -> Float[np.ndarray, "H W"]:
    """Angle between the middle of every pixel and the middle of the screen."""
    height_cm, width_cm = screen.pixel_cm
    rows = (np.arange(SCREEN_HEIGHT) - (SCREEN_HEIGHT - 1) / 2) * height_cm
    columns = (np.arange(SCREEN_WIDTH) - (SCREEN_WIDTH - 1) / 2) * width_cm
    return np.degrees(np.arctan(np.hypot(rows[:, None], columns) / screen.distance_cm))
