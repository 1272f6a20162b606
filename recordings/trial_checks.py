"""The four arrays of one trial, read once: what they hold, and a finding per fault."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recordings.access import is_absent, is_open
from recordings.findings import Finding, error, without_path
from recordings.phash import NUM_HASHED_FRAMES
from recordings.reader import MODALITIES, Recording
from recordings.valid_frames import are_withheld, count_valid_frames, refuse_nothing

LOWEST_RESPONSE = -1e-5
"""Deconvolution leaves negative values of about -5e-7; anything below this is an error."""
LIMITS = {"videos": (-1e-3, 255.001), "responses": (LOWEST_RESPONSE, np.inf)}


@dataclass(frozen=True)
class ExaminedTrial:
    """The sound arrays of a trial, their valid lengths, and what is wrong with the others."""

    number: int
    arrays: dict[str, np.ndarray]
    lengths: dict[str, int]
    hidden: bool
    """responses withheld as zeros"""
    findings: list[Finding]

    @property
    def num_frames(self) -> int:
        return self.lengths["videos"]

    def valid(self, modality: str) -> np.ndarray:
        """The array of a modality without its NaN tail."""
        return self.arrays[modality][..., : self.lengths[modality]]


def examine_trial(
    recording: Recording, trial: int, shapes: dict[str, tuple[int, ...]]
) -> ExaminedTrial:
    """Read what there is of a trial; a fault of one file leaves the others to be examined."""
    arrays, lengths, findings = {}, {}, []
    paths = {modality: recording.path(modality, trial) for modality in MODALITIES}
    for modality, path in paths.items():
        if is_absent(path) or not is_open(path.parent):  # told with the folders
            continue
        try:
            array = np.asarray(recording.array(modality, trial, shapes[modality]))
            length = count_valid_frames(array.reshape(-1, array.shape[-1]), path)
            refuse_nothing(length, path)
            _check_range(array[..., :length], path, LIMITS.get(modality, (-np.inf, np.inf)))
        except ValueError as refusal:
            findings.append(error(path, without_path(path, refusal)))
        else:
            arrays[modality], lengths[modality] = array, length
    hidden = "responses" in arrays and are_withheld(arrays["responses"][:, : lengths["responses"]])
    findings += _length_findings(paths, lengths, hidden)
    return ExaminedTrial(trial, arrays, lengths, hidden, findings)


def _check_range(valid: np.ndarray, path: Path, limits: tuple[float, float]) -> None:
    lowest, highest = float(valid.min()), float(valid.max())
    if lowest < limits[0] or highest > limits[1]:
        expected = "grey levels 0..255" if limits == LIMITS["videos"] else "no negative responses"
        raise ValueError(
            f"{path}: values from {lowest:g} to {highest:g}, expected {expected}; rescale or clip them"
        )


def _length_findings(
    paths: dict[str, Path], lengths: dict[str, int], hidden: bool
) -> list[Finding]:
    """Arrays that do not end with the video, and a video that is too short."""
    if "videos" not in lengths:
        return []
    num_frames = lengths["videos"]
    findings = [
        error(
            paths[modality],
            f"{length} valid frames, but the video of the trial has {num_frames}; both must end at the same frame",
        )
        for modality, length in lengths.items()
        if length != num_frames and not (hidden and modality == "responses" and length > num_frames)
    ]
    if num_frames < NUM_HASHED_FRAMES:
        what = (
            f"{num_frames} valid frames, need at least {NUM_HASHED_FRAMES}; delete the trial from all four data "
            "folders"
        )
        findings.append(error(paths["videos"], what))
    return findings
