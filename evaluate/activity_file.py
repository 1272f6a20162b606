"""The file of recorded and predicted activity, readable with h5py alone; each array says its axes, unit and meaning."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
from jaxtyping import Float

from recordings.hdf5 import new_hdf5

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
FRAMES_PER_CHUNK = 32
Activity = Float[np.ndarray, "N T"]


@dataclass(frozen=True)
class ActivityFile:
    """What a file of activity says besides the activity."""

    mouse: str
    trials: list[int]
    num_frames: list[int]
    mask_HW: np.ndarray
    stride_frames: int

    def write(self, path: str | Path, clips: Iterable[dict[str, Activity]]) -> None:
        """Write clip after clip; each gives its activities (N,T) by name."""
        with new_hdf5(path) as file:
            file.attrs.update(mouse=self.mouse, stride_frames=self.stride_frames)
            file["trial"], file["num_frames"] = np.array(self.trials), np.array(self.num_frames)
            file["mask_HW"] = self.mask_HW
            for clip, activities in enumerate(clips):
                for name, values_NT in activities.items():
                    if name not in file:
                        self._create(file, name, len(values_NT))
                    file[name][clip, : values_NT.shape[1]] = values_NT.T
            for name, array in file.items():
                array.attrs.update(zip(("axes", "unit", "meaning"), LEGEND[name], strict=True))

    def _create(self, file: h5py.File, name: str, num_neurons: int) -> None:
        longest = max(self.num_frames)
        file.create_dataset(
            name,
            shape=(len(self.trials), longest, num_neurons),
            dtype="float32",
            chunks=(1, min(FRAMES_PER_CHUNK, longest), num_neurons),
            fillvalue=np.nan,
            compression="gzip",
            shuffle=True,
        )


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
