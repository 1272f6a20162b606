"""What encoders expect of a movie: the target where that is not the recorded activity, and what a file may store."""

from dataclasses import replace

import numpy as np

from models.encoder import Encoder, predict_trial, stack_inputs
from reconstruct.settings import PREDICTED, ReconstructSettings
from recordings.progress import report_progress
from recordings.reader import Trial


def expect(
    encoders: tuple[Encoder, ...], mouse: str, trial: Trial, device: str, stride_frames: int = 1
) -> np.ndarray:
    """Responses to a trial's movie (N,T), mean over encoders."""
    total = 0
    for encoder in encoders:
        inputs = stack_inputs(trial, encoder.spec).to(device)
        total = total + predict_trial(encoder, inputs, mouse, stride_frames).cpu().numpy()
    return (total / len(encoders)).astype(np.float32)


def predict_targets(
    encoders: tuple[Encoder, ...],
    mouse: str,
    trials: list[Trial],
    device: str,
    settings: ReconstructSettings,
) -> list[Trial]:
    """The trials with what the encoders expect of the movie that was shown, where that is the target."""
    if settings.target != PREDICTED:
        return trials
    # paper: a mean over all places of the window, though the descent sees one (method 1.3, step 7, and B2); `map`
    # takes the windows of its descent, so that its misfit is least at the movie that was shown, but where two windows overlap.
    stride = 1 if settings.is_paper else settings.descent.window_stride_frames
    titled = report_progress(trials, "predicting the target")
    return [
        replace(trial, responses_NT=expect(encoders, mouse, trial, device, stride))
        for trial in titled
    ]
