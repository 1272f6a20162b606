"""Windows: those of the published code (method 1.3), for every length of a clip."""

import numpy as np
import pytest

from reconstruct.windows import coverage, window_starts
from tests.tiny import golden


@pytest.mark.parametrize("num_frames", [32, 33, 39, 40, 60, 64, 300])
def test_starts_equal_the_formula(num_frames):
    count = 2 + (num_frames - 32) // 8
    expected = [8 * k for k in range(count - 1)] + [num_frames - 32]
    assert window_starts(num_frames, 32, 8) == expected


@pytest.mark.parametrize(
    ("num_frames", "expected"),
    [
        (32, [0, 0]),
        (33, [0, 1]),
        (40, [0, 8, 8]),
        (60, [0, 8, 16, 24, 28]),
        (64, [0, 8, 16, 24, 32, 32]),
        (300, [*range(0, 265, 8), 268]),
    ],
)
def test_starts_that_were_published(num_frames, expected):
    assert window_starts(num_frames, 32, 8) == expected


def test_coverage_of_a_whole_trial():
    count_T = coverage(window_starts(300, 32, 8), 32, 300)
    assert dict(zip(*np.unique(count_T, return_counts=True), strict=True)) == {
        1: 12,
        2: 16,
        3: 16,
        4: 252,
        5: 4,
    }


@pytest.mark.parametrize("stride", [1, 7, 8, 32])
@pytest.mark.parametrize("num_frames", [32, 45, 100])
def test_every_frame_is_covered_and_every_window_fits(num_frames, stride):
    starts = window_starts(num_frames, 32, stride)
    assert coverage(starts, 32, num_frames).min() >= 1
    assert coverage(starts, 32, num_frames).sum() == 32 * len(starts)
    assert max(starts) == num_frames - 32


@pytest.mark.parametrize("num_frames", [0, 1, 31])
def test_a_clip_shorter_than_a_window_is_refused(num_frames):
    with pytest.raises(
        ValueError,
        match=rf"a clip of {num_frames} frames is shorter than the encoder's window of 32; raise",
    ):
        window_starts(num_frames, 32, 8)


@pytest.mark.parametrize("name", ["T40", "T48_gradient_ensemble", "T60"])
def test_the_published_number_of_windows(name):
    published = golden(f"reconstruction_{name}")
    starts = window_starts(int(published["num_frames"]), 32, 8)
    norms_MK = published["window_gradient_norms_0"]
    assert norms_MK.shape[1] == len(starts)
    if starts[-1] == starts[-2]:
        np.testing.assert_allclose(norms_MK[:, -1], norms_MK[:, -2], rtol=1e-6)
