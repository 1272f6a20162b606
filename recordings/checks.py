"""Checks of a recording on the way in: everything is read once, one trial at a time."""

import hashlib

import numpy as np
import pandas as pd

from recordings.phash import NUM_HASHED_FRAMES, hash_movie
from recordings.progress import report_progress
from recordings.reader import (
    MISSING_TIERS,
    MODALITIES,
    SCREEN_HEIGHT,
    SCREEN_WIDTH,
    TIERS,
    Recording,
)

LOWEST_RESPONSE = -1e-5
"""Deconvolution leaves negative values of about -5e-7; anything below this is an error."""


def check_recording(recording: Recording) -> pd.DataFrame:
    """Read every array and return a row per trial; raise ValueError at the first fault.

    Columns: trial, tier, num_frames (valid), hidden (responses withheld as zeros), video
    (id of the movie: equal movies have equal ids), phash (perceptual hash of the movie, hexadecimal), content
    (id of all four arrays together).
    """
    _check_trial_numbers(recording)
    _check_tiers(recording)
    width = recording.array("videos", recording.trials[0]).shape[-1]
    shapes = {
        "videos": (SCREEN_HEIGHT, SCREEN_WIDTH, width),
        "responses": (recording.num_neurons, width),
        "behavior": (2, width),
        "pupil_center": (2, width),
    }
    trials = report_progress(recording.trials, f"checking {recording.folder.name}")
    table = pd.DataFrame([_check_trial(recording, trial, shapes) for trial in trials])
    if table.brightest.max() <= 1:
        raise ValueError(
            f"{recording.folder}/data/videos: no pixel of any movie is above {table.brightest.max():g}, expected "
            "grey levels 0..255; multiply the movies by 255"
        )
    return table.drop(columns="brightest")


def _check_trial_numbers(recording: Recording) -> None:
    if not recording.trials:
        raise ValueError(f"{recording.folder}/data/videos: no trials (expected <number>.npy files)")
    for modality in MODALITIES:
        found = set(recording._numbers(modality))
        for trial in sorted(set(recording.trials) ^ found):
            where = "videos" if trial in found else modality
            raise ValueError(
                f"{recording.path(where, trial)}: missing (trial {trial} exists in another data folder); "
                "copy the file, or delete the trial from all four folders"
            )


def _check_tiers(recording: Recording) -> None:
    path = recording.folder / "meta/trials/tiers.npy"
    for trial, tier in recording.tiers.items():
        if tier in MISSING_TIERS or tier not in TIERS:
            raise ValueError(
                f"{path}: trial {trial} has tier '{tier}' (expected one of {', '.join(TIERS)})"
            )


def _check_trial(recording: Recording, trial: int, shapes: dict[str, tuple]) -> dict:
    arrays = {m: _load_checked(recording, m, trial, shapes[m]) for m in MODALITIES}
    hidden = not np.nan_to_num(arrays["responses"]).any()
    lengths = {m: _valid_length(arrays[m], recording.path(m, trial)) for m in MODALITIES}
    num_frames = lengths["videos"]
    for modality, length in lengths.items():
        if length != num_frames and not (hidden and modality == "responses"):
            raise ValueError(
                f"{recording.path(modality, trial)}: {length} valid frames, but the video of the trial has "
                f"{num_frames}; both must end at the same frame"
            )
    if num_frames < NUM_HASHED_FRAMES:
        raise ValueError(
            f"{recording.path('videos', trial)}: {num_frames} valid frames, need at least {NUM_HASHED_FRAMES}; "
            "delete the trial from all four data folders"
        )
    _check_ranges(recording, trial, arrays, num_frames)
    video = np.ascontiguousarray(arrays["videos"][..., :num_frames], np.float32)
    content = hashlib.sha256()
    for modality in MODALITIES:
        content.update(np.ascontiguousarray(arrays[modality]))
    return {
        "trial": trial,
        "tier": recording.tiers[trial],
        "num_frames": num_frames,
        "hidden": hidden,
        "video": hashlib.sha256(video).hexdigest()[:16],
        "phash": f"{hash_movie(arrays['videos'][..., :num_frames].transpose(2, 0, 1)):016x}",
        "content": content.hexdigest()[:16],
        "brightest": float(video.max()),
    }


def _load_checked(recording: Recording, modality: str, trial: int, shape: tuple) -> np.ndarray:
    array = recording.array(modality, trial)
    path = recording.path(modality, trial)
    if array.shape != shape:
        raise ValueError(
            f"{path}: shape {array.shape}, expected {shape} as in the rest of the recording; "
            "store it as (height, width, frame), (neuron, frame) or (2, frame)"
        )
    if array.dtype not in (np.float32, np.float64):
        raise ValueError(f"{path}: dtype {array.dtype}, expected float32 or float64; convert it")
    return np.asarray(array)


def _valid_length(array: np.ndarray, path) -> int:
    """Frames before the NaN tail; a NaN before it is refused."""
    blank = np.isnan(array)
    if not blank.any():
        return array.shape[-1]
    frames = blank.reshape(-1, array.shape[-1])
    length = int(np.argmax(frames.all(axis=0))) if frames.all(axis=0).any() else array.shape[-1]
    if length == 0:
        raise ValueError(f"{path}: nothing but NaN; delete the trial from all four data folders")
    if frames[:, :length].any() or not frames[:, length:].all():
        frame = int(np.argmax(frames.any(axis=0)))
        raise ValueError(
            f"{path}: NaN at frame {frame} inside the trial; NaN may only fill whole frames at the end"
        )
    return length


def _check_ranges(recording: Recording, trial: int, arrays: dict, num_frames: int) -> None:
    limits = {"videos": (-1e-3, 255.001), "responses": (LOWEST_RESPONSE, np.inf)}
    for modality, array in arrays.items():
        valid = array[..., :num_frames]
        lowest, highest = float(valid.min()), float(valid.max())
        path = recording.path(modality, trial)
        if not np.isfinite([lowest, highest]).all():
            raise ValueError(f"{path}: infinite values; store finite numbers")
        low, high = limits.get(modality, (-np.inf, np.inf))
        if lowest < low or highest > high:
            expected = "grey levels 0..255" if modality == "videos" else "no negative responses"
            raise ValueError(
                f"{path}: values from {lowest:g} to {highest:g}, expected {expected}; rescale or clip them"
            )
