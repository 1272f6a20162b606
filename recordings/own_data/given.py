"""What a session is made of: refused where its parts are of another kind than they are meant to be."""

import numpy as np

from recordings.own_data.kinds import number, numbers, refuse_other_kind, text, texts
from recordings.own_data.session import BEHAVIOUR, FITS, Movie, OwnSession, OwnTrial, Signal
from recordings.untrusted import printable

EXAMPLES = {
    Signal: "Signal(values, rate_hz=...)",
    Movie: "Movie(frames, rate_hz=...)",
    OwnTrial: "OwnTrial(start_s, stop_s, tier, movie)",
}
LARGEST_ID = 2**53
"""up to which float64, MATLAB's numbers, are whole"""
LARGEST_COORDINATE_UM, LARGEST_TIME_S = 1e6, 1e12


def check_kinds(session: OwnSession) -> None:
    """Refuse what is no array, number or text where one is expected; nothing large is read."""
    for name in session.movies:
        text(f"movies: the name '{printable(str(name))}'", name)
    given = {name: (getattr(session, name), Signal) for name in ("responses", *BEHAVIOUR)}
    given |= {f"movie '{name}'": (movie, Movie) for name, movie in session.movies.items()}
    given |= {f"trial {k}": (trial, OwnTrial) for k, trial in enumerate(session.trials)}
    for name, (value, kind) in given.items():
        if value is None and name in BEHAVIOUR:
            continue
        if not isinstance(value, kind):
            raise ValueError(
                f"{name}: a plain {type(value).__name__}, expected {EXAMPLES[kind]} from recordings.own_data"
            )
        (_check_trial if kind is OwnTrial else _check_sampled)(name, value)


def check_choices(session: OwnSession) -> None:
    """Refuse unknown options, and signals that are neither given nor said to be missing, or both."""
    if text("fit", session.fit) not in FITS:
        raise ValueError(f"fit: '{session.fit}', expected one of {', '.join(FITS)}")
    unknown = set(texts("not_measured", session.not_measured)) - set(BEHAVIOUR)
    if unknown:
        raise ValueError(
            f"not_measured: {sorted(unknown)}, expected some of {', '.join(BEHAVIOUR)}"
        )
    if number("max_gap_s", session.max_gap_s) < 0:
        raise ValueError(f"max_gap_s: {session.max_gap_s:g}, expected seconds, 0 or more")
    for name in BEHAVIOUR:
        given = getattr(session, name) is not None
        if given and name in session.not_measured:
            raise ValueError(f"{name}: given, and named in not_measured; choose one")
        if not given and name not in session.not_measured:
            raise ValueError(
                f"{name}: not given; give it, or name it in not_measured to fill it with zeros"
            )


def check_neurons(session: OwnSession) -> None:
    """Refuse ids and coordinates that are not one for each neuron."""
    num_neurons = session.responses.values.shape[0]
    expected = {"unit_ids": (num_neurons,), "coordinates_um": (num_neurons, 3)}
    for name, shape in expected.items():
        values = getattr(session, name)
        if values is None:
            continue
        values = numbers(name, values)
        if values.shape != shape:
            raise ValueError(
                f"{name}: shape {values.shape}, expected {shape} for {num_neurons} neurons"
            )
        if not np.isfinite(values).all():
            raise ValueError(f"{name}: NaN or infinite for some neurons; leave {name} out")
        largest = LARGEST_ID if name == "unit_ids" else LARGEST_COORDINATE_UM
        if np.abs(values.astype(np.float64)).max() > largest:
            raise ValueError(
                f"{name}: some are beyond {largest:g}; correct them or leave {name} out"
            )
    if session.unit_ids is not None:
        ids = np.asarray(session.unit_ids)
        if (ids != np.floor(ids)).any():
            raise ValueError("unit_ids: some are no whole numbers; number them, or leave them out")
        if len(np.unique(ids.astype(np.int64))) < num_neurons:
            raise ValueError(
                "unit_ids: some occur twice, expected one for each neuron; number them"
            )


def _check_trial(name: str, trial: OwnTrial) -> None:
    for part in ("start_s", "stop_s", "movie_from_s"):
        try:
            is_time = abs(number(name, getattr(trial, part))) < LARGEST_TIME_S
        except ValueError:
            is_time = False
        if not is_time:
            raise ValueError(
                f"{name}: {part} is {getattr(trial, part)!r:.40}, expected start_s, stop_s and movie_from_s in seconds"
            )
    for part in ("tier", "movie"):
        text(f"{name}: {part}", getattr(trial, part))


def _check_sampled(name: str, sampled: Signal | Movie) -> None:
    values = sampled.frames_THW if isinstance(sampled, Movie) else sampled.values
    if not hasattr(values, "shape") or not hasattr(values, "__getitem__"):
        raise ValueError(f"{name}: a plain {type(values).__name__}, expected an array")
    if isinstance(getattr(values, "dtype", None), np.dtype):
        refuse_other_kind(name, values.dtype)
    number(f"{name}: start_s", sampled.start_s)
    if sampled.rate_hz is not None:
        _check_rate(name, sampled.rate_hz)
    if isinstance(sampled, Movie):
        text(f"{name}: clock", sampled.clock)


def _check_rate(name: str, rate_hz: float) -> None:
    if number(f"{name}: rate_hz", rate_hz) <= 0:
        raise ValueError(f"{name}: rate_hz is {rate_hz:g}, expected more than 0")
