"""Tables of predicted activity: known answers for perfect, shifted and constant predictions."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evaluate.activity_comparison import compare_activity, scores_by_clip
from evaluate.activity_tables import ActivityScoring, gaze_movement, tabulate_activity
from evaluate.content import mean_motion_energy
from evaluate.scores import frame_correlation
from recordings.reader import Trial
from tests.tiny import make_behavior, make_movie

MASK = np.zeros((36, 64), bool)
MASK[5:15, 10:30] = True
SKIP, FRAMES = 4, 20


def make_clip(clip=0, recorded=None, **activities) -> ActivityScoring:
    rng = np.random.default_rng(clip)
    recorded_NT = rng.gamma(1.0, 2.0, (6, FRAMES)) if recorded is None else recorded
    trial = Trial(7 + clip, make_movie(clip, FRAMES), recorded_NT, make_behavior(clip, FRAMES))
    found = {"recorded": recorded_NT, "movie": recorded_NT, **activities}
    return ActivityScoring("A", clip, trial, make_movie(50 + clip, FRAMES), found, MASK, SKIP)


def test_identical_shifted_and_constant_predictions():
    recorded = np.random.default_rng(1).gamma(1.0, 2.0, (6, FRAMES))
    constant = np.full_like(recorded, recorded[:, SKIP:].mean())
    rows = make_clip(recorded=recorded, masked=2 * recorded + 1, matched=constant).scores()
    found = pd.DataFrame(rows).set_index("version")
    assert found["activity_correlation"]["movie"] == pytest.approx(1)
    assert found["activity_correlation"]["masked"] == pytest.approx(1)
    assert np.isnan(found["activity_correlation"]["matched"])
    scored = recorded[:, SKIP:]
    assert found["poisson_loss"]["movie"] == pytest.approx(
        (scored - scored * np.log(scored + 1e-8)).mean()
    )
    mean = scored.mean()
    assert found["poisson_loss"]["matched"] == pytest.approx(mean - mean * np.log(mean))
    assert (
        found["poisson_loss"].idxmin() == "movie"
    )  # no rate explains better than the response itself


def test_properties_are_those_of_the_scored_frames_inside_the_mask():
    clip = make_clip()
    found, true = clip.properties(), clip.trial.video_THW[SKIP:, MASK]
    behavior = clip.trial.behavior_CT[:, SKIP:]
    assert found["contrast"] == pytest.approx(true.std())
    assert found["luminance"] == pytest.approx(true.mean())
    assert found["motion_energy"] == mean_motion_energy(clip.trial.video_THW, MASK, SKIP)
    assert found["frame_correlation"] == frame_correlation(
        clip.reconstruction_THW, clip.trial.video_THW, MASK, SKIP
    )
    assert found["pupil_size"] == pytest.approx(behavior[0].mean())
    assert found["running_speed"] == pytest.approx(behavior[1].mean())
    assert found["activity_correlation"] == pytest.approx(1)


def test_gaze_moves_by_the_distance_between_centres():
    behavior = np.zeros((4, 4))
    behavior[2:] = [[0, 3, 3, 3], [0, 4, 4, 5]]
    np.testing.assert_allclose(gaze_movement(behavior), [5, 0, 1])


def test_frames_are_all_there_and_their_mean_is_that_of_the_clip():
    clip = make_clip()
    frames, row = clip.frames(), clip.properties()
    assert frames["frame"].tolist() == list(range(FRAMES))
    assert frames["scored"].tolist() == [False] * SKIP + [True] * (FRAMES - SKIP)
    scored = frames[frames["scored"]]
    assert scored["frame_correlation"].mean() == pytest.approx(row["frame_correlation"])
    assert scored["motion_energy"].iloc[1:].mean() == pytest.approx(row["motion_energy"])
    assert scored["gaze_movement"].iloc[1:].mean() == pytest.approx(row["gaze_movement"])
    np.testing.assert_allclose(frames["frame_activity_correlation_movie"], 1)
    assert frames[["motion_energy", "gaze_movement"]].isna().sum().tolist() == [1, 1]


def test_frames_say_how_well_each_reconstruction_predicts_them():
    recorded = np.random.default_rng(1).gamma(1.0, 2.0, (6, FRAMES))
    reversed_NT = np.where(np.arange(FRAMES) < 9, recorded, -recorded)
    found = make_clip(recorded=recorded, reconstruction=reversed_NT, masked=recorded).frames()
    columns = [name for name in found if name.startswith("frame_activity")]
    names = ["movie", "reconstruction"]
    assert columns == [f"frame_activity_correlation_{name}" for name in names]
    np.testing.assert_allclose(found[columns[1]], np.where(found["frame"] < 9, 1, -1))
    predicted = make_clip(recorded=recorded, from_predicted=recorded + 1).frames()
    np.testing.assert_allclose(predicted["frame_activity_correlation_from_predicted"], 1)


def test_a_constant_frame_has_no_correlation():
    clip = make_clip()
    still = clip.reconstruction_THW.copy()
    still[9] = 127.5
    frames = replace(clip, reconstruction_THW=still).frames()
    assert np.flatnonzero(frames["frame_correlation"].isna()).tolist() == [9]


def test_tables_hold_every_clip():
    made = tabulate_activity([make_clip(k, masked=np.ones((6, FRAMES))) for k in range(3)])
    assert {name: len(table) for name, table in made.items()} == {
        "scores": 6,
        "relations": 3,
        "frames": 3 * FRAMES,
    }
    for table in made.values():
        assert table["trial"].unique().tolist() == [7, 8, 9]


VERSIONS = ("movie", "masked", "reconstruction", "matched")


def make_scores(mice="ABC", num_clips=2, loss=(1.0, 1.1, 2.0, 2.0)) -> pd.DataFrame:
    rows = [
        (mouse, clip, version, value + 0.01 * m * (k + 1), 0.3 + 0.02 * m - 0.01 * k)
        for m, mouse in enumerate(mice)
        for clip in range(num_clips)
        for k, (version, value) in enumerate(zip(VERSIONS, loss, strict=True))
    ]
    return pd.DataFrame(
        rows, columns=["mouse", "clip", "version", "poisson_loss", "activity_correlation"]
    )


def test_the_masked_movie_and_the_matched_reconstruction_are_tested():
    found = compare_activity(make_scores(), seed=0).set_index(["measure", "comparison"])
    masked = found.loc["poisson_loss", "masked - movie"]
    assert masked["n"] == 3
    assert masked["mean_difference"] == pytest.approx(0.1 + 0.01)
    assert masked["change_percent"] == pytest.approx(100 * 0.11 / 1.01)
    assert found.loc["activity_correlation", "masked - movie"]["p"] == 0  # equal differences
    assert set(found.index.get_level_values(1)) == {"masked - movie", "matched - reconstruction"}


def test_a_loss_that_rises_below_zero_changes_by_a_positive_share():
    found = compare_activity(make_scores("AB", loss=(-2.0, -1.5, -1.0, -1.0)), seed=0)
    assert found["change_percent"].iloc[0] > 0


def test_a_clip_without_a_score_in_one_version_is_left_out_of_all():
    scores = make_scores()
    missing = (scores["mouse"] == "B") & (scores["clip"] == 1) & (scores["version"] == "matched")
    scores.loc[missing, "activity_correlation"] = np.nan
    assert ("B", 1) not in scores_by_clip(scores, "activity_correlation").index
    assert ("B", 1) in scores_by_clip(scores, "poisson_loss").index
    assert compare_activity(scores, seed=0)["n"].tolist() == [3] * 4


def test_a_measure_that_no_clip_has_is_not_tested():
    scores = make_scores().assign(activity_correlation=np.nan)
    assert compare_activity(scores, seed=0)["measure"].unique().tolist() == ["poisson_loss"]
    nothing = compare_activity(scores.assign(poisson_loss=np.nan), seed=0)
    assert nothing.empty
    assert "measure" in nothing
