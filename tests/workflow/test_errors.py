"""Wrong configs and damaged recordings: one clear sentence, a failing exit code, nothing half-written."""

import json
import re
import shutil

import numpy as np
import pytest

from recordings.reader import MODALITIES

REFUSED_CONFIGS = {
    "misspelt key": (
        {"masks": {"evaluation_treshold": 0.5}},
        "masks.evaluation_treshold: unknown key; did you mean evaluation_threshold?",
    ),
    "out of range": (
        {"masks": {"evaluation_threshold": 7.0}},
        "masks.evaluation_threshold: found 7.0; allowed: a number at least 0 and at most 1 (alpha)",
    ),
    "wrong type": (
        {"models": {"num_members": "many"}},
        "models.num_members: found the text 'many'; "
        "allowed: a whole number at least 1 and at most 100 (members)",
    ),
    "keys contradict": (
        {"figures": {"num_example_clips": 9}},
        "figures.num_example_clips: 9 is above recordings.selection.num_clips 2; "
        "only reconstructed clips can be drawn",
    ),
}


@pytest.mark.parametrize(
    ("overlay", "sentence"), REFUSED_CONFIGS.values(), ids=REFUSED_CONFIGS.keys()
)
def test_wrong_config_is_refused_before_anything_runs(repository, overlay, sentence):
    run = repository.run(overlay=overlay)
    assert run.code != 0
    assert run.text.count(sentence) == 1
    assert len(re.findall(r"^  \w+\.\w+.*: ", run.text, re.MULTILINE)) == 1
    assert "Traceback" not in run.text
    assert not (repository.folder / "results").exists()


def truncate(folder):
    path = folder / "data/videos/0.npy"
    path.write_bytes(path.read_bytes()[:5000])
    return path


def widen(folder):
    path = folder / "data/behavior/1.npy"
    np.save(path, np.zeros((3, 64), np.float32))
    return path


def put_response(trial, value):
    """A damage: one response of a trial is this value."""

    def damage(folder):
        path = folder / f"data/responses/{trial}.npy"
        responses = np.load(path)
        responses[3, 7] = value
        np.save(path, responses)
        return path

    return damage


def unfetch(folder):
    """As git-annex leaves a file that was not fetched."""
    path = folder / "data/behavior/3.npy"
    path.unlink()
    path.symlink_to("../../../.git/annex/objects/aa/bb/key/key")
    return path


def enlarge(folder):
    path = folder / "data/pupil_center/3.npy"
    np.save(path, np.load(path).astype(np.float64) * 1e300)
    return path


def pickle_array(folder):
    path = folder / "data/pupil_center/4.npy"
    np.save(path, np.array([{"a": 1}], object), allow_pickle=True)
    return path


def turn_to_whole_numbers(folder):
    path = folder / "data/videos/5.npy"
    np.save(path, np.zeros((36, 64, 64), np.uint8))
    return path


def lose_tiers(folder):
    path = folder / "meta/trials/tiers.npy"
    path.unlink()
    return path


def lose_one_array(folder):
    path = folder / "data/responses/6.npy"
    path.unlink()
    return path


def lose_data(folder):
    shutil.rmtree(folder / "data")
    return folder


FAULTS = {  # mouse -> what is done to its recording, and what must be said about it
    "truncated": (truncate, "not a readable .npy of plain numbers"),
    "shape": (widen, "shape (3, 64), expected (2, 64)"),
    "undefined": (put_response(2, np.nan), "NaN or infinity at frame 7"),
    "negative": (put_response(0, -0.01), "expected no negative responses"),
    "infinite": (put_response(3, np.inf), "NaN or infinity at frame 7"),
    "unfetched": (unfetch, "a link to nothing (../../../.git/annex/objects/aa/bb/key/key is not"),
    "large": (enlarge, "a number at frame 0 is too large for float32"),
    "pickled": (pickle_array, "it may be truncated or pickled"),
    "integers": (turn_to_whole_numbers, "dtype uint8, expected float32 or float64"),
    "tierless": (lose_tiers, "missing; restore it from the recording's archive"),
    "incomplete": (lose_one_array, "missing (trial 6 exists in another data folder)"),
    "empty": (lose_data, "no recording here (expected a folder with data/videos"),
}


@pytest.fixture(scope="module")
def recording(smoke):
    """A sound recording with trials 0 to 6."""
    folder = smoke.files("results/recordings/simulated_recording/*/*/data/videos/0.npy")[0].parents[
        2
    ]
    assert all((folder / f"data/{m}/{n}.npy").is_file() for m in MODALITIES for n in range(7))
    return folder


@pytest.fixture(scope="module")
def damaged(recording, make_repository, tmp_path_factory):
    """Each fault in the recording of a mouse of its own, a sound mouse, and one run that checks them all."""
    repository = make_repository(tmp_path_factory.mktemp("damaged") / "repository")
    folder = tmp_path_factory.mktemp("recordings")
    paths = {}
    for mouse, (damage, _) in FAULTS.items():
        shutil.copytree(recording, folder / mouse)
        paths[mouse] = damage(folder / mouse)
    shutil.copytree(recording, folder / "sound")
    mice = {mouse: mouse for mouse in (*FAULTS, "sound")}
    changes = {"source": "sensorium", "folder": str(folder), "mice": mice}
    repository.configure({f"recordings.{key}": value for key, value in changes.items()})
    run = repository.run("--keep-going", "results/recordings/sets.csv")
    return repository, run, paths


def test_damaged_recordings_fail_the_run(damaged):
    _, run, _ = damaged
    assert run.code != 0


@pytest.mark.parametrize("mouse", FAULTS)
def test_damage_is_told_in_one_sentence_with_the_path(damaged, mouse):
    _, run, paths = damaged
    told = re.findall(rf"^rule check_recording \(mouse={mouse}\): .*$", run.text, re.MULTILINE)
    assert len(told) == 1
    assert told[0].count(f"ValueError: {paths[mouse]}: ") == 1
    assert FAULTS[mouse][1] in told[0]
    assert told[0].endswith(f"[log: results/logs/check_recording/mouse-{mouse}.log]")


@pytest.mark.parametrize("mouse", FAULTS)
def test_damage_leaves_log_and_provenance(damaged, mouse):
    repository, _, paths = damaged
    logs = repository.folder / "results/logs/check_recording"
    assert "Traceback" in (logs / f"mouse-{mouse}.log").read_text()
    job = json.loads((logs / f"mouse-{mouse}.provenance.json").read_text())
    assert job["success"] is False
    assert str(paths[mouse]) in job["error"]


def test_damage_leaves_nothing_half_written(damaged):
    repository, _, _ = damaged
    results = repository.folder / "results"
    written = {
        str(path.relative_to(results))
        for path in repository.files("results/**/*")
        if path.relative_to(results).parts[0] not in ("logs", "benchmarks")
    }
    assert "recordings/mouse-sound/trials.csv" in written
    assert [path for path in written if "mouse-sound" not in path] == []


def test_missing_recording_is_told_before_anything_runs(repository):
    repository.configure({"recordings.source": "sensorium", "recordings.mice": {"A": "nowhere"}})
    run = repository.run(configs=())
    assert run.code != 0
    assert (
        run.text.count("recordings.mice.A: data/sensorium2023/nowhere is no folder; put the") == 1
    )
    assert "Traceback" not in run.text
    assert not (repository.folder / "results").exists()


def test_too_few_clips_are_told(finished):
    """A wish that only the data can refuse."""
    overlay = {"recordings": {"selection": {"num_clips": 40}}}
    run = finished.run("results/recordings/sets.csv", overlay=overlay)
    assert run.code != 0
    told = re.findall(r"^rule select_trials: .*$", run.text, re.MULTILINE)
    assert len(told) == 1
    assert "mouse A: 2 held_out trials" in told[0]
    assert "change recordings.selection" in told[0]
    assert not finished.files("results/recordings/*sets*")
