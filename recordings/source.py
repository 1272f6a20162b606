"""Where the zip of a real recording comes from: the archive of its set, or a mirror of both."""

from pathlib import Path

from recordings.download import enforce_record, fetch_file
from recordings.settings import PUBLISHED_SETS, DownloadSettings


def fetch_recording(name: str, settings: DownloadSettings) -> dict:
    """Have the zip of a recording; return its record (url, bytes, sha256) and where it lies (file).

    A mirror that is a folder is read in place. The checksum of the first time is enforced ever after. ValueError where the zip
    cannot be had.
    """
    path = settings.zip_path(name)
    if settings.mirror_folder:
        if not path.is_file():
            raise ValueError(
                f"{path}: missing; put the zip there, or correct recordings.download.mirror"
            )
        record = Path(settings.folder, f"{path.name}.checksum.json")
        return enforce_record(str(path), path, record) | {"file": str(path)}
    base = settings.mirror or _archive_of(name, settings)
    return fetch_file(f"{base.rstrip('/')}/{path.name}", path) | {"file": str(path)}


def _archive_of(name: str, settings: DownloadSettings) -> str:
    number = PUBLISHED_SETS.get(name.rpartition("-")[2])
    if number is None:
        raise ValueError(
            f"{name}: is of neither set (the name ends in neither {' nor '.join(PUBLISHED_SETS)}); correct recordings.mice, or name a "
            "mirror that has it in recordings.download.mirror"
        )
    return {1: settings.set1_url, 2: settings.set2_url}[number]
