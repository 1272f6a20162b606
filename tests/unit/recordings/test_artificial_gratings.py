"""Gratings have the bars, the speed and the direction that their settings say; all stimuli have a number and a row."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from recordings.artificial.gratings import STEPS, GratingSettings, grating_movie
from recordings.artificial.noise import NoiseSettings
from recordings.artificial.stimuli import movie_of, stimuli, stimulus_table

LENGTHS = (0, 1, 2, 4, 8, 16, 32)
PAPER = {
    "directions_deg": (0, 90, 180, 270),
    "spatial_cycles_per_px": (0.5, 0.25, 0.125, 0.0625),
    "temporal_hz": (15.0, 7.5, 3.75, 1.875, 0.9375, 0.46875, 0.0),
    "num_frames": 60,
}
PUBLISHED = GratingSettings(**PAPER)


def every_movie(settings):
    return [movie_of(settings, shown.number) for shown in stimuli(settings)]


def test_published_gratings():
    movies = list(every_movie(PUBLISHED))
    assert len(movies) == 4 * 4 * 7
    for movie_THW in movies:
        assert movie_THW.shape == (60, 36, 64)
        assert movie_THW.dtype == np.float32
        assert set(np.unique(movie_THW)) == {0, 255}


@pytest.mark.parametrize("cycles_per_px", PUBLISHED.spatial_cycles_per_px)
@pytest.mark.parametrize("direction_deg", PUBLISHED.directions_deg)
def test_bars_have_the_width_of_half_a_period(direction_deg, cycles_per_px):
    movie_THW = grating_movie(PUBLISHED, direction_deg, cycles_per_px, 3.75)
    across = 2 if direction_deg in (0, 180) else 1
    along_TL = movie_THW.take(0, axis=3 - across)
    assert np.array_equal(
        movie_THW, np.broadcast_to(np.expand_dims(along_TL, 3 - across), movie_THW.shape)
    )
    half = round(0.5 / cycles_per_px)
    assert np.array_equal(along_TL[:, half:], 255 - along_TL[:, :-half])
    edges = np.diff(along_TL, axis=1) != 0
    assert edges.sum(axis=1).min() >= along_TL.shape[1] // half - 1
    assert edges.sum(axis=1).max() <= along_TL.shape[1] // half + 1


def test_first_direction_has_vertical_bars():
    movie_THW = movie_of(PUBLISHED, 0)
    assert np.ptp(movie_THW, axis=1).max() == 0
    assert np.ptp(movie_THW, axis=2).min() == 255


@pytest.mark.parametrize("temporal_hz", PUBLISHED.temporal_hz)
@pytest.mark.parametrize("cycles_per_px", PUBLISHED.spatial_cycles_per_px)
def test_every_pixel_has_the_temporal_frequency(cycles_per_px, temporal_hz):
    long = GratingSettings(**PAPER | {"num_frames": 128})
    movie_THW = grating_movie(long, 90, cycles_per_px, temporal_hz)
    power = np.abs(np.fft.rfft(movie_THW - movie_THW.mean(axis=0), axis=0))
    if temporal_hz == 0:
        assert np.ptp(movie_THW, axis=0).max() == 0
    else:
        assert (power.argmax(axis=0) * 30 / 128 == temporal_hz).all()


def test_fastest_grating_alternates_with_every_frame():
    movie_THW = grating_movie(PUBLISHED, 270, 0.125, 15.0)
    assert np.array_equal(movie_THW[1:], 255 - movie_THW[:-1])


@pytest.mark.parametrize(
    ("direction_deg", "rows", "columns"), [(0, 0, 1), (90, -1, 0), (180, 0, -1), (270, 1, 0)]
)
def test_bars_move_right_up_left_and_down(direction_deg, rows, columns):
    movie_THW = grating_movie(PUBLISHED, direction_deg, 0.125, 3.75)
    inner = (slice(1, -1), slice(1, -1))
    moved = np.roll(movie_THW[:-1], (rows, columns), axis=(1, 2))
    back = np.roll(movie_THW[:-1], (-rows, -columns), axis=(1, 2))
    assert np.array_equal(movie_THW[1:, *inner], moved[:, *inner])
    assert not np.array_equal(movie_THW[1:, *inner], back[:, *inner])


def test_numbers_and_movies_stay_when_directions_are_added():
    few = dataclasses.replace(PUBLISHED, directions_deg=(0, 90))
    assert stimuli(few) == stimuli(PUBLISHED)[:56]
    assert np.array_equal(movie_of(few, 40), movie_of(PUBLISHED, 40))


def test_table_has_a_row_for_every_stimulus():
    table = stimulus_table(PUBLISHED)
    assert table.number.tolist() == list(range(112))
    assert table.direction_deg.unique().tolist() == list(STEPS)
    assert table.repetition.isna().all()
    row = table.loc[40]
    assert np.array_equal(
        movie_of(PUBLISHED, 40),
        grating_movie(PUBLISHED, row.direction_deg, row.spatial, row.temporal),
    )


def test_tables_of_noise_and_gratings_fit_together():
    noise = NoiseSettings(0, 2, LENGTHS, LENGTHS, 60, True, (11, 47))
    table = stimulus_table(noise)
    assert len(table) == 2 * 7 * 7 * 2
    assert not table.duplicated(["repetition", "spatial", "temporal", "inverted"]).any()
    more = stimulus_table(dataclasses.replace(noise, num_repetitions=3))
    pd.testing.assert_frame_equal(more[: len(table)], table)
    assert table.dtypes.equals(stimulus_table(PUBLISHED).dtypes)
    assert set(table.kind) | set(stimulus_table(PUBLISHED).kind) == {"noise", "gratings"}


@pytest.mark.parametrize("number", [-1, 112])
def test_an_unknown_number_is_refused(number):
    with pytest.raises(ValueError, match=rf"no artificial stimulus {number}; use 0\.\.111"):
        movie_of(PUBLISHED, number)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"num_frames": 0}, "gratings: num_frames is 0; use a whole number from 1"),
        ({"temporal_hz": (15.0, 20.0)}, r"gratings: temporal_hz has 20.0; use 0\.\.15"),
        ({"spatial_cycles_per_px": (0.7,)}, r"spatial_cycles_per_px has 0.7; use 0.001\.\.0.5"),
        ({"spatial_cycles_per_px": (0.0,)}, "spatial_cycles_per_px has 0.0; use"),
        ({"directions_deg": (45,)}, r"directions_deg has 45; use some of \[0, 90, 180, 270\]"),
        ({"directions_deg": ()}, "directions_deg is empty; name at least one value"),
        ({"directions_deg": (0, 0)}, "names a value twice; name it once"),
    ],
)
def test_bad_settings_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        GratingSettings(**PAPER | changes)
