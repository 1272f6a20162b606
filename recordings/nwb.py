"""A session in an NWB file to a recording folder: optical physiology, image series on the screen, behaviour, trials."""

import importlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from recordings.own_data.session import BEHAVIOUR, Movie, OwnSession, OwnTrial, Signal
from recordings.own_data.write import write_recording

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
    """Write the session of an NWB file as a recording folder and return the check's row per trial; as `write_recording` does."""
    with open_nwb(path, choices or NwbChoices()) as session:
        try:
            return write_recording(folder, session)
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None
        except OSError as error:
            if error.errno is not None:  # of the disk that is written to; HDF5 has none
                raise
            raise _unreadable(path, error) from None


@contextmanager
def open_nwb(path: str | Path, choices: NwbChoices) -> Iterator[OwnSession]:
    """The session of an NWB file; movies and responses are read as they are needed, while the file is open."""
    try:
        pynwb = importlib.import_module("pynwb")
    except ModuleNotFoundError:
        raise ValueError(f"{path}: {NO_PYNWB}") from None
    if not Path(path).is_file():
        raise ValueError(f"{path}: no such file; expected an NWB file")
    with ExitStack() as opened:
        try:
            io = opened.enter_context(pynwb.NWBHDF5IO(str(path), mode="r"))
            nwb = io.read()
        except Exception as error:  # hdmf raises whatever a wrong file makes it stumble over
            raise _unreadable(path, error) from None
        yield _build(path, nwb, choices)


def _unreadable(path: str | Path, error: Exception) -> ValueError:
    reason = " ".join(str(error).split())[:200] or type(error).__name__
    return ValueError(
        f"{path}: not a readable NWB file ({reason}); expected a whole file in the NWB 2 format: copy it again"
    )


def _build(path: str | Path, nwb, choices: NwbChoices) -> OwnSession:
    try:
        if nwb.trials is None:
            raise ValueError(
                "no table of trials; expected nwb.trials with start_time and stop_time"
            )
        table = nwb.trials.to_dataframe()
        names = _movie_names(nwb, table, choices)
        movies = _movies(nwb, names, choices)
        present = [name for name in BEHAVIOUR if name not in choices.not_measured]
        found = {name: _find(nwb, name, choices) for name in ("responses", *present)}
        trials = _trials(table, names, choices)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    except OSError as error:
        raise _unreadable(path, error) from None
    return OwnSession(
        movies=movies,
        trials=trials,
        **{name: _signal(name, series) for name, series in found.items()},
        not_measured=choices.not_measured,
        fit=choices.fit,
        max_gap_s=choices.max_gap_s,
        unit_ids=_unit_ids(found["responses"]),
        notes={name: f"{path}: {_place(series)}" for name, series in found.items()},
    )


def _find(nwb, role: str, choices: NwbChoices):
    """The series that is named for a role, or the only one whose name tells."""
    series = [one for one in nwb.objects.values() if type(one).__name__ in KINDS[role]]
    known = ", ".join(sorted({_place(one) for one in series})) or "none"
    name = choices.series.get(role)
    if name is None:
        words = WORDS[role]
        fits = [one for one in series if any(word in _place(one).lower() for word in words)]
    else:
        fits = [one for one in series if name in (one.name, _place(one))]
    if len(fits) != 1:
        wanted = f"called '{name}'" if name else f"with {' or '.join(WORDS[role])} in its name"
        remedy = (
            "" if role == "responses" else f", or name it in not_measured if there is no {role}"
        )
        raise ValueError(
            f"{role}: {len(fits)} {KINDS[role][0]} {wanted} among {known}; expected one: name it in series{remedy}"
        )
    return fits[0]


def _place(series) -> str:
    """`container/series`, which tells two series of the same name apart."""
    parent = getattr(series.parent, "name", "root")
    return f"{parent}/{series.name}"


def _signal(name: str, series) -> Signal:
    if name == "responses":
        return Signal(_Responses(series), **_timing(series))
    values = np.asarray(series.data, np.float64) * series.conversion + series.offset
    values = values.T if name == "gaze" else np.squeeze(values)
    return Signal(values, **_timing(series))


def _timing(series) -> dict:
    """Rate and start, or the time of every sample; pynwb follows links to another series' times."""
    if series.timestamps is not None:
        return {"times_s": np.asarray(series.timestamps, np.float64)}
    return {"rate_hz": float(series.rate), "start_s": float(series.starting_time)}


@dataclass(frozen=True)
class _Responses:
    """Responses (neurons, samples) of a series stored as (samples, neurons), read stretch by stretch."""

    series: object

    @property
    def shape(self) -> tuple[int, ...]:
        return (
            np.shape(self.series.data)[::-1]
            if np.ndim(self.series.data) > 1
            else (1, len(self.series.data))
        )

    def __getitem__(self, place: tuple[slice, slice]) -> np.ndarray:
        neurons, samples = place
        values_TN = np.asarray(self.series.data[samples], np.float64)
        values_TN = values_TN.reshape(len(values_TN), -1)
        return (values_TN * self.series.conversion + self.series.offset).T[neurons]


@dataclass(frozen=True)
class _Frames:
    """Frames (T, H, W) out of stored ones, read as they are asked for; `index` says which is shown when."""

    stored: Sequence
    index: np.ndarray | None
    width_first: bool

    @property
    def shape(self) -> tuple[int, ...]:
        num = len(self.stored) if self.index is None else len(self.index)
        size = np.shape(self.stored[0])
        return (num, *(size[::-1] if self.width_first else size))

    def __getitem__(self, place: slice) -> np.ndarray:
        if self.index is None:
            frames = np.asarray(self.stored[place])
        else:
            wanted, order = np.unique(self.index[place], return_inverse=True)
            frames = np.stack([np.asarray(self.stored[int(one)]) for one in wanted])[order]
        return frames.swapaxes(1, 2) if self.width_first else frames


@dataclass(frozen=True)
class _Pictures:
    """Images of an NWB file in their order."""

    pictures: Sequence

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, place: int) -> np.ndarray:
        return np.asarray(self.pictures[place].data)


def _movie(name: str, series, clock: str, width_first: bool) -> Movie:
    if getattr(series, "external_file", None) is not None:
        raise ValueError(
            f"image series '{name}': its frames are in {', '.join(map(str, series.external_file))} and not in the NWB file; read "
            "that file yourself and use recordings.own_data.write_recording"
        )
    stored, index = series.data, None
    if hasattr(series, "indexed_images"):
        stored, index = _indexed(series), np.asarray(series.data)
        wrong = np.flatnonzero((index < 0) | (index >= len(stored)))
        if len(wrong):
            raise ValueError(
                f"index series '{name}': index {index[wrong[0]]} at sample {wrong[0]}, expected 0 to {len(stored) - 1}; "
                "store a grey image for an empty screen"
            )
    return Movie(_Frames(stored, index, width_first), clock=clock, **_timing(series))


def _indexed(series) -> Sequence:
    """What the indices of an index series mean."""
    if series.indexed_images is None:
        return series.indexed_timeseries.data
    images = series.indexed_images
    if images.order_of_images is None:
        raise ValueError(
            f"index series '{series.name}': images '{images.name}' have no order; store order_of_images"
        )
    return _Pictures(list(images.order_of_images))


def _shown(nwb) -> dict[str, tuple]:
    """Everything on the screen with its clock: presentations on the session's, templates from the start of each trial."""
    found = {}
    for place, clock in ((nwb.stimulus_template, "trial"), (nwb.stimulus, "session")):
        for name, series in place.items():
            if hasattr(series, "indexed_images") or hasattr(series, "external_file"):
                found[name] = (series, clock)
    return found


def _movies(nwb, names: Sequence[str], choices: NwbChoices) -> dict[str, Movie]:
    """The movies that trials name."""
    shown = _shown(nwb)
    unknown = set(names) - set(shown)
    if unknown:
        raise ValueError(
            f"trials: column '{choices.movie_column}' names {sorted(unknown)[0]!r}, but the image series are "
            f"{', '.join(sorted(shown)) or 'none'}; correct the column"
        )
    return {name: _movie(name, *shown[name], choices.width_first) for name in sorted(set(names))}


def _movie_names(nwb, table: pd.DataFrame, choices: NwbChoices) -> list[str]:
    if choices.movie_column in table:
        return [str(name) for name in table[choices.movie_column]]
    shown = _shown(nwb)
    names = [name for name, (_, clock) in shown.items() if clock == "session"] or list(shown)
    if len(names) != 1:
        raise ValueError(
            f"trials: no column '{choices.movie_column}' says which of the {len(names)} image series "
            f"({', '.join(sorted(names)) or 'none'}) a trial shows; add it, or set movie_column"
        )
    return names * len(table)


def _trials(table: pd.DataFrame, names: list[str], choices: NwbChoices) -> list[OwnTrial]:
    tiers = choices.tiers
    if tiers is None:
        if choices.tier_column not in table:
            raise ValueError(
                f"trials: no column '{choices.tier_column}' (found {', '.join(table.columns)}); give tiers, one per trial, for instance "
                "'train' or 'oracle'"
            )
        tiers = table[choices.tier_column]
    if len(tiers) != len(table):
        raise ValueError(f"tiers: {len(tiers)} for {len(table)} trials; give one per trial")
    rows = zip(table.start_time, table.stop_time, tiers, names, strict=True)
    return [OwnTrial(float(a), float(b), str(tier), name) for a, b, tier, name in rows]


def _unit_ids(series) -> np.ndarray:
    """Ids of the regions of interest, in the order of the responses."""
    return np.asarray(series.rois.table.id[:])[np.asarray(series.rois.data[:])]
