"""Figure of scores against thresholds: lines, means over mice, thresholds without pixels."""

import numpy as np
import pandas as pd
import pytest

from figures.threshold_scores import figure_threshold_scores, means_over_clips, means_over_mice

VARIANTS = ["standard", "published", "maskless", "strict", "squared", "first_frame"]


def make_sweeps(variants=("standard",), mice="AB", num_clips=2) -> pd.DataFrame:
    """Mouse B has no pixel left at 1."""
    rows = []
    for v, variant in enumerate(variants):
        for k, mouse in enumerate(mice):
            for threshold in np.linspace(0, 1, 11).round(1):
                size = round(2304 * (1 - threshold)) + (mouse != "B")
                for clip in range(num_clips):
                    video = 0.5 + 0.2 * threshold - 0.04 * v - 0.02 * k + 0.01 * clip
                    scores = (video, 0.6 - 0.3 * threshold) if size else (np.nan, np.nan)
                    diameter = 2.5 * np.sqrt(size)
                    rows.append((variant, mouse, threshold, size, diameter, clip, *scores))
    names = "variant mouse threshold num_pixels diameter_deg clip video_correlation full_screen_correlation"
    return pd.DataFrame(rows, columns=names.split())


def lines(ax, label: str) -> list:
    return [line for line in ax.get_lines() if line.get_label().startswith(label)]


def test_plotted_numbers_are_means_over_clips_of_the_chosen_variants():
    means = means_over_clips(make_sweeps(("standard", "published", "strict")), VARIANTS[:2])
    assert means["variant"].unique().tolist() == VARIANTS[:2]
    assert len(means) == 2 * 2 * 11
    first = means.query("variant == 'standard' and mouse == 'A' and threshold == 0.5")
    assert first["video_correlation"].item() == pytest.approx(0.605)
    assert first["num_pixels"].item() == 1153


def test_means_over_mice_end_where_a_mouse_has_no_pixel_left():
    means = means_over_clips(make_sweeps(), ["standard"])
    over_mice = means_over_mice(means, "video_correlation")
    assert over_mice["threshold"].max() == 0.9
    expected = means[means["threshold"] == 0.3]["video_correlation"].mean()
    found = over_mice[over_mice["threshold"] == 0.3]["video_correlation"].item()
    assert found == pytest.approx(expected)


@pytest.mark.parametrize("mice", ["A", "AB", "ABCDE"])
@pytest.mark.parametrize("variants", [VARIANTS[:1], VARIANTS])
def test_mice_are_dashed_and_means_solid_in_four_panels(mice, variants):
    means = means_over_clips(make_sweeps(variants, mice), variants)
    fig = figure_threshold_scores(means, 0.8)
    assert len(fig.axes) == 4
    for ax in fig.axes:
        of_mice, of_means = lines(ax, "mouse"), lines(ax, "mean")
        assert {line.get_linestyle() for line in of_mice} == {"--"}
        assert {line.get_linestyle() for line in of_means} == {"-"}
        assert len(of_mice) == len(variants) * len(mice)
        assert len({line.get_color() for line in of_means}) == len(variants)
    fig.draw_without_rendering()
    for box in [fig.legends[0].get_window_extent(), *(ax.get_tightbbox() for ax in fig.axes)]:
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= fig.bbox.width
        assert box.y1 <= fig.bbox.height


def test_sweeps_without_any_correlation_are_drawn():
    sweeps = make_sweeps()
    sweeps[["video_correlation", "full_screen_correlation"]] = np.nan
    fig = figure_threshold_scores(means_over_clips(sweeps, ["standard"]), 1.0)
    fig.draw_without_rendering()
    assert lines(fig.axes[0], "mean")[0].get_xdata().size == 0


def test_tables_that_lack_something_are_refused():
    sweeps = make_sweeps()
    with pytest.raises(ValueError, match="table scores: no column clip"):
        means_over_clips(sweeps.drop(columns="clip"), ["standard"])
    with pytest.raises(ValueError, match="variants to draw: unknown strict"):
        means_over_clips(sweeps, ["standard", "strict"])
