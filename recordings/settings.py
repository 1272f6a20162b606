"""Settings of the recordings stage; each class mirrors one block of config.yaml."""

from pathlib import Path
from typing import Annotated, Literal

from recordings.keys import block, choice, item, key, listed, matching, settings, unique
from recordings.names import safe_name
from recordings.reader import SCREEN_HEIGHT

PUBLISHED_SETS = {
    "8744edeac3b4d1ce16b680916b5267ce": 1,
    "9b4f6a1a067fe51e15306b9628efea20": 2,
}
"""by the hash that ends a recording's name; set 2 has hidden responses"""


@settings
class SplitSettings:
    """Which trials are trained on and which may be reconstructed."""

    training: Annotated[
        str,
        key(
            "query over the catalogue's trials (docs/notebook.md): those that encoders are trained on",
            min_length=1,
        ),
    ]
    held_out: Annotated[
        str,
        key(
            "query over the catalogue's trials: those that may be reconstructed; movies shown in them are never trained on",
            min_length=1,
        ),
    ]
    num_folds: Annotated[
        int,
        key("folds into which the movies fall, by their perceptual hash", "folds", ge=2, le=100),
    ]
    validation_fold: Annotated[
        int,
        key(
            "fold of the movies that measure the encoders instead of training them",
            "fold",
            ge=0,
            le=99,
        ),
    ]
    held_out_folds: Annotated[
        tuple[Annotated[int, item(ge=0, le=99)], ...],
        listed("folds of the movies that may be reconstructed", "folds", min_length=1),
        unique,
    ]
    min_frames: Annotated[int, key("shorter trials are not used", "frames", ge=1, le=10000)]

    def __post_init__(self):
        beyond = [f for f in (self.validation_fold, *self.held_out_folds) if f >= self.num_folds]
        if beyond:
            raise ValueError(
                f"recordings.selection: there is no fold {beyond[0]} of {self.num_folds} num_folds, the first is 0"
            )


@settings
class SelectionSettings(SplitSettings):
    """Which trials are trained on and which are reconstructed."""

    num_clips: Annotated[
        int, key("held-out clips reconstructed per mouse, one trial each", "clips", ge=1, le=1000)
    ]
    duplicate_correlation: Annotated[
        float,
        key(
            "a held-out clip whose movie correlates so much or more with a movie that is trained on counts as seen, and the next candidate takes its place; at 1 only copies do, whatever their brightness and contrast",
            "Pearson correlation over the clip",
            ge=0,
            le=1,
        ),
    ]
    clips: Annotated[
        dict[
            Annotated[str, item(pattern="^[A-Za-z0-9]+$")],
            Annotated[
                tuple[Annotated[int, item(ge=0, le=100000)], ...],
                listed("places, the first is 0", "places", min_length=1),
                unique,
            ],
        ],
        block(
            "clips of a mouse, instead of the first num_clips that training has not seen; places among its trials of held_out and held_out_folds, in the order of their numbers"
        ),
    ]

    def __post_init__(self):
        super().__post_init__()
        for mouse, places in self.clips.items():
            if len(places) != self.num_clips:
                raise ValueError(
                    f"recordings.selection.clips.{mouse}: {len(places)} places, but num_clips is {self.num_clips}; name so many"
                )


@settings
class ArchiveSettings:
    """Where the paper's public files are and where they are put."""

    url: Annotated[str, key("address that the names of the files are appended to", min_length=1)]
    folder: Annotated[str, key("folder that the files are put into", min_length=1)]
    files: Annotated[
        tuple[Annotated[str, matching(r"(?!.*\.\.)[A-Za-z0-9_-][A-Za-z0-9_./-]*")], ...],
        listed("names of the files in the archive"),
        unique,
    ]


@settings
class DownloadSettings:
    """Where the zips of the recordings are and where they are put."""

    set1_url: Annotated[
        str, key("address that the names of the zips of set 1 are appended to", min_length=1)
    ]
    set2_url: Annotated[
        str, key("address that the names of the zips of set 2 are appended to", min_length=1)
    ]
    mirror: Annotated[
        str,
        key(
            "folder or address of the zips of both sets, used instead of the archives; empty for none"
        ),
    ]
    folder: Annotated[str, key("folder that the zips are put into", min_length=1)]
    max_gb: Annotated[
        float, key("largest size of one recording once it is unpacked", "GB", gt=0, le=10000)
    ]

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


@settings
class SimulationSettings:
    """Size and difficulty of the simulated mice."""

    seed: Annotated[
        int, key("seed of the simulated mice and their movies", "seed", ge=0, le=4294967295)
    ]
    share_movies: Annotated[bool, key("whether all mice see the same movies")]
    num_neurons: Annotated[int, key("neurons of each simulated mouse", "neurons", ge=1, le=100000)]
    num_training_clips: Annotated[
        int, key("clips shown once, to train encoders on", "clips", ge=2, le=100000)
    ]
    num_held_out_clips: Annotated[
        int, key("clips shown repeatedly and never trained on", "clips", ge=1, le=10000)
    ]
    num_held_out_repeats: Annotated[
        int, key("trials of each held-out clip", "trials", ge=1, le=1000)
    ]
    num_hidden_clips: Annotated[
        int,
        key(
            "clips of a test tier whose responses are withheld (stored as zeros)",
            "clips",
            ge=0,
            le=10000,
        ),
    ]
    clip_frames: Annotated[
        int,
        key(
            "length of every clip (48 are a window of the simulated neurons)",
            "frames",
            ge=48,
            le=10000,
        ),
    ]
    padded_frames: Annotated[
        int,
        key(
            "length of the stored arrays; the tail after the clip is NaN", "frames", ge=1, le=10000
        ),
    ]
    field_center_px: Annotated[
        tuple[Annotated[float, item(ge=0, le=63)], Annotated[float, item(ge=0, le=63)]],
        listed("row and column of the 36 x 64 screen where receptive fields gather", "pixels"),
    ]
    field_spread_px: Annotated[
        tuple[Annotated[float, item(gt=0, le=64)], Annotated[float, item(gt=0, le=64)]],
        listed("standard deviation of receptive field centres in rows and columns", "pixels"),
    ]
    noise: Annotated[
        float,
        key(
            "trial-to-trial noise that sets the single-trial reliability; 0 is noise-free",
            "multiple of the usual noise",
            ge=0,
            le=100,
        ),
    ]

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


@settings
class RecordingsSection:
    """What was shown and what was measured."""

    source: Annotated[
        Literal["simulated", "sensorium"],
        choice("where the recordings come from, simulated here or read from disk"),
    ]
    folder: Annotated[
        str,
        key(
            "folder that holds one recording folder per mouse when source is sensorium",
            min_length=1,
        ),
    ]
    mice: Annotated[
        dict[
            Annotated[str, item(pattern="^[A-Za-z0-9]+$")],
            Annotated[str, key("folder name of the mouse's recording", min_length=1)],
        ],
        block(
            "short name of each mouse (letters and digits) and the folder name of its recording; null takes a mouse away",
            min_length=1,
        ),
    ]
    selection: Annotated[
        SelectionSettings, block("which trials are trained on and which are reconstructed")
    ]
    published_metadata: Annotated[
        str,
        key(
            "folder of the published metadata of the recordings, or empty: the catalogue takes over its video ids and addresses"
        ),
    ]
    simulated: Annotated[
        SimulationSettings, block("the simulated mice, used when source is simulated")
    ]

    def __post_init__(self) -> None:
        if found := self._shared_folders() + self._clips_of_nobody() + self._broken_queries():
            raise ValueError("\n".join(found))

    def _shared_folders(self) -> list[str]:
        folders = list(self.mice.values())
        twice = sorted({folder for folder in folders if folders.count(folder) > 1})
        return [
            f"recordings.mice: {folder} is named for more than one mouse; name it once"
            for folder in twice
        ]

    def _clips_of_nobody(self) -> list[str]:
        return [
            f"recordings.selection.clips.{mouse}: none of recordings.mice; those are "
            f"{', '.join(self.mice)}"
            for mouse in self.selection.clips
            if mouse not in self.mice
        ]

    def _broken_queries(self) -> list[str]:
        """Queries that would fail in a job, after all recordings have been read."""
        from recordings.trials import check_query

        problems = []
        for name in ("training", "held_out"):
            try:
                check_query(getattr(self.selection, name))
            except ValueError as error:
                problems.append(f"recordings.selection.{name}: {error}")
        return problems


@settings
class SourcesSection:
    """Where public files come from."""

    archive: Annotated[
        ArchiveSettings, block("the public files of the paper, fetched when a run needs them")
    ]
    download: Annotated[
        DownloadSettings, block("the zips of real recordings, fetched and unpacked on demand")
    ]
