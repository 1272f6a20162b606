"""Reconstructions against their own movie and against other movies of the same mouse: scores, tests, identification."""

import numpy as np
import pandas as pd
from scipy import stats

from evaluate.identification import Identification, permutation_p
from evaluate.statistics import CONFIDENCE, against_chance, mean_with_interval
from evaluate.tables import MEASURES

NULLS = ("random", "others")
"""correlation with one random other clip, as in the paper, and the mean over all other clips"""
UNITS = ("clip", "mouse")
FIRST_COLUMNS = ["measure", "unit", "test", "comparison", "n", "mean"]
NOTHING = dict.fromkeys(("mean", "low", "high", "p"), np.nan)


def performance_table(pairs: pd.DataFrame, seed: int) -> pd.DataFrame:
    """A row per measure and clip: correlation with the `own` movie, with a `random` other one and, mean, with all `others`.

    `rank` is the own movie's place among `num_clips`. A mouse's only clip has no other: NaN.
    """
    tables = []
    for measure in MEASURES:
        for number, (mouse, of_mouse) in enumerate(pairs.groupby("mouse", sort=False)):
            trials = of_mouse.drop_duplicates("clip").sort_values("clip")["trial"].to_numpy()
            chosen_B = _random_others(len(trials), np.random.default_rng([seed, number]))
            correlation_BB = _matrix(of_mouse, measure)
            columns = {"mouse": mouse, "clip": np.arange(len(trials)), "trial": trials}
            columns |= {"measure": measure, "own": np.diag(correlation_BB)}
            columns |= _with_others(correlation_BB, chosen_B)
            columns |= {"rank": Identification(correlation_BB).rank_B, "num_clips": len(trials)}
            tables.append(pd.DataFrame(columns))
    return pd.concat(tables, ignore_index=True)


def performance_tests(pairs: pd.DataFrame, table: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Per measure: over clips and over mice the mean and paired t-tests against both nulls, and how many clips are identified."""
    rows = []
    for measure in MEASURES:
        scores = table[table["measure"] == measure]
        for unit in UNITS:
            keys = {"measure": measure, "unit": unit}
            own = _values(scores, ["own"], unit)["own"]
            rows.append(keys | {"test": "mean"} | _mean(own, seed))
            for null in NULLS:
                values = _values(scores, ["own", null], unit)
                rows.append(keys | _test(values["own"], values[null], null, seed))
        rows.append({"measure": measure, "unit": "clip"} | identification(pairs, measure))
    found = pd.DataFrame(rows)
    return found[FIRST_COLUMNS + [name for name in found if name not in FIRST_COLUMNS]]


def identification(pairs: pd.DataFrame, measure: str) -> dict:
    """Share of the clips whose reconstruction picks them, of mice with two clips or more; interval of Clopper and Pearson."""
    matrices = [_matrix(of_mouse, measure) for _, of_mouse in pairs.groupby("mouse", sort=False)]
    mice = [Identification(matrix) for matrix in matrices if len(matrix) > 1]
    num_clips = sum(len(mouse.correlation_BB) for mouse in mice)
    row = {"test": "identification", "comparison": "own clip picked", "n": num_clips}
    if not mice:
        return row | NOTHING | {"chance": np.nan, "mean_rank": np.nan}
    hits = sum(mouse.num_hits for mouse in mice)
    low, high = stats.binomtest(hits, num_clips).proportion_ci(CONFIDENCE)
    ranks = np.concatenate([mouse.rank_B for mouse in mice])
    row |= {"mean": hits / num_clips, "low": low, "high": high, "p": permutation_p(mice)}
    return row | {"chance": len(mice) / num_clips, "mean_rank": float(ranks.mean())}


def _random_others(num_clips: int, rng: np.random.Generator) -> np.ndarray | None:
    """For every clip another one; None where there is none."""
    if num_clips < 2:
        return None
    return (np.arange(num_clips) + rng.integers(1, num_clips, num_clips)) % num_clips


def _with_others(correlation_BB: np.ndarray, chosen_B: np.ndarray | None) -> dict:
    if chosen_B is None:
        return {"random_clip": np.nan, "random": np.nan, "others": np.nan}
    others = np.where(np.eye(len(chosen_B), dtype=bool), np.nan, correlation_BB)
    means_B = pd.DataFrame(others).mean(axis=1).to_numpy()
    random_B = correlation_BB[np.arange(len(chosen_B)), chosen_B]
    return {"random_clip": chosen_B, "random": random_B, "others": means_B}


def _matrix(of_mouse: pd.DataFrame, measure: str) -> np.ndarray:
    return of_mouse.set_index(["clip", "other"])[measure].unstack().to_numpy()


def _values(scores: pd.DataFrame, columns: list[str], unit: str) -> pd.DataFrame:
    """Of clips that have all of these numbers; of mice, their means."""
    clips = scores.dropna(subset=columns)
    return clips.groupby("mouse", sort=False)[columns].mean() if unit == "mouse" else clips[columns]


def _mean(values: pd.Series, seed: int) -> dict:
    return mean_with_interval(values, seed) if len(values) else {"n": 0} | NOTHING


def _test(own: pd.Series, null_values: pd.Series, null: str, seed: int) -> dict:
    """`low` and `high` are those of the difference."""
    row = against_chance(own, null_values, seed) if len(own) else {"test": "paired t", "n": 0}
    named = {"mean_first": "mean_null", "mean_second": "mean_own"}
    row = {named.get(name, name): value for name, value in row.items()}
    return row | {"comparison": f"own - {null}"}
