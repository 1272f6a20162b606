"""Duplicates: correlations as numpy has them, copies found whatever their length, places filled as published."""

import shutil

import numpy as np
import pandas as pd
import pytest

from recordings.duplicates import Shown, exclude_duplicates, first_frame, most_alike
from recordings.reader import Recording
from tests.tiny import make_movie, noise_responses, write_trial

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


def test_empty_sets_are_refused(shown):
    candidates, _ = shown(CANDIDATES[:1], TRAINING)
    with pytest.raises(ValueError, match="1 candidates and 0 training movies"):
        most_alike(candidates, [], MIN_FRAMES)


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
        ValueError, match=r"mouse B: 2 of 4 candidates .* below 0.9, need 3; .* threshold"
    ):
        exclude_duplicates(table, 0.9, 3)


def test_a_candidate_that_is_there_twice_is_refused():
    table = make_table({"A": []}, 4)
    with pytest.raises(ValueError, match="mouse A: trial 0 is a candidate twice"):
        exclude_duplicates(pd.concat([table, table]), 0.9, 2)
