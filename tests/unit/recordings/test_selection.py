"""Selection: sets are split by movie, whatever mouse shows it and in whatever order the rows come."""

from dataclasses import fields

import numpy as np
import pandas as pd
import pytest

from recordings.selection import (
    HELD_OUT,
    TRAINING,
    UNUSED,
    VALIDATION,
    content_of,
    exclude_duplicates,
    prove_split,
    select_trials,
    split_trials,
    trained_on,
    trials_of,
)
from recordings.settings import SelectionSettings, SplitSettings

SETTINGS = {
    "training": 'trial_type == "train"',
    "held_out": 'trial_type == "oracle"',
    "num_folds": 4,
    "validation_fold": 1,
    "held_out_folds": (0, 1, 2, 3),
    "min_frames": 60,
    "num_clips": 2,
    "duplicate_correlation": 0.9,
    "clips": {},
}


def select(
    trials: dict[str, pd.DataFrame], found: dict[str, float] | None = None, **changes
) -> pd.DataFrame:
    """Movies correlate as `found` with one that is trained on, the others at 0.2."""
    settings = SelectionSettings(**SETTINGS | changes)
    candidates = split_trials(trials, settings).query("candidate")
    correlation = candidates.video.map(found or {}).fillna(0.2).astype(float)
    return select_trials(trials, settings, candidates.assign(correlation=correlation))


def make_trials(*rows: tuple, num_training: int = 8) -> pd.DataFrame:
    """Training trials 0, 1, ... of movies t0, t1, ..., then the given (trial, tier, video) rows."""
    training = [(n, "train", f"t{n}") for n in range(num_training)]
    table = pd.DataFrame([*training, *rows], columns=["trial", "tier", "video"])
    table["phash"] = [phash_of(video) for video in table.video]
    table["content"] = table.trial.map("content {}".format)
    known = {"trial_type": table.tier, "label": "NaturalVideo", "num_repeats": 1}
    return table.assign(num_frames=120, hidden=False, **known)


def phash_of(video: str) -> str:
    """Movie t5 has hash 5, so that it is in fold 1 of 4; the others have hashes of their own."""
    number = int(video[1:]) if video[1:].isdecimal() else 16 * ord(video[0])
    return f"{number:016x}"


@pytest.fixture
def trials() -> dict[str, pd.DataFrame]:
    oracle = [(n, "oracle", video) for n, video in enumerate(("x", "y", "x", "z"), start=20)]
    return {"A": make_trials(*oracle), "B": make_trials(*oracle[::-1])}


def videos_of(table: pd.DataFrame, name: str, mouse: str | None = None) -> set[str]:
    rows = table[(table["set"] == name) & (table.mouse == (mouse or table.mouse))]
    return set(rows.video)


def test_every_trial_is_in_the_table_once(trials):
    table = select(trials)
    assert len(table) == sum(map(len, trials.values()))
    assert not table.duplicated(["mouse", "trial"]).any()


def test_the_same_trials_give_the_same_sets(trials):
    pd.testing.assert_frame_equal(select(trials), select(trials))


def test_the_order_of_rows_and_mice_does_not_matter(trials):
    shuffled = {
        mouse: trials[mouse].sample(frac=1, random_state=n, ignore_index=True)
        for n, mouse in enumerate("BA")
    }
    pd.testing.assert_frame_equal(select(shuffled), select(trials))


def test_held_out_clips_are_the_first_distinct_movies_one_trial_each(trials):
    table = select(trials)
    assert trials_of(table, "A", HELD_OUT) == [20, 21]
    assert videos_of(table, HELD_OUT, "A") == {"x", "y"}
    assert trials_of(select(trials, num_clips=3), "A", HELD_OUT) == [20, 21, 23]


def test_a_held_out_movie_is_never_trained_on_in_any_mouse(trials):
    shown_again = make_trials((30, "train", "x"), (31, "train", "z"), num_training=0)
    trials["B"] = pd.concat([trials["B"], shown_again])
    table = select(trials)
    seen = videos_of(table, TRAINING) | videos_of(table, VALIDATION)
    assert not seen & {"x", "y", "z"}
    assert set(table[table.trial.isin([30, 31])]["set"]) == {UNUSED}


def test_a_held_out_movie_that_cannot_be_reconstructed_is_not_trained_on_either(trials):
    withheld = make_trials((30, "oracle", "t0"), num_training=0).assign(hidden=True)
    trials["A"] = pd.concat([trials["A"], withheld])
    table = select(trials)
    assert "t0" not in videos_of(table, TRAINING) | videos_of(table, VALIDATION)


def test_validation_movies_are_the_same_in_every_mouse_and_not_trained_on(trials):
    trials["B"] = trials["B"].assign(trial=trials["B"].trial + 100)
    table = select(trials)
    assert videos_of(table, VALIDATION, "A") == videos_of(table, VALIDATION, "B")
    assert not videos_of(table, VALIDATION) & videos_of(table, TRAINING)
    assert len(videos_of(table, VALIDATION)) == 2


def test_repeats_of_a_movie_are_in_one_set(trials):
    again = make_trials(*((40 + n, "train", f"t{n}") for n in range(8)), num_training=0)
    trials["A"] = pd.concat([trials["A"], again])
    table = select(trials)
    assert (table[table.tier == "train"].groupby("video")["set"].nunique() == 1).all()


@pytest.mark.parametrize(("num_folds", "fold"), [(2, 0), (2, 1), (3, 2), (7, 6)])
def test_the_fold_of_a_movie_is_its_hash_modulo_the_folds(trials, num_folds, fold):
    everywhere = tuple(range(num_folds))
    folds = {"num_folds": num_folds, "validation_fold": fold, "held_out_folds": everywhere}
    table = select(trials, **folds)
    expected = {f"t{n}" for n in range(8) if n % num_folds == fold}
    assert videos_of(table, VALIDATION) == expected
    assert videos_of(table, TRAINING) == {f"t{n}" for n in range(8)} - expected


def test_held_out_clips_come_from_the_held_out_folds(trials):
    extra = make_trials((30, "oracle", "v2"), (31, "oracle", "v5"), num_training=0)
    trials = {"A": pd.concat([trials["A"], extra])}
    assert videos_of(select(trials, held_out_folds=(1, 2)), HELD_OUT) == {"v2", "v5"}


def test_a_movie_that_looks_the_same_is_the_same(trials):
    trials["B"].loc[trials["B"].video == "t2", "phash"] = phash_of("x")
    table = select(trials)
    assert set(table[(table.mouse == "B") & (table.video == "t2")]["set"]) == {UNUSED}


def test_a_movie_of_two_folds_is_neither_reconstructed_nor_in_two_sets(trials):
    """Rounding can give copies of a movie other hashes; whoever trained by hash may have seen one of them."""
    trials["B"].loc[trials["B"].video == "x", "phash"] = f"{3:016x}"
    trials["B"].loc[trials["B"].video == "t1", "phash"] = f"{2:016x}"
    table = select(trials, num_clips=1)
    assert videos_of(table, HELD_OUT) == {"y"}
    assert "x" not in videos_of(table, TRAINING) | videos_of(table, VALIDATION)
    assert videos_of(table, VALIDATION, "A") == {"t1", "t5"}
    assert "t1" not in videos_of(table, TRAINING)
    prove_split(table)


def test_the_next_candidate_takes_the_place_of_a_clip_like_one_trained_on(trials, tmp_path):
    table = select(trials, {"x": 0.95})
    assert trials_of(table, "A", HELD_OUT) == [23, 21]
    assert trials_of(table, "B", HELD_OUT) == [23, 21]
    assert set(table[table.video == "x"]["set"]) == {UNUSED}
    table.to_csv(tmp_path / "sets.csv", index=False)
    assert trials_of(pd.read_csv(tmp_path / "sets.csv"), "A", HELD_OUT) == [23, 21]


def test_below_the_threshold_a_clip_keeps_its_place(trials):
    alike = {"x": 0.95, "y": 0.2}
    assert trials_of(select(trials, alike, duplicate_correlation=0.95), "A", HELD_OUT) == [23, 21]
    kept = select(trials, alike, duplicate_correlation=0.951)
    pd.testing.assert_frame_equal(kept, select(trials))
    assert trials_of(kept, "A", HELD_OUT) == [20, 21]


def test_too_few_clips_unlike_those_trained_on_are_refused(trials):
    with pytest.raises(ValueError, match=r"mouse A: 1 of 3 candidates .* below 0.9, need 2"):
        select(trials, {"x": 0.9, "z": 1.0})


BY_FOLD = {"validation_fold": 1, "held_out_folds": (1,), "num_clips": 1}
BY_FOLD |= dict.fromkeys(("training", "held_out"), 'trial_type in ["train", "oracle"]')
RULES = {
    "by tier": {"num_clips": 1},
    "by fold": BY_FOLD,
    "one of two tiers": BY_FOLD | {"held_out": 'trial_type == "oracle"'},
}


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES.keys())
@pytest.mark.parametrize(("found", "num_clips"), [({}, 2), ({"v21": 1.0, "t1": 1.0}, 1)])
def test_what_is_trained_on_does_not_depend_on_the_clips_that_are_chosen(rules, found, num_clips):
    oracle = [(n, "oracle", f"v{n}") for n in (21, 25, 29)]
    trials = {mouse: make_trials(*oracle, (40, "train", "w"), num_training=20) for mouse in "AB"}
    looks_like_a_candidate, in_another_fold = phash_of("v21"), phash_of("v34")
    trials["A"].loc[trials["A"].video == "w", "phash"] = looks_like_a_candidate
    trials["B"].loc[trials["B"].video == "w", "phash"] = in_another_fold
    one = select(trials, **rules)
    other = select(trials, found, **rules | {"num_clips": num_clips})
    assert not one.place.equals(other.place)
    assert (one["set"] == TRAINING).equals(other["set"] == TRAINING)


def test_a_rejected_movie_measures_no_encoder():
    again = make_trials((30, "train", "t1"), (31, "train", "v9"), num_training=8)
    sets = select({"A": again}, {"t1": 0.95}, **BY_FOLD)
    assert videos_of(sets, HELD_OUT) == {"t5"}
    assert videos_of(sets, VALIDATION) == {"v9"}
    assert set(sets[sets.video == "t1"]["set"]) == {UNUSED}


def test_one_tier_can_be_trained_on_and_reconstructed_from_by_fold():
    table = select(
        {"A": make_trials()}, held_out='trial_type == "train"', held_out_folds=(1,), num_clips=1
    )
    assert videos_of(table, HELD_OUT) == {"t1"}
    assert videos_of(table, VALIDATION) == {"t5"}
    assert videos_of(table, TRAINING) == {f"t{n}" for n in range(8)} - {"t1", "t5"}


def test_the_split_has_a_row_per_movie_with_its_trials_in_each_set(trials):
    split = prove_split(select(trials)).set_index("video")
    assert split.loc["t1", [TRAINING, VALIDATION, HELD_OUT, UNUSED]].tolist() == [0, 2, 0, 0]
    assert split.loc["x", [TRAINING, VALIDATION, HELD_OUT, UNUSED]].tolist() == [0, 0, 2, 2]
    assert len(split) == 11


@pytest.mark.parametrize("level", ["video", "phash"])
def test_a_movie_in_two_sets_is_refused(trials, level):
    sets = select(trials)
    training, held_out = (sets.index[sets["set"] == name][0] for name in (TRAINING, HELD_OUT))
    sets.loc[training, level] = sets.loc[held_out, level]
    with pytest.raises(ValueError, match=f"the movie with {level} .* sets training and held_out;"):
        prove_split(sets)


def test_hidden_and_short_trials_and_other_tiers_are_unused(trials):
    extra = make_trials(
        (30, "train", "h"), (31, "train", "s"), (32, "final_test_main", "o"), num_training=0
    )
    extra.loc[0, "hidden"], extra.loc[1, "num_frames"] = True, 59
    trials["A"] = pd.concat([trials["A"], extra])
    table = select(trials)
    assert videos_of(table, UNUSED) >= {"h", "s", "o"}


def test_trials_of_are_ascending_numbers_of_one_mouse(trials):
    table = select(trials).sample(frac=1, random_state=0)
    assert trials_of(table, "A", TRAINING) + trials_of(table, "A", VALIDATION) != []
    assert sorted(trials_of(table, "A", TRAINING)) == trials_of(table, "A", TRAINING)


def test_the_digest_of_a_mouse_changes_with_its_data_and_its_sets_only(trials):
    before = select(trials)
    assert content_of(before, "A") == content_of(before.sample(frac=1, random_state=0), "A")
    trials["B"] = trials["B"].assign(content="other")
    after = select(trials)
    assert content_of(after, "A") == content_of(before, "A")
    assert content_of(after, "B") != content_of(before, "B")
    assert content_of(select(trials, validation_fold=2), "A") != content_of(before, "A")


def test_too_few_clips_are_refused(trials):
    with pytest.raises(
        ValueError,
        match=r"mouse A: 3 held_out trials .*oracle.`, need 4; change recordings\.selection\.held_out, or",
    ):
        select(trials, num_clips=4)


def test_a_mouse_without_training_trials_is_refused(trials):
    trials["B"] = trials["B"].query("tier == 'oracle'")
    with pytest.raises(ValueError, match=r"mouse B: 0 training .*, need 1; .*\.training$"):
        select(trials)


def test_a_trial_that_both_queries_name_is_refused(trials):
    with pytest.raises(ValueError, match=r"16 trials meet both .* \(mouse A, trial 0 first\)"):
        select(trials, held_out='trial_type == "train"')


def test_queries_may_name_what_the_catalogue_knows(trials):
    sets = select(trials, held_out='trial_type == "oracle" and num_repeats > 0 and trial != 20')
    assert sets[sets.place.notna()].query("mouse == 'A'").trial.tolist() == [21, 22]


@pytest.mark.parametrize("folds", [{"validation_fold": 4}, {"held_out_folds": (0, 4)}])
def test_a_fold_that_does_not_exist_is_refused(trials, folds):
    with pytest.raises(ValueError, match="there is no fold 4 of 4 num_folds"):
        select(trials, **folds)


@pytest.mark.parametrize("query", ['trial_type == "train', "tier == 1", "trial_type > 3", "trial"])
def test_a_query_that_cannot_be_asked_is_refused(trials, query):
    with pytest.raises(ValueError, match="query '"):
        select(trials, held_out=query)


PUBLISHED = {
    "0": ([3, 9], [0, 1, 2, 10, 4, 5, 6, 7, 8, 11]),
    "1": ([0, 4], [10, 1, 2, 3, 11, 5, 6, 7, 8, 9]),
    "2": ([0, 2, 7, 8, 11, 12, 13], [10, 1, 14, 3, 4, 5, 6, 15, 16, 9]),
    "3": ([4], [0, 1, 2, 3, 10, 5, 6, 7, 8, 9]),
    "4": ([], list(range(10))),
}


def make_table(rejected: dict[str, list[int]], num_candidates: int = 17) -> pd.DataFrame:
    rows = [
        {"mouse": mouse, "trial": trial, "correlation": 0.95 if trial in found else 0.2}
        for mouse, found in rejected.items()
        for trial in range(num_candidates)
    ]
    return pd.DataFrame(rows)


def test_the_next_candidates_take_the_places_of_the_rejected_as_published():
    table = make_table({mouse: rejected for mouse, (rejected, _) in PUBLISHED.items()})
    for mouse, choice in exclude_duplicates(table, 0.9, 10).items():
        assert (choice.rejected, choice.used) == PUBLISHED[mouse]


def test_a_candidate_at_the_threshold_is_rejected():
    table = make_table({"A": [1]}, 3)
    assert exclude_duplicates(table, 0.95, 2)["A"].used == [0, 2]
    assert exclude_duplicates(table, 0.951, 2)["A"].used == [0, 1]


def test_too_few_candidates_are_refused():
    table = make_table({"A": [], "B": [1, 2]}, 4)
    with pytest.raises(
        ValueError,
        match=r"mouse B: 2 of 4 candidates .* below 0.9, need 3; lower .*num_clips or raise",
    ):
        exclude_duplicates(table, 0.9, 3)


def test_a_candidate_that_is_there_twice_is_refused():
    table = make_table({"A": []}, 4)
    with pytest.raises(ValueError, match="mouse A: trial 0 is a candidate twice"):
        exclude_duplicates(pd.concat([table, table]), 0.9, 2)


def test_clips_that_the_config_names_are_taken_as_they_are(trials):
    """Places count all withheld trials of the mouse, repeats too, whatever training has seen."""
    named = select(trials, {"z": 0.99}, clips={"A": [3, 0]})
    alone = {"A": trials["A"]}
    every = dict.fromkeys("xyz", 0.99)
    assert trials_of(select(alone, every, clips={"A": [3, 0]}), "A", HELD_OUT) == [23, 20]
    assert trials_of(named, "A", HELD_OUT) == [23, 20]
    assert trials_of(named, "B", HELD_OUT) == trials_of(select(trials, {"z": 0.99}), "B", HELD_OUT)
    prove_split(named)


def test_named_clips_that_cannot_be_taken_are_refused(trials):
    with pytest.raises(ValueError, match=r"clips\.A: 1 places, but num_clips is 2"):
        select(trials, clips={"A": [0]})
    with pytest.raises(ValueError, match=r"clips\.A: place 4, but the mouse has 4 trials"):
        select(trials, clips={"A": [0, 4]})
    trials["A"].loc[trials["A"].trial == 21, "hidden"] = True
    with pytest.raises(ValueError, match=r"clips\.A: trial 21 has hidden responses"):
        select(trials, clips={"A": [0, 1]})


SPLIT = SplitSettings(**{f.name: SETTINGS[f.name] for f in fields(SplitSettings)})


def random_trials(rng: np.random.Generator) -> pd.DataFrame:
    """Eight movies to train on, and others that are shown again in either tier, some cut short."""
    tiers, videos = rng.choice(["oracle", "oracle", "train"], 8), rng.choice(list("vwxyz"), 8)
    rows = zip(range(30, 38), map(str, tiers), map(str, videos), strict=True)
    table = make_trials((20, "oracle", "x"), (21, "oracle", "y"), *rows)
    return table.assign(num_frames=np.where(rng.random(len(table)) < 0.05, 59, 120))


@pytest.mark.parametrize("seed", range(30))
def test_no_choice_of_clips_changes_what_is_trained_on(seed):
    """As long as no trial may be trained on and reconstructed."""
    rng = np.random.default_rng(seed)
    trials = {mouse: random_trials(rng) for mouse in "AB"}
    alike, before = {video: float(rng.random()) for video in "vwxyz"}, trained_on(trials, SPLIT)
    for num_clips, threshold in ((1, 1.0), (1, 0.99), (2, 1.0)):
        after = select(trials, alike, num_clips=num_clips, duplicate_correlation=threshold)
        assert list(after) == list(before)
        for mouse in trials:
            assert content_of(after, mouse) == content_of(before, mouse)
            for name in (TRAINING, VALIDATION):
                assert trials_of(after, mouse, name) == trials_of(before, mouse, name) != []


def test_too_few_trials_to_train_on_are_refused_before_any_clip_is_chosen(trials):
    trials["B"] = trials["B"][~trials["B"].trial.isin([1, 5])]
    with pytest.raises(ValueError, match=r"mouse B: 0 validation trials .*, need 1; change"):
        trained_on(trials, SPLIT)
