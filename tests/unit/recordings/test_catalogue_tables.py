"""The catalogue of a simulated session with all classes: what is in it is known."""

import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recordings.catalogue.scan import collect_scans, scan_recording, scan_trial
from recordings.catalogue.statistics import select_measured, summarise_neurons
from recordings.catalogue.tables import write_tables
from recordings.catalogue_tables import read_catalogue_table
from recordings.reader import MODALITIES, Recording
from recordings.simulate.schedule import SessionSettings
from recordings.simulate.session import simulate_session
from recordings.trials import QUERYABLE
from tests.tiny import save
from tests.whole_catalogue import catalogue_of

SETTINGS = SessionSettings(
    num_neurons=5,
    num_train_videos=4,
    num_main_videos=1,
    num_gaussian_dot_videos=2,
    num_repeats=2,
    jitter_share=1.0,
)


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """The truth, and the recordings by name."""
    folder = tmp_path_factory.mktemp("session")
    truth = simulate_session(folder, SETTINGS)
    return truth, {path.name: Recording(path) for path in sorted(folder.glob("dynamic*"))}


@pytest.fixture(scope="module")
def parts(session):
    """Scans and statistics of neurons."""
    _, recordings = session
    scans = [scan_recording(recording) for recording in recordings.values()]
    neurons = {
        scan.recording: summarise_neurons(recordings[scan.recording], select_measured(scan.trials))
        for scan in scans
    }
    return scans, neurons


@pytest.fixture(scope="module")
def catalogue(session, parts):
    return catalogue_of(*parts, session[1])


@pytest.fixture(scope="module")
def both(session, catalogue):
    """Trials as found, with the truth beside them."""
    table = catalogue.trials.merge(
        session[0].trials, on=["recording", "trial"], suffixes=("", "_true")
    )
    assert len(table) == len(catalogue.trials) == len(session[0].trials)
    return table


def test_every_trial_has_its_label_and_tier(both):
    wrong = both[both.label != both.label_true]
    assert wrong[["recording", "trial", "label", "label_true"]].to_numpy().tolist() == []
    assert (both.trial_type == both.trial_type_true).all()


def test_boundaries_are_within_a_frame(session, catalogue):
    found = catalogue.segments[catalogue.segments.video_label != "NaturalVideo"]
    true = session[0].segments.merge(
        catalogue.trials[["recording", "trial", "label"]], on=["recording", "trial"]
    )
    true = true[true.label != "NaturalVideo"]
    keys = ["recording", "trial", "segment_index"]
    merged = found.merge(true, on=keys, suffixes=("", "_true"), how="outer", indicator=True)
    assert (merged._merge == "both").all()
    for end in ("frame_start", "frame_end"):
        assert (merged[end] - merged[f"{end}_true"]).abs().max() <= 1


def test_repeats_and_partners_are_grouped_exactly(both):
    """As many ids as movies, and as many pairs of the two: no split, no merge."""
    pairs = both[["video", "video_ID"]].drop_duplicates()
    assert len(pairs) == both.video.nunique() == both.video_ID.nunique()
    assert both[both.label == "Gabor"].video_ID.nunique() == SETTINGS.num_gabor_videos
    repeats = both.groupby(["recording", "video"]).trial.transform("size")
    assert (both.num_repeats == repeats).all()


def test_some_natural_images_are_jittered(both):
    lengths = both[both.label == "NaturalImages"].groupby("video_ID").valid_frames.nunique()
    assert lengths.max() > 1


def test_segments_are_grouped_exactly(session, catalogue):
    """No content has two ids, and no id two contents: Gabors that drift in opposite directions neither."""
    keys = ["recording", "trial", "segment_index"]
    parametric = catalogue.segments[catalogue.segments.video_label != "NaturalVideo"]
    found = parametric[~parametric.bad_properties].merge(session[0].segments, on=keys)
    assert (found.segment_ID != "").all()
    assert (found.groupby("content").segment_ID.nunique() == 1).all()
    assert (found.groupby("segment_ID").content.nunique() == 1).all()
    natural = catalogue.segments.drop(parametric.index)
    assert (natural.segment_ID == "").all()


def test_only_the_glitch_is_invalid(both):
    glitch = both[~both.valid_trial]
    assert glitch.glitch.tolist() == [True]
    assert both.glitch.sum() == 1
    assert glitch.num_repeats.tolist() == [1]


def test_valid_frames_and_states(both, session):
    width = {name: r.array("videos", r.trials[0]).shape[-1] for name, r in session[1].items()}
    for name in ("video", "pupil", "gaze", "locomotion"):
        assert (both[f"valid_frames_{name}"] == both.valid_frames_true).all()
    assert (both.valid_frames == both.valid_frames_true).all()
    expected = both.valid_frames_true.mask(both.hidden, both.recording.map(width))
    assert (both.valid_frames_response == expected).all()
    assert ((both.response_state == "hidden") == both.hidden).all()
    assert (both.valid_response == ~both.hidden).all()
    assert ((both.locomotion_state == "constant") == both.motionless).all()
    assert both[["valid_pupil", "valid_gaze", "valid_locomotion"]].all(axis=None)


def test_statistics_leave_hidden_trials_out(session, catalogue):
    truth, recordings = session
    keys = ["recording", "ID"]
    merged = catalogue.neurons.merge(truth.neurons, on=keys, suffixes=("", "_true"))
    assert len(merged) == len(catalogue.neurons) == len(truth.neurons)
    for name in ("mean", "min", "max", "std"):
        column = f"{name}_activation"
        np.testing.assert_allclose(merged[column], merged[f"{column}_true"], rtol=1e-5, atol=1e-6)
    shown = truth.trials[~truth.trials.hidden]
    for name, rows in shown.groupby("recording"):
        parts = [
            np.asarray(recordings[name].array("responses", row.trial)[:, : row.valid_frames])
            for row in rows.itertuples()
        ]
        medians = np.median(np.concatenate(parts, axis=1).astype(np.float64), axis=1)
        own = merged[merged.recording == name]
        np.testing.assert_allclose(own.median_activation, medians, rtol=1e-12)


def test_videos_and_basic(both, catalogue):
    videos = catalogue.videos.set_index("video_ID")
    shown = both.groupby("video_ID")
    assert (shown.size() == videos.num_trials).all()
    assert (shown.recording.nunique() == videos.num_recordings).all()
    assert videos.num_recordings.max() == SETTINGS.num_mice
    assert (videos.index.str[1:] == videos.content.str[:12]).all()
    assert catalogue.basic.animal_id.tolist() == ["30001", "30002"]
    assert catalogue.basic.n_neurons.tolist() == [SETTINGS.num_neurons] * 2
    assert catalogue.basic.n_trials.sum() == len(both)


def test_order_of_files_and_recordings_does_not_matter(session, parts, catalogue):
    """Trials come in another order, and recordings too."""
    _, recordings = session
    scans, neurons = parts
    shuffled = {name: recordings[name] for name in reversed(recordings)}
    again = catalogue_of(scans[::-1], dict(reversed(neurons.items())), shuffled)
    for name, table in vars(catalogue).items():
        pd.testing.assert_frame_equal(getattr(again, name), table)
    name, recording = next(iter(recordings.items()))
    some = recording.trials[:4]
    one, other = (
        collect_scans(recording, [scan_trial(recording, trial) for trial in order])
        for order in (some, some[::-1])
    )
    pd.testing.assert_frame_equal(one.trials, other.trials)
    pd.testing.assert_frame_equal(one.segments, other.segments)
    np.testing.assert_array_equal(one.thumbnails_TB, other.thumbnails_TB)


def test_both_dtypes_give_the_same_scan(session, parts, tmp_path):
    """One trial of each label, stored as float64."""
    _, recordings = session
    scan = parts[0][0]
    recording = recordings[scan.recording]
    chosen = scan.trials.groupby("label").head(1)
    for trial in chosen.trial:
        for modality in MODALITIES:
            values = np.asarray(recording.array(modality, trial), np.float64)
            save(tmp_path / f"data/{modality}/{trial}.npy", values)
    shutil.copytree(recording.folder / "meta", tmp_path / "meta")
    again = scan_recording(Recording(tmp_path))
    columns = scan.trials.columns.drop("samples_per_trial")
    expected = chosen.reset_index(drop=True)
    pd.testing.assert_frame_equal(again.trials[columns], expected[columns])
    segments = scan.segments[scan.segments.trial.isin(chosen.trial)].reset_index(drop=True)
    pd.testing.assert_frame_equal(again.segments, segments)


def test_tables_are_stored(catalogue, tmp_path):
    write_tables(vars(catalogue), tmp_path)
    for name, table in vars(catalogue).items():
        read = read_catalogue_table(tmp_path, name)
        pd.testing.assert_frame_equal(read, table)
        assert len(pd.read_csv(tmp_path / f"{name}.csv")) == len(table)


def documented(name: str) -> set[str]:
    """The columns that docs/notebook.md lists of a table."""
    text = (Path(__file__).resolve().parents[3] / "docs/notebook.md").read_text()
    section = text.split(f"\n### {name}\n")[1].split("\n### ")[0]
    cells = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    found = re.findall(r"`(\w+)`", " ".join(cells))
    assert len(found) == len(set(found))
    return set(found)


@pytest.mark.parametrize("name", ["trials", "videos", "segments", "neurons", "basic"])
def test_every_column_is_documented(catalogue, name):
    assert documented(name) == set(getattr(catalogue, name).columns)


def test_the_columns_of_selection_queries_are_documented():
    assert documented("selection") | documented("trials") == set(QUERYABLE)
    assert documented("selection").isdisjoint(documented("trials"))
