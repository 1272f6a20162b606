"""Artificial stimuli in the place of held-out clips: what the members predict of them is all that there is to explain."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from masks.fields import mean_behavior
from reconstruct.jobs import ClipJob, clip_job
from reconstruct.settings import PREDICTED
from recordings.artificial.gratings import GratingSettings
from recordings.artificial.noise import NoiseSettings
from recordings.artificial.stimuli import movie_of, stimuli, stimulus_settings
from recordings.csv_table import read_table
from recordings.reader import Recording, Trial
from recordings.selection import TRAINING, trials_of


@dataclass(frozen=True)
class StimulusJob(ClipJob):
    """The artificial stimuli of one kind, as one mouse would have seen them."""

    shown: NoiseSettings | GratingSettings

    def trials(self) -> list[Trial]:
        """The stimuli, numbered as in their table.

        Behaviour is the mean of the training trials. There are no responses yet: a job that took them for the target
        would refuse the NaN.
        """
        # paper: 1.7 takes the maximum over time of the mean behaviour; the mean is what the members know best.
        recording = Recording(Path(self.recording))
        numbers = trials_of(read_table(self.sets), self.mouse, TRAINING)
        behavior_C = mean_behavior(map(recording.behavior, numbers)).numpy()
        num_frames = self.shown.num_frames
        behavior_CT = np.repeat(behavior_C[:, None], num_frames, axis=1)
        unknown_NT = np.broadcast_to(np.float32(np.nan), (recording.num_neurons, num_frames))
        return [
            Trial(one.number, movie_of(self.shown, one.number), unknown_NT, behavior_CT)
            for one in stimuli(self.shown)
        ]

    def pilots(self) -> list[Trial]:
        """The held-out clips: many stimuli cannot be seen, and what is chosen on those would be to stop at once."""
        return super().trials()


def stimulus_job(
    mouse: str,
    kind: str,
    maker: str,
    files: Mapping,
    params: Mapping,
    output: str,
    checkpoint_s: float,
) -> StimulusJob:
    """The job of a rule from its named inputs and params."""
    predicted = dict(params) | {"settings": params["settings"] | {"target": PREDICTED}}
    job = clip_job(mouse, maker, files, predicted, output, checkpoint_s)
    return StimulusJob(**vars(job), shown=stimulus_settings(kind, params["stimuli"]))
