"""Own movie against others: identical, inverted and constant reconstructions, one clip, and how the tests count."""

import numpy as np
import pandas as pd
import pytest

from evaluate.performance import performance_table, performance_tests
from evaluate.scores import frame_correlation, video_correlation
from evaluate.tables import Scoring

MASK = np.zeros((4, 5), bool)
MASK[1:3, 1:4] = True
DIFFERENT = (8, 6, 7, 9)


def movies(seed: int, lengths=DIFFERENT) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.uniform(0, 255, (length, 4, 5)) for length in lengths]


def pairs_of(reconstruct, mice="AB", lengths=DIFFERENT) -> pd.DataFrame:
    """Every mouse sees other movies; `reconstruct` makes the reconstructions from them."""
    tables = []
    for seed, mouse in enumerate(mice):
        shown = movies(seed, lengths)
        scoring = Scoring(mouse, list(range(10, 10 + len(shown))), shown, MASK, 2)
        tables.append(scoring.pairs(reconstruct(shown)))
    return pd.concat(tables, ignore_index=True)


def measured(reconstruct, **kwargs) -> tuple[pd.DataFrame, pd.DataFrame]:
    pairs = pairs_of(reconstruct, **kwargs)
    table = performance_table(pairs, seed=1)
    return table, performance_tests(pairs, table, seed=1)


def test_of(tests: pd.DataFrame, **by) -> pd.Series:
    chosen = tests.loc[(tests[list(by)] == list(by.values())).all(axis=1)]
    assert len(chosen) == 1
    return chosen.iloc[0]


test_of.__test__ = False


def test_pairs_are_scored_over_common_frames():
    pairs = pairs_of(lambda shown: [clip[::-1] for clip in shown], mice="A")
    assert len(pairs) == 16
    shown = movies(0)
    for row in pairs.itertuples():
        one, other = shown[row.clip][::-1], shown[row.other]
        arguments = one[: len(other)], other[: len(one)], MASK, 2
        assert row.trial == 10 + row.clip
        assert row.video_correlation == video_correlation(*arguments)
        assert row.frame_correlation == frame_correlation(*arguments)


def test_identical_movies_are_their_own():
    table, tests = measured(lambda shown: [0.2 * clip + 30 for clip in shown])
    np.testing.assert_allclose(table["own"], 1)
    assert (table["rank"] == 1).all()
    assert (table["random"] < 0.9).all()
    for unit, number in (("clip", 8), ("mouse", 2)):
        mean = test_of(tests, unit=unit, test="mean", measure="video_correlation")
        assert (mean["n"], mean["mean"]) == (number, pytest.approx(1))
    found = test_of(tests, test="identification", measure="frame_correlation")
    assert (found["mean"], found["n"], found["chance"], found["mean_rank"]) == (1, 8, 0.25, 1)
    assert found["p"] == pytest.approx(1 / 24**2)


def test_inverted_movies_are_the_last():
    table, tests = measured(lambda shown: [255 - clip for clip in shown])
    np.testing.assert_allclose(table["own"], -1)
    assert (table["rank"] == 4).all()
    found = test_of(tests, test="identification", measure="video_correlation")
    assert (found["mean"], found["p"]) == (0, 1)


def test_others_are_the_mean_of_all_others_and_random_is_one_of_them():
    table, _ = measured(lambda shown: [clip[::-1] for clip in shown])
    pairs = pairs_of(lambda shown: [clip[::-1] for clip in shown])
    for row in table.itertuples():
        of_clip = pairs[(pairs["mouse"] == row.mouse) & (pairs["clip"] == row.clip)]
        values = of_clip.set_index("other")[row.measure]
        assert row.own == values[row.clip]
        assert row.others == pytest.approx(values.drop(row.clip).mean())
        assert row.random_clip != row.clip
        assert row.random == values[row.random_clip]


def test_the_random_clips_are_those_of_the_seed():
    pairs = pairs_of(lambda shown: shown, lengths=(8,) * 12)
    tables = [performance_table(pairs, seed)["random_clip"] for seed in (1, 1, 2)]
    assert tables[0].equals(tables[1])
    assert not tables[0].equals(tables[2])


def test_a_constant_reconstruction_counts_in_identification_alone():
    def first_constant(shown):
        return [np.full_like(shown[0], 127.5), *shown[1:]]

    table, tests = measured(first_constant, mice="A")
    constant = table[table["clip"] == 0]
    assert constant[["own", "random", "others"]].isna().all(axis=None)
    assert (constant["rank"] == 4).all()
    for measure in ("video_correlation", "frame_correlation"):
        by = {"measure": measure, "unit": "clip"}
        assert test_of(tests, test="mean", **by)["n"] == 3
        assert test_of(tests, comparison="own - random", **by)["n"] == 3
        assert test_of(tests, test="identification", **by)["mean"] == 0.75


def test_a_constant_movie_is_left_out_of_the_others():
    pairs = pairs_of(lambda shown: shown, mice="A")
    pairs.loc[pairs["other"] == 1, ["video_correlation", "frame_correlation"]] = np.nan
    table = performance_table(pairs, seed=1)
    assert table["others"].notna().all()
    assert table["own"].isna().sum() == 2


def test_when_all_is_constant_every_number_is_missing():
    table, tests = measured(lambda shown: [np.zeros_like(clip) for clip in shown])
    assert table[["own", "random", "others"]].isna().all(axis=None)
    assert (tests[tests["test"] != "identification"]["n"] == 0).all()
    assert (tests[tests["test"] == "identification"]["mean"] == 0).all()


def test_one_clip_has_no_other():
    table, tests = measured(lambda shown: shown, lengths=(8,))
    assert table[["random", "others", "random_clip"]].isna().all(axis=None)
    assert (table[["rank", "num_clips"]] == 1).all(axis=None)
    for name, number in (("mean", 2), ("paired t", 0), ("identification", 0)):
        assert (tests[(tests["test"] == name) & (tests["unit"] == "clip")]["n"] == number).all()
    assert tests["p"].isna().all()


def test_tests_over_mice_take_the_means_over_clips():
    rng = np.random.default_rng(3)
    table, tests = measured(
        lambda shown: [clip + rng.normal(0, 90, clip.shape) for clip in shown], mice="ABC"
    )
    scores = table[table["measure"] == "video_correlation"]
    for null in ("random", "others"):
        by = {"measure": "video_correlation", "comparison": f"own - {null}"}
        over_clips, over_mice = (test_of(tests, unit=unit, **by) for unit in ("clip", "mouse"))
        assert (over_clips["n"], over_mice["n"]) == (12, 3)
        expected = (scores["own"] - scores[null]).mean()
        assert over_clips["mean_difference"] == pytest.approx(expected)
        assert over_mice["mean_difference"] == pytest.approx(expected)
        assert over_clips["low"] < expected < over_clips["high"]


def test_a_mouse_with_one_clip_beside_one_with_more():
    pairs = pd.concat(
        [
            pairs_of(lambda shown: shown, mice="A"),
            pairs_of(lambda shown: shown, mice="A", lengths=(8,)).assign(mouse="B"),
        ],
        ignore_index=True,
    )
    table = performance_table(pairs, seed=1)
    tests = performance_tests(pairs, table, seed=1)
    by = {"measure": "video_correlation", "unit": "clip"}
    assert test_of(tests, test="mean", **by)["n"] == 5
    assert test_of(tests, comparison="own - others", **by)["n"] == 4
    found = test_of(tests, test="identification", **by)
    assert (found["n"], found["chance"]) == (4, 0.25)
