"""How often and for how long signals were sampled: a wrong rate or swapped axes show there, and nowhere else."""

from collections.abc import Mapping, Sequence

import numpy as np

from recordings.own_data.resample import Sampling
from recordings.own_data.session import OwnTrial, Signal

LONGEST_INTERVAL_S = 1.0
"""between two samples; the line between sparser ones says nothing of the frames of 1/30 s between them"""
LONGER_THAN_NEEDED = 2.0
"""times as long as the trials and every other signal, at most"""
ALLOWED_REST_S = 10.0
"""beyond what is needed, however short that is"""
MOST_TRIALS_AT_ONCE = 10
"""that a moment may lie in, on average over the responses"""


def refuse_sparse(sampling: Sampling) -> None:
    """Refuse a signal with fewer than one sample per second: a period given as the rate, or times in milliseconds."""
    if sampling.interval_s > LONGEST_INTERVAL_S:
        raise ValueError(
            f"{sampling.name}: a sample every {sampling.interval_s:.4g} s, expected one every {LONGEST_INTERVAL_S:g} s or more "
            "often, since frames last 1/30 s; give rate_hz in samples per second (not the time between two), or times_s in seconds"
        )


def refuse_too_long(
    samplings: Mapping[str, Sampling], signals: Mapping[str, Signal], trials: Sequence[OwnTrial]
) -> None:
    """Refuse a signal more than twice as long as the stretch that the trials and all other signals lie in."""
    ends_s = {name: one.times_s[[0, -1]] for name, one in samplings.items()}
    shown_s = (min(t.start_s for t in trials), max(t.stop_s for t in trials))
    for name, (first_s, last_s) in ends_s.items():
        others = {"trials": shown_s} | {k: v for k, v in ends_s.items() if k != name}
        needed_s = np.max([*others.values()]) - np.min([*others.values()])
        length_s = last_s - first_s
        if length_s > max(LONGER_THAN_NEEDED * needed_s, needed_s + ALLOWED_REST_S):
            found = ", ".join(f"{k} {stop - start:.4g} s" for k, (start, stop) in others.items())
            raise ValueError(
                f"{name}: shape {np.shape(signals[name].values)}, which lasts {length_s:.4g} s beside {found}; expected time along "
                f"the last axis{_neurons_first(name)} and rate_hz in samples per second: give its transpose, correct its times, or "
                "cut it to the trials"
            )


def refuse_overlap(responses: Sampling, trials: Sequence[OwnTrial]) -> None:
    """Refuse trials that together last many times as long as the session: the recording would grow without new data."""
    length_s = responses.times_s[-1] - responses.times_s[0] + responses.interval_s
    together_s = sum(max(trial.stop_s - trial.start_s, 0) for trial in trials)
    if together_s > MOST_TRIALS_AT_ONCE * length_s:
        raise ValueError(
            f"trials: {len(trials)} last {together_s:.4g} s together, but the responses {length_s:.4g} s; expected trials that do not "
            "overlap"
        )


def _neurons_first(name: str) -> str:
    return " (neurons first)" if name == "responses" else ""
