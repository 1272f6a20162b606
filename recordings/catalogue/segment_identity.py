"""Which segments of parametric stimuli are the same, within a video and between videos.

Only the canonical presentation of each video is compared, and of it only segments as they should be: what a glitch made of a
segment links nothing. All pairs are compared at once, one matrix product per key frame and shift.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from recordings.catalogue.descriptors import RANGE_LIMIT
from recordings.catalogue.identity import ID_DIGITS
from recordings.catalogue.keyframes import MOVING_LABELS, digest_frames, pick_key_frames
from recordings.catalogue.labels import BACKGROUND, UNKNOWN
from recordings.catalogue.scan import load_valid_video
from recordings.reader import Recording

SAME_SEGMENT = 20.0
"""grey levels squared, mean over key frames"""
LARGEST_SHIFT = 2
"""frames by which moving segments may be cut apart"""
MOVING_STEP = 3
"""frames between key frames of moving segments; at the published 8, some Gabors of opposite directions were taken for one (36 of a simulated session for 32)"""
BOUNDARY_JITTER = 4
"""frames between a boundary of a presentation and that of the canonical one"""
WITHOUT_IDS = ("NaturalVideo", UNKNOWN)


def label_segments(segments: pd.DataFrame) -> pd.Series:
    """The label of the video, Background for what has no contrast between natural images."""
    grey = (segments.video_label == "NaturalImages") & (segments.intensity_range <= RANGE_LIMIT)
    return segments.video_label.mask(grey, BACKGROUND)


def identify_segments(segments: pd.DataFrame, recordings: Mapping[str, Recording]) -> pd.Series:
    """The segment_ID of each row, "" for natural movies and bad segments.

    `segments` has the columns recording, trial, video_ID, video_label, segment_label, frame_start, frame_end, bad_properties
    and is_canonical, true for the one trial that stands for each video.
    """
    usable = ~segments.video_label.isin(WITHOUT_IDS) & ~segments.bad_properties
    canonical = segments[usable & segments.is_canonical]
    named = [_name(rows, label, recordings) for label, rows in canonical.groupby("segment_label")]
    ids = pd.concat(named) if named else pd.Series(dtype="str")
    return _hand_on(segments, usable, canonical.assign(segment_ID=ids))


def _name(rows: pd.DataFrame, label: str, recordings: Mapping[str, Recording]) -> pd.Series:
    """The ids of the segments of one label: s and the smallest digest of each connected component."""
    keys = [_key_frames_alone(label, row.frame_end - row.frame_start) for row in rows.itertuples()]
    needed = _needed_frames(keys, label)
    digests, frames_NFP = _load_segments(rows, label, recordings, needed)
    lengths = (rows.frame_end - rows.frame_start).to_numpy()
    is_key_NF = np.array([np.isin(needed, key) for key in keys])
    distances = compare_segments(frames_NFP, needed, is_key_NF, lengths, _shifts(label))
    _, group = connected_components(csr_array(distances <= SAME_SEGMENT), directed=False)
    smallest = pd.Series(digests, index=rows.index).groupby(group).transform("min")
    return "s" + smallest.str[:ID_DIGITS]


def _key_frames_alone(label: str, length: int) -> np.ndarray:
    return pick_key_frames(label, np.array([0]), np.array([length]), MOVING_STEP)


def _shifts(label: str) -> range:
    return range(-LARGEST_SHIFT, LARGEST_SHIFT + 1) if label in MOVING_LABELS else range(1)


def _needed_frames(keys: list[np.ndarray], label: str) -> np.ndarray:
    """Frames that are compared with any other, ascending."""
    every = np.unique(np.concatenate(keys))
    shifted = np.unique(np.add.outer(every, np.array(_shifts(label))))
    return shifted[shifted >= 0]


def _load_segments(
    rows: pd.DataFrame, label: str, recordings: Mapping[str, Recording], needed: np.ndarray
) -> tuple[list[str], np.ndarray]:
    """Digests, and the needed frames as (N, F, pixels) about mid grey, 0 beyond the end; each movie is read once."""
    digests, frames = {}, {}
    for (recording, trial), own in rows.groupby(["recording", "trial"]):
        video_HWT = load_valid_video(recordings[recording], trial)
        for row in own.itertuples():
            segment_HWT = video_HWT[..., row.frame_start : row.frame_end]
            digests[row.Index] = digest_frames(segment_HWT, label)
            frames[row.Index] = _take(segment_HWT, needed)
    return [digests[index] for index in rows.index], np.stack([frames[i] for i in rows.index])


def _take(segment_HWT: np.ndarray, needed: np.ndarray) -> np.ndarray:
    pixels_TP = segment_HWT.reshape(-1, segment_HWT.shape[-1]).T
    taken_FP = np.zeros((len(needed), pixels_TP.shape[1]))
    inside = needed < len(pixels_TP)
    taken_FP[inside] = pixels_TP[needed[inside]] - 128.0
    return taken_FP


def compare_segments(
    frames_NFP: np.ndarray,
    frame_F: np.ndarray,
    is_key_NF: np.ndarray,
    length_N: np.ndarray,
    shifts: range,
) -> np.ndarray:
    """Mean squared difference (N, N) of all pairs over their key frames together, the least of all shifts.

    `frame_F` says which frame of the segment each stored one is; infinite where two segments share no key frame: such segments
    are the same only if their digests are.
    """
    place = {frame: place for place, frame in enumerate(frame_F.tolist())}
    power_NF = (frames_NFP**2).sum(axis=-1)
    least = np.full((len(frames_NFP),) * 2, np.inf)
    for shift in shifts:
        total, count = np.zeros_like(least), np.zeros_like(least)
        for f in np.flatnonzero(is_key_NF.any(axis=0)):
            g = place.get(frame_F[f] + shift)
            if g is None:
                continue
            products = frames_NFP[:, f] @ frames_NFP[:, g].T
            squares = power_NF[:, f, None] + power_NF[None, :, g] - 2 * products
            both = (frame_F[f] < length_N)[:, None] & (frame_F[f] < length_N)
            weight = both & (is_key_NF[:, f, None] | is_key_NF[:, f]) & (frame_F[g] < length_N)
            total += weight * squares
            count += weight
        with np.errstate(divide="ignore", invalid="ignore"):
            means = total / count / frames_NFP.shape[-1]
        least = np.fmin(least, means)
    return np.minimum(least, least.T)


def _hand_on(segments: pd.DataFrame, usable: pd.Series, canonical: pd.DataFrame) -> pd.Series:
    """Give each usable segment the id of the canonical one that starts nearest and agrees with it at both ends."""
    ids = pd.Series("", index=segments.index, dtype="str")
    of_video = dict(iter(canonical.groupby("video_ID")))
    for video, rows in segments[usable].groupby("video_ID"):
        if video not in of_video:
            continue
        known = of_video[video]
        starts, ends = known.frame_start.to_numpy(), known.frame_end.to_numpy()
        nearest = np.abs(np.subtract.outer(rows.frame_start.to_numpy(), starts)).argmin(axis=1)
        late = np.abs(rows.frame_start - starts[nearest]), np.abs(rows.frame_end - ends[nearest])
        agree = np.maximum(*late) <= BOUNDARY_JITTER
        ids[rows.index] = np.where(agree, known.segment_ID.to_numpy()[nearest], "")
    return ids
