"""The choice of the prior's weight and of the moment to stop, by neurons that the descent does not hear."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from reconstruct.clips import Descent, Reconstructor
from reconstruct.prior import Spectrum
from reconstruct.settings import MapSettings
from recordings.reader import Trial

logger = logging.getLogger(__name__)
MAX_CLIPS_TOGETHER = 8
"""bounds the memory of a job, whatever the number of its clips"""

Run = Callable[[str, Descent], list[dict]]
"""runs a descent under a name and returns the rows of its trace"""


@dataclass(frozen=True)
class Choice:
    """What the held-out neurons chose, and from what."""

    weight: float
    num_iterations: int
    held_out_loss_WI: Float[np.ndarray, "W I"]
    """mean over the pilot clips, for each weight after each iteration; empty where there was nothing to choose"""


def group_clips(trials: list[Trial]) -> list[list[int]]:
    """Places of clips of one length, a few at a time, in order."""
    lengths = [len(trial.video_THW) for trial in trials]
    groups = []
    for length in dict.fromkeys(lengths):
        places = [place for place, found in enumerate(lengths) if found == length]
        step = MAX_CLIPS_TOGETHER
        groups += [places[first : first + step] for first in range(0, len(places), step)]
    return sorted(groups)


def choose_weight(
    reconstructor: Reconstructor,
    trials: list[Trial],
    settings: MapSettings,
    spectrum: Spectrum,
    run: Run,
) -> Choice:
    """Reconstruct the first few clips with every weight, from all but the held-out neurons; the lowest loss of those wins."""
    if settings.held_out_share == 0:
        weight = settings.prior_weights[0]
        return Choice(weight, settings.num_iterations, np.zeros((0, 0)))
    pilots = trials[: settings.num_pilot_clips]
    losses_WI = np.zeros((len(settings.prior_weights), settings.num_iterations))
    for place, weight in enumerate(settings.prior_weights):
        for group in group_clips(pilots):
            chosen = [pilots[clip] for clip in group]
            descent = reconstructor.by_map(chosen, group, settings, spectrum, weight, choosing=True)
            rows = run(f"weight {weight:g}, clips {group}", descent)
            losses_WI[place] += held_out_losses(rows).sum(axis=1) / len(pilots)
    best, iteration = np.unravel_index(np.argmin(losses_WI), losses_WI.shape)
    choice = Choice(settings.prior_weights[best], int(iteration) + 1, losses_WI)
    logger.info(
        "held-out neurons choose weight %g of the prior and %d iterations: loss %.6g, %.6g for the mean frame",
        *(choice.weight, choice.num_iterations, losses_WI.min(), losses_WI[best, 0]),
    )
    report_edges(choice, settings)
    return choice


def report_edges(choice: Choice, settings: MapSettings) -> None:
    """Where the best may lie outside what was tried."""
    if choice.num_iterations == 1:
        logger.info("no movie explains the held-out neurons better than the mean frame does")
        return
    if choice.num_iterations == settings.num_iterations:
        logger.info("their loss still fell at the end: a higher num_iterations may do better")
    weights = settings.prior_weights
    if len(weights) > 1 and choice.weight in (min(weights), max(weights)):
        logger.info("the weight is at the end of prior_weights: a wider range may do better")


def held_out_losses(rows: list[dict]) -> Float[np.ndarray, "I B"]:
    """Of the best movie so far: a step that was not accepted left it as it was."""
    losses = [np.array(rows[0]["held_out_loss"])]
    for row in rows[1:]:
        losses.append(np.where(row["accepted"], row["held_out_loss"], losses[-1]))
    return np.stack(losses)
