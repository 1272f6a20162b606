"""Identification of clips: the own one, another one, ties, one clip only."""

import itertools

import numpy as np
import pytest

from evaluate.identification import (
    Identification,
    hit_probabilities,
    identify_clips,
    permutation_p,
)
from evaluate.scores import video_correlation

MASK = np.zeros((4, 5), bool)
MASK[1:3, 1:4] = True
SAME, DIFFERENT = (8, 8, 8, 8), (8, 6, 7, 9)


def movies(seed: int, lengths=SAME) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.uniform(0, 255, (length, 4, 5)) for length in lengths]


def summary(found: Identification) -> tuple[int, float]:
    """Hits, and the mean rank of the own clip."""
    return found.num_hits, found.rank_B.mean()


@pytest.mark.parametrize("lengths", [SAME, DIFFERENT])
def test_true_movies_identify_themselves(lengths):
    shown = movies(0, lengths)
    found = identify_clips([0.1 * clip + 40 for clip in shown], shown, MASK, 2)
    np.testing.assert_allclose(np.diag(found.correlation_BB), 1)
    assert summary(found) == (4, 1)


@pytest.mark.parametrize("lengths", [SAME, DIFFERENT])
def test_the_matrix_holds_the_video_correlation_of_every_pair_over_common_frames(lengths):
    found, shown = movies(1, lengths), movies(2, lengths)
    matrix = identify_clips(found, shown, MASK, 2).correlation_BB
    for row, one in enumerate(found):
        for column, other in enumerate(shown):
            pair = one[: len(other)], other[: len(one)]
            expected = video_correlation(*pair, MASK, 2)
            assert matrix[row, column] == pytest.approx(expected, abs=1e-12)


def test_movies_that_changed_places_identify_nothing():
    shown = movies(0)
    found = identify_clips([shown[k] for k in (1, 2, 3, 0)], shown, MASK)
    assert found.num_hits == 0
    assert (found.rank_B >= 2).all()
    swapped = identify_clips([shown[k] for k in (1, 0, 2, 3)], shown, MASK)
    assert swapped.num_hits == 2


def test_inverted_movies_take_the_last_rank():
    shown = movies(0)
    found = identify_clips([255 - clip for clip in shown], shown, MASK)
    assert summary(found) == (0, 4)


def test_ranks_count_the_clips_that_are_no_worse():
    correlation = np.array([[0.5, 0.2, 0.9], [0.1, 0.4, 0.3], [0.6, 0.7, 0.2]])
    found = Identification(correlation)
    assert found.rank_B.tolist() == [2, 1, 3]
    assert summary(found) == (1, 2)


def test_a_tie_is_a_failure():
    assert summary(Identification(np.full((4, 4), 0.3))) == (0, 4)
    near = np.array([[0.3, 0.3 - 1e-15], [0.0, 0.3]])
    assert Identification(near).rank_B.tolist() == [2, 1]


@pytest.mark.parametrize("lengths", [SAME, DIFFERENT])
def test_copies_of_a_clip_are_a_tie_whatever_the_rounding(lengths):
    shown = movies(0, lengths)
    shown[3] = shown[0].copy()
    found = identify_clips([clip + 3 for clip in shown], shown, MASK)
    assert found.rank_B.tolist() == [2, 1, 1, 2]
    assert found.num_hits == 2


@pytest.mark.parametrize("lengths", [SAME, DIFFERENT])
def test_a_constant_reconstruction_identifies_nothing_and_a_constant_clip_beats_none(lengths):
    shown = movies(0, lengths)
    found = [clip.copy() for clip in shown]
    found[1][:] = 200.1
    assert identify_clips(found, shown, MASK).rank_B.tolist() == [1, 4, 1, 1]
    shown[1][:] = 200.1
    assert identify_clips(found, shown, MASK).rank_B.tolist() == [1, 4, 1, 1]
    assert identify_clips(found, shown, MASK).num_hits == 3


def test_of_one_clip_there_is_nothing_to_choose():
    (shown,), (found,) = movies(0, (8,)), movies(1, (8,))
    assert summary(identify_clips([found], [shown], MASK)) == (1, 1)
    still = identify_clips([np.full_like(shown, 9)], [shown], MASK)
    assert summary(still) == (0, 1)


def test_guesses_identify_by_chance():
    """Correlations that know nothing: a tenth of the clips, and the middle rank."""
    draws = np.random.default_rng(0).normal(size=(400, 10, 10))
    found = [Identification(draw) for draw in draws]
    assert np.mean([f.num_hits / 10 for f in found]) == pytest.approx(0.1, abs=0.02)
    assert np.mean([f.rank_B for f in found]) == pytest.approx(5.5, abs=0.2)


@pytest.mark.parametrize("lengths", [SAME, DIFFERENT])
def test_pixels_outside_the_mask_and_skipped_frames_do_not_count(lengths):
    found, shown = movies(1, lengths), movies(2, lengths)
    expected = identify_clips(found, shown, MASK, 3).correlation_BB
    for clip in found:
        clip[:, ~MASK], clip[:3] = 0, 7
    again = identify_clips(found, shown, MASK, 3).correlation_BB
    np.testing.assert_allclose(again, expected, atol=1e-12)


@pytest.mark.parametrize("lengths", [SAME, DIFFERENT])
def test_what_cannot_be_compared_is_refused(lengths):
    found, shown = movies(1, lengths), movies(2, lengths)
    with pytest.raises(
        ValueError, match=r"3 reconstructions for 4 true clips; expected one of each"
    ):
        identify_clips(found[:3], shown, MASK)
    with pytest.raises(ValueError, match="0 reconstructions for 0 true clips"):
        identify_clips([], [], MASK)
    with pytest.raises(ValueError, match=r"lower masks\.evaluation_threshold"):
        identify_clips(found, shown, np.zeros_like(MASK))
    with pytest.raises(ValueError, match="skip_frames 9 leaves nothing"):
        identify_clips(found, shown, MASK, 9)
    found[2] = found[2][:, 1:]
    with pytest.raises(ValueError, match=r"a movie of shape \([78], 3, 5\)"):
        identify_clips(found, shown, MASK)


def enumerated(picks: list[int]) -> np.ndarray:
    """Probability of each number of hits, by going through all permutations."""
    orders = list(itertools.permutations(range(len(picks))))
    hits = [sum(map(int.__eq__, order, picks)) for order in orders]
    return np.bincount(hits, minlength=len(picks) + 1) / len(orders)


@pytest.mark.parametrize("picks", [[0, 1, 2, 3], [0, 0, 0, 0], [1, 1, 3, -1], [-1, -1], [2, 0, 0]])
def test_hit_probabilities_are_those_of_all_permutations(picks):
    np.testing.assert_allclose(hit_probabilities(np.array(picks)), enumerated(picks), atol=1e-12)


def picking(picks: list[int]) -> Identification:
    return Identification(np.eye(len(picks))[picks])


def test_p_is_exact_over_all_mice_together():
    assert permutation_p([picking([0, 1, 2, 3])]) == pytest.approx(1 / 24)
    assert permutation_p([picking([0, 1, 2]), picking([0, 1, 2])]) == pytest.approx(1 / 36)
    assert permutation_p([picking([1, 0, 2]), picking([1, 2, 0])]) == pytest.approx(1 - 1 / 9)


def test_reconstructions_that_all_pick_one_clip_prove_nothing():
    assert picking([1, 1, 1, 1]).num_hits == 1
    assert permutation_p([picking([1, 1, 1, 1])]) == 1


def test_fifty_clips_do_not_overflow():
    assert hit_probabilities(np.arange(50)).sum() == pytest.approx(1)
    assert hit_probabilities(np.arange(50))[0] == pytest.approx(np.exp(-1))
