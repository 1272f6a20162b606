"""A simulated session: what is written is what the truth says, for every trial of every mouse."""

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recordings.checks import check_recording
from recordings.files import MARKER
from recordings.reader import MODALITIES, Recording
from recordings.simulate.schedule import RELEASED_TIERS, SessionSettings, plan_session
from recordings.simulate.session import simulate_session

SMALL = SessionSettings(
    num_neurons=5,
    num_train_videos=2,
    num_main_videos=1,
    num_gabor_videos=1,
    num_gaussian_dot_videos=1,
    num_random_dots_videos=1,
    num_pink_noise_videos=1,
    num_natural_images_videos=1,
    num_repeats=2,
    jitter_share=0.0,
)
TINY = replace(
    SMALL, num_train_videos=1, num_main_videos=0, num_repeats=1, num_random_dots_videos=0
)
FULL = SessionSettings(
    num_neurons=8000,
    num_train_videos=360,
    num_main_videos=6,
    num_gabor_videos=6,
    num_gaussian_dot_videos=6,
    num_random_dots_videos=0,
    num_pink_noise_videos=0,
    num_natural_images_videos=6,
    num_repeats=10,
)


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    folder = tmp_path_factory.mktemp("session")
    return folder, simulate_session(folder, SMALL)


@pytest.fixture(scope="module")
def checked(session):
    folder, truth = session
    names = sorted(truth.trials.recording.unique())
    tables = [check_recording(Recording(folder / name)).assign(recording=name) for name in names]
    keys = ["recording", "trial"]
    return pd.concat(tables).merge(truth.trials, on=keys, validate="one_to_one")


def digests(folder: Path) -> dict[str, str]:
    files = (p for p in sorted(folder.rglob("*")) if p.is_file() and p.name != MARKER)
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_the_checks_accept_the_recordings_and_agree_with_the_truth(session, checked):
    _, truth = session
    assert len(checked) == len(truth.trials)
    assert (checked.tier == checked.trial_type).all()
    assert (checked.num_frames == checked.valid_frames).all()
    assert (checked.hidden_x == checked.hidden_y).all()


def test_equal_movies_are_those_with_equal_keys(checked):
    """Over repeats and over partner mice."""
    pairs = checked[["video_x", "video_y"]].drop_duplicates()
    assert pairs.video_x.is_unique
    assert pairs.video_y.is_unique


def test_partners_share_all_movies_but_the_glitch(session):
    _, truth = session
    first, second = (set(rows.video) for _, rows in truth.trials.groupby("recording"))
    assert len(first - second) == 1
    assert next(iter(first - second)).endswith("-glitch")
    assert not second - first


def test_segments_lie_end_to_end_over_all_valid_frames(session):
    _, truth = session
    for (recording, trial), rows in truth.segments.groupby(["recording", "trial"]):
        own = truth.trials[(truth.trials.recording == recording) & (truth.trials.trial == trial)]
        assert rows.segment_index.tolist() == list(range(len(rows)))
        assert rows.frame_start.tolist() == [0, *rows.frame_end[:-1]]
        assert rows.frame_end.iloc[-1] == own.valid_frames.iloc[0]


def test_numbers_of_segments_and_frames_are_those_of_the_classes(session):
    _, truth = session
    counts = truth.segments.groupby(["recording", "trial"]).size().rename("count").reset_index()
    table = truth.trials.merge(counts, on=["recording", "trial"])
    expected = {"Gabor": 12, "PinkNoise": 12, "RandomDots": 4, "GaussianDot": 35}
    for label, count in (expected | {"NaturalImages": 20}).items():
        assert set(table["count"][table.label == label]) == {count}
    frames = {"Gabor": 300, "PinkNoise": 324, "RandomDots": 240, "GaussianDot": 315}
    for label, length in (frames | {"NaturalVideo": 300}).items():
        assert set(table.valid_frames[table.label == label]) == {length}
    images = table[(table.label == "NaturalImages") & ~table.glitch].valid_frames
    assert images.between(305, 326).all()


def test_train_is_shown_once_and_the_rest_repeatedly(session):
    _, truth = session
    shows = truth.trials.groupby(["recording", "trial_type", "video"]).size()
    assert set(shows.xs("train", level="trial_type")) == {1}
    assert set(shows.drop("train", level="trial_type")) == {1, 2}  # 1: beside the glitch
    natural = truth.trials.label == "NaturalVideo"
    assert (natural == ~truth.trials.trial_type.str.endswith("bonus")).all()


def test_hidden_responses_are_zero_at_full_length(session):
    folder, truth = session
    hidden = truth.trials[truth.trials.hidden]
    assert hidden.recording.nunique() == 1
    assert not hidden.trial_type.isin(RELEASED_TIERS).any()
    for row in hidden.itertuples():
        responses = Recording(folder / row.recording).array("responses", row.trial)
        assert not np.any(responses)


def test_all_arrays_end_in_nan_up_to_the_longest_trial(session):
    folder, truth = session
    for name, rows in truth.trials.groupby("recording"):
        recording = Recording(folder / name)
        for row in rows[~rows.hidden].itertuples():
            for modality in MODALITIES:
                array = recording.array(modality, row.trial)
                assert array.shape[-1] == rows.valid_frames.max()
                assert np.isnan(array[..., row.valid_frames :]).all()


def test_only_one_mouse_lacks_trial_numbers(session):
    folder, truth = session
    missing = []
    for name, rows in truth.trials.groupby("recording"):
        tiers = np.load(folder / name / "meta/trials/tiers.npy")
        assert len(tiers) == rows.trial.max() + 1
        missing.append(sorted(set(range(len(tiers))) - set(rows.trial)))
        assert set(tiers[missing[-1]]) <= {"none"}
    assert [len(numbers) for numbers in missing] == [SMALL.num_missing_trials, 0]


def test_a_mouse_stays_still_in_one_trial(session):
    folder, truth = session
    for name, rows in truth.trials.groupby("recording"):
        still = [
            row.trial
            for row in rows.itertuples()
            if not np.nan_to_num(Recording(folder / name).array("behavior", row.trial)[1]).any()
        ]
        assert still == rows.trial[rows.motionless].tolist()
        assert len(still) == 1


def test_the_glitch_is_a_long_grey_in_one_trial(session):
    _, truth = session
    glitch = truth.trials[truth.trials.glitch]
    assert len(glitch) == 1
    rows = truth.segments.merge(glitch[["recording", "trial"]])
    rows = rows.assign(duration=rows.frame_end - rows.frame_start).query("duration > 30")
    assert rows.content.tolist() == ["grey"]
    assert rows.duration.between(110, 112).all()


def test_neuron_statistics_leave_hidden_trials_and_padding_out(session):
    folder, truth = session
    for name, neurons in truth.neurons.groupby("recording"):
        shown = truth.trials[(truth.trials.recording == name) & ~truth.trials.hidden]
        pooled = np.concatenate(
            [
                Recording(folder / name).array("responses", row.trial)[:, : row.valid_frames]
                for row in shown.itertuples()
            ],
            axis=1,
        ).astype(np.float64)
        assert neurons.mean_activation.to_numpy() == pytest.approx(pooled.mean(axis=1))
        assert neurons.std_activation.to_numpy() == pytest.approx(pooled.std(axis=1))
        assert neurons.min_activation.to_numpy() == pytest.approx(pooled.min(axis=1))
        assert -1e-7 <= pooled.min() < 0
        assert (np.load(folder / name / "meta/neurons/unit_ids.npy") == neurons.ID).all()


def test_behaviour_is_in_its_ranges(session):
    folder, truth = session
    for row in truth.trials.itertuples():
        recording = Recording(folder / row.recording)
        pupil, speed = recording.array("behavior", row.trial)[:, : row.valid_frames]
        gaze = recording.array("pupil_center", row.trial)[:, : row.valid_frames]
        assert pupil.min() >= 10
        assert pupil.max() <= 92
        assert speed.min() >= 0
        assert speed.max() <= 47
        assert 85 < gaze.min() <= gaze.max() < 219


def test_same_seed_same_bytes(tmp_path):
    once, again, other = (tmp_path / name for name in ("once", "again", "other"))
    simulate_session(once, TINY)
    simulate_session(again, TINY)
    assert digests(once) == digests(again)
    simulate_session(other, replace(TINY, seed=2, num_mice=1))
    assert not set(digests(once).values()) & set(digests(other).values())


def test_double_precision_holds_the_same_movies(tmp_path):
    settings = replace(TINY, num_mice=1, num_natural_images_videos=0, glitch=False)
    single, double = (tmp_path / dtype for dtype in ("float32", "float64"))
    truth = simulate_session(single, settings)
    same = simulate_session(double, replace(settings, dtype="float64"))
    assert truth.segments.equals(same.segments)
    for row in truth.trials.itertuples():
        videos = [
            Recording(folder / row.recording).array("videos", row.trial)
            for folder in (single, double)
        ]
        assert [video.dtype for video in videos] == [np.float32, np.float64]
        assert np.array_equal(videos[0], videos[1].astype(np.float32), equal_nan=True)


def test_a_full_session_has_the_size_of_a_real_one():
    first, second = plan_session(FULL)
    assert len(first) == len(second) == 720
    assert len({showing.plan.key for showing in second}) == 396
    assert max(showing.trial for showing in first) == 722


def test_repeats_of_a_jittering_movie_differ_by_two_frames_at_most():
    presentations = plan_session(replace(FULL, jitter_share=1.0, glitch=False))[0]
    boundaries = {}
    for showing in presentations:
        if showing.plan.label == "NaturalImages":
            boundaries.setdefault(showing.plan.key, set()).add(
                tuple(np.cumsum(showing.plan.lengths).tolist())
            )
    assert all(len(patterns) <= 2 for patterns in boundaries.values())
    assert any(len(patterns) == 2 for patterns in boundaries.values())
    for patterns in boundaries.values():
        assert np.ptp(np.array(sorted(patterns)), axis=0).max() <= 2


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"dtype": "float16"}, "dtype is 'float16'"),
        ({"num_natural_images_videos": 0}, "a glitch needs one"),
        ({"num_mice": 0}, "1 or more"),
        ({"num_train_videos": 0}, "needs a training tier"),
        ({"late_share": 0.9}, "add up to more than 1"),
    ],
)
def test_settings_that_make_no_session_are_refused(changes, complaint):
    with pytest.raises(ValueError, match=complaint):
        replace(SMALL, **changes)
