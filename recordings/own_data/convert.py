"""One session to the arrays of its trials, frame by frame at 30 Hz; whatever cannot be converted is refused first."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from recordings.own_data.given import check_choices, check_kinds, check_neurons
from recordings.own_data.kinds import numbers
from recordings.own_data.resample import Sampling, resample
from recordings.own_data.screen import check_size, frames_on_screen, read_frames
from recordings.own_data.session import (
    BEHAVIOUR,
    CLOCKS,
    Movie,
    OwnSession,
    OwnTrial,
    Signal,
    interval_of,
    sample_times_s,
)
from recordings.own_data.span import refuse_overlap, refuse_sparse, refuse_too_long
from recordings.phash import NUM_HASHED_FRAMES
from recordings.reader import FRAME_RATE_HZ, TIERS
from recordings.trial_checks import LOWEST_RESPONSE


@dataclass(frozen=True)
class Converter:
    """Converts the trials of a session; frame k of a trial stands for the moment k/30 s after its start."""

    session: OwnSession

    def __post_init__(self):
        check_kinds(self.session)
        check_choices(self.session)
        _check_shape("responses", self.session.responses)
        check_neurons(self.session)
        _check_tiers(self.session)
        for name, signal in self._signals().items():
            _check_shape(name, signal)
        for name, movie in self.session.movies.items():
            _check_movie(name, movie, self.session.fit)
        for number, trial in enumerate(self.session.trials):
            _check_trial(number, trial, self.session.movies)
        for sampling in self._samplings.values():
            refuse_sparse(sampling)
        refuse_too_long(self._samplings, self._signals(), self.session.trials)
        for number, trial in enumerate(self.session.trials):
            _check_covered(number, trial, self._samplings["responses"])
        refuse_overlap(self._samplings["responses"], self.session.trials)

    @property
    def num_frames(self) -> int:
        """Frames of the longest trial."""
        return max(map(frames_of, self.session.trials))

    def trial(self, number: int) -> dict[str, np.ndarray]:
        """Video (36, 64, T), responses (N, T), behaviour (2, T) and pupil centre (2, T) of one trial as float32."""
        trial = self.session.trials[number]
        moments_s = trial.start_s + np.arange(frames_of(trial)) / FRAME_RATE_HZ
        behavior = [self._behaviour(name, number, moments_s) for name in BEHAVIOUR]
        arrays = {
            "videos": self._video(number, moments_s).transpose(1, 2, 0),
            "responses": self._responses(number, moments_s),
            "behavior": np.concatenate(behavior[:2]),
            "pupil_center": behavior[2],
        }
        return {name: np.asarray(values, np.float32) for name, values in arrays.items()}

    def _signals(self) -> dict[str, Signal]:
        names = ("responses", *(n for n in BEHAVIOUR if n not in self.session.not_measured))
        return {name: getattr(self.session, name) for name in names}

    @cached_property
    def _samplings(self) -> dict[str, Sampling]:
        found = {}
        for name, signal in self._signals().items():
            times_s = sample_times_s(name, signal)
            gap_s = 0.0 if name == "responses" else self.session.max_gap_s
            found[name] = Sampling(name, times_s, interval_of(times_s, signal), gap_s)
        return found

    @cached_property
    def _movie_times(self) -> dict[str, np.ndarray]:
        movies = self.session.movies
        return {name: sample_times_s(f"movie '{name}'", movies[name]) for name in movies}

    def _video(self, number: int, moments_s: np.ndarray) -> np.ndarray:
        trial = self.session.trials[number]
        movie, times_s = self.session.movies[trial.movie], self._movie_times[trial.movie]
        if movie.clock == "trial":
            moments_s = moments_s - trial.start_s + trial.movie_from_s
        name = f"trial {number}: movie '{trial.movie}'"
        indices = frames_on_screen(name, times_s, interval_of(times_s, movie), moments_s)
        return read_frames(name, movie, indices, self.session.fit)

    def _responses(self, number: int, moments_s: np.ndarray) -> np.ndarray:
        self._check_responses(number, moments_s)
        values_NT = self._resampled("responses", number, moments_s)
        if not np.float32(values_NT.max()) > 0:
            raise ValueError(
                f"trial {number}: no neuron responds from {moments_s[0]:.3f} to {moments_s[-1]:.3f} s, which the pipeline would take "
                "for responses that are withheld; leave the trial out"
            )
        return np.maximum(values_NT, 0)

    def _check_responses(self, number: int, moments_s: np.ndarray) -> None:
        """Refuse negative ones, and NaN in some neurons; NaN in all of them is a lost sample."""
        sampling = self._samplings["responses"]
        around = sampling.samples_around(moments_s)
        times_s = sampling.times_s[around]
        values_NT = numbers("responses", self.session.responses.values[:, around])
        blank = np.isnan(values_NT)
        partly = blank & ~blank.all(axis=0)
        for wrong, what in (
            (partly, "NaN; leave the neuron or the trial out"),
            (
                values_NT < LOWEST_RESPONSE,
                "below 0; give deconvolved activity or spike counts, not dF/F",
            ),
        ):
            if wrong.any():
                neuron, sample = np.argwhere(wrong)[0]
                raise ValueError(
                    f"trial {number}: responses of neuron {neuron} at {times_s[sample]:.3f} s are {what}"
                )

    def _behaviour(self, name: str, number: int, moments_s: np.ndarray) -> np.ndarray:
        if name in self.session.not_measured:
            return np.zeros((BEHAVIOUR[name], len(moments_s)))
        return self._resampled(name, number, moments_s)

    def _resampled(self, name: str, number: int, moments_s: np.ndarray) -> np.ndarray:
        values = getattr(self.session, name).values
        values_CT = values[None] if len(values.shape) == 1 else values
        try:
            return resample(values_CT, self._samplings[name], moments_s)
        except ValueError as error:
            raise ValueError(f"trial {number}: {error}") from None


def frames_of(trial: OwnTrial) -> int:
    """Frames of 1/30 s in a trial, to the nearest."""
    return int(np.floor((trial.stop_s - trial.start_s) * FRAME_RATE_HZ + 0.5))


def _check_shape(name: str, signal: Signal) -> None:
    shape, channels = np.shape(signal.values), BEHAVIOUR.get(name)
    expected = {None: "(neurons, samples)", 1: "(samples,)", 2: "(2, samples), x and y"}[channels]
    swapped = channels == 2 and len(shape) == 2 and shape[1] == 2 != shape[0]
    right = len(shape) == 1 if channels == 1 else len(shape) == 2 and channels in (None, shape[0])
    if swapped or not right:
        hint = "; give its transpose" if swapped else "; change its axes"
        raise ValueError(f"{name}: shape {shape}, expected {expected}{hint}")
    if 0 in shape:
        raise ValueError(f"{name}: shape {shape} is empty, expected {expected}; fill it in")


def _check_movie(name: str, movie: Movie, fit: str) -> None:
    what = f"movie '{name}'"
    if movie.clock not in CLOCKS:
        raise ValueError(f"{what}: clock '{movie.clock}', expected one of {', '.join(CLOCKS)}")
    sample_times_s(what, movie)  # first: it tells axes in another order by the number of times
    check_size(what, np.shape(movie.frames_THW), fit)


def _check_tiers(session: OwnSession) -> None:
    tiers = [trial.tier for trial in session.trials]
    for number, tier in enumerate(tiers):
        if tier not in TIERS:
            raise ValueError(f"trial {number}: tier '{tier}', expected one of {', '.join(TIERS)}")
    held_out = [tier for tier in tiers if tier != "train"]
    if not held_out or len(held_out) == len(tiers):
        raise ValueError(
            f"trials: {len(tiers) - len(held_out)} of tier train and {len(held_out)} of other tiers, expected at least one of each; "
            "call trials to train on 'train' and those to reconstruct 'oracle'"
        )


def _check_trial(number: int, trial: OwnTrial, movies: Mapping[str, Movie]) -> None:
    if frames_of(trial) < NUM_HASHED_FRAMES:
        raise ValueError(
            f"trial {number}: from {trial.start_s:g} to {trial.stop_s:g} s, expected a stop at least {NUM_HASHED_FRAMES} frames of "
            "1/30 s after the start; leave it out"
        )
    if trial.movie not in movies:
        known = ", ".join(sorted(movies)[:5]) or "none"
        raise ValueError(
            f"trial {number}: movie '{trial.movie}' is not among the movies ({known}); add it or correct the trial"
        )
    if trial.movie_from_s and movies[trial.movie].clock == "session":
        raise ValueError(
            f"trial {number}: movie_from_s is {trial.movie_from_s:g}, but the clock of movie '{trial.movie}' is that of the session; "
            "leave movie_from_s out"
        )


def _check_covered(number: int, trial: OwnTrial, responses: Sampling) -> None:
    first_s, last_s = responses.times_s[[0, -1]]
    stop_s = trial.start_s + (frames_of(trial) - 1) / FRAME_RATE_HZ
    if trial.start_s < first_s - responses.bridged_s or stop_s > last_s + responses.bridged_s:
        raise ValueError(
            f"trial {number}: from {trial.start_s:g} to {trial.stop_s:g} s, outside of the responses ({len(responses.times_s)} samples "
            f"from {first_s:g} to {last_s:g} s); leave it out, correct its times, or those of the responses (neurons first, rate_hz in samples per second)"
        )
    times_s = responses.times_s
    apart = np.flatnonzero(np.diff(times_s) > responses.bridged_s)
    shared_s = np.minimum(times_s[apart + 1], stop_s) - np.maximum(times_s[apart], trial.start_s)
    if (shared_s > 1.001 / FRAME_RATE_HZ).any():
        gap = apart[np.argmax(shared_s)]
        raise ValueError(
            f"trial {number}: responses: no values from {times_s[gap]:.3f} to {times_s[gap + 1]:.3f} s; leave the trial out or fill the gap"
        )
