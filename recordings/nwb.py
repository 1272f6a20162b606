"""A session in an NWB file to a recording folder: optical physiology, image series on the screen, behaviour, trials."""

import importlib
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np
import pandas as pd

from recordings.nwb_arrays import Frames, Pictures, Responses, place_of, scale_of, scaled, stored
from recordings.own_data.kinds import line_of_numbers, number, numbers, texts
from recordings.own_data.session import BEHAVIOUR, Movie, OwnSession, OwnTrial, Signal
from recordings.own_data.write import fill_recording, new_recording
from recordings.untrusted import bounded_time, in_child, memory_for, printable, reading, reason_of
from recordings.untrusted_hdf5 import examine, refuse_bomb, refuse_elsewhere, walk

WORDS = {
    "responses": ("deconv", "spike", "event"),
    "pupil_size": ("pupil",),
    "running_speed": ("running", "speed"),
    "gaze": ("gaze", "eye", "pupil"),
}
"""in the name of a series, or of what holds it, where no name is given"""
KINDS = {
    "responses": ("RoiResponseSeries",),
    "pupil_size": ("TimeSeries",),
    "running_speed": ("TimeSeries",),
    "gaze": ("SpatialSeries",),
}
NAME_PARTS = 30
"""at most; the standard's own have about ten"""
OPEN_TIME_S = 12
"""of processor time, for what a small file is made of"""
OPEN_BYTES_PER_S = 1e6
NO_PYNWB = "reading NWB files needs pynwb; run: pip install pynwb"


@dataclass(frozen=True)
class NwbChoices:
    """Which parts of an NWB file are what; empty where their names tell."""

    series: dict[str, str] = field(default_factory=dict)
    """name of the series of responses, pupil_size, running_speed, gaze"""
    not_measured: Sequence[str] = ()
    tiers: Sequence[str] | None = None
    """one per trial; without it the column `tier_column` of the trials"""
    tier_column: str = "tier"
    movie_column: str = "movie"
    """names the image series or index series of each trial; not needed where there is one"""
    width_first: bool = False
    """frames are stored as (frame, width, height)"""
    fit: str = "refuse"
    max_gap_s: float = 0.5

    def __post_init__(self):
        unknown = sorted(set(self.series) - set(KINDS))
        if unknown:
            raise ValueError(f"series: unknown entry '{unknown[0]}', expected {', '.join(KINDS)}")


def import_nwb(
    path: str | Path, folder: str | Path, choices: NwbChoices | None = None
) -> pd.DataFrame:
    """Write the session of an NWB file as a recording folder and return the check's row per trial; as `write_recording` does.

    The file is read in a child process; ValueError in one sentence with its path where that fails.
    """
    _load_pynwb(path)
    with new_recording(folder) as temporary:
        arguments = (path, temporary, Path(folder).absolute(), choices or NwbChoices())
        return in_child(_convert, *arguments, path=path, memory_mb=memory_for(path))


def _convert(path: str | Path, temporary: Path, folder: Path, choices: NwbChoices) -> pd.DataFrame:
    with open_nwb(path, choices) as session:
        try:
            return fill_recording(temporary, folder, session)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None


@contextmanager
def open_nwb(path: str | Path, choices: NwbChoices) -> Iterator[OwnSession]:
    """The session of an NWB file; movies and responses are read as they are needed, while the file is open."""
    pynwb = _load_pynwb(path)
    time_s = OPEN_TIME_S + os.path.getsize(path) / OPEN_BYTES_PER_S
    with ExitStack() as opened:
        with bounded_time(time_s), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of hdmf, about parts that are not read here
            _refuse_traps(path)
            try:
                io = opened.enter_context(pynwb.NWBHDF5IO(str(path), mode="r"))
                nwb = io.read()
            except MemoryError:
                raise
            except Exception as error:  # hdmf raises whatever a wrong file makes it stumble over
                raise _unreadable(path, error) from None
            session = _build(path, nwb, choices)
        yield session


def _load_pynwb(path: str | Path):
    try:
        pynwb = importlib.import_module("pynwb")
    except ModuleNotFoundError:
        raise ValueError(f"{path}: {NO_PYNWB}") from None
    if not Path(path).is_file():
        raise ValueError(f"{path}: no such file; expected an NWB file")
    return pynwb


def _refuse_traps(path: str | Path) -> None:
    """Refuse a file with anything that is stored elsewhere, never ends or fills the memory: pynwb would follow and read it."""
    try:
        file = h5py.File(path)
    except Exception as error:  # h5py raises many kinds for damaged files
        raise _unreadable(path, error) from None
    try:
        with file:
            for name, item in walk(file, NAME_PARTS, soft=True):
                if isinstance(item, h5py.Dataset):
                    refuse_elsewhere(name, item)
                    refuse_bomb(name, item, os.path.getsize(path))
                    if name.endswith("starting_time"):  # pynwb reads it at once
                        examine(name, item, path)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def _unreadable(path: str | Path, error: Exception) -> ValueError:
    reason = reason_of(error.__cause__ or error)  # hdmf wraps it into a listing of the file
    return ValueError(
        f"{path}: not a readable NWB file ({reason}); expected a whole file in the NWB 2 format: copy it again"
    )


def _build(path: str | Path, nwb, choices: NwbChoices) -> OwnSession:
    """The session of what pynwb read; whatever is missing or of another kind in there is told as one sentence."""
    try:
        return _session(path, nwb, choices)
    except ValueError as error:
        raise ValueError(f"{path}: {' '.join(str(error).split())}") from None
    except MemoryError:
        raise
    except Exception as error:  # pynwb reads lazily, and lets wrong parts through
        raise _unreadable(path, error) from None


def _session(path: str | Path, nwb, choices: NwbChoices) -> OwnSession:
    if nwb.trials is None:
        raise ValueError("no table of trials; expected nwb.trials with start_time and stop_time")
    names = _movie_names(path, nwb, choices)
    movies = _movies(path, nwb, names, choices)
    present = [name for name in BEHAVIOUR if name not in choices.not_measured]
    found = {name: _find(nwb, name, choices) for name in ("responses", *present)}
    return OwnSession(
        movies=movies,
        trials=_trials(path, nwb, names, choices),
        **{name: _signal(path, name, series) for name, series in found.items()},
        not_measured=choices.not_measured,
        fit=choices.fit,
        max_gap_s=choices.max_gap_s,
        unit_ids=_unit_ids(path, found["responses"]),
        notes={name: f"{path}: {place_of(series)}" for name, series in found.items()},
    )


def _find(nwb, role: str, choices: NwbChoices):
    """The series that is named for a role, or the only one whose name tells."""
    series = [one for one in nwb.objects.values() if type(one).__name__ in KINDS[role]]
    known = ", ".join(sorted({place_of(one) for one in series})) or "none"
    name = choices.series.get(role)
    if name is None:
        words = WORDS[role]
        fits = [one for one in series if any(word in place_of(one).lower() for word in words)]
    else:
        fits = [one for one in series if name in (one.name, place_of(one))]
    if len(fits) != 1:
        wanted = f"called '{name}'" if name else f"with {' or '.join(WORDS[role])} in its name"
        remedy = (
            "" if role == "responses" else f", or name it in not_measured if there is no {role}"
        )
        raise ValueError(
            f"{role}: {len(fits)} {KINDS[role][0]} {wanted} among {known}; expected one: name it in series{remedy}"
        )
    return fits[0]


def _signal(path: str | Path, name: str, series) -> Signal:
    if name == "responses":
        return Signal(Responses.of(series, path), **_timing(path, series))
    place = place_of(series)
    values = scaled(place, stored(place, series.data, path), *scale_of(series))
    values = values.T if name == "gaze" else np.squeeze(values)
    return Signal(values, **_timing(path, series))


def _timing(path: str | Path, series) -> dict:
    """Rate and start, or the time of every sample; pynwb follows links to another series' times."""
    name = place_of(series)
    if series.timestamps is not None:
        times = stored(f"{name}: timestamps", series.timestamps, path)
        return {"times_s": numbers(f"{name}: timestamps", times).astype(np.float64)}
    return {
        "rate_hz": number(f"{name}: rate", series.rate),
        "start_s": number(f"{name}: starting_time", series.starting_time),
    }


def _movie(path: str | Path, name: str, series, clock: str, width_first: bool) -> Movie:
    shown, index = series, None
    if hasattr(series, "indexed_images"):
        shown = series.indexed_timeseries
        index = numbers(name, stored(place_of(series), series.data, path))
    if getattr(shown, "external_file", None) is not None:
        raise ValueError(
            f"image series '{name}': its frames are in {_listed(shown.external_file)} and not in the NWB file; read "
            "that file yourself and use recordings.own_data.write_recording"
        )
    pictures = shown is None
    frames = _pictures(path, series) if pictures else stored(place_of(shown), shown.data, path)
    if not frames.shape:
        raise ValueError(f"image series '{name}': a single value, expected frames")
    if index is not None:
        _check_index(name, index, len(frames))
    return Movie(Frames(frames, index, width_first), clock=clock, **_timing(path, series))


def _listed(files) -> str:
    with reading("external_file"):
        return printable(", ".join(map(str, files)), 200)


def _check_index(name: str, index: np.ndarray, num_frames: int) -> None:
    if index.ndim != 1 or index.dtype.kind not in "iu":
        raise ValueError(
            f"index series '{name}': {index.dtype} of shape {index.shape}, expected one whole number per sample"
        )
    wrong = np.flatnonzero((index < 0) | (index >= num_frames))
    if len(wrong):
        raise ValueError(
            f"index series '{name}': index {index[wrong[0]]} at sample {wrong[0]}, expected 0 to {num_frames - 1}; "
            "store a grey image for an empty screen"
        )


def _pictures(path: str | Path, series) -> Pictures:
    """What the indices of an index series mean."""
    images = series.indexed_images
    if images.order_of_images is None:
        raise ValueError(
            f"index series '{series.name}': images '{images.name}' have no order; store order_of_images"
        )
    return Pictures.of(images, path)


def _shown(nwb) -> dict[str, tuple]:
    """Everything on the screen with its clock: presentations on the session's, templates from the start of each trial."""
    found = {}
    for place, clock in ((nwb.stimulus_template, "trial"), (nwb.stimulus, "session")):
        for name, series in place.items():
            if hasattr(series, "indexed_images") or hasattr(series, "external_file"):
                found[name] = (series, clock)
    return found


def _movies(path: str | Path, nwb, names: Sequence[str], choices: NwbChoices) -> dict[str, Movie]:
    """The movies that trials name."""
    shown = _shown(nwb)
    unknown = set(names) - set(shown)
    if unknown:
        raise ValueError(
            f"trials: column '{choices.movie_column}' names {sorted(unknown)[0]!r}, but the image series are "
            f"{', '.join(sorted(shown)) or 'none'}; correct the column"
        )
    width_first = choices.width_first
    return {name: _movie(path, name, *shown[name], width_first) for name in sorted(set(names))}


def _movie_names(path: str | Path, nwb, choices: NwbChoices) -> list[str]:
    if choices.movie_column in nwb.trials.colnames:
        return texts(*_column(path, nwb, choices.movie_column))
    shown = _shown(nwb)
    names = [name for name, (_, clock) in shown.items() if clock == "session"] or list(shown)
    if len(names) != 1:
        raise ValueError(
            f"trials: no column '{choices.movie_column}' says which of the {len(names)} image series "
            f"({', '.join(sorted(names)) or 'none'}) a trial shows; add it, or set movie_column"
        )
    return names * len(nwb.trials)


def _column(path: str | Path, nwb, column: str) -> tuple[str, np.ndarray]:
    """Name and values of a column of the trials."""
    name = f"trials: column '{column}'"
    if column not in nwb.trials.colnames:
        found = printable(", ".join(map(str, nwb.trials.colnames)), 200)
        raise ValueError(f"{name} is missing (found {found}); add it")
    values = nwb.trials[column]
    dataset = getattr(values.data, "dataset", values.data)  # texts are wrapped
    if isinstance(dataset, h5py.Dataset):
        examine(name, dataset, path)
    with reading(name):
        return name, np.asarray(values[:])


def _trials(path: str | Path, nwb, names: list[str], choices: NwbChoices) -> list[OwnTrial]:
    tiers = choices.tiers
    if tiers is None:
        if choices.tier_column not in nwb.trials.colnames:
            found = printable(", ".join(map(str, nwb.trials.colnames)), 200)
            raise ValueError(
                f"trials: no column '{choices.tier_column}' (found {found}); give tiers, one per trial, for instance "
                "'train' or 'oracle'"
            )
        tiers = texts(*_column(path, nwb, choices.tier_column))
    times_s = {
        part: line_of_numbers(*_column(path, nwb, part)).astype(np.float64).tolist()
        for part in ("start_time", "stop_time")
    }
    columns = {"tiers": tiers, "movies": names, **times_s}
    for part, values in columns.items():
        if len(values) != len(nwb.trials):
            raise ValueError(
                f"{part}: {len(values)} for {len(nwb.trials)} trials; give one per trial"
            )
    rows = zip(*times_s.values(), tiers, names, strict=True)
    return [OwnTrial(start, stop, str(tier), name) for start, stop, tier, name in rows]


def _unit_ids(path: str | Path, series) -> np.ndarray:
    """Ids of the regions of interest, in the order of the responses."""
    table = series.rois.table
    ids = numbers("ids of regions", stored("ids of regions", table.id.data, path))
    rows = numbers("rois", stored("rois", series.rois.data, path))
    if rows.dtype.kind not in "iu" or rows.min() < 0 or rows.max() >= len(ids):
        raise ValueError(
            f"{place_of(series)}: rois are no rows of a table of {len(ids)} regions; correct them"
        )
    return ids[rows]
