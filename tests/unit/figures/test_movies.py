"""Movies: number and size of frames, what is where, and the same bytes each time."""

import numpy as np
import pytest

from figures.heat import colour_spread
from figures.movies import (
    GAP_PX,
    HEADER_PX,
    SCALE,
    movie_size,
    title_frames,
    write_error_map,
    write_side_by_side,
    write_spread,
)

SHAPE, RATE_HZ = (18, 32), 10.0


def write_equal_spread(path, clips, mask_HW, frame_rate_hz):
    spreads = [np.full(clip.true_THW.shape, 20.0) for clip in clips]
    write_spread(path, clips, spreads, mask_HW, frame_rate_hz, spread_limit=40.0)


def write_limited_errors(path, clips, mask_HW, frame_rate_hz):
    write_error_map(path, clips, mask_HW, frame_rate_hz, error_limit=60.0)


WRITERS = [(write_side_by_side, 2), (write_limited_errors, 1), (write_equal_spread, 3)]


@pytest.fixture
def mask_HW():
    mask = np.zeros(SHAPE, bool)
    mask[4:14, 8:24] = True
    return mask


@pytest.mark.parametrize(("write", "num_panels"), WRITERS)
def test_a_movie_has_every_frame_of_every_clip(
    read_back, make, tmp_path, mask_HW, write, num_panels
):
    clips = [make.clip(0, 6, SHAPE), make.clip(1, 9, SHAPE)]
    write(tmp_path / "movie.mp4", clips, mask_HW, RATE_HZ)
    frames = read_back(tmp_path / "movie.mp4")
    width, height = movie_size(num_panels, SHAPE)
    assert frames.shape == (6 + 9 + 2 * title_frames(RATE_HZ), height, width, 3)
    assert width % 2 == height % 2 == 0


@pytest.mark.parametrize(("write", "num_panels"), WRITERS)
def test_the_same_clips_give_the_same_bytes(make, tmp_path, mask_HW, write, num_panels):
    clips = [make.clip(0, 5, SHAPE)]
    for name in ("first.mp4", "second.mp4"):
        write(tmp_path / name, clips, mask_HW, RATE_HZ)
    first = (tmp_path / "first.mp4").read_bytes()
    assert first == (tmp_path / "second.mp4").read_bytes()
    assert first.index(b"moov") < first.index(b"mdat"), "not ready to play while it loads"


def test_shown_is_left_and_reconstructed_right(read_back, make, tmp_path, mask_HW):
    clip = make.clip(0, 5, SHAPE)
    write_side_by_side(tmp_path / "movie.mp4", [clip], mask_HW, RATE_HZ)
    frame = read_back(tmp_path / "movie.mp4")[-1].astype(float).mean(axis=2)
    for place, movie in enumerate((clip.true_THW, clip.matched_THW(mask_HW))):
        left = GAP_PX + place * (SHAPE[1] * SCALE + GAP_PX)
        panel = frame[HEADER_PX:, left:][: SHAPE[0] * SCALE, : SHAPE[1] * SCALE]
        small = panel.reshape(SHAPE[0], SCALE, SHAPE[1], SCALE).mean(axis=(1, 3))
        inner = np.s_[5:13, 9:23]
        np.testing.assert_allclose(small[inner], movie[-1][inner], atol=12)


def test_a_perfect_reconstruction_has_no_colour(read_back, make, tmp_path, mask_HW):
    clip = make.clip(0, 5, SHAPE)
    perfect = type(clip)(0, clip.true_THW, clip.true_THW)
    write_limited_errors(tmp_path / "movie.mp4", [perfect], mask_HW, RATE_HZ)
    frame = read_back(tmp_path / "movie.mp4")[-1].astype(int)
    panel = frame[HEADER_PX:, GAP_PX:][: SHAPE[0] * SCALE, : SHAPE[1] * SCALE]
    assert np.ptp(panel, axis=2).max() <= 6


def test_errors_are_hot_where_too_bright_and_cold_where_too_dark(
    read_back, make, tmp_path, mask_HW
):
    true = np.full((4, *SHAPE), 100.0)
    true[:, :, :16], true[:, :, 16:] = 80.0, 180.0
    swapped = true[:, :, ::-1]
    clips = [type(make.clip())(0, true, swapped)]
    write_limited_errors(tmp_path / "m.mp4", clips, mask_HW, RATE_HZ)
    frame = read_back(tmp_path / "m.mp4")[-1].astype(int)
    middle = HEADER_PX + 9 * SCALE
    left, right = (frame[middle, GAP_PX + column * SCALE] for column in (11, 20))
    assert left[0] > left[2] + 80
    assert right[2] > right[0] + 80


def test_the_spread_is_right_in_the_colours_of_its_scale(read_back, make, tmp_path, mask_HW):
    clip = make.clip(0, 4, SHAPE)
    write_equal_spread(tmp_path / "m.mp4", [clip], mask_HW, RATE_HZ)
    frame = read_back(tmp_path / "m.mp4")[-1].astype(int)
    left = GAP_PX + 2 * (SHAPE[1] * SCALE + GAP_PX)
    panel = frame[HEADER_PX:, left:][: SHAPE[0] * SCALE, : SHAPE[1] * SCALE]
    colour = colour_spread(np.array([[20.0]]), 40.0)[0, 0]
    np.testing.assert_allclose(panel[9 * SCALE, 16 * SCALE], colour, atol=8)


def test_spreads_of_other_clips_are_refused(make, tmp_path, mask_HW):
    spreads = [np.zeros((3, *SHAPE))]
    with pytest.raises(ValueError, match="not those of the clips"):
        write_spread(tmp_path / "m.mp4", [make.clip(0, 4, SHAPE)], spreads, mask_HW, RATE_HZ, 40.0)


def test_no_clips_are_refused_and_leave_no_file(tmp_path, mask_HW):
    with pytest.raises(ValueError, match="no clips"):
        write_side_by_side(tmp_path / "movie.mp4", [], mask_HW, RATE_HZ)
    assert not list(tmp_path.iterdir())
