"""Every figure: a Figure whose axes are labelled, for full, small and partial tables; and its messages."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from figures.curves import figure_ensemble_sizes, figure_traces, figure_training, losses_of_kept
from figures.frames import figure_frames, frames_table, pick_frames
from figures.mask_maps import Thresholds, figure_alpha, figure_masks, masks_table
from figures.reliability import figure_reliability
from figures.scores import confidence_interval, figure_scores, summarise_scores
from figures.style import draw_outline, new_figure

THRESHOLDS = Thresholds(update=0.5, evaluation=1.0)
SIZES = [("AB", 3, 4), ("A", 1, 1), ("ABCDE", 2, 7)]
by_size = pytest.mark.parametrize(("mice", "num_clips", "num_members"), SIZES)


def labels(fig: Figure, axis: str) -> set[str]:
    return {getattr(ax, f"get_{axis}label")() for ax in fig.axes} - {""}


def titles(fig: Figure) -> list[str]:
    return [ax.get_title() for ax in fig.axes if ax.get_title()]


@by_size
def test_scores_have_labelled_panels_and_a_line_at_zero(make, mice, num_clips, num_members):
    fig = figure_scores(make.scores(mice, num_clips, num_members))
    assert labels(fig, "y") == {"video correlation", "frame correlation"}
    for ax in fig.axes:
        names = [tick.get_text() for tick in ax.get_xticklabels()]
        assert names[:3] == ["one member", "ensemble", "ensemble, smoothed"]
        assert any(np.all(np.asarray(line.get_ydata()) == 0) for line in ax.get_lines())


def test_scores_of_real_data_have_no_true_neurons(make):
    sources = [source for source in make.sources if source not in ("true_neurons", "noise_free")]
    fig = figure_scores(make.scores(sources=sources))
    assert "true neurons" not in [tick.get_text() for tick in fig.axes[0].get_xticklabels()]


def test_a_control_that_could_not_be_scored_is_left_blank(make):
    scores = make.scores("A", 1, 2)
    measures = ["video_correlation", "frame_correlation"]
    scores.loc[scores["source"] == "other_clips", measures] = np.nan
    assert isinstance(figure_scores(scores), Figure)
    summary = summarise_scores(scores).set_index(["source", "measure"])
    assert summary.loc[("other_clips", "video_correlation"), "num_clips"] == 0


def test_summary_counts_clips_not_members(make):
    summary = summarise_scores(make.scores("AB", 3, 4))
    assert set(summary["num_clips"]) == {6}
    assert (summary["low"] < summary["mean"]).all()
    assert (summary["mean"] < summary["high"]).all()


def test_confidence_interval_closed_form():
    low, high = confidence_interval(np.array([1.0, 2.0, 3.0]))
    assert (low, high) == pytest.approx((2 - 4.302653 / 3**0.5, 2 + 4.302653 / 3**0.5), rel=1e-6)
    assert np.isnan(confidence_interval(np.array([1.0]))).all()


def test_an_unknown_source_is_refused(make):
    scores = make.scores()
    scores.loc[0, "source"] = "oracle"
    with pytest.raises(ValueError, match=r"unknown oracle .known: member"):
        figure_scores(scores)


@by_size
def test_traces_have_a_column_per_mouse(make, mice, num_clips, num_members):
    fig = figure_traces(make.traces(mice, num_clips, num_members, num_iterations=20))
    assert titles(fig) == [f"mouse {mouse}" for mouse in mice]
    assert labels(fig, "y") == {"Poisson loss", "video correlation"}
    assert labels(fig, "x") == {"iteration"}
    thin_and_mean = num_members * (num_clips + 1)
    assert {len(ax.get_lines()) for ax in fig.axes} == {thin_and_mean}


def test_a_step_that_is_taken_back_leaves_the_loss_as_it_was(make):
    traces = make.traces("A", 1, 1, num_iterations=4).assign(loss=[9.0, 5.0, 70.0, 4.0, 80.0])
    assert losses_of_kept(traces).loss.tolist() == [
        9,
        5,
        70,
        4,
        80,
    ]  # no method of steps: all count
    accepted = traces.assign(accepted=[True, True, False, True, False])
    assert losses_of_kept(accepted).loss.tolist() == [9, 5, 5, 4, 4]


def test_means_of_members_begin_where_all_clips_have_a_value(make):
    traces = make.traces("A", 3, 1, num_iterations=20)
    late = (traces["clip"] == 1) & (traces["iteration"] < 10)
    traces.loc[late, "video_correlation"] = np.nan
    mean = figure_traces(traces).axes[1].get_lines()[-1]
    assert mean.get_xdata().tolist() == [10, 20]


@by_size
def test_training_has_a_column_per_mouse(make, mice, num_clips, num_members):
    fig = figure_training(make.validation(mice, num_members))
    assert titles(fig) == [f"mouse {mouse}" for mouse in mice]
    assert labels(fig, "y") == {"training loss", "validation correlation"}
    assert labels(fig, "x") == {"update"}


@by_size
def test_ensemble_sizes_draw_mice_dashed_and_the_mean_solid(make, mice, num_clips, num_members):
    fig = figure_ensemble_sizes(make.ensemble_sizes(mice, num_clips, num_members))
    assert labels(fig, "x") == {"members averaged"}
    for ax in fig.axes:
        styles = [line.get_linestyle() for line in ax.get_lines()]
        assert styles == ["--"] * len(mice) + ["-"]


@by_size
def test_reliability_marks_the_median(make, mice, num_clips, num_members):
    table = make.reliability(mice)
    fig = figure_reliability(table)
    assert labels(fig, "x") == {"reliability"}
    assert labels(fig, "y") == {"neurons"}
    for ax, mouse in zip(fig.axes, mice, strict=True):
        median = table.loc[table["mouse"] == mouse, "reliability"].median()
        assert ax.get_lines()[0].get_xdata()[0] == pytest.approx(median)


@pytest.mark.parametrize("mice", ["A", "AB", "ABC"])
@pytest.mark.parametrize("truth", [True, False])
def test_masks_show_the_truth_only_where_it_is_known(make, mice, truth):
    maps = make.maps(mice, truth)
    fig = figure_masks(maps, THRESHOLDS)
    assert len(titles(fig)) == len(mice) * (1 + truth)
    assert labels(fig, "x") == {"column (px)"}
    table = masks_table(maps)
    assert len(table) == len(mice) * 36 * 64
    assert table["coverage"].isna().all() != truth


def test_an_alpha_map_that_never_reaches_the_threshold_is_still_drawn(make):
    fig = figure_alpha(make.alpha(peak=0.4), THRESHOLDS)
    assert "alpha" in titles(fig)
    assert isinstance(figure_alpha(np.zeros((36, 64)), THRESHOLDS), Figure)


def test_frames_label_rows_and_times(make):
    mask = make.alpha() >= 1
    fig = figure_frames(
        make.clip(), mask, 30.0, num_frames=5, title="mouse A", error_limit=60.0, first_frame=10
    )
    assert labels(fig, "y") == {"shown", "reconstructed", "difference"}
    assert titles(fig)[0] == "0.33 s"
    assert len(titles(fig)) == 5


def test_the_table_of_frames_knows_a_perfect_reconstruction(make):
    clip = make.clip()
    perfect = type(clip)(0, clip.true_THW, clip.true_THW)
    table = frames_table(perfect, make.alpha() >= 1, 30.0, 4)
    np.testing.assert_allclose(table["frame_correlation"], 1.0)
    np.testing.assert_allclose(table["mean_absolute_difference"], 0.0, atol=1e-3)


def test_frames_are_evenly_spaced_and_never_repeated():
    assert pick_frames(31, 4, 0) == [0, 10, 20, 30]
    assert pick_frames(31, 3, 10) == [10, 20, 30]
    assert pick_frames(3, 10) == [0, 1, 2]
    with pytest.raises(ValueError, match="not in the clip"):
        pick_frames(30, 3, 30)


def test_an_outline_runs_along_the_edges_of_the_pixels_that_reach_the_level():
    alpha_HW = np.full((6, 8), 0.2)
    alpha_HW[2:4, 3:7] = 1.0
    alpha_HW[1, 3] = 0.99
    ax = new_figure(5, 5).subplots()
    draw_outline(ax, alpha_HW, 1.0)
    (path,) = ax.collections[0].get_paths()
    low, high = path.vertices.min(axis=0), path.vertices.max(axis=0)
    assert (low.tolist(), high.tolist()) == ([2.5, 1.5], [6.5, 3.5])
    draw_outline(ax, alpha_HW, 1.1)
    assert len(ax.collections) == 1


def test_a_mask_that_touches_the_border_is_outlined(make):
    fig = figure_frames(make.clip(), np.ones((36, 64), bool), 30.0, 3, "everything", 60.0)
    assert fig.axes[0].get_xlim() == (-0.5, 63.5)


@pytest.mark.parametrize(
    "draw", [figure_scores, figure_traces, figure_training, figure_reliability]
)
def test_a_table_without_its_columns_or_rows_is_refused(draw):
    with pytest.raises(ValueError, match="no column"):
        draw(pd.DataFrame({"mouse": ["A"]}))


def test_an_empty_table_is_refused(make):
    with pytest.raises(ValueError, match="no rows"):
        figure_scores(make.scores().iloc[:0])


def test_a_clip_with_a_nan_tail_is_refused(make):
    clip = make.clip()
    broken = clip.true_THW.copy()
    broken[-1] = np.nan
    with pytest.raises(ValueError, match="true_THW has NaN"):
        type(clip)(2, broken, clip.reconstructed_THW)
