"""Spoiled sessions in files: one sentence with the path and nothing written, or values that a simple reader finds too."""

import io
import os
import struct
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from recordings.own_data.files import import_session
from recordings.reader import Recording
from tests.converted import convert_all
from tests.hostile_hdf5 import spoil

NUM_SAMPLES, NUM_NEURONS, RATE_HZ = 90, 3, 30
TRIALS = {"trials/start_s": [0.0, 1.0], "trials/stop_s": [0.5, 1.5]}
SEVERAL = (0, *range(1, 100, 4))


def entries() -> dict:
    rng = np.random.default_rng(0)
    signals = {
        "responses": rng.gamma(1.0, 2.0, (NUM_NEURONS, NUM_SAMPLES)) + 0.1,
        "pupil_size": 40 + rng.normal(size=NUM_SAMPLES),
        "running_speed": rng.gamma(1.0, 2.0, NUM_SAMPLES),
        "gaze": 100 + rng.normal(size=(2, NUM_SAMPLES)),
    }
    found = {f"{name}/values": values for name, values in signals.items()}
    found |= {f"{name}/rate_hz": float(RATE_HZ) for name in ("responses", "pupil_size", "gaze")}
    found["running_speed/times_s"] = np.arange(NUM_SAMPLES) / RATE_HZ
    for name in "ab":
        found[f"movies/{name}/frames"] = rng.integers(2, 256, (15, 36, 64), dtype=np.uint8)
        found[f"movies/{name}/rate_hz"] = float(RATE_HZ)
    found |= {key: np.array(values) for key, values in TRIALS.items()}
    texts = {"trials/tier": ["train", "oracle"], "trials/movie": ["a", "b"]}
    found |= {key: np.array(values) for key, values in texts.items()}
    return found | {"neurons/unit_ids": np.array([4, 7, 9]), "max_gap_s": 0.2}


KEYS = sorted(entries())


def save_h5(path: Path, parts: dict) -> None:
    with h5py.File(path, "w") as file:
        for key, values in parts.items():
            texts = np.asarray(values).dtype.kind == "U"
            file[key] = np.asarray(values, dtype=object) if texts else values


def simply_read(path: Path) -> dict[str, np.ndarray]:
    """All entries, by h5py or numpy alone."""
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as file:
            return {key: file[key] for key in file.files}
    with h5py.File(path) as file:
        return {key: np.asarray(file[key][()]) for key in KEYS if key in file}


def line(parts: dict, name: str, moments_s: np.ndarray) -> np.ndarray | None:
    """Values (channel, moment) on the straight line between known samples; None where they are averaged instead."""
    values = np.atleast_2d(parts[f"{name}/values"])
    assert values.dtype.kind in "biuf", f"{name} of {values.dtype} was taken"
    if f"{name}/times_s" in parts:
        assert parts[f"{name}/times_s"].dtype.kind in "biuf"
        times_s = np.ravel(parts[f"{name}/times_s"]).astype(float)
    else:
        start_s = float(np.ravel(parts.get(f"{name}/start_s", 0.0))[0])
        times_s = start_s + np.arange(values.shape[1]) / float(
            np.ravel(parts[f"{name}/rate_hz"])[0]
        )
    if np.median(np.diff(times_s)) < 0.999 / RATE_HZ:
        return None
    known = ~np.isnan(values.astype(float)).any(axis=0)
    rows = values[:, known].astype(float)
    return np.stack([np.interp(moments_s, times_s[known].astype(float), row) for row in rows])


def compare(path: Path, folder: Path) -> None:
    """What was taken is what is stored, and finite."""
    parts, recording = simply_read(path), Recording(folder)
    starts, stops = (np.ravel(parts[key]) for key in TRIALS)
    assert starts.dtype.kind in "biuf"
    starts, stops = starts.astype(float), stops.astype(float)
    assert len(recording.trials) == len(starts) == len(stops)
    for number, (start_s, stop_s) in enumerate(zip(starts, stops, strict=True)):
        trial = recording.trial(number)
        moments_s = start_s + np.arange(int(np.floor((stop_s - start_s) * 30 + 0.5))) / 30
        shown = {"responses": trial.responses_NT, "pupil_size": trial.behavior_CT[:1]}
        shown |= {"running_speed": trial.behavior_CT[1:2], "gaze": trial.behavior_CT[2:]}
        for name, found in shown.items():
            assert np.isfinite(found).all()
            expected = line(parts, name, moments_s)
            if expected is not None:
                np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5, err_msg=name)
        assert np.isfinite(trial.video_THW).all()
        _compare_movie(parts, np.ravel(parts["trials/movie"])[number], trial.video_THW)


def _compare_movie(parts: dict, name, video_THW: np.ndarray) -> None:
    key = f"movies/{name.decode() if isinstance(name, bytes) else name}"
    frames, rate_hz = parts[f"{key}/frames"], parts[f"{key}/rate_hz"]
    assert frames.dtype.kind in "biuf"
    if np.ravel(rate_hz)[0] == RATE_HZ and frames.shape[1:] == (36, 64):
        expected = frames[np.minimum(np.arange(len(video_THW)), len(frames) - 1)]
        np.testing.assert_allclose(video_THW, expected, rtol=1e-6, atol=1e-6)


def spoiled_h5(folder: Path, number: int) -> tuple[Path, str]:
    path = folder / "session.h5"
    save_h5(path, entries())
    return path, spoil(path, number, KEYS) if number else "whole"


def stored(values: np.ndarray, **changes) -> bytes:
    """A .npy, with another header."""
    header = np.lib.format.header_data_from_array_1_0(values) | changes
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, header)
    return file.getvalue() + values.tobytes()


def other_npy(values: np.ndarray, rng) -> bytes:
    """The values as another .npy: another kind, shape, header, some bytes."""
    whole = stored(values)
    place = rng.integers(len(whole))
    many = [
        lambda: stored(np.full(values.shape, "12")),
        lambda: stored(np.full(values.shape, b"\xff")),
        lambda: stored(np.array(["\ud800\n"])),
        lambda: stored(np.frombuffer(b"\xff\xff\xff\x7f", "<U1")),
        lambda: stored(np.array(["x" * 10**6])),
        lambda: stored(np.zeros(values.shape, complex) + 1j),
        lambda: stored(np.zeros(values.shape, "M8[s]")),
        lambda: stored(np.zeros(values.shape, "V4")),
        lambda: stored(np.zeros(values.shape, [("a", "f8")])),
        lambda: stored(np.zeros(0)),
        lambda: stored(np.zeros(())),
        lambda: stored(values[..., None]),
        lambda: stored(values.astype(object), descr="|O"),
        lambda: stored(values, shape=(10**12,)),
        lambda: stored(values, shape=(-1,)),
        lambda: stored(values, shape=(2**62, 2**62)),
        lambda: stored(values, descr="<f4"),
        lambda: stored(values, descr=">f8"),
        lambda: stored(values, descr="|V99999999999"),
        lambda: stored(values, descr="(" * 500),
        lambda: stored(values, fortran_order=True),
        lambda: stored(values, fortran_order=1),
        lambda: stored(np.full(values.shape, rng.choice([np.nan, np.inf, 1e300, -1, 1e-320]))),
        lambda: whole[:place],
        lambda: whole[:place] + rng.bytes(3) + whole[place + 3 :],
        lambda: whole + b"more",
        lambda: whole[:6] + bytes(rng.integers(5, size=2).tolist()) + whole[8:],
        lambda: b"",
        lambda: b"no npy",
    ]
    return many[rng.integers(len(many))]()


def save_npz(path: Path, parts: dict[str, bytes], **options) -> None:
    with zipfile.ZipFile(path, "w", **options) as file:
        for key, content in parts.items():
            file.writestr(f"{key}.npy", content)


def spoiled_npz(folder: Path, number: int) -> tuple[Path, str]:
    """One entry, the zip around it, or some bytes of the file."""
    rng = np.random.default_rng(number)
    path, key = folder / "session.npz", KEYS[rng.integers(len(KEYS))]
    given = entries()
    parts = {name: stored(np.asarray(values)) for name, values in given.items()}
    way = number % 3 if number else None
    if way == 0:
        parts[key] = other_npy(np.asarray(given[key]), rng)
    methods = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
    save_npz(path, parts, compression=methods[rng.choice(4, p=[0.45, 0.45, 0.05, 0.05])])
    if way == 1:
        _spoil_zip(path, key, rng)
    if way == 2:
        whole = bytearray(path.read_bytes())
        whole = whole[: rng.integers(len(whole))] if rng.random() < 0.3 else whole
        for place in rng.integers(len(whole), size=min(len(whole), rng.choice([1, 5, 50]))):
            whole[place] = rng.integers(256)
        path.write_bytes(whole)
    return path, f"{number}: way {way} of {key}"


def _spoil_zip(path: Path, key: str, rng) -> None:
    with zipfile.ZipFile(path, "a", compression=zipfile.ZIP_DEFLATED) as file:
        many = [
            lambda: None,
            lambda: file.writestr("readme.txt", "none"),
            lambda: file.writestr("../../outside.npy", stored(np.zeros(3))),
            lambda: file.writestr(f"movies/{'x' * 3000}/frames.npy", stored(np.zeros(3))),
            lambda: file.writestr("movies/\n\x1b[31m/frames.npy", stored(np.zeros(3))),
            lambda: file.writestr("movies/c/frames.npy", bytes(2 * 10**8)),
        ]
        many[rng.integers(len(many))]()
    whole = bytearray(path.read_bytes())
    entry = whole.rindex(b"PK\x01\x02", 0, whole.rindex(key.encode()))
    flags, method, size = entry + 8, entry + 10, entry + 24
    changes = [("<H", flags, 1), ("<H", method, 99), ("<H", method, 12)]
    changes += [("<I", size, 2**32 - 2), ("<I", size, 10), None, None, None]
    change = changes[rng.integers(len(changes))]
    if change:
        struct.pack_into(change[0], whole, *change[1:])
        path.write_bytes(whole)


@pytest.mark.parametrize("make", [spoiled_h5, spoiled_npz])
@pytest.mark.parametrize(
    "numbers",
    [SEVERAL, pytest.param(range(int(os.environ.get("MUTANTS", 500))), marks=pytest.mark.slow)],
    ids=["several", "many"],
)
def test_spoiled_files_are_refused_or_read_as_they_are(tmp_path, make, numbers):
    assert 0 < convert_all(import_session, compare, tmp_path, make, numbers) < 0.6
