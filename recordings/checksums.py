"""What a downloaded file was the first time: size and sha256, kept beside it and enforced ever after."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from recordings.access import is_absent, read_bytes_of, unreadable
from recordings.files import replace_when_done
from recordings.progress import report_progress
from recordings.wording import size_text

CHUNK_BYTES = 2**22
MAX_RECORD_BYTES = 2**20


def read_record(path: Path) -> dict:
    """The record (url, bytes, sha256) at `path`, empty if there is none; ValueError where it is no record."""
    if is_absent(path):
        return {}
    content = read_bytes_of(path, MAX_RECORD_BYTES, "delete it to record the file anew")
    try:
        record = json.loads(content)
        known = {"url": str(record["url"]), "bytes": int(record["bytes"])}
        return known | {"sha256": str(record["sha256"])}
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise ValueError(
            f"{path}: not a record of a download; delete it to record the file anew"
        ) from None


def enforce_record(url: str, file: Path, path: Path) -> dict:
    """The record of a file that is there: made at `path` the first time, and enforced ever after."""
    known = read_record(path)
    if known and not _is_recorded(file, known):
        raise ValueError(
            f"{file}: is not what was there first (sha256 {known['sha256'][:12]}..., recorded in {path}); {_remedy(url, file)}, "
            "or delete that record if it was replaced on purpose"
        )
    return known or _write_record(url, file, path)


def enforce_fetched(made: Path) -> Path:
    """The zip that the record of a fetch at `made` names, once it has the recorded content.

    The record beside it is written again where it was lost. Raises ValueError for another content, a damaged one too.
    """
    fetched = json.loads(made.read_text())
    file, path = Path(fetched["file"]), Path(fetched["checksum"])
    if not file.is_file():
        raise ValueError(f"{file}: missing; fetch it again, or put it there by hand")
    if not _is_recorded(file, fetched):
        raise ValueError(
            f"{file}: is not what was fetched (sha256 {fetched['sha256'][:12]}... of {fetched['bytes']} bytes, recorded in {made}), "
            f"but another or a damaged file; {_remedy(fetched['url'], file)}, or delete {made} and {path} if it was replaced on "
            "purpose"
        )
    if not path.exists():
        _write(path, {name: fetched[name] for name in ("url", "bytes", "sha256")})
    return file


def _is_recorded(file: Path, known: dict) -> bool:
    return file.stat().st_size == known["bytes"] and _sha256(file) == known["sha256"]


def _remedy(url: str, file: Path) -> str:
    """A file that is its own source, in a folder as mirror, cannot be downloaded again."""
    return "put that one back" if url == str(file) else "delete it to download it again"


def _write_record(url: str, file: Path, path: Path) -> dict:
    found = {"url": url, "bytes": file.stat().st_size, "sha256": _sha256(file)}
    _write(path, found)
    return found


def _write(path: Path, record: dict) -> None:
    with replace_when_done(path) as temporary:
        temporary.write_text(json.dumps(record, indent=1) + "\n")


def _sha256(file: Path) -> str:
    """The digest of a file of any size, with its progress."""
    size, digest = file.stat().st_size, hashlib.sha256()
    title = f"checksum of {file.name}, {size_text(size)}"
    for chunk in report_progress(_chunks(file), title, -(-size // CHUNK_BYTES)):
        digest.update(chunk)
    return digest.hexdigest()


def _chunks(file: Path) -> Iterator[bytes]:
    try:
        with open(file, "rb") as opened:
            while chunk := opened.read(CHUNK_BYTES):
                yield chunk
    except OSError as fault:
        raise unreadable(file, fault, "fetch it again, or put it there by hand") from None
