"""Tests and intervals; the unit is the mouse, means over its clips first. Every row fits one csv."""

from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.anova import AnovaRM

CONFIDENCE = 0.95
SIGNIFICANCE = 0.05
NUM_RESAMPLES = 9999
ROUNDING = 1e-12
"""Spread, relative to the largest value, below which numbers count as equal."""
NO_TEST = {"t": np.nan, "p": np.nan}
FEWEST_FRAMES = 3


def by_mouse(table: pd.DataFrame, level: str, value: str, unit: str = "mouse") -> pd.DataFrame:
    """Means over clips: a row per mouse, a column per level; raises where levels have other clips or NaN."""
    missing = [name for name in (unit, level, value) if name not in table]
    if missing:
        raise ValueError(f"no column {', '.join(missing)} (has {', '.join(map(str, table))})")
    for name in (unit, level):
        if table[name].isna().any():
            raise ValueError(f"column {name} has empty cells; every row needs its {name}")
    _require_finite(table[value], value)
    _require_same_clips(table, level, unit)
    return table.groupby([unit, level], observed=True)[value].mean().unstack(level)


def mean_with_interval(values, seed: int = 0) -> dict:
    """Mean with its 95 % intervals, by Student's t (`low`, `high`) and by BCa bootstrap; NaN for a single value."""
    values = _finite(values)
    return {"n": len(values), "mean": float(values.mean()), **_intervals(values, seed)}


def paired_test(values_by_mouse: pd.DataFrame, standard, other, seed: int = 0) -> dict:
    """Paired t-test, two-sided, of column `other` minus column `standard`, a row per mouse.

    `change_percent` relates the means. Equal differences have no spread: p is 1 where they are 0, else 0.
    """
    missing = [str(name) for name in (standard, other) if name not in values_by_mouse]
    if missing:
        known = ", ".join(map(str, values_by_mouse))
        raise ValueError(f"no condition {', '.join(missing)} (has {known})")
    first, second = (_finite(values_by_mouse[name]) for name in (standard, other))
    return {
        "comparison": f"{other} - {standard}",
        "first": standard,
        "second": other,
        **_paired_row(first, second, seed),
        "change_percent": _change_percent(first, second),
    }


def compare_with_standard(
    table: pd.DataFrame, level: str, value: str, standard, seed: int = 0
) -> pd.DataFrame:
    """`paired_test` of every other level against the standard; p as it is, not corrected."""
    means = by_mouse(table, level, value)
    rows = [paired_test(means, standard, other, seed) for other in means if other != standard]
    return pd.DataFrame(rows).assign(measure=value)


def against_chance(values, chance, seed: int = 0) -> dict:
    """Paired t-test of scores (of clips or of mice, in one order) against what chance gave each of them."""
    values, chance = _aligned(values, chance)
    return {"comparison": "values - chance", **_paired_row(chance, values, seed)}


def repeated_anova(table: pd.DataFrame, level: str, value: str, unit: str = "mouse") -> dict:
    """One-way repeated-measures ANOVA over the levels, a mean per mouse; NaN for a single mouse."""
    means = _levels(table, level, value, unit)
    num_mice, num_levels = means.shape
    df1 = num_levels - 1
    if num_mice < 2:
        F, p = np.nan, np.nan
    elif _is_constant(_without_mice_and_levels(means), means):
        F, p = (0.0, 1.0) if _is_constant(means.mean(), means) else (np.inf, 0.0)
    else:
        long = means.set_axis(range(num_levels), axis=1).melt(var_name="level", ignore_index=False)
        fit = AnovaRM(long.rename_axis("mouse").reset_index(), "value", "mouse", ["level"]).fit()
        F, p = fit.anova_table.loc["level", ["F Value", "Pr > F"]]
    return {
        "comparison": f"levels of {level}",
        "test": "repeated-measures ANOVA",
        "measure": value,
        "n": num_mice,
        "F": float(F),
        "df1": df1,
        "df2": df1 * (num_mice - 1),
        "p": float(p),
    }


def posthoc_adjacent(
    table: pd.DataFrame, level: str, value: str, unit: str = "mouse", seed: int = 0
) -> pd.DataFrame:
    """Paired t-tests between each level and the next higher one, corrected after Bonferroni."""
    means = _levels(table, level, value, unit)
    if not pd.api.types.is_numeric_dtype(means.columns):
        raise ValueError(f"levels of {level} have no order; give numbers, or compare_with_standard")
    rows = [paired_test(means, low, high, seed) for low, high in pairwise(means)]
    return pd.DataFrame(with_bonferroni(rows)).assign(measure=value)


def with_bonferroni(rows: list[dict]) -> list[dict]:
    """The rows with `p_corrected` (times their number, at most 1) and whether it is below .05; NaN is not."""
    corrected = [min(1.0, row["p"] * len(rows)) if row["p"] == row["p"] else np.nan for row in rows]
    return [
        {**row, "p_corrected": p, "significant": p < SIGNIFICANCE}
        for row, p in zip(rows, corrected, strict=True)
    ]


def linear_fit(x, y) -> dict:
    """Least-squares line with Pearson's r and its p; NaN where `x` is constant or fewer than three points say nothing."""
    x, y = _aligned(x, y)
    row = {"comparison": "y on x", "test": "linear fit", "n": len(x)}
    if _is_constant(x, x):
        return {**row, "slope": np.nan, "intercept": np.nan, "r": np.nan, "p": np.nan}
    if _is_constant(y, y):
        return {**row, "slope": 0.0, "intercept": float(y.mean()), "r": np.nan, "p": np.nan}
    fit = stats.linregress(x, y)
    p = float(fit.pvalue) if len(x) > 2 else np.nan
    numbers = {"slope": float(fit.slope), "intercept": float(fit.intercept)}
    return {**row, **numbers, "r": float(fit.rvalue), "p": p}


def cross_correlation(one, other, max_lag: int) -> pd.DataFrame:
    """Pearson correlation of one[t] with other[t + lag] over the frames that both have, for -max_lag..max_lag.

    The peak is at a positive lag where `other` follows `one`. Frames in which either is not finite are left out at that
    lag, and `num_frames` counts the rest. NaN where either is constant over them, or fewer than FEWEST_FRAMES are left.
    """
    one, other = _series(one), _series(other)
    _require_equal_length(one, other)
    if not 0 <= max_lag <= len(one) - FEWEST_FRAMES:
        raise ValueError(
            f"max_lag {max_lag} leaves {len(one) - max_lag} of {len(one)} frames; "
            f"take {len(one) - FEWEST_FRAMES} at most, and 0 at least"
        )
    rows = []
    for lag in range(-max_lag, max_lag + 1):
        overlap = len(one) - abs(lag)
        pair = np.stack([one[max(0, -lag) :][:overlap], other[max(0, lag) :][:overlap]])
        pair = pair[:, np.isfinite(pair).all(axis=0)]
        num_frames = pair.shape[1]
        correlation = _pearson(*pair) if num_frames >= FEWEST_FRAMES else np.nan
        rows.append({"lag_frames": lag, "correlation": correlation, "num_frames": num_frames})
    return pd.DataFrame(rows)


def _paired_row(first: np.ndarray, second: np.ndarray, seed: int) -> dict:
    difference = second - first
    return {
        "test": "paired t",
        "n": len(difference),
        "mean_first": float(first.mean()),
        "mean_second": float(second.mean()),
        "mean_difference": float(difference.mean()),
        "df": len(difference) - 1,
        **_t_test(difference, np.r_[first, second]),
        **_intervals(difference, seed, np.r_[first, second]),
    }


def _t_test(difference: np.ndarray, scale: np.ndarray) -> dict:
    """Equal differences have no spread: t is 0 where they vanish, else infinite."""
    if len(difference) < 2:
        return NO_TEST
    if not _is_constant(difference, scale):
        result = stats.ttest_1samp(difference, 0.0)
        return {"t": float(result.statistic), "p": float(result.pvalue)}
    if _is_constant(np.r_[difference, 0.0], scale):
        return {"t": 0.0, "p": 1.0}
    return {"t": float(np.copysign(np.inf, difference.mean())), "p": 0.0}


def _intervals(values: np.ndarray, seed: int, scale: np.ndarray | None = None) -> dict:
    mean = float(values.mean())
    if len(values) < 2:
        bounds = [np.nan] * 4
    elif _is_constant(values, values if scale is None else scale):
        bounds = [mean] * 4
    else:
        half = stats.sem(values) * stats.t.ppf((1 + CONFIDENCE) / 2, len(values) - 1)
        bounds = [mean - half, mean + half, *_bootstrap(values, seed)]
    names = ("low", "high", "bootstrap_low", "bootstrap_high")
    return dict(zip(names, map(float, bounds), strict=True))


def _bootstrap(values: np.ndarray, seed: int) -> tuple[float, float]:
    rng = np.random.default_rng(seed)
    options = {"n_resamples": NUM_RESAMPLES, "confidence_level": CONFIDENCE, "method": "BCa"}
    interval = stats.bootstrap((values,), np.mean, rng=rng, **options).confidence_interval
    return interval.low, interval.high


def _change_percent(first: np.ndarray, second: np.ndarray) -> float:
    """In percent of the size of the first mean, so that a rise is positive below 0 too; NaN where that is 0 but for rounding."""
    mean = first.mean()
    if abs(mean) <= ROUNDING * np.abs(first).max():
        return float("nan")
    return float(100 * (second.mean() - mean) / abs(mean))


def _require_same_clips(table: pd.DataFrame, level: str, unit: str) -> None:
    keys = [unit, "clip"] if "clip" in table else [unit]
    rows = table.groupby([*keys, level], observed=True).size().unstack(level, fill_value=0)
    unlike = rows[rows.nunique(axis=1) > 1]
    if len(unlike):
        counts = ", ".join(f"{name}: {count}" for name, count in unlike.iloc[0].items())
        where = ", ".join(map(str, np.atleast_1d(unlike.index[0])))
        raise ValueError(
            f"{' and '.join(keys)} {where}: unlike numbers of rows by {level} ({counts}); "
            "score the same clips everywhere, or leave out what is not"
        )


def _levels(table: pd.DataFrame, level: str, value: str, unit: str) -> pd.DataFrame:
    means = by_mouse(table, level, value, unit)
    if means.shape[1] < 2:
        raise ValueError(f"{level} has one level, {means.columns[0]}; give two or more to compare")
    return means


def _without_mice_and_levels(means: pd.DataFrame) -> np.ndarray:
    values = means.to_numpy()
    return values - values.mean(0) - values.mean(1, keepdims=True) + values.mean()


def _is_constant(values, scale) -> bool:
    return bool(np.ptp(values) <= ROUNDING * np.abs(np.asarray(scale)).max())


def _pearson(x: np.ndarray, y: np.ndarray) -> float:
    if _is_constant(x, x) or _is_constant(y, y):
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


def _aligned(one, other) -> tuple[np.ndarray, np.ndarray]:
    one, other = _finite(one), _finite(other)
    _require_equal_length(one, other)
    return one, other


def _require_equal_length(one: np.ndarray, other: np.ndarray) -> None:
    if len(one) != len(other):
        raise ValueError(f"{len(one)} values against {len(other)}; give one for each, in one order")


def _finite(values) -> np.ndarray:
    values = _series(values)
    _require_finite(values, "values")
    return values


def _series(values) -> np.ndarray:
    return np.asarray(values, np.float64).ravel()


def _require_finite(values, name: str) -> None:
    if not len(values):
        raise ValueError(f"no {name}; was anything scored?")
    broken = int(np.sum(~np.isfinite(np.asarray(values, np.float64))))
    if broken:
        raise ValueError(
            f"{broken} of {len(values)} {name} NaN or infinite (a constant movie has no correlation); "
            "leave that clip out of every condition"
        )
