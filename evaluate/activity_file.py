"""The file of recorded and predicted activity, readable with h5py alone; each array says its axes, unit and meaning."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
from jaxtyping import Float

from reconstruct.movies import ClipFile

RECORDED, MOVIE, MASKED, RECONSTRUCTION, MATCHED, FROM_PREDICTED = (
    "recorded",
    "movie",
    "masked",
    "reconstruction",
    "matched",
    "from_predicted",
)
VERSIONS = {
    MOVIE: "the movie that was shown",
    MASKED: "the movie, grey 127.5 outside the mask",
    RECONSTRUCTION: "the smoothed ensemble of the standard run, grey outside the mask",
    MATCHED: "the same with luminance and contrast of the movie inside the mask",
    FROM_PREDICTED: "the smoothed ensemble of the variant `predicted`, grey outside the mask",
}
"""what the members were shown in place of the movie, in the order of tables and figures"""
VERSIONS_OF = {
    "standard": (MOVIE, MASKED, RECONSTRUCTION, MATCHED),
    "predicted": (FROM_PREDICTED,),
}
"""those of the file of each variant of the run: so the standard ones stay when the other is added"""
BY_FRAME = {
    version: f"frame_activity_correlation_{version}"
    for version in (MOVIE, RECONSTRUCTION, FROM_PREDICTED)
}
"""the column of the frames' table with the correlation of a version's prediction and the recorded activity"""
LEGEND = {
    "trial": ("clip", "", "number of the trial in the recording"),
    "num_frames": ("clip", "frames", "length of the clip"),
    "mask_HW": ("row, column", "", "whether alpha is at least masks.update_threshold"),
    RECORDED: ("clip, frame, neuron", "as the recording", "recorded activity; ends in NaN"),
} | {
    version: (
        "clip, frame, neuron",
        "as the recording",
        f"mean prediction of all members, with the true behaviour, from {meaning}; ends in NaN",
    )
    for version, meaning in VERSIONS.items()
}
"""axes, unit and meaning of every array"""
Activity = Float[np.ndarray, "N T"]


def write_activity(path: str | Path, file: ClipFile, clips: Iterable[dict[str, Activity]]) -> None:
    """Write clip after clip; each gives its activities by name."""
    file = replace(file, legend=LEGEND)
    by_frame = ({name: values_NT.T for name, values_NT in clip.items()} for clip in clips)
    file.write(path, by_frame)


def read_activity(path: str | Path, clip: int) -> dict[str, Activity]:
    """Recorded activity and every prediction of one clip, cut to its length."""
    with h5py.File(path, "r") as file:
        stop = file["num_frames"][clip]
        names = [name for name in (RECORDED, *VERSIONS) if name in file]
        return {name: file[name][clip, :stop].T for name in names}


def read_versions(paths: list[str], clip: int) -> dict[str, Activity]:
    """The same from the files of all variants."""
    found = {}
    for path in paths:
        found |= read_activity(path, clip)
    return found
