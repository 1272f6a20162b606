"""Statistics of neurons that counted hidden responses as zeros, corrected.

With a fraction f of all frames measured and zeros in the others, the stored moments are f times the true ones:
mean' = f mean and std'^2 + mean'^2 = f (std^2 + mean^2).
"""

import numpy as np
import pandas as pd


def measure_fraction(trials: pd.DataFrame) -> pd.Series:
    """Fraction of the response frames of every recording that were measured; hidden trials are zeros for all frames."""
    frames, recording = trials.valid_frames_response, trials.recording
    measured = frames.where(trials.valid_response, 0)
    return measured.groupby(recording).sum() / frames.groupby(recording).sum()


def correct_mean(mean: np.ndarray, fraction: np.ndarray | float) -> np.ndarray:
    """The mean over measured frames alone; `fraction` in ]0, 1]."""
    return mean / fraction


def correct_std(std: np.ndarray, mean: np.ndarray, fraction: np.ndarray | float) -> np.ndarray:
    """The population standard deviation over measured frames alone, from the stored std and the stored mean."""
    variance = (std**2 + mean**2) / fraction - (mean / fraction) ** 2
    return np.sqrt(np.maximum(variance, 0))


def correct_statistics(neurons: pd.DataFrame, trials: pd.DataFrame) -> pd.DataFrame:
    """A neurons table with mean and std corrected for the hidden trials of each recording, NaN if all are hidden.

    The maximum is right as stored; the minimum is right unless it is 0.
    """
    fraction = neurons.recording.map(measure_fraction(trials))
    if fraction.isna().any():
        recording = neurons.recording[fraction.isna()].iloc[0]
        raise ValueError(
            f"neurons: no trials of the recording {recording}; give its trials table too"
        )
    fraction = fraction.where(fraction > 0)
    mean, std = neurons.mean_activation, neurons.std_activation
    corrected = {
        "mean_activation": correct_mean(mean, fraction),
        "std_activation": correct_std(std, mean, fraction),
    }
    return neurons.assign(**corrected)
