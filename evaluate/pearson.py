"""Pearson correlation along an axis."""

import numpy as np

CONSTANT = 1e-10
"""spread, in units of the mean, up to which values count as constant: rounding of the mean alone stays far below"""


def pearson(x: np.ndarray, y: np.ndarray, axis: int | None = None) -> np.ndarray | float:
    """Pearson correlation along an axis, over everything without one; NaN where either is constant."""
    x, x_square = _centre(x, axis)
    y, y_square = _centre(y, axis)
    norm = np.sqrt(x_square * y_square)
    covariance = (x * y).sum(axis=axis)
    result = np.divide(covariance, norm, out=np.full_like(norm, np.nan), where=norm > 0)
    return float(result) if axis is None else result


def standardise(values: np.ndarray, axis: int) -> np.ndarray:
    """Mean 0 and norm 1 along an axis, so that products sum to correlations; NaN where constant."""
    centred, square = _centre(values, axis)
    norm = np.expand_dims(np.sqrt(square), axis)
    return np.divide(centred, norm, out=np.full_like(centred, np.nan), where=norm > 0)


def _centre(values: np.ndarray, axis: int | None) -> tuple[np.ndarray, np.ndarray]:
    """Values without their mean, and the sum of their squares, 0 where they are constant."""
    mean = values.mean(axis=axis, keepdims=True)
    centred = values - mean
    square = (centred**2).sum(axis=axis)
    count = values.size // square.size
    floor = count * (CONSTANT * mean.reshape(square.shape)) ** 2
    return centred, np.where(square > floor, square, 0.0)
