"""Frames of a clip in every variant: rows, numbers, sizes, files that do not fit."""

from dataclasses import replace

import h5py
import numpy as np
import pytest

from figures.compared import around
from figures.variant_frames import (
    TALLEST_CM,
    figure_variant_frames,
    read_variant_clips,
    variant_frames_table,
)

NAMES = ("standard", "perfect", "inverted")


@pytest.fixture
def clips(make):
    clip = make.clip()
    true_THW = clip.true_THW
    movies = (clip.reconstructed_THW, true_THW, 255 - true_THW)
    return {
        name: replace(clip, reconstructed_THW=movie)
        for name, movie in zip(NAMES, movies, strict=True)
    }


@pytest.fixture
def mask_HW(make):
    return make.alpha() >= 1


def images(fig):
    return [ax for ax in fig.axes if ax.get_images() and not ax.get_label()]


def test_a_row_per_variant_and_frame_with_its_correlation(clips, mask_HW):
    table = variant_frames_table(clips, mask_HW, 30.0, 4, first_frame=9)
    assert table[["variant", "frame"]].to_numpy().tolist() == [
        [name, frame] for name in NAMES for frame in (9, 19, 29, 39)
    ]
    means = table.groupby("variant").frame_correlation.mean()
    assert means["perfect"] == pytest.approx(1)
    assert means["inverted"] == pytest.approx(-1)
    assert -1 < means["standard"] < 1


def test_rows_are_the_movie_and_the_variants_in_their_order(clips, mask_HW):
    table = variant_frames_table(clips, mask_HW, 30.0, 4)
    fig = figure_variant_frames(clips, mask_HW, table, "mouse A, clip 0")
    assert [ax.get_ylabel() for ax in fig.axes if ax.get_ylabel()] == ["shown", *NAMES]
    panels = images(fig)[: 4 * 4]
    seen_HW = mask_HW[around(mask_HW)]
    shown, _, perfect, _ = (panels[k : k + 4] for k in range(0, 16, 4))
    for above, below in zip(shown, perfect, strict=True):
        first, second = (ax.get_images()[0].get_array()[seen_HW] for ax in (above, below))
        np.testing.assert_allclose(first, second, atol=1e-3)
        assert below.get_xlabel() == "1.00"


@pytest.mark.parametrize(("num_variants", "num_frames"), [(1, 1), (13, 6), (13, 2), (2, 12)])
def test_it_fits_on_a_page_and_panels_do_not_overlap(make, mask_HW, num_variants, num_frames):
    many = {f"population{k}": make.clip() for k in range(num_variants)}
    table = variant_frames_table(many, mask_HW, 30.0, num_frames)
    fig = figure_variant_frames(many, mask_HW, table, "mouse A, clip 0")
    fig.draw_without_rendering()
    width, height = 2.54 * fig.get_size_inches()
    assert width <= 17.01
    assert height <= TALLEST_CM + 0.01
    panels = [ax.get_tightbbox() for ax in fig.axes]
    for k, one in enumerate(panels):
        assert min(one.xmin, one.ymin, fig.bbox.xmax - one.xmax, fig.bbox.ymax - one.ymax) > -0.5
        for other in panels[k + 1 :]:
            wide = min(one.xmax, other.xmax) - max(one.xmin, other.xmin)
            high = min(one.ymax, other.ymax) - max(one.ymin, other.ymin)
            assert wide <= 0.5 or high <= 0.5


def write_files(folder, clip, num_movies=1):
    with h5py.File(folder / "clips.h5", "w") as file:
        file["mask_HW"] = np.ones(clip.true_THW.shape[1:], bool)
        file["clip-0/true_THW"] = clip.true_THW
        file["clip-0/reconstructed_THW"] = clip.reconstructed_THW
    with h5py.File(folder / "ensemble.h5", "w") as file:
        file["num_frames"] = [clip.num_frames] * num_movies
        file["smoothed"] = np.stack([clip.reconstructed_THW / 2] * num_movies)
    return folder / "clips.h5", {"standard": folder / "ensemble.h5"}


def test_movies_are_those_of_the_ensemble(make, tmp_path):
    clip = make.clip()
    found, mask_HW = read_variant_clips(0, *write_files(tmp_path, clip))
    assert mask_HW.all()
    np.testing.assert_array_equal(found["standard"].true_THW, clip.true_THW)
    np.testing.assert_array_equal(found["standard"].reconstructed_THW, clip.reconstructed_THW / 2)


def test_an_ensemble_of_other_clips_is_refused(make, tmp_path):
    with pytest.raises(ValueError, match=r"ensemble.h5 holds 2 clips, .*clips.h5 holds 1; delete"):
        read_variant_clips(0, *write_files(tmp_path, make.clip(), num_movies=2))
