"""A session in one file: .npz, or .h5 for movies that do not fit into memory; the entries have the same names in both."""

import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile

import h5py
import numpy as np

from recordings.own_data.session import BEHAVIOUR, Movie, OwnSession, OwnTrial, Signal

TIMING = ("rate_hz", "times_s", "start_s")
SIGNALS = ("responses", *BEHAVIOUR)
TRIALS = ("start_s", "stop_s", "tier", "movie", "movie_from_s")
OPTIONS = ("not_measured", "fit", "max_gap_s", "neurons/unit_ids", "neurons/coordinates_um")


@contextmanager
def open_session(path: str | Path) -> Iterator[OwnSession]:
    """The session of a .npz or .h5 file; from .h5 movies and responses are read as they are needed."""
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"{path}: no such file; expected a .npz or .h5 of a session")
    try:
        with _open(path) as arrays:
            yield build_session(arrays)
    except ValueError as error:
        text = str(error)
        raise ValueError(text if text.startswith(str(path)) else f"{path}: {text}") from None


def build_session(arrays: Mapping[str, np.ndarray]) -> OwnSession:
    """A session from entries named like `responses/values`, `movies/<name>/frames` and `trials/start_s`; docs/own-data.md lists them."""
    _refuse_unknown(arrays)
    movies = sorted({key.split("/")[1] for key in arrays if key.startswith("movies/")})
    signals = {name: _signal(arrays, name) for name in BEHAVIOUR if f"{name}/values" in arrays}
    options = {key.split("/")[-1]: arrays[key] for key in OPTIONS if key in arrays}
    readers = {"not_measured": _texts, "fit": lambda v: _texts(v)[0], "max_gap_s": _number}
    options = {key: readers.get(key, np.asarray)(values) for key, values in options.items()}
    return OwnSession(
        movies={name: _movie(arrays, name) for name in movies},
        trials=_trials(arrays),
        responses=_signal(arrays, "responses"),
        **signals,
        **options,
    )


@contextmanager
def _open(path: Path) -> Iterator[Mapping[str, np.ndarray]]:
    if path.suffix == ".npz":
        yield _load_npz(path)
    elif path.suffix in (".h5", ".hdf5"):
        with _open_h5(path) as file:
            yield _datasets(file)
    else:
        raise ValueError(f"{path}: unknown kind of file; expected .npz or .h5")


def _load_npz(path: Path) -> dict[str, np.ndarray]:
    try:
        with open(path, "rb") as stream, np.load(stream, allow_pickle=False) as file:
            return {key: file[key] for key in file.files}
    except (ValueError, OSError, EOFError, AttributeError, BadZipFile, zlib.error) as error:
        raise ValueError(
            f"{path}: not a readable .npz of plain arrays ({error}); save it again with np.savez"
        ) from None


def _open_h5(path: Path) -> h5py.File:
    try:
        return h5py.File(path)
    except OSError as error:
        raise ValueError(f"{path}: not a readable .h5 ({error}); save it again") from None


def _datasets(file: h5py.File) -> dict[str, h5py.Dataset]:
    found = {}

    def note(key: str, item: h5py.Dataset | h5py.Group) -> None:
        if isinstance(item, h5py.Dataset):
            found[key] = item

    file.visititems(note)
    return found


def _refuse_unknown(arrays: Mapping[str, np.ndarray]) -> None:
    known = {f"{name}/{part}" for name in SIGNALS for part in ("values", *TIMING)}
    known |= {f"trials/{part}" for part in TRIALS} | set(OPTIONS)
    for key in arrays:
        parts = key.split("/")
        is_movie = parts[0] == "movies" and len(parts) == 3
        if not (is_movie and parts[2] in ("frames", "clock", *TIMING)) and key not in known:
            raise ValueError(f"entry '{key}' is unknown; docs/own-data.md lists the names")


def _need(arrays: Mapping[str, np.ndarray], key: str):
    if key not in arrays:
        raise ValueError(f"entry '{key}' is missing; docs/own-data.md lists what is needed")
    return arrays[key]


def _signal(arrays: Mapping[str, np.ndarray], name: str) -> Signal:
    values = _need(arrays, f"{name}/values")
    values = values if name == "responses" else np.asarray(values)
    return Signal(values, **_timing(arrays, name))


def _movie(arrays: Mapping[str, np.ndarray], name: str) -> Movie:
    key = f"movies/{name}"
    clock = {"clock": _texts(arrays[f"{key}/clock"])[0]} if f"{key}/clock" in arrays else {}
    return Movie(_need(arrays, f"{key}/frames"), **_timing(arrays, key), **clock)


def _timing(arrays: Mapping[str, np.ndarray], name: str) -> dict:
    found = {part: arrays[f"{name}/{part}"] for part in TIMING if f"{name}/{part}" in arrays}
    return {
        part: np.ravel(values) if part == "times_s" else _number(values)
        for part, values in found.items()
    }


def _trials(arrays: Mapping[str, np.ndarray]) -> list[OwnTrial]:
    columns = {part: np.ravel(_need(arrays, f"trials/{part}")) for part in TRIALS[:4]}
    if "trials/movie_from_s" in arrays:
        columns["movie_from_s"] = np.ravel(arrays["trials/movie_from_s"])
    lengths = {f"trials/{part}": len(values) for part, values in columns.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"trials: entries of different lengths {lengths}; give one per trial")
    columns = {
        part: _texts(values) if part in ("tier", "movie") else [float(v) for v in values]
        for part, values in columns.items()
    }
    rows = zip(*columns.values(), strict=True)
    return [OwnTrial(**dict(zip(columns, row, strict=True))) for row in rows]


def _number(values) -> float:
    return float(np.ravel(values)[0])


def _texts(values) -> list[str]:
    return [v.decode() if isinstance(v, bytes) else str(v) for v in np.ravel(values).tolist()]
