"""Fits over clips and cross-correlations over lags: known lines, known shifts, nothing to correlate."""

import numpy as np
import pandas as pd
import pytest

from evaluate.relations import PARAMETERS, correlate_lags, fit_relations


def make_clips(num_clips=6) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    table = pd.DataFrame({name: rng.normal(size=num_clips) for name in PARAMETERS})
    return table.assign(
        mouse="A", clip=range(num_clips), frame_correlation=0.2 + 3 * table["contrast"]
    )


def make_frames(shift=0, num_clips=3, num_frames=60, skip=10) -> pd.DataFrame:
    """The reconstruction's accuracy is that of the prediction `shift` frames before."""
    parts = []
    for clip in range(num_clips):
        series = np.random.default_rng(clip).normal(size=num_frames + 20)
        columns = {
            "frame": np.arange(num_frames),
            "scored": np.arange(num_frames) >= skip,
            "frame_activity_correlation_movie": series[10 : 10 + num_frames],
            "frame_correlation": series[10 - shift : 10 - shift + num_frames],
        }
        parts.append(pd.DataFrame({"mouse": "A", "clip": clip, **columns}))
    return pd.concat(parts, ignore_index=True)


def test_a_line_is_found():
    fits = fit_relations(make_clips()).set_index("parameter")
    assert tuple(fits.index) == PARAMETERS
    contrast = fits.loc["contrast"]
    assert contrast[["n", "slope", "intercept", "r"]].tolist() == pytest.approx([6, 3, 0.2, 1])
    assert contrast["p"] < 1e-6
    assert abs(fits.loc["luminance", "r"]) < 1


def test_a_constant_parameter_has_no_fit():
    fits = fit_relations(make_clips().assign(pupil_size=40.0)).set_index("parameter")
    assert fits.loc["pupil_size", ["slope", "r", "p"]].isna().all()


def test_clips_without_a_value_are_left_out_and_counted():
    clips = make_clips()
    clips.loc[0, "frame_correlation"] = np.nan
    clips.loc[1, "activity_correlation"] = np.nan
    fits = fit_relations(clips).set_index("parameter")
    assert fits["n"].to_dict() == dict.fromkeys(PARAMETERS, 5) | {"activity_correlation": 4}
    empty = fit_relations(clips.assign(frame_correlation=np.nan))
    assert empty["n"].tolist() == [0] * len(PARAMETERS)
    assert empty["r"].isna().all()


@pytest.mark.parametrize("shift", [0, 4, -3])
def test_the_peak_lies_where_the_reconstruction_follows(shift):
    lags = correlate_lags(make_frames(shift), 5)
    assert lags["lag_frames"].tolist() == list(range(-5, 6))
    peak = lags.loc[lags["mean"].idxmax()]
    assert peak["lag_frames"] == shift
    assert peak[["mean", "low", "high", "num_clips"]].tolist() == pytest.approx([1, 1, 1, 3])


def test_skipped_frames_do_not_count():
    frames = make_frames()
    frames.loc[~frames["scored"], "frame_correlation"] = np.nan
    assert correlate_lags(frames, 2)["mean"].max() == pytest.approx(1)


def test_a_constant_frame_is_left_out_and_nothing_else_of_the_clip():
    frames = make_frames()
    frames.loc[(frames["clip"] == 0) & (frames["frame"] == 30), "frame_correlation"] = np.nan
    lags = correlate_lags(frames, 2).set_index("lag_frames")
    assert lags["num_clips"].unique().tolist() == [3]
    assert lags["num_frames"].tolist() == [3 * (50 - abs(lag)) - 1 for lag in lags.index]
    assert lags.loc[0, ["mean", "low", "high"]].tolist() == pytest.approx([1, 1, 1])


def test_clips_with_a_constant_series_or_two_frames_are_left_out():
    frames = make_frames()
    frames.loc[frames["clip"] == 0, "frame_activity_correlation_movie"] = 0.5
    frames.loc[(frames["clip"] == 1) & (frames["frame"] > 11), "frame_correlation"] = np.nan
    lags = correlate_lags(frames, 2)
    assert lags["num_clips"].unique().tolist() == [1]
    assert lags[["low", "high"]].isna().all(axis=None)


def test_nothing_to_correlate_is_an_empty_table():
    lags = correlate_lags(make_frames().assign(frame_correlation=np.nan), 2)
    assert lags.empty
    assert list(lags) == ["lag_frames", "num_clips", "num_frames", "mean", "low", "high"]


def test_lags_longer_than_a_clip_are_refused():
    with pytest.raises(ValueError, match=r"evaluate.max_lag_frames 48 .* set it to 47 at most"):
        correlate_lags(make_frames(), 48)
