"""Scores of artificial stimuli, where the answer is known."""

import h5py
import numpy as np
import pandas as pd
import pytest

from evaluate.stimuli import (
    StimulusScoring,
    average_cells,
    average_numbered,
    compare_cells,
    read_numbered,
)
from reconstruct.movies import ClipFile
from recordings.artificial.gratings import GratingSettings
from recordings.artificial.noise import NoiseSettings
from recordings.artificial.stimuli import movie_of, stimuli

NOISE = NoiseSettings(3, 2, (1, 4), (2,), 20, True, (11, 47))
MASK_HW = np.zeros((36, 64), bool)
MASK_HW[8:24, 16:40] = True


def true_movies(settings=NOISE) -> dict:
    return {shown.number: movie_of(settings, shown.number) for shown in stimuli(settings)}


def score(movies: dict, members=None, settings=NOISE) -> pd.DataFrame:
    members = [movies] if members is None else members
    return StimulusScoring("A", settings, movies, members, MASK_HW, 5).table()


def test_perfect_movies():
    table = score(true_movies())
    assert len(table) == 8
    np.testing.assert_allclose(table.video_correlation, 1)
    np.testing.assert_allclose(table.inverted_correlation, -1)
    np.testing.assert_allclose(table.ensembling_gain, 0, atol=1e-12)
    np.testing.assert_allclose(table.entropy, table.true_entropy, atol=0.05)
    np.testing.assert_allclose(table.motion_energy, table.true_motion_energy, rtol=1e-5)
    assert table.other_repetitions.abs().max() < 0.9


def test_contrast_and_luminance_are_matched_before_entropy():
    flat = {number: 100 + 0.1 * movie for number, movie in true_movies().items()}
    table = score(flat)
    np.testing.assert_allclose(table.motion_energy, table.true_motion_energy, rtol=1e-4)


def test_gain_is_over_the_mean_of_the_members():
    true = true_movies()
    inverted = {number: 255 - movie for number, movie in true.items()}
    table = score(true, [true, inverted])
    np.testing.assert_allclose(table.member_correlation, 0, atol=1e-12)
    np.testing.assert_allclose(table.ensembling_gain, 1)


def test_other_repetitions_leave_the_partner_out():
    true = true_movies()
    table = score(true).set_index("number")
    one, other = 0, 4  # repetitions 0 and 1 of the first cell, not inverted
    assert table.loc[[one, other], "repetition"].tolist() == [0, 1]
    assert not table.loc[[one, other], "inverted"].any()
    pixels = [true[n][5:, MASK_HW].ravel() for n in (one, other)]
    assert table.other_repetitions[one] == pytest.approx(np.corrcoef(pixels)[0, 1])


def test_gratings_have_neither_repetitions_nor_partners():
    settings = GratingSettings((0,), (0.25,), (0.0, 3.75), 20)
    table = score(true_movies(settings), settings=settings)
    assert table.other_repetitions.isna().all()
    assert table.inverted_correlation.isna().all()
    np.testing.assert_allclose(table.video_correlation, 1)


def test_a_constant_movie_has_no_scores_and_stops_nothing():
    constant = {number: np.full_like(movie, 90) for number, movie in true_movies().items()}
    table = score(constant)
    assert table[["video_correlation", "entropy", "motion_energy"]].isna().all(axis=None)


def test_cells_average_over_stimuli_of_a_mouse_then_over_mice():
    values = {"spatial": 1.0, "temporal": 2.0, "member_correlation": 0.0}
    rows = [("A", 0.2), ("A", 0.4), ("B", 0.9)]
    table = pd.DataFrame([{"mouse": m, "video_correlation": v} | values for m, v in rows])
    names = set(score(true_movies()).columns) - set(table)
    table = table.assign(**dict.fromkeys(names, 0.0))
    cells = average_cells(table)
    assert cells.video_correlation.tolist() == [pytest.approx(0.6)]
    assert cells.num_mice.tolist() == [2]


def test_tests_are_over_mice_and_corrected_for_the_number_of_cells():
    rows = [
        {"mouse": m, "spatial": s, "temporal": 0.0, "video_correlation": v, "other_repetitions": o}
        for s in (1.0, 2.0)
        for m, v, o in (("A", 0.5, 0.1), ("B", 0.6, 0.0), ("C", 0.4, 0.1))
    ]
    tests = compare_cells(pd.DataFrame(rows).assign(member_correlation=np.nan), seed=1)
    assert tests.against.tolist() == ["other_repetitions"] * 2
    assert tests.n.tolist() == [3, 3]
    np.testing.assert_allclose(tests.p_corrected, 2 * tests.p)


def test_movies_are_found_by_number(tmp_path):
    true = true_movies()
    path = tmp_path / "movies.h5"
    order = [3, 1, 0, 2, 4, 7, 6, 5]
    ClipFile(order, [20] * 8).write(path, ({"movies": true[n]} for n in order))
    found = read_numbered(path)
    for number, movie in true.items():
        np.testing.assert_allclose(found[number], movie)
    mean = average_numbered([true, {n: 255 - m for n, m in true.items()}])
    np.testing.assert_allclose(mean[5], 127.5)


def test_examples_are_the_first_of_every_cell(tmp_path):
    true = true_movies()
    scoring = StimulusScoring("A", NOISE, true, [true], MASK_HW, 5)
    scoring.write_examples(tmp_path / "examples.h5")
    with h5py.File(tmp_path / "examples.h5") as file:
        assert file["spatial"][:].tolist() == [1, 4]
        np.testing.assert_array_equal(file["true_CTHW"][1], true[2])
        np.testing.assert_array_equal(file["mask_HW"][:], MASK_HW)


def test_a_gain_counts_only_stimuli_with_both_numbers():
    values = {"spatial": 1.0, "temporal": 2.0, "mouse": "A"}
    rows = [(0.2, 0.1), (0.3, 0.2), (0.9, np.nan)]
    table = pd.DataFrame(
        [{"video_correlation": v, "member_correlation": m} | values for v, m in rows]
    )
    table = table.assign(ensembling_gain=table.video_correlation - table.member_correlation)
    names = set(score(true_movies()).columns) - set(table)
    table = table.assign(**dict.fromkeys(names, 0.0))
    cell = average_cells(table).iloc[0]
    assert cell.ensembling_gain == pytest.approx(0.1)
    assert cell.member_correlation == pytest.approx(0.15)
    assert cell.video_correlation == pytest.approx(1.4 / 3)  # a member's failure hides no score
    assert (cell.num_stimuli, cell.num_paired) == (3, 2)
    tests = compare_cells(table.assign(other_repetitions=np.nan), seed=1)
    assert tests.mean_difference.tolist() == [pytest.approx(0.1)]


def test_contrast_is_matched_over_the_scored_frames():
    true = true_movies()
    faded = {number: movie.copy() for number, movie in true.items()}
    for movie in faded.values():
        movie[:5] = 127
    table = score(faded)
    np.testing.assert_allclose(table.motion_energy, table.true_motion_energy, rtol=1e-5)
