"""Artificial stimuli in the place of held-out clips."""

from dataclasses import replace

import numpy as np
import pandas as pd

from reconstruct.expected import expect
from reconstruct.movies import read_movies
from reconstruct.stimuli import StimulusJob
from recordings.artificial.gratings import GratingSettings
from recordings.artificial.stimuli import movie_of
from recordings.reader import Recording
from recordings.selection import trials_of
from tests.unit.reconstruct.test_jobs import MAP, make_encoder, make_job

DESCENT = MAP | {"held_out_share": 0.0, "prior_weights": [0.01]}
SHOWN = GratingSettings((0, 90), (0.25, 0.0625), (3.75, 0.0), 18)


def make_stimulus_job(folder) -> StimulusJob:
    return StimulusJob(**vars(make_job(folder, target="predicted", descent=DESCENT)), shown=SHOWN)


def test_every_stimulus_is_shown_once_in_a_drawn_order(tmp_path):
    trials = make_stimulus_job(tmp_path).trials()
    numbers = [trial.number for trial in trials]
    assert sorted(numbers) == [*range(8)] != numbers
    for trial in trials:
        np.testing.assert_array_equal(trial.video_THW, movie_of(SHOWN, trial.number))


def test_behaviour_is_the_mean_of_the_training_trials(tmp_path):
    job = make_stimulus_job(tmp_path)
    trial = job.trials()[0]
    numbers = trials_of(pd.read_csv(job.sets), "A", "training")
    seen = [Recording(tmp_path / "mouse").trial(number).behavior_CT for number in numbers]
    expected_C = np.concatenate(seen, axis=1).astype(float).mean(1)
    assert trial.behavior_CT.shape == (4, 18)
    np.testing.assert_allclose(trial.behavior_CT, expected_C[:, None].repeat(18, 1), rtol=1e-5)


def test_movies_are_made_from_what_the_encoder_predicts(tmp_path):
    job = make_stimulus_job(tmp_path)
    encoder = make_encoder()
    job.run((encoder,), "cpu", retarget=lambda trials: [respond(encoder, t) for t in trials])
    order = [trial.number for trial in job.trials()]
    found = dict(zip(order, read_movies(job.output), strict=True))
    assert len(found) == 8
    pixels = [(17, 30), (20, 61)]
    for number, movie_THW in found.items():
        true_THW = movie_of(SHOWN, number)
        for row, column in pixels:
            bright = true_THW[4:, row, column] > 0
            if bright.any() and not bright.all():
                seen = movie_THW[4:, row, column]
                assert seen[bright].mean() > seen[~bright].mean()


def respond(encoder, trial):
    if np.isfinite(trial.responses_NT).all():
        return trial
    return replace(trial, responses_NT=expect((encoder,), "A", trial, "cpu", 6))
