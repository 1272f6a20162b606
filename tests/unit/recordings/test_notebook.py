"""recordings.open: what is found without and with a catalogue, what is loaded, and what is refused."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import recordings
from recordings.notebook import Recordings
from tests.catalogued import (
    FIRST,
    SECOND,
    SHOWS,
    responses_of,
    video_id,
    write_catalogue,
    write_recordings,
)
from tests.tiny import NUM_NEURONS, make_behavior, make_movie

REMEDY = "snakemake --cores 2 catalogue"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebook")
    write_recordings(folder / "recordings")
    write_catalogue(folder / "catalogue")
    for other in ("__MACOSX/data", ".hidden/data", "notes"):
        (folder / "recordings" / other).mkdir(parents=True)
    return folder


@pytest.fixture
def opened(folder) -> Recordings:
    return recordings.open(folder / "recordings", catalogue=folder / "catalogue")


@pytest.fixture
def plain(folder) -> Recordings:
    return recordings.open(str(folder / "recordings"))


def test_importing_the_package_loads_no_notebook():
    code = (
        "import recordings, sys; assert 'pandas' not in sys.modules and 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_package_gives_nothing_but_open():
    with pytest.raises(AttributeError, match="no attribute 'opne'"):
        recordings.opne  # noqa: B018


def test_a_folder_of_recordings_or_one_of_them_can_be_opened(folder, plain):
    assert plain.recordings == (FIRST, SECOND)
    assert recordings.open(folder / "recordings" / SECOND).recordings == (SECOND,)
    assert repr(plain) == f"2 recordings ({FIRST}, {SECOND}), no catalogue"


def test_a_folder_can_be_opened_from_inside(folder, monkeypatch):
    monkeypatch.chdir(folder / "recordings" / FIRST)
    assert recordings.open(".").recordings == (FIRST,)


@pytest.mark.parametrize("missing", ["nowhere", "catalogue", "catalogue/trials.parquet"])
def test_a_folder_without_recordings_is_refused(folder, missing):
    with pytest.raises(ValueError, match=f"{missing}: no recording here"):
        recordings.open(folder / missing)


def test_a_missing_catalogue_folder_is_refused(folder):
    with pytest.raises(ValueError, match=f"cat: no such folder; .*{REMEDY}"):
        recordings.open(folder / "recordings", catalogue=folder / "cat")


def test_sets_follow_the_hash_and_count_tiers(plain):
    sets = plain.sets.set_index("recording")
    assert sets.published_set.tolist() == [1, 2]
    assert sets.loc[FIRST, ["train", "oracle", "live_test_bonus"]].tolist() == [2, 3, 2]
    assert sets.loc[SECOND, "final_test_bonus"] == 2


def test_a_recording_of_ones_own_is_of_no_published_set(folder, tmp_path):
    (tmp_path / "mine").symlink_to(folder / "recordings" / FIRST)
    assert recordings.open(tmp_path / "mine").sets.published_set.isna().all()


def test_without_a_catalogue_trials_have_tiers_and_lengths(plain):
    columns = ["recording", "trial", "trial_type", "valid_frames"]
    assert plain.trials.columns.tolist() == columns
    expected = [(n, t, tier, v) for n, s in SHOWS.items() for t, (tier, _, v) in s.items()]
    assert list(plain.trials.itertuples(index=False, name=None)) == expected


def test_the_catalogue_agrees_with_the_folder(opened, plain):
    pd.testing.assert_frame_equal(opened.trials[plain.trials.columns], plain.trials)


@pytest.mark.parametrize("name", ["videos", "segments", "neurons", "basic"])
def test_other_tables_need_a_catalogue(plain, name):
    with pytest.raises(ValueError, match=f"the table {name} needs a catalogue; .*{REMEDY}"):
        getattr(plain, name)


@pytest.mark.parametrize(
    "call",
    [
        lambda plain: plain.find_trials(label="Gabor"),
        lambda plain: plain.find_trials("label == 'Gabor'"),
        lambda plain: plain.load(video_ID=video_id(0)),
        lambda plain: plain.repeats(video_id(0)),
        lambda plain: plain.load(segment_ID="s1"),
        lambda plain: plain.find_segments(trial=0),
        lambda plain: plain.neurons_of(FIRST),
    ],
)
def test_what_needs_a_catalogue_says_how_to_make_one(plain, call):
    with pytest.raises(ValueError, match=REMEDY):
        call(plain)


def test_one_recording_sees_its_part_of_the_catalogue(folder):
    one = recordings.open(folder / "recordings" / SECOND, catalogue=str(folder / "catalogue"))
    for table in (one.trials, one.segments, one.neurons, one.basic):
        assert set(table.recording) == {SECOND}
        assert table.index.tolist() == list(range(len(table)))
    assert one.videos.video_ID.tolist() == [video_id(m) for m in (0, 100, 200)]


def test_trials_and_segments_are_found(opened):
    assert opened.find_trials(label="Gabor", recording=FIRST).trial.tolist() == [7, 12]
    assert opened.find_trials("num_repeats > 2").trial.tolist() == [2, 4, 5]
    found = opened.find_segments(segment_label="Gabor", segment_index=2, trial__ge=7)
    assert found[["frame_start", "frame_end"]].to_numpy().tolist() == [[110, 160]] * 2


@pytest.mark.parametrize("fixture", ["opened", "plain"])
def test_a_trial_is_what_was_written(request, fixture):
    found = request.getfixturevalue(fixture).load(trial=5, recording=FIRST)
    assert (found.recording, found.trial, found.frame_start, found.frame_end) == (FIRST, 5, 0, 159)
    np.testing.assert_array_equal(found.video_THW, make_movie(100, 159))
    np.testing.assert_array_equal(found.responses_NT, responses_of(FIRST, 5))
    behavior = make_behavior(5, 159)
    np.testing.assert_array_equal(found.pupil_T, behavior[0])
    np.testing.assert_array_equal(found.locomotion_T, behavior[1])
    np.testing.assert_array_equal(found.gaze_2T, behavior[2:])
    np.testing.assert_allclose(found.seconds_T, np.arange(159) / 30)


def test_labels_and_ids_come_from_the_catalogue(opened, plain):
    found = opened.load(trial=7, recording=FIRST)
    assert (found.label, found.video_ID) == ("Gabor", video_id(200))
    bare = plain.load(trial=7, recording=FIRST)
    assert (bare.label, bare.video_ID) == ("", "")


def test_arrays_are_read_once_and_only_when_asked_for(folder, tmp_path):
    import shutil

    copy = tmp_path / FIRST
    shutil.copytree(folder / "recordings" / FIRST, copy)
    found = recordings.open(copy).load(trial=0)
    before = found.responses_NT
    shutil.rmtree(copy)
    assert found.responses_NT is before
    with pytest.raises(ValueError, match=r"data/videos/0\.npy: missing"):
        found.video_THW  # noqa: B018


def test_a_trial_of_the_only_recording_needs_no_name(folder):
    assert recordings.open(folder / "recordings" / FIRST).load(trial=12).recording == FIRST


def test_a_video_is_loaded_from_its_first_trial_in_the_table(opened):
    first = opened.load(video_ID=video_id(100))
    assert (first.recording, first.trial) == (FIRST, 2)
    other = opened.load(video_ID=video_id(100), recording=SECOND)
    assert (other.recording, other.trial) == (SECOND, 1)
    assert opened.load(video_ID=video_id(100)) == first


def test_a_segment_has_the_frames_of_its_own_trial(opened):
    segment = opened.find_segments(trial=12, segment_index=1).segment_ID.item()
    found = opened.load(segment_ID=segment)
    assert (found.trial, found.frame_start, found.frame_end, found.label) == (7, 50, 110, "Gabor")
    assert found.segment_ID == segment
    np.testing.assert_array_equal(found.video_THW, make_movie(200, 160)[50:110])
    np.testing.assert_array_equal(found.responses_NT, responses_of(FIRST, 7)[:, 50:110])
    np.testing.assert_array_equal(found.pupil_T, make_behavior(7, 160)[0, 50:110])
    np.testing.assert_allclose(found.seconds_T, np.arange(60) / 30)


def test_a_last_segment_ends_with_its_trial(opened):
    ends = [p.frame_end for p in opened.load_all_segments(video_ID=video_id(100), segment_index=1)]
    assert ends == [160, 160, 159, 160]


def test_all_come_in_the_order_of_the_table(opened):
    found = [(p.recording, p.trial) for p in opened.load_all("trial != 5", trial_type="oracle")]
    assert found == [(FIRST, 2), (FIRST, 4), (SECOND, 1)]


def test_a_condition_is_refused_before_anything_is_loaded(opened):
    with pytest.raises(ValueError, match="no column 'lable'"):
        opened.load_all(lable="Gabor")
    with pytest.raises(ValueError, match="no column 'lable'"):
        opened.load_all_segments(lable="Gabor")


def test_repeats_are_all_presentations(opened):
    assert [p.trial for p in opened.repeats(video_id(100), FIRST)] == [2, 4, 5]
    assert [p.trial for p in opened.repeats(video_id(100))] == [2, 4, 5, 1]


def test_hidden_responses_are_known_as_such(opened):
    assert [p.responses_hidden for p in opened.repeats(video_id(200))] == [False, False, True, True]


def test_boundaries_are_seconds_of_the_presentation(opened):
    np.testing.assert_allclose(
        opened.boundaries_s(opened.load(trial=7, recording=FIRST)), [50 / 30, 110 / 30]
    )
    assert opened.boundaries_s(next(opened.load_all_segments(trial=7))).size == 0


def test_responses_are_normalised_with_the_statistics_of_their_recording(opened):
    found = opened.load(trial=0, recording=SECOND)
    std = opened.neurons_of(SECOND).std_activation.to_numpy()
    assert len(std) == NUM_NEURONS
    expected = found.responses_NT / std[:, None]
    np.testing.assert_allclose(opened.normalised_responses(found, "by_std"), expected, rtol=1e-6)


def test_hidden_responses_are_not_normalised(opened):
    hidden = opened.load(trial=2, recording=SECOND)
    with pytest.raises(ValueError, match="trial 2, frames 0:160: its responses are hidden"):
        opened.normalised_responses(hidden, "by_std")


def test_equal_videos_are_alike_and_others_are_not(opened):
    matrix, rows = opened.compare_videos(label="NaturalVideo", recording=FIRST)
    assert rows.trial.tolist() == [0, 1, 2, 4, 5]
    same = np.equal.outer(*[rows.video_ID.to_numpy()] * 2)
    assert (matrix[same] == 0).all()
    assert (matrix[~same] > 5000).all()


def test_videos_that_are_cut_elsewhere_are_not_compared(opened):
    matrix, rows = opened.compare_videos(recording=SECOND)
    across = np.not_equal.outer(*[rows.label.to_numpy()] * 2)
    assert np.isnan(matrix[across]).all()
    everything, _ = opened.compare_videos(recording=SECOND, check_boundaries=False, measure="ssim")
    assert not np.isnan(everything).any()


def test_equal_segments_are_alike(opened):
    matrix, rows = opened.compare_segments(segment_label="Gabor", recording=FIRST)
    same = np.equal.outer(*[rows.segment_ID.to_numpy()] * 2)
    assert (matrix[same] == 0).all()
    assert (matrix[~same] > 5000).all()


@pytest.mark.parametrize(
    ("request_", "complaint"),
    [
        ({}, "takes one of trial, video_ID and segment_ID, found none"),
        ({"trial": 0, "video_ID": "v0"}, "found trial, video_ID"),
        ({"recording": FIRST}, "found none"),
        ({"trial": 0}, "trial 0 of which recording"),
        ({"trial": 3, "recording": FIRST}, "nothing is trial 3, recording"),
        ({"trial": 0, "recording": "A"}, f"no recording 'A'; open are {FIRST}"),
        ({"trial": "0", "recording": FIRST}, "compared with a column of numbers"),
        ({"video_ID": "v9"}, "nothing is video_ID v9"),
        ({"segment_ID": "s9"}, "nothing is segment_ID s9"),
        ({"segment_ID": ""}, "no segment has an empty id"),
        ({"video_ID": ""}, "no video has an empty id"),
    ],
)
def test_a_request_that_is_not_one_presentation_is_refused(opened, request_, complaint):
    with pytest.raises(ValueError, match=complaint):
        opened.load(**request_)


def test_repeats_of_an_unknown_video_are_refused(opened):
    with pytest.raises(ValueError, match="no presentation of video v9"):
        opened.repeats("v9")


def test_a_catalogue_of_other_recordings_is_refused(folder, tmp_path):
    (tmp_path / "mine").symlink_to(folder / "recordings" / FIRST)
    with pytest.raises(ValueError, match=r"trials\.parquet: nothing of recording mine"):
        recordings.open(tmp_path / "mine", catalogue=folder / "catalogue")


def test_recordings_that_the_catalogue_lacks_are_left_out_and_named(folder, tmp_path, caplog):
    for name, source in (("mine", FIRST), (FIRST, FIRST)):
        (tmp_path / name).symlink_to(folder / "recordings" / source)
    found = recordings.open(tmp_path, catalogue=folder / "catalogue")
    assert (found.recordings, found.not_catalogued) == ((FIRST,), ("mine",))
    assert "not in the catalogue, left out: mine" in caplog.text
    assert repr(found).endswith(", 1 not catalogued")
    assert set(found.trials.recording) == {FIRST}
    assert recordings.open(tmp_path).recordings == (FIRST, "mine")


def test_a_table_that_lacks_a_recording_is_refused(folder, tmp_path):
    write_catalogue(tmp_path / "catalogue")
    path = tmp_path / "catalogue/segments.parquet"
    segments = pd.read_parquet(path)
    segments[segments.recording == FIRST].to_parquet(path)
    partial = recordings.open(folder / "recordings", catalogue=tmp_path / "catalogue")
    with pytest.raises(ValueError, match=rf"segments\.parquet: nothing of recording {SECOND}"):
        partial.segments  # noqa: B018


def test_a_folder_that_is_no_catalogue_is_refused_at_once(folder):
    with pytest.raises(ValueError, match=rf"notes/trials\.parquet: missing; .*{REMEDY}"):
        recordings.open(folder / "recordings", catalogue=folder / "recordings/notes")


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda path: path.unlink(), "missing"),
        (lambda path: path.write_bytes(b"PAR1 no"), "no readable parquet"),
        (lambda path: path.write_bytes(b""), "no readable parquet"),
        (lambda path: pd.DataFrame({"trial": [0]}).to_parquet(path), "no column recording, label"),
    ],
)
def test_a_broken_table_is_refused_by_name(folder, tmp_path, spoil, complaint):
    write_catalogue(tmp_path / "catalogue")
    spoil(tmp_path / "catalogue/trials.parquet")
    with pytest.raises(ValueError, match=rf"trials\.parquet: {complaint}.*{REMEDY}"):
        recordings.open(folder / "recordings", catalogue=tmp_path / "catalogue")


def test_a_catalogue_that_knows_more_frames_than_there_are_is_refused(folder, tmp_path):
    write_catalogue(tmp_path / "catalogue")
    path = tmp_path / "catalogue/trials.parquet"
    pd.read_parquet(path).assign(valid_frames=324).to_parquet(path)
    stale = recordings.open(folder / "recordings", catalogue=tmp_path / "catalogue")
    with pytest.raises(ValueError, match="164 frames, the catalogue says 324; make the catalogue"):
        stale.load(trial=0, recording=FIRST).pupil_T  # noqa: B018
