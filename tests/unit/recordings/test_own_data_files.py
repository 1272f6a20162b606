"""Sessions in files, the command that converts them, and the examples of docs/own-data.md."""

import re
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from recordings.checks import check_recording
from recordings.own_data.__main__ import main
from recordings.own_data.files import open_session
from recordings.reader import MODALITIES, Recording

ROOT = Path(__file__).resolve().parents[3]


def entries() -> dict:
    rng = np.random.default_rng(0)
    return {
        "movies/a/frames": rng.integers(2, 256, (30, 36, 64), dtype=np.uint8),
        "movies/a/rate_hz": 15,
        "movies/b/frames": rng.integers(2, 256, (40, 36, 64), dtype=np.uint8),
        "movies/b/times_s": 4 + np.arange(40) / 20,
        "movies/b/clock": "session",
        "responses/values": rng.gamma(1.0, 2.0, (3, 60)),
        "responses/rate_hz": 10,
        "responses/start_s": 1.0,
        "running_speed/values": np.arange(120.0),
        "running_speed/rate_hz": 20,
        "not_measured": np.array(["pupil_size", "gaze"]),
        "trials/start_s": np.array([1.0, 4.0]),
        "trials/stop_s": np.array([3.0, 6.0]),
        "trials/tier": np.array(["train", "oracle"]),
        "trials/movie": np.array(["a", "b"]),
    }


def save(path: Path, parts: dict) -> Path:
    if path.suffix == ".npz":
        np.savez(path, **parts)
        return path
    with h5py.File(path, "w") as file:
        for key, values in parts.items():
            texts = np.asarray(values).dtype.kind == "U"
            file[key] = np.asarray(values, dtype=object) if texts else values
    return path


def convert(monkeypatch, *arguments) -> None:
    monkeypatch.setattr(sys, "argv", ["own_data", *map(str, arguments)])
    main()


def test_the_command_reads_both_kinds_of_files_alike(tmp_path, monkeypatch):
    found = []
    for suffix in (".npz", ".h5"):
        session = save(tmp_path / f"session{suffix}", entries())
        convert(monkeypatch, session, tmp_path / suffix[1:])
        found.append(Recording(tmp_path / suffix[1:]))
    assert list(check_recording(found[0]).tier) == ["train", "oracle"]
    for modality in MODALITIES:
        for trial in (0, 1):
            np.testing.assert_array_equal(*(one.array(modality, trial) for one in found))
    running = found[0].trial(1).behavior_CT[1]
    expected = np.minimum(20 * (4 + np.arange(60) / 30), 119)  # the last sample is held
    np.testing.assert_allclose(running, expected, rtol=1e-6)


def change(**changes) -> dict:
    renamed = {key.replace("__", "/"): value for key, value in changes.items()}
    return {k: v for k, v in (entries() | renamed).items() if v is not None}


@pytest.mark.parametrize("suffix", [".npz", ".h5"])
@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (change(respones__values=np.ones(3)), "entry 'respones/values' is unknown"),
        (change(responses__values=None), "entry 'responses/values' is missing"),
        (change(trials__tier=None), "entry 'trials/tier' is missing"),
        (change(trials__tier=np.array(["train"])), "trials: entries of different lengths"),
        (change(trials__movie=np.array(["a", "c"])), "movie 'c' is not among the movies"),
        (change(running_speed__values=None, running_speed__rate_hz=None), "running_speed: not gi"),
    ],
)
def test_a_faulty_file_is_refused_by_name(tmp_path, monkeypatch, suffix, parts, message):
    session = save(tmp_path / f"session{suffix}", parts)
    with pytest.raises(SystemExit, match=rf"session\{suffix}: .*{message}"):
        convert(monkeypatch, session, tmp_path / "mouse")
    assert not (tmp_path / "mouse").exists()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.npz", b"PK\x03\x04 and no more", "a.npz: not a readable .npz of plain arrays"),
        ("a.npz", b"", "a.npz: not a readable .npz"),
        ("a.h5", b"nothing", "a.h5: not a readable .h5"),
        ("a.mat", b"nothing", "a.mat: unknown kind of file; expected .npz or .h5"),
        ("a.npz", None, "a.npz: no such file"),
    ],
)
def test_what_is_no_session_is_refused(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=message), open_session(tmp_path / name):
        pass


def test_python_objects_are_not_unpickled(tmp_path):
    np.savez(tmp_path / "a.npz", **{"responses/values": np.array([{}], dtype=object)})
    message = "a.npz: not a readable .npz of plain arrays"
    with pytest.raises(ValueError, match=message), open_session(tmp_path / "a.npz"):
        pass


def test_the_example_of_the_page_runs(tmp_path, monkeypatch, capsys):
    text = (ROOT / "docs/own-data.md").read_text(encoding="utf-8")
    example = re.search(r"## A complete example\n\n```python\n(.*?)```", text, re.DOTALL)[1]
    monkeypatch.chdir(tmp_path)
    exec(compile(example, "docs/own-data.md", "exec"), {})
    assert "oracle" in capsys.readouterr().out
    table = check_recording(Recording(tmp_path / "data/mylab/mouse1"))
    assert list(table.num_frames) == [90] * 4
