"""Recordings: whose they are, where they lie, and the catalogue of what was shown."""

import os
import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from recordings.catalogue.published_format import locate_parts
from recordings.settings import DownloadSettings, SplitSettings
from workflow.plan.paths import Paths

SHOWN = ("trials", "segments")
"""tables that say what was shown; sets of trials depend on nothing else of the catalogue"""
KNOWN = ("videos", "neurons", "basic")


def digest_of(folder: str) -> str:
    """The record of what is in a folder made here: the time of the folder also says when it was copied."""
    return f"{folder}.sha256"


@dataclass(frozen=True)
class RecordingsPlan:
    """The sections `recordings` and `sources` of the config as files."""

    paths: Paths
    config: dict[str, Any]
    sources: dict[str, Any]

    @property
    def mice(self) -> list[str]:
        """Short names, in their order."""
        return list(self.config["mice"])

    @property
    def names(self) -> list[str]:
        """Folder names of the recordings, in the order of the mice."""
        return list(self.config["mice"].values())

    @property
    def is_simulated(self) -> bool:
        return self.config["source"] == "simulated"

    def file(self, name: str, **entities: object) -> str:
        """A file of the stage."""
        return self.paths.result("recordings", name, **entities)

    def folder(self, mouse: str) -> str:
        """Where a mouse's recording lies: simulated under results/, real where the user keeps it."""
        name = self.config["mice"][mouse]
        if self.is_simulated:
            return self.simulated("recording", name)
        return f"{self.config['folder'].rstrip('/')}/{name}"

    @property
    def folders(self) -> list[str]:
        return [self.folder(mouse) for mouse in self.mice]

    def of_mouse(self, wildcards: Any) -> str:
        """The recording of the rule's mouse."""
        return self.folder(wildcards.mouse)

    def simulated(self, kind: str, recording: str = "{recording}") -> str:
        """The folder of a simulated recording, or the truth behind it, which only evaluation opens."""
        name = recording if kind == "recording" else f"{recording}.h5"
        return self.file(f"simulated_{kind}/seed-{self.config['simulated']['seed']}/{name}")

    def truth_of_mouse(self, wildcards: Any) -> str:
        return self.simulated("truth", self.config["mice"][wildcards.mouse])

    def index_of_recording(self, wildcards: Any) -> int:
        """The place of a recording in recordings.mice; it sets the simulated mouse's seeds."""
        return self.names.index(wildcards.recording)

    def index_of_mouse(self, wildcards: Any) -> int:
        return self.mice.index(wildcards.mouse)

    @property
    def split_settings(self) -> dict[str, Any]:
        """Of the selection what says which trials may be trained on or reconstructed."""
        return {field.name: self.config["selection"][field.name] for field in fields(SplitSettings)}

    @property
    def training_sets(self) -> str:
        """The table of what is trained on: with the chosen clips only where their movies would else validate."""
        selection = self.config["selection"]
        clips_measure = selection["held_out_folds"] == [selection["validation_fold"]]
        return self.file("sets.csv" if clips_measure else "training.csv")

    def unread(self, wildcards: Any) -> dict[str, str]:
        """The rule's recording and, where it is simulated, what tells that it changed; else its time does."""
        folder = self.folder(wildcards.mouse)
        return {"recording": folder} | ({"digest": digest_of(folder)} if self.is_simulated else {})

    def packed_of(self, mouse: str) -> str:
        """The recording of a mouse, packed for training."""
        return self.file("packed", mouse=mouse)

    @property
    def packed(self) -> list[str]:
        return [self.packed_of(mouse) for mouse in self.mice]

    def scan(self, mouse: str = "{mouse}") -> str:
        """What is known of one recording before it is compared with the others."""
        return self.catalogue("scan", mouse=mouse)

    def catalogue(self, name: str, **entities: object) -> str:
        """A file of the catalogue: of all recordings, or of one mouse before they are compared."""
        return self.paths.result("recordings/catalogue", name, **entities)

    def catalogue_tables(self, ending: str, names: tuple[str, ...] = (*SHOWN, *KNOWN)) -> list[str]:
        return [self.catalogue(f"{name}.{ending}") for name in names]

    @property
    def metadata(self) -> str:
        """The folder of published metadata, empty where none is given."""
        return self.config["published_metadata"].rstrip("/")

    def published_files(self, wildcards: Any) -> list[str]:
        """Every file of the published metadata."""
        found = [p for ending in ("csv", "json") for p in Path(self.metadata).rglob(f"*.{ending}")]
        return sorted(map(str, filter(_may_be_read, found))) or [self.metadata]

    @property
    def metadata_checks(self) -> list[str]:
        """The findings of the published metadata, where there is some."""
        return [self.file("metadata.csv")] if self.metadata else []

    def published_names(self, wildcards: Any) -> list[str]:
        """Published trials and basic facts of our recordings, as far as they are there; else the folder."""
        if self.metadata and not os.path.isdir(self.metadata):
            return [self.metadata]
        names = self.names if self.metadata else []
        parts = [part for name in names for part in locate_parts(Path(self.metadata), name)[:2]]
        return [str(part) for part in parts if _may_be_read(part)]

    def fetched_file(self, file: str = "{file}") -> str:
        """The record of a file of the paper's archive."""
        return self.file(f"archive/{file}.json")

    @property
    def archive_pattern(self) -> str:
        return "|".join(map(re.escape, self.sources["archive"]["files"])) or "(?!)"

    @property
    def archive_targets(self) -> list[str]:
        return [self.fetched_file(file) for file in self.sources["archive"]["files"]]

    def fetched_recording(self, recording: str = "{recording}") -> str:
        """The record of the zip of a recording."""
        return self.file(f"downloads/{recording}.json")

    def unpacked_recording(self, recording: str = "{recording}") -> str:
        """The record of a recording that was unpacked."""
        return self.file(f"unpacked/{recording}.json")

    def is_there(self, name: str) -> bool:
        """Whether a real recording lies where the user keeps them."""
        return os.path.isdir(Path(self.config["folder"], name))

    @property
    def recording_targets(self) -> list[str]:
        """What fetches and unpacks the real recordings that are not there yet."""
        names = [] if self.is_simulated else self.names
        return [self.unpacked_recording(name) for name in names if not self.is_there(name)]

    def lost_recording(self, wildcards: Any) -> int:
        """Not 0 where a recording was unpacked once and deleted later, so that it is unpacked again."""
        record = self.unpacked_recording(wildcards.recording)
        return 0 if self.is_there(wildcards.recording) else _time_of(record)

    def lost_zip(self, wildcards: Any) -> int:
        """Not 0 where a zip was fetched once and is needed again, but was deleted."""
        settings = DownloadSettings(**self.sources["download"])
        there = settings.zip_path(wildcards.recording).exists()
        needless = there or self.is_there(wildcards.recording)
        return 0 if needless else _time_of(self.fetched_recording(wildcards.recording))

    def missing_recordings(self) -> list[str]:
        """One sentence for each real recording that is not there."""
        mice = [] if self.is_simulated else self.mice
        return [
            f"recordings.mice.{mouse}: {self.folder(mouse)} is no folder; put the recording there, or fetch it by a "
            "command of its own: `snakemake --cores 2 recordings --configfile ...`, with the config files of this "
            "run; or correct recordings.folder and recordings.mice in the config"
            for mouse in mice
            if not self.is_there(self.config["mice"][mouse])
        ]


def _time_of(record: str) -> int:
    """When a record was made, 0 if it was not: another at every loss, which a mere yes would not be."""
    return Path(record).stat().st_mtime_ns if Path(record).exists() else 0


def _may_be_read(path: Path) -> bool:
    """Whether Snakemake can take a file as input; the jobs say what is wrong with any other."""
    return os.access(path, os.R_OK) and path.is_file()
