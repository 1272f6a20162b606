"""Artificial stimuli in the place of held-out clips."""

from dataclasses import replace

import numpy as np
import pandas as pd

from reconstruct import jobs
from reconstruct.expected import expect
from reconstruct.movies import read_movies
from reconstruct.pilot import choose_weight
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


def test_every_stimulus_is_shown_once(tmp_path):
    trials = make_stimulus_job(tmp_path).trials()
    assert [trial.number for trial in trials] == [*range(8)]
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


def test_the_prior_is_weighed_on_the_held_out_clips(tmp_path, monkeypatch):
    """What stimuli are in the list has no say: many of them cannot be seen."""
    job, pilots = make_stimulus_job(tmp_path), []

    def choose(reconstructor, trials, *others):
        pilots.extend(trials)
        return choose_weight(reconstructor, trials, *others)

    monkeypatch.setattr(jobs, "choose_weight", choose)
    encoder = make_encoder()
    job.run((encoder,), "cpu", retarget=lambda trials: [respond(encoder, t) for t in trials])
    assert [trial.number for trial in pilots] == [2, 8, 11]


def respond(encoder, trial):
    if np.isfinite(trial.responses_NT).all():
        return trial
    return replace(trial, responses_NT=expect((encoder,), "A", trial, "cpu", 6))
