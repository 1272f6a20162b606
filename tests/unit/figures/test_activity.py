"""Figures of predicted activity: what is drawn of known tables, what is left out, nothing cropped."""

import numpy as np
import pandas as pd
import pytest

from evaluate.activity_comparison import compare_activity
from evaluate.relations import PARAMETERS, correlate_lags, fit_relations
from figures.activity import NO_CLIP, figure_activity
from figures.ethogram import (
    Ethogram,
    choose_neurons,
    ethogram_table,
    figure_ethogram,
    in_deviations,
)
from figures.relations import figure_relations

VERSIONS = {"movie": 1.0, "masked": 1.06, "reconstruction": 0.98, "matched": 0.99}
ALL_VERSIONS = VERSIONS | {"from_predicted": 1.02}
NUM_FRAMES, SKIP = 90, 30


def make_scores(mice="ABCDE", versions=VERSIONS, sign=1) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    rows = [
        (
            mouse,
            clip,
            version,
            sign * (loss + 0.05 * m + rng.normal(0, 0.01)),
            0.4 - 0.1 * loss + 0.02 * m,
        )
        for m, mouse in enumerate(mice)
        for clip in range(3)
        for version, loss in versions.items()
    ]
    names = "mouse clip version poisson_loss activity_correlation"
    return pd.DataFrame(rows, columns=names.split())


def drawn(scores: pd.DataFrame):
    return figure_activity(scores, compare_activity(scores, seed=0))


def make_frames(clip=0, mouse="A") -> pd.DataFrame:
    rng = np.random.default_rng(clip)
    frame = np.arange(NUM_FRAMES)
    smooth, noise = np.sin(frame / 9 + clip), rng.normal(0, 0.02, NUM_FRAMES)
    return pd.DataFrame(
        {
            "mouse": mouse,
            "clip": clip,
            "frame": frame,
            "scored": frame >= SKIP,
            "motion_energy": np.r_[np.nan, 8 + 4 * smooth[1:]],
            "pupil_size": 140 + 10 * smooth,
            "running_speed": np.maximum(30 * smooth, 0),
            "frame_correlation": 0.5 + 0.2 * smooth,
            "frame_activity_correlation_movie": 0.3 + 0.1 * smooth + noise,
            "frame_activity_correlation_reconstruction": 0.35 + 0.1 * smooth,
        }
    )


def make_activities(num_neurons=50) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    rate = 1 + np.sin(np.arange(NUM_FRAMES) / 7 + rng.uniform(0, 6, (num_neurons, 1)))
    rate = rate * np.linspace(0.1, 2, num_neurons)[:, None]
    return {"recorded": rng.gamma(rate + 0.01), "movie": rate, "reconstruction": rate + 0.1}


def make_clips(mice="ABCDE") -> pd.DataFrame:
    rng = np.random.default_rng(0)
    rows = len(mice) * 10
    table = pd.DataFrame({name: rng.normal(100, 20, rows) for name in PARAMETERS})
    table["frame_correlation"] = 0.5 + 0.004 * (table["contrast"] - 100)
    return table.assign(mouse=np.repeat(list(mice), 10), clip=[*range(10)] * len(mice))


def relations(clips: pd.DataFrame, frames: pd.DataFrame):
    return figure_relations(clips, fit_relations(clips), correlate_lags(frames, 15), 30.0)


def ethogram(num_neurons=20) -> Ethogram:
    return Ethogram.of(make_frames(), make_activities(), num_neurons, 30.0)


def lines(ax, label: str) -> list:
    return [line for line in ax.get_lines() if line.get_label().startswith(label)]


@pytest.mark.parametrize("mice", ["A", "AB", "ABCDE"])
@pytest.mark.parametrize("versions", [VERSIONS, ALL_VERSIONS], ids=len)
def test_mice_are_dashed_and_their_mean_is_solid(mice, versions):
    scores = make_scores(mice, versions)
    for ax, measure in zip(
        drawn(scores).axes, ("poisson_loss", "activity_correlation"), strict=True
    ):
        of_mice, (mean,) = lines(ax, "mouse"), lines(ax, "mean")
        assert {line.get_linestyle() for line in of_mice} == {"--"}
        assert len(of_mice) == len(mice)
        expected = scores.groupby("version", sort=False)[measure].mean()
        np.testing.assert_allclose(mean.get_ydata(), expected)
        assert len(ax.get_xticks()) == len(versions)


def test_changes_stand_above_the_masked_and_the_matched_version():
    ax = drawn(make_scores()).axes[0]
    assert [round(text.get_position()[0]) for text in ax.texts] == [1, 3]
    assert ax.texts[0].get_text().startswith("+5.")


def test_a_score_that_no_clip_has_leaves_a_sentence():
    scores = make_scores().assign(activity_correlation=np.nan)
    loss, correlation = drawn(scores).axes
    assert len(loss.texts) == 2
    assert [text.get_text() for text in correlation.texts] == [NO_CLIP]


def test_a_loss_above_one_has_ticks():
    scores = make_scores()
    scores["poisson_loss"] *= 40
    assert len(drawn(scores).axes[0].get_yticks()) >= 3


def test_unknown_versions_and_empty_tables_are_refused():
    scores = make_scores()
    tests = compare_activity(scores, seed=0)
    with pytest.raises(ValueError, match="version of scores: unknown other"):
        figure_activity(scores.replace("matched", "other"), tests)
    with pytest.raises(ValueError, match="table scores: no rows"):
        figure_activity(scores.iloc[:0], tests)


def test_every_clip_is_a_point_and_every_fit_a_line():
    fig = relations(make_clips(), make_frames())
    for ax in fig.axes[:7]:
        assert sum(len(points.get_offsets()) for points in ax.collections) == 50
        assert len(ax.get_lines()) == 1
        assert "n = 50" in ax.texts[0].get_text()
    assert fig.axes[0].texts[0].get_text().startswith("r = 1.00, p")
    assert fig.axes[0].get_xlabel().startswith("contrast")
    lag = fig.axes[7].get_lines()[-1]
    np.testing.assert_allclose(lag.get_xdata()[[0, -1]], [-0.5, 0.5])


def test_panels_of_accuracy_share_their_range_also_where_a_parameter_misses_a_clip():
    clips = make_clips()
    clips.loc[clips["frame_correlation"].idxmax(), "contrast"] = np.nan
    fig = relations(clips, make_frames())
    assert len({ax.get_ylim() for ax in fig.axes[:7]}) == 1
    fig.draw_without_rendering()
    heights = [ax.get_window_extent().height for ax in fig.axes]
    np.testing.assert_allclose(heights, heights[0], rtol=1e-3)
    shown = [any(label.get_visible() for label in ax.get_yticklabels()) for ax in fig.axes[:7]]
    assert shown == [True, False, False, False, True, False, False]


def test_one_clip_of_one_mouse_and_nothing_to_correlate_are_drawn():
    clips = make_clips("A").iloc[:1]
    fig = relations(clips, make_frames().assign(frame_correlation=np.nan))
    assert fig.axes[0].texts[0].get_text() == "n = 1"
    assert fig.axes[7].texts[0].get_text() == "no clip to correlate"
    none = relations(clips.assign(frame_correlation=np.nan), make_frames())
    assert none.axes[0].texts[0].get_text() == "n = 0"


def test_the_most_active_neurons_are_drawn_those_that_fire_together_side_by_side():
    recorded = np.zeros((6, 40))
    recorded[[0, 2, 5], :20] = 9.0
    recorded[[1, 3], 20:] = 8.0
    chosen = choose_neurons(recorded, 5)
    assert sorted(chosen) == [0, 1, 2, 3, 5]
    assert set(chosen[:3]) in ({0, 2, 5}, {1, 3}) or set(chosen[:2]) == {1, 3}
    assert choose_neurons(recorded, 50)[:0] == []
    assert len(choose_neurons(recorded, 50)) == 6


def test_rows_are_in_deviations_and_constant_ones_are_zero():
    rows = in_deviations(np.array([[1.0, 3.0, 1.0, 3.0], [5.0, 5.0, 5.0, 5.0]], np.float32))
    np.testing.assert_allclose(rows, [[-1, 1, -1, 1], [0, 0, 0, 0]])


def test_the_table_holds_what_is_drawn():
    found = ethogram()
    table = ethogram_table(found)
    assert len(table) == NUM_FRAMES
    assert table["time_s"].iloc[-1] == pytest.approx((NUM_FRAMES - 1) / 30)
    first = found.neurons[0]
    for name, raster_NT in found.rasters.items():
        np.testing.assert_array_equal(table[f"{name}_{first}"], raster_NT[0])
    assert len(table.columns) == 10 + 3 * 20
    movie, reconstruction = (
        table[f"frame_activity_correlation_{name}"] for name in ("movie", "reconstruction")
    )
    np.testing.assert_allclose(table["activity_correlation_difference"], reconstruction - movie)


def test_an_ethogram_has_a_panel_for_every_series():
    fig = figure_ethogram(ethogram(), "mouse A, clip 0")
    labels = [ax.get_ylabel().replace("\n", " ") for ax in fig.axes[:8]]
    assert labels == [
        "motion energy",
        "pupil size",
        "running speed",
        "recorded (neurons)",
        "predicted from movie (neurons)",
        "predicted from reconstruction (neurons)",
        "activity correlation with recorded",
        "frame correlation",
    ]
    assert [len(ax.images) for ax in fig.axes[:8]] == [0, 0, 0, 1, 1, 1, 0, 0]
    entries = [text.get_text() for text in fig.axes[6].get_legend().get_texts()]
    assert entries == ["from movie", "from reconstruction", "difference"]
    assert fig.axes[0].get_xlim() == (0, NUM_FRAMES / 30)
    assert len(fig.axes[0].patches) == 1  # the frames that are not scored


def test_constant_activity_and_correlations_are_drawn():
    still = {name: np.ones_like(values) for name, values in make_activities().items()}
    names = [name for name in make_frames() if name.startswith("frame_")]
    frames = make_frames().assign(**dict.fromkeys(names, np.nan))
    figure_ethogram(Ethogram.of(frames, still, 10, 30.0), "still").draw_without_rendering()


@pytest.mark.parametrize(
    "make",
    [
        lambda: drawn(make_scores(["mouse-26872", "mouse-27204"], ALL_VERSIONS)),
        lambda: drawn(make_scores("ABCDE", VERSIONS, -1)),
        lambda: relations(make_clips(), make_frames()),
        lambda: figure_ethogram(ethogram(), "mouse A, clip 0"),
    ],
    ids=["long names", "negative losses", "relations", "ethogram"],
)
def test_nothing_is_cropped(make):
    fig = make()
    fig.draw_without_rendering()
    for box in [
        *(k.get_window_extent() for k in fig.legends),
        *(ax.get_tightbbox() for ax in fig.axes),
    ]:
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= fig.bbox.width
        assert box.y1 <= fig.bbox.height
