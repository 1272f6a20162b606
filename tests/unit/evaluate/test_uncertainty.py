"""Calibration: Gaussian errors of known size give the coverage, the scale and the relation that they must."""

import numpy as np
import pytest
from scipy import stats

from evaluate.uncertainty import (
    NOMINAL,
    Errors,
    Estimate,
    fit_scale,
    measure_coverage,
    relate_spread,
    spread_bins,
    widths_of,
)

MASK = np.zeros((12, 20), bool)
MASK[2:10, 3:17] = True
NUM_FRAMES, SKIP = 60, 10
NUM_PIXELS = (NUM_FRAMES - SKIP) * MASK.sum()
SAMPLING = 4 * np.sqrt(0.25 / NUM_PIXELS)
"""four standard errors of the coverage of independent pixels"""


def make_estimate(
    clip: int, factor: float = 2.0, mouse: str = "A", related: bool = True
) -> Estimate:
    """Errors are Gaussian; their standard deviation is `factor` times the spread, or has nothing to do with it."""
    rng = np.random.default_rng([clip, ord(mouse)])
    shape = (NUM_FRAMES, *MASK.shape)
    spread_THW = rng.uniform(2, 20, shape)
    size_THW = factor * (spread_THW if related else rng.permuted(spread_THW, axis=None))
    mean_THW = rng.uniform(0, 255, shape)
    return Estimate(mouse, clip, mean_THW + size_THW * rng.normal(size=shape), mean_THW, spread_THW)


def errors(*estimates: Estimate):
    return [estimate.errors(MASK, SKIP) for estimate in estimates]


def make_errors(num_clips: int = 3, factor: float = 2.0, mouse: str = "A"):
    return errors(*(make_estimate(clip, factor, mouse) for clip in range(num_clips)))


def test_a_calibrated_spread_covers_as_often_as_it_says():
    table = measure_coverage(make_errors(factor=1.0))
    assert table.columns.tolist() == [
        "mouse",
        "clip",
        "nominal",
        "coverage",
        "scale",
        "scaled_coverage",
    ]
    assert len(table) == 3 * len(NOMINAL)
    np.testing.assert_allclose(table.coverage, table.nominal, atol=SAMPLING)
    np.testing.assert_allclose(table.scale, 1, atol=0.02)


def test_an_overconfident_spread_is_put_right_by_the_other_clips():
    """With twice the error the coverage of z is that of z / 2: P(|x| < z / 2)."""
    table = measure_coverage(make_errors(factor=2.0))
    expected = 2 * stats.norm.cdf(stats.norm.ppf((1 + table.nominal) / 2) / 2) - 1
    np.testing.assert_allclose(table.coverage, expected, atol=SAMPLING)
    np.testing.assert_allclose(table.scale, 2, rtol=0.02)
    np.testing.assert_allclose(table.scaled_coverage, table.nominal, atol=1.5 * SAMPLING)


def test_the_scale_of_a_clip_comes_from_the_other_clips_of_its_mouse():
    clips = [*make_errors(2, 1.0, "B"), *errors(make_estimate(0, 1.0), make_estimate(1, 3.0))]
    scale = measure_coverage(clips).groupby(["mouse", "clip"]).scale.first()
    assert scale["A", 0] == pytest.approx(3, rel=0.03)
    assert scale["A", 1] == pytest.approx(1, rel=0.03)
    assert scale["B"].to_numpy() == pytest.approx(1, rel=0.03)


@pytest.mark.parametrize("num_members", [2, 3, 7])
def test_exchangeable_members_are_calibrated_with_students_t(num_members):
    """The truth is drawn as the members are; with the Gaussian it is covered too seldom."""
    clips = []
    for clip in range(2):
        rng = np.random.default_rng(clip)
        size_THW = rng.uniform(1, 9, (NUM_FRAMES, *MASK.shape))
        movies = size_THW * rng.normal(size=(num_members + 1, *size_THW.shape))
        members = movies[1:]
        clips.append(Estimate("A", clip, movies[0], members.mean(0), members.std(0)))
    table = measure_coverage(errors(*clips), num_members)
    np.testing.assert_allclose(table.coverage, table.nominal, atol=SAMPLING)
    np.testing.assert_allclose(table.scale, 1, rtol=0.05)
    gaussian = measure_coverage(errors(*clips))
    narrower = widths_of(NOMINAL) / np.sqrt((num_members + 1) / (num_members - 1))
    expected = np.tile(2 * stats.t.cdf(narrower, num_members - 1) - 1, 2)
    np.testing.assert_allclose(gaussian.coverage, expected, atol=SAMPLING)
    assert (expected < gaussian.nominal).all()


def test_widths_have_a_closed_form():
    np.testing.assert_allclose(widths_of([0.6826895, 0.9544997]), [1, 2], rtol=1e-6)
    cauchy = np.tan(np.pi * 0.9 / 2) * np.sqrt(3)
    np.testing.assert_allclose(widths_of([0.9], num_members=2), [cauchy])
    with pytest.raises(ValueError, match=r"the spread of 1 members says nothing; .* two"):
        widths_of([0.9], num_members=1)


@pytest.mark.parametrize("factor", [0.01, 1.0, 300.0])
def test_the_scale_follows_the_unit_of_the_spread(factor):
    reference = fit_scale(make_errors(2, 1.0), NOMINAL, widths_of(NOMINAL))
    scaled = [
        Estimate("A", k, e.true_THW, e.mean_THW, e.spread_THW / factor).errors(MASK, SKIP)
        for k, e in enumerate(make_estimate(k, 1.0) for k in range(2))
    ]
    found = fit_scale(scaled, NOMINAL, widths_of(NOMINAL))
    assert found == pytest.approx(factor * reference, rel=1e-3)


def test_pixels_outside_the_mask_and_skipped_frames_do_not_count():
    estimate = make_estimate(0)
    changed = {name: getattr(estimate, name).copy() for name in ("true_THW", "mean_THW")}
    changed["true_THW"][:, ~MASK] += 99
    changed["mean_THW"][:SKIP] -= 99
    other = Estimate("A", 0, spread_THW=estimate.spread_THW, **changed)
    for one, two in zip(errors(estimate), errors(other), strict=True):
        np.testing.assert_array_equal(one.error_K, two.error_K)
        np.testing.assert_array_equal(one.spread_K, two.spread_K)


def test_the_order_of_clips_does_not_matter():
    clips = make_errors()
    one, other = measure_coverage(clips), measure_coverage(clips[::-1])
    other = other.sort_values(["clip", "nominal"], ignore_index=True)
    np.testing.assert_allclose(one.drop(columns="mouse"), other.drop(columns="mouse"))


def test_where_the_spread_says_how_large_the_error_is():
    spread_THW = np.random.default_rng(0).uniform(2, 20, (NUM_FRAMES, *MASK.shape))
    zero = np.zeros_like(spread_THW)
    clips = errors(
        Estimate("A", 0, 3 * spread_THW, zero, spread_THW),
        Estimate("A", 1, spread_THW, zero, 22 - spread_THW),
        make_estimate(2, related=False),
        Estimate("A", 3, spread_THW, zero, zero + 4),
    )
    table = relate_spread(clips).set_index("clip")
    assert table.spearman[0] == pytest.approx(1)
    assert table.spearman[1] == pytest.approx(-1)
    assert abs(table.spearman[2]) < 4 / np.sqrt(NUM_PIXELS)
    assert np.isnan(table.spearman[3])
    assert table.rms_error[0] == pytest.approx(3 * table.rms_spread[0])
    assert table.rms_spread[3] == pytest.approx(4)


@pytest.mark.parametrize("factor", [1.0, 2.0])
def test_bins_of_spread_lie_on_the_line_of_the_factor(factor):
    table = spread_bins([*make_errors(2, factor), *make_errors(3, factor, "B")], num_bins=5)
    assert table[["mouse", "bin"]].to_numpy().tolist() == [[m, k] for m in "AB" for k in range(5)]
    assert table.num_pixels.tolist() == [2 * NUM_PIXELS // 5] * 5 + [3 * NUM_PIXELS // 5] * 5
    assert (table.groupby("mouse").rms_spread.diff().dropna() > 0).all()
    np.testing.assert_allclose(table.rms_error, factor * table.rms_spread, rtol=0.05)


def test_bins_are_flat_where_the_spread_says_nothing():
    table = spread_bins(errors(make_estimate(0, 1.0, related=False)), num_bins=4)
    np.testing.assert_allclose(table.rms_error, np.sqrt(np.mean(table.rms_error**2)), rtol=0.08)
    assert table.rms_spread.max() > 2 * table.rms_spread.min()


def test_a_spread_of_zero_covers_only_what_is_exact():
    error_K = np.repeat([0.0, 1.0], 50)
    clips = [Errors("A", k, error_K, np.zeros(100)) for k in range(2)]
    np.testing.assert_allclose(clips[0].coverage(widths_of(NOMINAL)), 0.5)
    with pytest.raises(ValueError, match=r"it is 0 in 50 % of the pixels, .* 50 % have no error;"):
        measure_coverage(clips)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("spread_THW", np.nan, "spread_THW has NaN .* at least two members"),
        ("true_THW", np.inf, "true_THW has NaN or infinite pixels"),
        ("spread_THW", -1.0, "spread_THW has negative pixels; give the standard deviation"),
    ],
)
def test_broken_pixels_are_refused(name, value, message):
    estimate = make_estimate(1)
    arrays = {n: getattr(estimate, n).copy() for n in ("true_THW", "mean_THW", "spread_THW")}
    arrays[name][20, 4, 5] = value
    with pytest.raises(ValueError, match=f"mouse A, clip 1: {message}"):
        Estimate("A", 1, **arrays)


def test_the_spread_of_a_single_member_is_refused():
    """Its standard deviation is 0 as the ensemble stores it."""
    estimate = make_estimate(1)
    spread_THW = np.std([estimate.mean_THW], axis=0)
    with pytest.raises(
        ValueError,
        match=r"spread_THW has nothing but 0: the members do not differ; .* at least two members",
    ):
        Estimate("A", 1, estimate.true_THW, estimate.mean_THW, spread_THW)


def test_movies_and_masks_that_do_not_fit_are_refused():
    estimate = make_estimate(1)
    with pytest.raises(ValueError, match=r"clip 1: movies \(60, 12, 20\), \(59, 12, 20\) and"):
        Estimate("A", 1, estimate.true_THW, estimate.mean_THW[1:], estimate.spread_THW)
    with pytest.raises(ValueError, match=r"no pixel .* \(mask \(12, 20\) with 0 pixels, 50 frames"):
        estimate.errors(~MASK & MASK, SKIP)
    with pytest.raises(ValueError, match=r"no pixel .* 0 frames"):
        estimate.errors(MASK, NUM_FRAMES)
    with pytest.raises(ValueError, match=r"mask \(11, 20\)"):
        estimate.errors(MASK[1:], SKIP)


def test_a_mouse_with_a_single_clip_is_refused():
    with pytest.raises(ValueError, match="mouse B: 1 clip, need 2"):
        measure_coverage([*make_errors(2), *make_errors(1, mouse="B")])
