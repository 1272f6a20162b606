"""The baseline to beat: a linear decoder from the population's activity to the pixels."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.linalg import cho_factor, cho_solve, eigh

from evaluate.settings import RidgeSettings
from reconstruct.movies import MOVIES, ClipFile
from recordings.progress import report_progress
from recordings.reader import SCREEN_HEIGHT, SCREEN_WIDTH, Recording


@dataclass(frozen=True)
class RidgeDecoder:
    """Pixels as a linear function of (principal components of) the activity at several lags."""

    mean_N: np.ndarray
    projection_NF: np.ndarray
    lags_frames: tuple[int, ...]
    weight_FP: np.ndarray
    mean_frame_HW: np.ndarray

    def decode(self, responses_NT: np.ndarray) -> np.ndarray:
        """Movie (T, 36, 64) in grey levels."""
        features = self.features(responses_NT)
        movie = features.T @ self.weight_FP + self.mean_frame_HW.ravel()
        movie = movie.reshape(-1, SCREEN_HEIGHT, SCREEN_WIDTH)
        return np.clip(movie, 0, 255).astype(np.float32)

    def features(self, responses_NT: np.ndarray) -> np.ndarray:
        activity = self.projection_NF.T @ (responses_NT - self.mean_N[:, None])
        return lagged(activity, self.lags_frames)


def lagged(activity_NT: np.ndarray, lags_frames: tuple[int, ...]) -> np.ndarray:
    """Activity `lag` frames after each frame, lags stacked; zero beyond the end."""
    stacked = []
    for lag in lags_frames:
        later = np.zeros_like(activity_NT)
        later[:, : activity_NT.shape[1] - lag] = activity_NT[:, lag:]
        stacked.append(later)
    return np.concatenate(stacked)


def fit_ridge(
    recording: Recording, training: list[int], validation: list[int], settings: RidgeSettings
) -> RidgeDecoder:
    """Fit on the training trials; for each pixel keep the penalty with the least error on the validation trials."""
    mean_N, projection_NF = _principal_components(recording, training, settings.num_components)
    mean_frame = _mean_frame(recording, training)
    shape = (projection_NF.shape[1] * len(settings.lags_frames), mean_frame.size)
    blank = RidgeDecoder(
        mean_N, projection_NF, settings.lags_frames, np.zeros(shape, np.float32), mean_frame
    )
    gram, cross, num_frames = _moments(recording, training, blank)
    candidates = []
    for penalty in report_progress(settings.penalties, "ridge decoder"):
        factor = cho_factor(gram / num_frames + penalty * np.eye(len(gram)))
        candidates.append(cho_solve(factor, cross / num_frames).astype(np.float32))
    errors = [_squared_error(recording, validation, blank, weight) for weight in candidates]
    best = np.argmin(errors, axis=0)
    weight_FP = np.choose(best[None], candidates)
    return RidgeDecoder(mean_N, projection_NF, settings.lags_frames, weight_FP, mean_frame)


def _principal_components(
    recording: Recording, trials: list[int], num_components: int
) -> tuple[np.ndarray, np.ndarray]:
    """Mean, and the whitening-free projection on the leading components of the standardised activity."""
    count, total, square = 0, 0.0, 0.0
    for trial in trials:
        responses = recording.trial(trial).responses_NT.astype(np.float64)
        count += responses.shape[1]
        total = total + responses.sum(1)
        square = square + responses @ responses.T
    mean = total / count
    covariance = square / count - np.outer(mean, mean)
    scale = 1 / np.sqrt(np.maximum(np.diag(covariance), 1e-9))
    if num_components >= len(mean):
        return mean, np.diag(scale)
    correlation = covariance * np.outer(scale, scale)
    last = len(mean) - 1
    _, vectors = eigh(correlation, subset_by_index=[last - num_components + 1, last])
    return mean, vectors * scale[:, None]


def _mean_frame(recording: Recording, trials: list[int]) -> np.ndarray:
    total, count = np.zeros((SCREEN_HEIGHT, SCREEN_WIDTH)), 0
    for trial in trials:
        video = recording.trial(trial).video_THW
        total += video.sum(0, dtype=np.float64)
        count += len(video)
    return total / count


def _moments(recording: Recording, trials: list[int], blank: RidgeDecoder):
    size = len(blank.weight_FP)
    gram, cross = np.zeros((size, size)), np.zeros_like(blank.weight_FP, np.float64)
    num_frames = 0
    for number in trials:
        trial = recording.trial(number)
        features = blank.features(trial.responses_NT).astype(np.float32)
        pixels = trial.video_THW - blank.mean_frame_HW.astype(np.float32)
        pixels = pixels.reshape(len(pixels), -1)
        gram += features @ features.T
        cross += features @ pixels
        num_frames += len(pixels)
    return gram, cross, num_frames


def _squared_error(recording, trials: list[int], blank: RidgeDecoder, weight_FP) -> np.ndarray:
    total = 0.0
    for number in trials:
        trial = recording.trial(number)
        pixels = trial.video_THW.reshape(len(trial.video_THW), -1) - blank.mean_frame_HW.ravel()
        decoded = blank.features(trial.responses_NT).T @ weight_FP
        total = total + ((decoded - pixels) ** 2).sum(0)
    return total


def write_decoded(
    output: Path, decoder: RidgeDecoder, trials: list[int], movies: list[np.ndarray]
) -> None:
    """The decoded movies in the layout of the reconstructions, and the mean training frame."""
    extras = {"mean_frame_HW": decoder.mean_frame_HW.astype(np.float32)}
    file = ClipFile(trials, [len(movie) for movie in movies], extras=extras)
    file.write(output, ({MOVIES: movie} for movie in movies))
