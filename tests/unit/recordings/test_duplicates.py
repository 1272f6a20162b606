"""Duplicates: correlations as numpy has them, copies found whatever their length and replaced."""

import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from recordings import duplicates
from recordings.checks import check_recording
from recordings.duplicates import Shown, find_duplicates, first_frame, most_alike
from recordings.reader import Recording
from recordings.selection import select_trials, split_trials, trials_of
from recordings.settings import SelectionSettings, SplitSettings
from tests.tiny import make_movie, noise_responses, write_recording, write_trial

MIN_FRAMES = 10
EXACT = {"rel": 0, "abs": 1e-6}


def write_movies(folder, movies: list[np.ndarray]) -> Recording:
    for number, movie_THW in enumerate(movies):
        write_trial(folder, number, movie_THW, noise_responses(movie_THW, number))
    return Recording(folder)


def blend(one: int, other: int, share: float, num_frames: int = 40) -> np.ndarray:
    """A movie that correlates with both."""
    return share * make_movie(one, num_frames) + (1 - share) * make_movie(other, num_frames)


CANDIDATES = [make_movie(0), make_movie(1), make_movie(2, 25)]
TRAINING = [
    make_movie(7, 30),
    blend(0, 8, 0.4),
    blend(0, 9, 0.6, 33),
    blend(1, 10, 0.3, 22),
    blend(2, 11, 0.5),
    make_movie(12),
]


@pytest.fixture
def shown(tmp_path):
    """A function that writes candidates of mouse A and training movies of mouse B."""

    def write(candidates: list[np.ndarray], training: list[np.ndarray]) -> tuple[list, list]:
        return tuple(
            [Shown(mouse, write_movies(tmp_path / mouse, movies), range(len(movies)))]
            for mouse, movies in (("A", candidates), ("B", training))
        )

    return write


def pearson(one: np.ndarray, other: np.ndarray) -> float:
    shared = min(len(one), len(other))
    return np.corrcoef(one[:shared].ravel(), other[:shared].ravel())[0, 1]


def test_the_most_correlated_training_movie_over_the_frames_that_both_have(shown):
    table = most_alike(*shown(CANDIDATES, TRAINING), MIN_FRAMES)
    assert table.columns.tolist() == [
        "mouse",
        "trial",
        "training_mouse",
        "training_trial",
        "correlation",
        "first_frame_correlation",
    ]
    assert table.trial.tolist() == [0, 1, 2]
    assert table.training_trial.tolist() == [2, 3, 4]
    assert set(table.mouse) == {"A"}
    assert set(table.training_mouse) == {"B"}
    for row in table.itertuples():
        pair = CANDIDATES[row.trial], TRAINING[row.training_trial]
        assert row.correlation == pytest.approx(pearson(*pair), **EXACT)
        assert row.first_frame_correlation == pytest.approx(pearson(*(m[:1] for m in pair)))


@pytest.mark.parametrize("change", [lambda m: m, lambda m: 0.1 * m + 40, lambda m: m[:31]])
def test_a_copy_correlates_at_1_whatever_its_contrast_and_length(shown, change):
    table = most_alike(*shown(CANDIDATES[:2], [*TRAINING, change(make_movie(1))]), MIN_FRAMES)
    assert table.training_trial.tolist() == [2, len(TRAINING)]
    assert table.correlation[1] == pytest.approx(1, **EXACT)
    assert table.first_frame_correlation[1] == pytest.approx(1, **EXACT)


def test_a_prefix_is_standardised_by_its_own_frames(shown):
    """A movie that is dark for as long as the other lasts, and then white."""
    long_THW = np.concatenate([0.05 * make_movie(3, 20), np.full((20, 36, 64), 255)])
    table = most_alike(*shown([long_THW], [make_movie(4), make_movie(3, 20)]), MIN_FRAMES)
    assert table.training_trial[0] == 1
    assert table.correlation[0] == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("at_once", [(1, 1), (2, 4), (3, 100)])
def test_blocks_do_not_change_the_table(shown, at_once):
    sets = shown(CANDIDATES, TRAINING)
    expected = most_alike(*sets, MIN_FRAMES)
    pd.testing.assert_frame_equal(most_alike(*sets, MIN_FRAMES, at_once), expected, rtol=1e-6)


def test_of_equal_copies_the_first_counts_and_every_mouse_is_searched(shown, tmp_path):
    candidates, training = shown(CANDIDATES[:1], [make_movie(9), make_movie(0), make_movie(0)])
    found = most_alike(candidates, training, MIN_FRAMES, (1, 1)).iloc[0]
    assert (found.training_mouse, found.training_trial) == ("B", 1)
    other = Shown("C", write_movies(tmp_path / "C", [make_movie(0)]), [0])
    first = most_alike(candidates, [other, *training], MIN_FRAMES).iloc[0]
    last = most_alike(candidates, [*training, other], MIN_FRAMES).iloc[0]
    assert (first.training_mouse, last.training_mouse) == ("C", "B")


def test_movies_that_share_too_few_frames_or_are_constant_are_not_compared(shown):
    still = np.full((40, 36, 64), 127.5, np.float32)
    table = most_alike(*shown(CANDIDATES[:1], [still, make_movie(0, 9), make_movie(5)]), 10)
    assert table.training_trial.tolist() == [2]


def test_only_movies_are_read(shown, tmp_path):
    sets = shown(CANDIDATES, TRAINING)
    for mouse in "AB":
        shutil.rmtree(tmp_path / mouse / "data/responses")
    assert len(most_alike(*sets, MIN_FRAMES)) == 3


def test_the_first_frame_is_that_of_the_movie(tmp_path):
    recording = write_movies(tmp_path, CANDIDATES)
    np.testing.assert_array_equal(first_frame(recording, 1), CANDIDATES[1][0])


@pytest.mark.parametrize("candidate", [np.full((40, 36, 64), 127.3), make_movie(0, 12)])
def test_a_candidate_without_any_comparison_is_refused(shown, candidate):
    with pytest.raises(ValueError, match=r"mouse A, trial 0: no training movie .* 20 frames"):
        most_alike(*shown([candidate], TRAINING), 20)


SELECTION = {
    "training": 'trial_type == "train"',
    "held_out": 'trial_type == "oracle"',
    "num_folds": 2,
    "validation_fold": 0,
    "held_out_folds": (0, 1),
    "min_frames": 10,
}
SHOWN = {n: ("train", n) for n in range(8)} | {10 + n: ("oracle", 100 + n % 3) for n in range(4)}


@pytest.fixture
def planted(tmp_path):
    """Two mice that see the same; mouse A saw movie 100, the first held-out one, almost, in a training trial."""
    recordings = {name: write_recording(tmp_path / name, SHOWN) for name in "AB"}
    trials = {name: read_trials(recording) for name, recording in recordings.items()}
    settings = SplitSettings(**SELECTION)
    seen = split_trials(trials, settings).query("mouse == 'A' and training").trial.iloc[-1]
    write_trial(recordings["A"].folder, seen, blend(100, seen, 0.8), make_responses(seen))
    trials["A"] = read_trials(recordings["A"])
    return trials, recordings, settings, seen


def read_trials(recording) -> pd.DataFrame:
    table = check_recording(recording)
    return table.assign(trial_type=table.tier, label="NaturalVideo", num_repeats=1)


def make_responses(trial: int) -> np.ndarray:
    return noise_responses(make_movie(trial), trial)


def test_a_planted_duplicate_is_found_and_replaced(planted):
    trials, recordings, settings, seen = planted
    alike = find_duplicates(trials, recordings, settings)
    assert alike.mouse.tolist() == [*"AAABBB"]
    assert alike.trial.tolist() == [10, 11, 12] * 2
    expected = round(pearson(make_movie(100), blend(100, seen, 0.8)), 6)
    for row in alike.iloc[[0, 3]].itertuples():
        assert (row.training_mouse, row.training_trial) == ("A", seen)
        assert row.correlation == pytest.approx(expected, abs=2e-6)
    assert alike.correlation[[1, 2, 4, 5]].max() < 0.1
    sets = select_all(trials, alike, 0.9)
    assert [trials_of(sets, mouse, "held_out") for mouse in "AB"] == [[12, 11], [12, 11]]
    sets = select_all(trials, alike, 1.0)
    assert [trials_of(sets, mouse, "held_out") for mouse in "AB"] == [[10, 11], [10, 11]]


def select_all(trials, alike: pd.DataFrame, threshold: float) -> pd.DataFrame:
    wanted = SelectionSettings(**SELECTION, num_clips=2, duplicate_correlation=threshold, clips={})
    return select_trials(trials, wanted, alike)


def test_equal_movies_are_read_once(planted, monkeypatch):
    trials, recordings, settings, _ = planted
    whole = find_duplicates(trials, recordings, settings)
    read = []
    load = duplicates.Movie.standardised_HWT
    monkeypatch.setattr(
        duplicates.Movie, "standardised_HWT", lambda self, n: read.append(self) or load(self, n)
    )
    pd.testing.assert_frame_equal(find_duplicates(trials, recordings, settings, (8, 2)), whole)
    videos = {m: trials[m].set_index("trial").video for m in trials}
    shown = [videos[movie.mouse][movie.trial] for movie in read]
    assert len(shown) == len(set(shown))


def test_a_copy_in_other_contrast_is_a_duplicate_at_1(planted):
    trials, recordings, settings, seen = planted
    faint = 0.3 * make_movie(100) + 70
    write_trial(recordings["A"].folder, seen, faint, make_responses(seen))
    trials["A"] = read_trials(recordings["A"])
    alike = find_duplicates(trials, recordings, settings)
    split = split_trials(trials, settings)
    assert split[split.trial == seen].training.any()
    assert alike.correlation[0] == 1.0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"held_out": 'label == "Gabor"'},
            r'held_out: `label == "Gabor"` selects 0 of 24 trials, need one',
        ),
        ({"training": "trial > 100"}, r"training: `trial > 100` selects 0 of 24 trials, need one"),
        ({"min_frames": 99}, r"held_out: `.*oracle.` selects 8 of 24 .*, none of which may be rec"),
        ({"training": "trial == 0"}, r"training: `trial == 0` selects 2 of 24 .*, none of which"),
    ],
)
def test_a_query_that_leaves_nothing_is_named_with_what_it_selects(planted, changes, message):
    trials, recordings, settings, _ = planted
    fold = int(trials["A"].phash[0], 16) % settings.num_folds  # of trial 0
    settings = replace(settings, validation_fold=fold, **changes)
    with pytest.raises(ValueError, match=rf"recordings\.selection\.{message}"):
        find_duplicates(trials, recordings, settings)
