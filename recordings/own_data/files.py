"""A session in one file: .npz, or .h5 for movies that do not fit into memory; the entries have the same names in both."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np
import pandas as pd

from recordings.own_data.kinds import line_of_numbers, number, numbers, text, texts
from recordings.own_data.npz import load_npz
from recordings.own_data.session import BEHAVIOUR, Movie, OwnSession, OwnTrial, Signal
from recordings.own_data.write import fill_recording, new_recording
from recordings.untrusted import (
    bounded_time,
    in_child,
    memory_for,
    printable,
    reason_of,
    refuse_expansion,
)
from recordings.untrusted_hdf5 import Stored, examine, walk

TIMING = ("rate_hz", "times_s", "start_s")
SIGNALS = ("responses", *BEHAVIOUR)
TRIALS = ("start_s", "stop_s", "tier", "movie", "movie_from_s")
OPTIONS = {
    "not_measured": texts,
    "fit": text,
    "max_gap_s": number,
    "neurons/unit_ids": numbers,
    "neurons/coordinates_um": numbers,
}
NAME_PARTS = 3
"""at most, as in movies/<name>/frames"""
OPEN_TIME_S = 10
"""of processor time, for what a small file is made of"""
OPEN_BYTES_PER_S = 1e6


def import_session(path: str | Path, folder: str | Path) -> pd.DataFrame:
    """Write the session of a file as a recording folder, as `write_recording` does; the file is read in a child process."""
    _refuse_missing(path)
    with new_recording(folder) as temporary:
        arguments = (path, temporary, Path(folder).absolute())
        return in_child(_convert, *arguments, path=path, memory_mb=memory_for(path))


def _convert(path: str | Path, temporary: Path, folder: Path) -> pd.DataFrame:
    with open_session(path) as session:
        return fill_recording(temporary, folder, session)


@contextmanager
def open_session(path: str | Path) -> Iterator[OwnSession]:
    """The session of a .npz or .h5 file; from .h5 movies and responses are read as they are needed."""
    path = Path(path)
    _refuse_missing(path)
    try:
        with _open(path) as arrays:
            yield build_session(arrays)
    except ValueError as error:
        text = str(error)
        raise ValueError(text if text.startswith(str(path)) else f"{path}: {text}") from None


def build_session(arrays: Mapping[str, np.ndarray]) -> OwnSession:
    """A session from entries named like `responses/values`, `movies/<name>/frames` and `trials/start_s`; docs/own-data.md lists them."""
    for key in arrays:
        _refuse_unknown(key)
    movies = sorted({key.split("/")[1] for key in arrays if key.startswith("movies/")})
    signals = {name: _signal(arrays, name) for name in BEHAVIOUR if f"{name}/values" in arrays}
    options = {
        key.split("/")[-1]: read(key, arrays[key]) for key, read in OPTIONS.items() if key in arrays
    }
    return OwnSession(
        movies={name: _movie(arrays, name) for name in movies},
        trials=_trials(arrays),
        responses=_signal(arrays, "responses"),
        **signals,
        **options,
    )


def _refuse_missing(path: str | Path) -> None:
    if not Path(path).is_file():
        raise ValueError(f"{path}: no such file; expected a .npz or .h5 of a session")


@contextmanager
def _open(path: Path) -> Iterator[Mapping[str, np.ndarray | Stored]]:
    time_s = OPEN_TIME_S + path.stat().st_size / OPEN_BYTES_PER_S
    if path.suffix == ".npz":
        with bounded_time(time_s):
            arrays = load_npz(path)
        yield arrays
    elif path.suffix in (".h5", ".hdf5"):
        with _open_h5(path) as file:
            with bounded_time(time_s):
                arrays = _datasets(file, path)
            yield arrays
    else:
        raise ValueError(f"{path}: unknown kind of file; expected .npz or .h5")


def _open_h5(path: Path) -> h5py.File:
    try:
        return h5py.File(path)
    except Exception as error:  # h5py raises many kinds for damaged files
        raise ValueError(
            f"{path}: not a readable .h5 ({reason_of(error)}); save it again"
        ) from None


def _datasets(file: h5py.File, path: Path) -> dict[str, Stored]:
    """Every entry, once it is sure that all of it is in the file."""
    found = {}
    for key, item in walk(file, NAME_PARTS):
        if isinstance(item, h5py.Dataset):
            _refuse_unknown(key)
            found[key] = examine(key, item, path)
        elif _is_entry(key):
            raise ValueError(f"{key}: is a group, expected an array")
    num_bytes = sum(math.prod(one.shape) * one.dtype.itemsize for one in found.values())
    refuse_expansion("all entries together", num_bytes, path.stat().st_size)
    return found


def _is_entry(key: str) -> bool:
    known = {f"{name}/{part}" for name in SIGNALS for part in ("values", *TIMING)}
    known |= {f"trials/{part}" for part in TRIALS} | set(OPTIONS)
    parts = key.split("/")
    is_movie = parts[0] == "movies" and len(parts) == 3
    return (is_movie and parts[2] in ("frames", "clock", *TIMING)) or key in known


def _refuse_unknown(key: str) -> None:
    if not _is_entry(key):
        raise ValueError(f"entry '{printable(key)}' is unknown; docs/own-data.md lists the names")


def _need(arrays: Mapping[str, np.ndarray], key: str):
    if key not in arrays:
        raise ValueError(
            f"entry '{printable(key)}' is missing; docs/own-data.md lists what is needed"
        )
    return arrays[key]


def _signal(arrays: Mapping[str, np.ndarray], name: str) -> Signal:
    values = _need(arrays, f"{name}/values")
    if name != "responses":
        values = numbers(f"{name}/values", values)
    return Signal(values, **_timing(arrays, name))


def _movie(arrays: Mapping[str, np.ndarray], name: str) -> Movie:
    key = f"movies/{name}"
    text(f"movies: the name '{printable(name)}'", name)
    clock = (
        {"clock": text(f"{key}/clock", arrays[f"{key}/clock"])} if f"{key}/clock" in arrays else {}
    )
    return Movie(_need(arrays, f"{key}/frames"), **_timing(arrays, key), **clock)


def _timing(arrays: Mapping[str, np.ndarray], name: str) -> dict:
    found = {part: f"{name}/{part}" for part in TIMING if f"{name}/{part}" in arrays}
    return {
        part: (line_of_numbers if part == "times_s" else number)(printable(key), arrays[key])
        for part, key in found.items()
    }


def _trials(arrays: Mapping[str, np.ndarray]) -> list[OwnTrial]:
    columns = {}
    for part in TRIALS:
        key = f"trials/{part}"
        if key in arrays or part != "movie_from_s":
            read = texts if part in ("tier", "movie") else line_of_numbers
            columns[part] = read(key, _need(arrays, key))
    lengths = {f"trials/{part}": len(values) for part, values in columns.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"trials: entries of different lengths {lengths}; give one per trial")
    columns = {
        part: values if part in ("tier", "movie") else [float(v) for v in values]
        for part, values in columns.items()
    }
    rows = zip(*columns.values(), strict=True)
    return [OwnTrial(**dict(zip(columns, row, strict=True))) for row in rows]
