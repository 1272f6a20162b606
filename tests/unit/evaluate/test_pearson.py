"""Pearson: the textbook's, at any scale, and none of what is constant."""

import numpy as np
import pytest

from evaluate.pearson import pearson, standardise


def pair(shape=(7, 30)) -> np.ndarray:
    return np.random.default_rng(0).normal(5, 2, (2, *shape))


def test_along_each_axis_it_is_the_textbook_s():
    x, y = pair()
    assert pearson(x, y) == pytest.approx(np.corrcoef(x.ravel(), y.ravel())[0, 1])
    rows = [np.corrcoef(a, b)[0, 1] for a, b in zip(x, y, strict=True)]
    np.testing.assert_allclose(pearson(x, y, axis=1), rows)
    np.testing.assert_allclose(pearson(x.T, y.T, axis=0), rows)


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_the_scale_does_not_matter(scale):
    x, y = pair()
    assert pearson(scale * x, y) == pytest.approx(pearson(x, y))
    np.testing.assert_allclose(standardise(scale * x, 1), standardise(x, 1))


@pytest.mark.parametrize("level", [0.0, 0.1, 200.1, 1e-9, 1e9])
@pytest.mark.parametrize("axis", [0, 1, None])
def test_constant_values_have_no_correlation(level, axis):
    x, _ = pair((300, 40))
    still = np.full_like(x, level)
    assert np.isnan(pearson(x, still, axis)).all()
    assert np.isnan(pearson(still, x, axis)).all()
    if axis is not None:
        assert np.isnan(standardise(still, axis)).all()


def test_only_the_constant_row_is_missing():
    x, y = pair()
    x[3] = 200.1
    assert np.isnan(pearson(x, y, axis=1)).nonzero()[0].tolist() == [3]


def test_standardised_values_multiply_to_correlations():
    x, y = pair()
    products = (standardise(x, 1) * standardise(y, 1)).sum(1)
    np.testing.assert_allclose(products, pearson(x, y, axis=1))
