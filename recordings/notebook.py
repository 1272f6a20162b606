"""Recordings for notebooks: tables to filter, presentations to load by trial, video or segment."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from recordings.catalogue_tables import CATALOGUE_REMEDY, read_catalogue_table
from recordings.dissimilarity import Boundaries, compare_segments, compare_videos
from recordings.filters import UnknownColumn, filter_table
from recordings.presentation import Presentation, refuse_hidden
from recordings.reader import FRAME_RATE_HZ, TIERS, Recording
from recordings.settings import PUBLISHED_SETS
from recordings.signals import normalise_responses
from recordings.vocabulary import refuse_unknown_values, refuse_unknown_values_in

logger = logging.getLogger(__name__)


def open_recordings(path: str | Path, catalogue: str | Path | None = None) -> "Recordings":
    """Open a recording folder, or a folder of recordings; no arrays are read until they are asked for.

    `catalogue` is a folder of tables made by `snakemake --cores 2 catalogue`: it adds labels, video and segment ids, and
    neuron statistics. Of a folder of recordings those that the catalogue lacks are left out and named in `not_catalogued`.
    """
    folder = Path(path)
    inside = sorted(folder.iterdir()) if folder.is_dir() else []
    folders = [folder] if (folder / "data").is_dir() else [p for p in inside if _is_recording(p)]
    if not folders:
        raise ValueError(
            f"{folder}: no recording here (expected data/videos, data/responses, ..., or folders that hold them); "
            "give the folder of a recording or the one above it"
        )
    sources = {p.absolute().name: Recording(p) for p in folders}
    if catalogue is None:
        return Recordings(sources, None)
    known = _catalogued(Path(catalogue), tuple(sources))
    others = tuple(sorted(set(sources) - known))
    if others:
        logger.warning("%s: not in the catalogue, left out: %s", folder, ", ".join(others))
    sources = {name: source for name, source in sources.items() if name in known}
    return Recordings(sources, Path(catalogue), others)


def _catalogued(catalogue: Path, names: tuple[str, ...]) -> set[str]:
    """Which of these recordings the catalogue knows; ValueError where it knows none, or is none."""
    if not catalogue.is_dir():
        raise ValueError(f"{catalogue}: no such folder; {CATALOGUE_REMEDY}")
    known = set(names) & set(read_catalogue_table(catalogue, "trials").recording)
    if not known:
        raise ValueError(
            f"{catalogue}/trials.parquet: nothing of recording {', '.join(names)}; {CATALOGUE_REMEDY}"
        )
    return known


def _is_recording(folder: Path) -> bool:
    return (folder / "data").is_dir() and not folder.name.startswith((".", "_"))


@dataclass(frozen=True)
class Recordings:
    """Recordings by name, their tables, and their trials; tables and arrays are read when first asked for."""

    sources: dict[str, Recording]
    catalogue: Path | None
    not_catalogued: tuple[str, ...] = ()
    """recordings of the folder that were left out because the catalogue lacks them"""

    def __repr__(self) -> str:
        catalogue = "no catalogue" if self.catalogue is None else f"catalogue {self.catalogue}"
        left_out = f", {len(self.not_catalogued)} not catalogued" if self.not_catalogued else ""
        return (
            f"{len(self.sources)} recordings ({', '.join(self.recordings)}), {catalogue}{left_out}"
        )

    @property
    def recordings(self) -> tuple[str, ...]:
        """Names, sorted."""
        return tuple(sorted(self.sources))

    @cached_property
    def sets(self) -> pd.DataFrame:
        """A row per recording: the published set it is of (1, 2, or missing), and its number of trials of each tier."""
        rows = []
        for name in self.recordings:
            tiers = list(self.sources[name].tiers.values())
            published = PUBLISHED_SETS.get(name.rpartition("-")[2])
            counts = {tier: tiers.count(tier) for tier in TIERS}
            rows.append({"recording": name, "published_set": published, **counts})
        return pd.DataFrame(rows).astype({"published_set": "Int64"})

    @cached_property
    def trials(self) -> pd.DataFrame:
        """A row per trial, by recording and trial; without a catalogue: recording, trial, trial_type, valid_frames."""
        if self.catalogue is None:
            return pd.DataFrame(
                [row for name in self.recordings for row in _list_trials(name, self.sources[name])]
            )
        return self._table("trials")

    @cached_property
    def videos(self) -> pd.DataFrame:
        """A row per distinct video that one of these recordings shows; needs a catalogue."""
        videos = self._read("videos")
        return videos[videos.video_ID.isin(self.trials.video_ID)].reset_index(drop=True)

    @cached_property
    def segments(self) -> pd.DataFrame:
        """A row per segment of each trial, with the bounds that it has in that trial; needs a catalogue."""
        return self._table("segments")

    @cached_property
    def neurons(self) -> pd.DataFrame:
        """A row per neuron: id, place, statistics of its valid responses; needs a catalogue."""
        return self._table("neurons")

    @cached_property
    def basic(self) -> pd.DataFrame:
        """A row per recording: animal, session, scan, sizes, addresses; needs a catalogue."""
        return self._table("basic")

    def find_trials(self, query: str | None = None, **conditions: Any) -> pd.DataFrame:
        """Trials that meet the conditions of `recordings.filters.filter_table`."""
        try:
            return _find(self.trials, query, conditions)
        except UnknownColumn as error:
            if self.catalogue is None:
                raise UnknownColumn(f"{error}; for more, {CATALOGUE_REMEDY}") from None
            raise

    def find_segments(self, query: str | None = None, **conditions: Any) -> pd.DataFrame:
        """Segments that meet the conditions of `recordings.filters.filter_table`."""
        return _find(self.segments, query, conditions)

    def load(
        self,
        *,
        trial: int | None = None,
        recording: str | None = None,
        video_ID: str | None = None,
        segment_ID: str | None = None,
    ) -> Presentation:
        """One presentation: of a trial, or the first one in the table of a video or of a segment.

        `recording` may be left out where only one is open, and always with an id.
        """
        given = {"trial": trial, "video_ID": video_ID, "segment_ID": segment_ID}
        given = {name: value for name, value in given.items() if value is not None}
        if len(given) != 1:
            raise ValueError(
                f"load takes one of trial, video_ID and segment_ID, found {', '.join(given) or 'none'}"
            )
        if segment_ID == "":
            raise ValueError("no segment has an empty id; find it with load_all_segments")
        if video_ID == "":
            raise ValueError("no video has an empty id; find its trial with load_all")
        if trial is not None and recording is None and len(self.sources) > 1:
            raise ValueError(
                f"trial {trial} of which recording? name one of {', '.join(self.recordings)}"
            )
        if recording is not None:
            given["recording"] = self._known(recording)
        load = self.load_all if segment_ID is None else self.load_all_segments
        found = next(load(**given), None)
        if found is None:
            wanted = ", ".join(f"{name} {value}" for name, value in given.items())
            raise ValueError(f"nothing is {wanted}; look into .trials and .segments")
        return found

    def load_all(self, query: str | None = None, **conditions: Any) -> Iterator[Presentation]:
        """The trials that meet the conditions, one by one in the order of the table; each says which it is."""
        if "video_ID" in conditions:
            self._require("trials")
        rows = self.find_trials(query, **conditions)
        return (self._of_trial(row) for row in rows.to_dict("records"))

    def load_all_segments(
        self, query: str | None = None, **conditions: Any
    ) -> Iterator[Presentation]:
        """The segments that meet the conditions, one by one in the order of the table."""
        rows = self.find_segments(query, **conditions)
        return (self._of_segment(row) for row in rows.to_dict("records"))

    def repeats(self, video_ID: str, recording: str | None = None) -> list[Presentation]:
        """All presentations of a video, in one recording or in all; none is an error."""
        conditions = {} if recording is None else {"recording": self._known(recording)}
        found = list(self.load_all(video_ID=video_ID, **conditions))
        if not found:
            raise ValueError(f"no presentation of video {video_ID}; look into .trials")
        return found

    def boundaries_s(self, presentation: Presentation) -> Float[np.ndarray, " S"]:
        """When a segment ends and the next one starts, in seconds since the first frame of the presentation."""
        starts = self._segments_of(presentation).frame_start.to_numpy()
        inside = starts[(starts > presentation.frame_start) & (starts < presentation.frame_end)]
        return (inside - presentation.frame_start) / FRAME_RATE_HZ

    def neurons_of(self, recording: str) -> pd.DataFrame:
        """Rows of `neurons` of one recording, in the order of its responses."""
        return self.neurons[self.neurons.recording == self._known(recording)]

    def normalised_responses(
        self, presentation: Presentation, how: str | None
    ) -> Float[np.ndarray, "N T"]:
        """Responses by_std, by_mean or by_minmax, with the recording's neuron statistics; ValueError for hidden ones."""
        refuse_hidden(presentation)
        neurons = self.neurons_of(presentation.recording)
        return normalise_responses(presentation.responses_NT, neurons, how)

    def compare_videos(
        self,
        query: str | None = None,
        *,
        measure: str = "mse",
        check_boundaries: bool = True,
        **conditions: Any,
    ) -> tuple[Float[np.ndarray, "V V"], pd.DataFrame]:
        """Dissimilarity of the videos of all trials that meet the conditions, and these trials; NaN where not compared."""
        rows = self.find_trials(query, **conditions)
        chosen = [self._of_trial(row) for row in rows.to_dict("records")]
        matrix = compare_videos(
            [p.read_video_THW for p in chosen],
            [p.label for p in chosen],
            [self._boundaries(p) for p in chosen],
            measure,
            check_boundaries,
        )
        return matrix, rows

    def compare_segments(
        self, query: str | None = None, *, measure: str = "mse", **conditions: Any
    ) -> tuple[Float[np.ndarray, "S S"], pd.DataFrame]:
        """Dissimilarity of all segments that meet the conditions, and these segments; NaN between labels."""
        rows = self.find_segments(query, **conditions)
        chosen = [self._of_segment(row) for row in rows.to_dict("records")]
        frames = [p.read_video_THW() for p in chosen]
        return compare_segments(frames, [p.label for p in chosen], measure), rows

    def _of_trial(self, row: dict) -> Presentation:
        label, video_ID = row.get("label", ""), row.get("video_ID", "")
        name, trial, stop = row["recording"], int(row["trial"]), int(row["valid_frames"])
        return Presentation(name, trial, label, video_ID, 0, stop, "", self.sources[name])

    def _of_segment(self, row: dict) -> Presentation:
        name, trial = row["recording"], int(row["trial"])
        frames = int(row["frame_start"]), int(row["frame_end"])
        source, ids = self.sources[name], (row["segment_label"], row["video_ID"])
        return Presentation(name, trial, *ids, *frames, row["segment_ID"], source)

    def _segments_of(self, presentation: Presentation) -> pd.DataFrame:
        places = self._places.get((presentation.recording, presentation.trial))
        if places is None:
            raise ValueError(
                f"{presentation}: the catalogue has no segments of it; {CATALOGUE_REMEDY}"
            )
        return self.segments.iloc[places]

    @cached_property
    def _places(self) -> dict:
        """Rows of `segments` of each recording and trial."""
        return self.segments.groupby(["recording", "trial"]).indices

    def _boundaries(self, presentation: Presentation) -> Boundaries:
        rows = self._segments_of(presentation)
        return tuple(zip(rows.frame_start.tolist(), rows.frame_end.tolist(), strict=True))

    def _known(self, recording: str) -> str:
        if recording not in self.sources:
            raise ValueError(f"no recording '{recording}'; open are {', '.join(self.recordings)}")
        return recording

    def _require(self, name: str) -> Path:
        if self.catalogue is None:
            raise ValueError(f"the table {name} needs a catalogue; {CATALOGUE_REMEDY}")
        return self.catalogue

    def _read(self, name: str) -> pd.DataFrame:
        return read_catalogue_table(self._require(name), name)

    def _table(self, name: str) -> pd.DataFrame:
        """Rows of the recordings that are open; each must have some."""
        table = self._read(name)
        missing = sorted(set(self.sources) - set(table.recording))
        if missing:
            raise ValueError(
                f"{self.catalogue}/{name}.parquet: nothing of recording {', '.join(missing)}; {CATALOGUE_REMEDY}"
            )
        return table[table.recording.isin(self.sources)].reset_index(drop=True)


def _find(table: pd.DataFrame, query: str | None, conditions: dict) -> pd.DataFrame:
    """Rows that meet the conditions; ValueError where one names a value that there is not."""
    refuse_unknown_values(table, conditions)
    found = filter_table(table, query, **conditions)
    if query is not None:
        refuse_unknown_values_in(table, query)
    return found


def _list_trials(name: str, source: Recording) -> list[dict]:
    """What the folder tells without a look at movies or responses."""
    return [
        {
            "recording": name,
            "trial": trial,
            "trial_type": tier,
            "valid_frames": source.num_valid_frames(trial),
        }
        for trial, tier in source.tiers.items()
    ]
