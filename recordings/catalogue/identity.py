"""Which trials, of one recording or of several, show the same video.

Movies with equal digests are one. Of the others of a label, those that look alike in the mean, and whose lengths agree, are
candidates; thumbnails of all frames rule out most of them, and the frames on disk decide. Same videos are the connected components.
The canonical member has the fewest bad segments and among these the smallest digest: the id is made of that digest, and depends
neither on the order of the files nor on the number of workers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import DisjointSet
from scipy.spatial import cKDTree

from recordings.catalogue.keyframes import pick_key_frames
from recordings.catalogue.scan import RecordingScan, load_valid_video
from recordings.progress import report_progress
from recordings.reader import Recording

SAME_VIDEO = 5.0
"""grey levels squared, mean over key frames: below it two videos are the same"""
LENGTH_JITTER = 2
"""frames by which presentations of one video may differ in length"""
LARGEST_MEAN_DIFFERENCE = 4.0
"""grey levels, root mean square over the blocks of the mean thumbnail: a jitter of 2 frames at every switch makes less than 1"""
ID_DIGITS = 12
MOVIES_IN_MEMORY = 16


@dataclass(frozen=True)
class Movie:
    """A distinct content: what is known of it without opening its file."""

    recording: str
    trial: int
    label: str
    key_frames: np.ndarray
    thumbnails_TB: np.ndarray

    @property
    def num_frames(self) -> int:
        return len(self.thumbnails_TB)


def identify_videos(
    scans: Sequence[RecordingScan], recordings: Mapping[str, Recording]
) -> pd.DataFrame:
    """A row per distinct content, by content: video_ID, is_canonical, and the first recording and trial that show it."""
    table, movies = _distinct_contents(scans)

    @lru_cache(maxsize=MOVIES_IN_MEMORY)
    def frames(index: int) -> np.ndarray:
        movie = movies[index]
        return load_valid_video(recordings[movie.recording], movie.trial).transpose(2, 0, 1)

    groups = DisjointSet(range(len(movies)))
    for label, rows in table.groupby("label").indices.items():
        pairs = rows[_candidates([movies[row] for row in rows])]
        for one, other in report_progress(pairs.tolist(), f"comparing {label}"):
            if not groups.connected(one, other) and _are_same(one, other, movies, frames):
                groups.merge(one, other)
    return _name_groups(table, groups)


def _distinct_contents(scans: Sequence[RecordingScan]) -> tuple[pd.DataFrame, list[Movie]]:
    """Contents in the order of their digests, each with its first trial in the order of recordings and trials."""
    rows = pd.concat(
        [scan.trials.assign(recording=scan.recording) for scan in scans], ignore_index=True
    )
    rows = rows.sort_values(["content", "recording", "trial"]).drop_duplicates("content")
    rows = rows[["content", "recording", "trial", "label", "num_bad_segments"]]
    found = {}
    for scan in scans:
        trials = scan.trials
        ends = trials.valid_frames_video.cumsum()
        places = dict(
            zip(trials.trial, zip(ends - trials.valid_frames_video, ends, strict=True), strict=True)
        )
        bounds = dict(iter(scan.segments.groupby("trial")[["frame_start", "frame_end"]]))
        for row in rows[rows.recording == scan.recording].itertuples():
            start, stop = places[row.trial]
            cuts = bounds[row.trial].to_numpy().T
            found[row.content] = Movie(
                row.recording,
                row.trial,
                row.label,
                pick_key_frames(row.label, *cuts),
                scan.thumbnails_TB[start:stop],
            )
    return rows.reset_index(drop=True), [found[content] for content in rows.content]


def _candidates(movies: Sequence[Movie]) -> np.ndarray:
    """Pairs (P, 2) that may be the same: mean thumbnails and lengths agree; ascending."""
    means = np.array([movie.thumbnails_TB.mean(axis=0, dtype=np.float64) for movie in movies])
    radius = LARGEST_MEAN_DIFFERENCE * np.sqrt(means.shape[1])
    pairs = cKDTree(means).query_pairs(radius, output_type="ndarray")
    num_frames = np.array([movie.num_frames for movie in movies])
    apart = np.abs(np.diff(num_frames[pairs], axis=1)[:, 0])
    pairs = pairs[apart <= LENGTH_JITTER]
    return pairs[np.lexsort(pairs.T[::-1])]


def _are_same(one: int, other: int, movies: Sequence[Movie], frames) -> bool:
    """Thumbnails first: their distance is never above that of the frames."""
    keys = movies[one].key_frames, movies[other].key_frames
    thumbnails = movies[one].thumbnails_TB, movies[other].thumbnails_TB
    if measure_dissimilarity(*thumbnails, *keys) >= SAME_VIDEO:
        return False
    return measure_dissimilarity(frames(one), frames(other), *keys) < SAME_VIDEO


def measure_dissimilarity(
    one: np.ndarray, other: np.ndarray, keys: np.ndarray, other_keys: np.ndarray
) -> float:
    """Mean squared difference of two movies (T, ...) over the key frames of one of them, whichever gives less.

    Published is the mean over both together, of pairs whose segments agree; over the key frames of one, a cut that was found in one
    of the movies alone does no harm, wherever it lies. Key frames behind the end of the shorter movie do not count; if none is left
    of either movie, all frames that both have are compared. Infinite only where they have none.
    """
    shared = min(len(one), len(other))
    if shared == 0:
        return np.inf
    chosen = [own[own < shared] for own in (keys, other_keys)]
    chosen = [own for own in chosen if len(own)] or [np.arange(shared)]
    differences = (np.subtract(one[own], other[own], dtype=np.float64) for own in chosen)
    return min(float(np.mean(difference**2)) for difference in differences)


def _name_groups(table: pd.DataFrame, groups: DisjointSet) -> pd.DataFrame:
    named = table.assign(video_ID="", is_canonical=False)
    for members in groups.subsets():
        rows = table.loc[sorted(members)]
        canonical = rows.sort_values(["num_bad_segments", "content"]).iloc[0]
        named.loc[rows.index, "video_ID"] = f"v{canonical.content[:ID_DIGITS]}"
        named.loc[canonical.name, "is_canonical"] = True
    return named.drop(columns="num_bad_segments")
