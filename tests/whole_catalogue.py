"""The catalogue of recordings, from their scans to all five tables."""

from types import SimpleNamespace

from recordings.catalogue.facts import stack_neurons, tabulate_recordings
from recordings.catalogue.naming import name_recordings, name_videos
from recordings.catalogue.published import read_published_names
from recordings.catalogue.scan import scan_recording
from recordings.catalogue.statistics import select_measured, summarise_neurons
from recordings.catalogue.tables import tabulate_shown


def catalogue_of(scans, neurons, recordings) -> SimpleNamespace:
    """All tables, as the rules identify_videos and complete_catalogue make them."""
    shown, (published, addresses) = (
        tabulate_shown(scans, recordings),
        read_published_names("", recordings),
    )
    videos, _ = name_videos(shown.videos, shown.trials, published)
    return SimpleNamespace(
        trials=shown.trials,
        videos=videos,
        segments=shown.segments,
        neurons=stack_neurons(neurons),
        basic=name_recordings(tabulate_recordings(scans), addresses),
    )


def catalogue_from_disk(recordings, num_workers: int = 1) -> SimpleNamespace:
    """All tables of recordings by name, read anew."""
    scans = [scan_recording(recording, num_workers) for recording in recordings.values()]
    neurons = {
        scan.recording: summarise_neurons(
            recordings[scan.recording], select_measured(scan.trials), num_workers, 4096
        )
        for scan in scans
    }
    return catalogue_of(scans, neurons, recordings)
