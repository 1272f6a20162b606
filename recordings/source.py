"""Where the zip of a real recording comes from: the archive of its set, or a mirror of both."""

from recordings.checksums import enforce_record
from recordings.download import fetch_file
from recordings.settings import PUBLISHED_SETS, DownloadSettings


def fetch_recording(name: str, settings: DownloadSettings) -> dict:
    """Have the zip of a recording; return its record (url, bytes, sha256), where that is kept (checksum) and where the zip lies (file).

    A mirror that is a folder is read in place. The checksum of the first time is enforced ever after. ValueError where the zip
    cannot be had.
    """
    path, record = settings.zip_path(name), settings.record_path(name)
    places = {"file": str(path), "checksum": str(record)}
    if settings.mirror_folder:
        if not path.is_file():
            raise ValueError(
                f"{path}: missing; put the zip there, or correct sources.download.mirror"
            )
        return enforce_record(str(path), path, record) | places
    base = settings.mirror or _archive_of(name, settings)
    return fetch_file(f"{base.rstrip('/')}/{path.name}", path) | places


def _archive_of(name: str, settings: DownloadSettings) -> str:
    number = PUBLISHED_SETS.get(name.rpartition("-")[2])
    if number is None:
        raise ValueError(
            f"{name}: is of neither set (the name ends in neither {' nor '.join(PUBLISHED_SETS)}); correct recordings.mice, or name a "
            "mirror that has it in sources.download.mirror"
        )
    return {1: settings.set1_url, 2: settings.set2_url}[number]
