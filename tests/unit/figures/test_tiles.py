"""Pages of many movies: what is where, how large, what follows the end of a clip, the same bytes each time."""

import numpy as np
import pytest

from figures.clips import MouseClips
from figures.compared import ComparedClip
from figures.films import write_all_clips, write_errors
from figures.tiles import LARGEST_PAGE_PX, Grid, Row, write_tiles

SHAPE, RATE_HZ = (18, 32), 10.0
SCREEN = (36, 64)


@pytest.fixture
def mask_HW():
    mask = np.zeros(SHAPE, bool)
    mask[4:14, 8:24] = True
    return mask


@pytest.fixture
def mice(make, mask_HW):
    """Two mice with clips of 5 and 3 frames, the second reconstruction 40 grey levels above the first."""

    def compared(number, num_frames):
        clip = make.clip(number, num_frames, SHAPE)
        return ComparedClip(
            number, clip.true_THW, clip.reconstructed_THW, clip.reconstructed_THW - 40
        )

    return [MouseClips(mouse, [compared(0, 5), compared(1, 3)], mask_HW) for mouse in "AB"]


def panel_of(frame, grid, row, column):
    left, top = grid.corner(row, column)
    height, width = (length * grid.scale for length in grid.shape)
    return frame[top : top + height, left : left + width].astype(float)


def inside_of(panel, grid):
    """Means over the enlarged pixels well inside the mask."""
    small = panel.reshape(grid.shape[0], grid.scale, grid.shape[1], grid.scale, 3).mean(axis=(1, 3))
    return small[5:13, 9:23]


@pytest.mark.parametrize(
    ("num_rows", "num_columns", "scale"), [(4, 3, 6), (10, 10, 3), (2, 1, 6), (60, 40, 1)]
)
def test_panels_are_as_large_as_the_page_allows(num_rows, num_columns, scale):
    grid = Grid(num_rows, num_columns, SCREEN)
    assert grid.scale == scale
    assert all(length % 16 == 0 for length in grid.size)
    if scale > 1:
        assert all(np.less_equal(grid.size, LARGEST_PAGE_PX))


def test_panels_do_not_overlap():
    grid = Grid(3, 2, SHAPE)
    page = np.zeros(grid.size[::-1], int)
    for row in range(3):
        for column in range(2):
            left, top = grid.corner(row, column)
            page[top : top + SHAPE[0] * grid.scale, left : left + SHAPE[1] * grid.scale] += 1
    assert page.max() == 1
    assert page.sum() == 6 * SHAPE[0] * SHAPE[1] * grid.scale**2


def test_all_clips_are_shown_above_their_reconstruction(read_back, tmp_path, mice):
    write_all_clips(tmp_path / "m.mp4", mice, RATE_HZ)
    frames, grid = read_back(tmp_path / "m.mp4"), Grid(4, 2, SHAPE)
    assert frames.shape == (5, *grid.size[::-1], 3)
    for place, one in enumerate(mice):
        clip = one.clips[0]
        for row, movie in enumerate((clip.true_THW, clip.matched_THW(one.mask_HW))):
            found = inside_of(panel_of(frames[2], grid, 2 * place + row, 0), grid).mean(axis=2)
            np.testing.assert_allclose(found, movie[2][5:13, 9:23], atol=15)


def test_a_clip_that_has_ended_is_grey(read_back, tmp_path, mice):
    write_all_clips(tmp_path / "m.mp4", mice, RATE_HZ)
    last, grid = read_back(tmp_path / "m.mp4")[-1], Grid(4, 2, SHAPE)
    ended = inside_of(panel_of(last, grid, 0, 1), grid)
    np.testing.assert_allclose(ended, 127.5, atol=5)
    assert np.ptp(inside_of(panel_of(last, grid, 0, 0), grid)) > 20


def test_errors_are_hot_where_recorded_activity_gives_more(read_back, tmp_path, mice):
    write_errors(tmp_path / "m.mp4", mice, RATE_HZ, 40.0)
    frames, grid = read_back(tmp_path / "m.mp4"), Grid(2, 2, SHAPE)
    assert len(frames) == 5
    hot = inside_of(panel_of(frames[1], grid, 1, 0), grid)
    assert (hot[..., 0] > hot[..., 2] + 100).all()
    left, top = grid.corner(1, 0)
    outside = frames[1][top + 2, left + 2].astype(int)
    assert np.ptp(outside) <= 6


def test_errors_play_at_half_speed(tmp_path, mice):
    import imageio_ffmpeg

    write_errors(tmp_path / "m.mp4", mice, RATE_HZ, 40.0)
    reader = imageio_ffmpeg.read_frames(str(tmp_path / "m.mp4"))
    assert next(reader)["fps"] == RATE_HZ / 2
    reader.close()


@pytest.mark.parametrize("write", [write_all_clips, lambda *a: write_errors(*a, 40.0)])
def test_the_same_clips_give_the_same_bytes(tmp_path, mice, write):
    for name in ("first.mp4", "second.mp4"):
        write(tmp_path / name, mice, RATE_HZ)
    assert (tmp_path / "first.mp4").read_bytes() == (tmp_path / "second.mp4").read_bytes()


def test_a_missing_clip_stays_empty(read_back, tmp_path, mask_HW):
    movie = np.full((2, *SHAPE), 60, np.uint8)
    rows = [Row(("a",), mask_HW, (movie, movie)), Row(("b",), mask_HW, (movie,))]
    write_tiles(tmp_path / "m.mp4", rows, ["clip 0", "clip 1"], RATE_HZ)
    panel = panel_of(read_back(tmp_path / "m.mp4")[0], Grid(2, 2, SHAPE), 1, 1)
    assert panel.min() > 245


def test_no_clips_are_refused_and_leave_no_file(tmp_path, mask_HW):
    with pytest.raises(ValueError, match="no clips"):
        write_all_clips(tmp_path / "m.mp4", [MouseClips("A", [], mask_HW)], RATE_HZ)
    assert not list(tmp_path.iterdir())
