"""Settings of the recordings stage; each class mirrors one block of config.yaml."""

from dataclasses import dataclass, field
from pathlib import Path

from recordings.names import safe_name
from recordings.reader import SCREEN_HEIGHT

PUBLISHED_SETS = {
    "8744edeac3b4d1ce16b680916b5267ce": 1,
    "9b4f6a1a067fe51e15306b9628efea20": 2,
}
"""by the hash that ends a recording's name; set 2 has hidden responses"""


@dataclass(frozen=True)
class SplitSettings:
    """Which trials are trained on and which may be reconstructed."""

    training: str
    """a query over the catalogue's trials"""
    held_out: str
    num_folds: int
    validation_fold: int
    held_out_folds: tuple[int, ...]
    min_frames: int

    def __post_init__(self):
        beyond = [f for f in (self.validation_fold, *self.held_out_folds) if f >= self.num_folds]
        if beyond:
            raise ValueError(
                f"recordings.selection: there is no fold {beyond[0]} of {self.num_folds} num_folds, the first is 0"
            )


@dataclass(frozen=True)
class SelectionSettings(SplitSettings):
    """Which trials are trained on and which are reconstructed."""

    num_clips: int
    duplicate_correlation: float
    clips: dict[str, list[int]] = field(default_factory=dict)
    """by mouse, places among its withheld trials: taken as they are, whatever they resemble"""

    def __post_init__(self):
        super().__post_init__()
        for mouse, places in self.clips.items():
            if len(places) != self.num_clips:
                raise ValueError(
                    f"recordings.selection.clips.{mouse}: {len(places)} places, but num_clips is {self.num_clips}; name so many"
                )


@dataclass(frozen=True)
class ArchiveSettings:
    """Where the paper's public files are and where they are put."""

    url: str
    folder: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class DownloadSettings:
    """Where the zips of the recordings are and where they are put."""

    set1_url: str
    set2_url: str
    mirror: str
    """a folder or address that has the zips of both sets; empty: the archives are asked"""
    folder: str
    max_gb: float
    """of one recording, unpacked"""

    @property
    def mirror_folder(self) -> str:
        """The mirror, where it is a folder and no address."""
        return "" if self.mirror.startswith(("http://", "https://")) else self.mirror

    def zip_path(self, recording: str) -> Path:
        """Where the zip of a recording lies once it is fetched."""
        name = safe_name(recording, "recordings.mice")
        return Path(self.mirror_folder or self.folder, f"{name}.zip")

    def record_path(self, recording: str) -> Path:
        """Where the checksum of that zip is kept; nothing is written to a mirror."""
        name = safe_name(recording, "recordings.mice")
        return Path(self.folder, f"{name}.zip.checksum.json")


@dataclass(frozen=True)
class SimulationSettings:
    """Size and difficulty of the simulated mice."""

    seed: int
    share_movies: bool
    num_neurons: int
    num_training_clips: int
    num_held_out_clips: int
    num_held_out_repeats: int
    num_hidden_clips: int
    clip_frames: int
    padded_frames: int
    field_center_px: tuple[float, float]
    field_spread_px: tuple[float, float]
    noise: float

    def __post_init__(self):
        if self.padded_frames < self.clip_frames:
            raise ValueError(
                f"recordings.simulated: padded_frames {self.padded_frames} is below clip_frames {self.clip_frames}"
            )
        if self.field_center_px[0] >= SCREEN_HEIGHT:
            raise ValueError(
                f"recordings.simulated: row {self.field_center_px[0]} of field_center_px is off the screen of "
                f"{SCREEN_HEIGHT} rows"
            )
