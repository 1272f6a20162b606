"""A recording out of its zip: nothing leaves its folder, nothing outgrows its bound, nothing is left half-written."""

import errno
import os
import re
import shutil
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path, PurePosixPath

from recordings.access import is_absent, unreadable
from recordings.disk import CannotWrite
from recordings.files import replace_when_done
from recordings.names import safe_name
from recordings.progress import report_progress
from recordings.wording import size_text

CHUNK_BYTES = 2**20
MAX_MEMBERS = 50_000
MAX_DIRECTORY_BYTES = 256 * MAX_MEMBERS
"""of the list of members at the end of the zip, which is read as a whole"""
COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""others can unpack a few bytes to gigabytes at one go"""
ENCRYPTED = 0x1 | 0x40
LOCAL_HEADER_BYTES = 30
"""before each member, without its name"""
ODD_NAME = re.compile(r"[\\:\x00-\x1f\x7f\ud800-\udfff]")
DIRECTORY_ENDS = {b"PK\x05\x06": ("<I", 12), b"PK\x06\x06": ("<Q", 40)}
"""marks of the two records at the end of a zip, and where each states how long the list of members is"""
LONGEST_END = 2**16 + 200
MAX_NAME_BYTES, MAX_PART_BYTES, MAX_DEPTH = 1024, 255, 16
"""of a member, of a folder or file in its name, and of folders in it"""
FETCH = "fetch it again, or put it there by hand"
BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError)
BROKEN += (UnicodeError, OverflowError, IndexError, KeyError)


class Refused(ValueError):
    """A zip that is not unpacked."""


def unpack_recording(archive: Path, folder: Path, max_bytes: int) -> dict:
    """Unpack the zip of one recording as `folder`, which must not exist; return archive, files and bytes.

    The zip holds a folder of the recording's name, or data and meta themselves. Raises ValueError in one sentence that begins
    with the zip where it is foreign, damaged, hostile or larger than `max_bytes` unpacked.
    """
    safe_name(folder.name, str(folder))
    if not is_absent(folder):
        raise ValueError(
            f"{folder}: is there already; delete or rename it to unpack {archive} anew"
        )
    _refuse_no_file(archive)
    try:
        return _unpack(archive, folder, max_bytes)
    except CannotWrite as fault:
        raise ValueError(f"{archive}: cannot be unpacked: {fault}") from None
    except Refused as refusal:
        raise ValueError(f"{archive}: {refusal}") from None
    except (*BROKEN, ValueError) as fault:
        raise _unsound(archive, fault) from None
    except OSError as fault:
        if fault.errno == errno.EINVAL:  # a place before the beginning of the file
            raise _unsound(archive, fault) from None
        raise ValueError(
            f"{archive}: cannot be unpacked to {folder} ({fault.strerror or fault}); make room or correct the folder"
        ) from None


def _refuse_no_file(archive: Path) -> None:
    """ValueError where there is no file, only a link to nothing or a pipe, or where it may not be read."""
    try:
        if not stat.S_ISREG(os.stat(archive).st_mode):
            raise ValueError(f"{archive}: is no regular file; {FETCH}")
        with open(archive, "rb"):
            pass
    except OSError as fault:
        raise unreadable(archive, fault, FETCH) from None


def _unsound(archive: Path, fault: Exception) -> ValueError:
    reason = ascii(" ".join(str(fault).split())[:200])[1:-1]
    return ValueError(f"{archive}: not a sound zip ({reason}); delete it and fetch it again")


def _unpack(archive: Path, folder: Path, max_bytes: int) -> dict:
    _refuse_long_list(archive)
    with zipfile.ZipFile(archive) as opened:
        members = _sound_members(opened.infolist(), folder.name)
        size = sum(member.file_size for member in members.values())
        _refuse_size(size, max_bytes, folder)
        chunks = sum(-(-member.file_size // CHUNK_BYTES) for member in members.values())
        with replace_when_done(folder) as temporary:
            copied = _copy_members(opened, members, temporary, max_bytes)
            title = f"unpacking {size_text(size)} of {folder.name}"
            written = sum(report_progress(copied, title, chunks))
    return {"archive": str(archive), "files": len(members), "bytes": written}


def _refuse_long_list(archive: Path) -> None:
    """Before the list of members is read into memory."""
    with open(archive, "rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - LONGEST_END))
        end = file.read()
    for mark, (number, offset) in DIRECTORY_ENDS.items():
        for place in (match.start() for match in re.finditer(re.escape(mark), end)):
            field = end[place + offset : place + offset + struct.calcsize(number)]
            if len(field) < struct.calcsize(number):
                continue
            (length,) = struct.unpack(number, field)
            if MAX_DIRECTORY_BYTES < length < 2**32 - 1 or length > 2**32 - 1:
                raise Refused(f"its list of files has {length} bytes, more than a recording needs")


def _sound_members(
    members: list[zipfile.ZipInfo], name: str
) -> dict[PurePosixPath, zipfile.ZipInfo]:
    """The files to be written, by their path in the recording's folder; every member is looked at, also those left out."""
    if len(members) > MAX_MEMBERS:
        raise Refused(f"{len(members)} members, more than the {MAX_MEMBERS} of any recording")
    for member in members:
        _refuse_member(member)
    _refuse_overlaps(members)
    paths = [(PurePosixPath(member.orig_filename), member) for member in members]
    _refuse_same_names(paths)
    kept = [(path, m) for path, m in paths if not m.is_dir() and not _is_left_out(m.orig_filename)]
    if kept and all(path.parts[0] == name and len(path.parts) > 1 for path, _ in kept):
        kept = [(PurePosixPath(*path.parts[1:]), member) for path, member in kept]
    tops = sorted({path.parts[0] for path, _ in kept})
    if "data" not in tops:
        found = ascii(", ".join(tops[:5]) or "nothing")[1:-1]
        raise Refused(
            f"holds {found}, expected a folder {name}, or data and meta; is it the recording's zip?"
        )
    return dict(kept)


def _is_left_out(name: str) -> bool:
    """Whether a file is of an operating system, as all below __MACOSX."""
    return any(part.startswith((".", "_")) for part in PurePosixPath(name).parts)


def _refuse_member(member: zipfile.ZipInfo) -> None:
    name, shown = member.orig_filename, ascii(member.orig_filename[:200])
    parts = name.removesuffix("/").split("/")
    if ODD_NAME.search(name) or any(part in ("", ".", "..") for part in parts):
        raise Refused(f"member {shown} would leave the folder or has no plain name; do not use it")
    lengths = [len(part.encode()) for part in parts]
    if max(lengths) > MAX_PART_BYTES or sum(lengths) > MAX_NAME_BYTES or len(parts) > MAX_DEPTH:
        raise Refused(f"member {shown} has too long a name; do not use it")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Refused(f"member {shown} is a link or a special file; do not use it")
    if member.flag_bits & ENCRYPTED:
        raise Refused(f"member {shown} is encrypted; get it without a password")
    if member.compress_type not in COMPRESSIONS:
        raise Refused(
            f"member {shown} is compressed by method {member.compress_type}, expected deflate; pack it again"
        )


def _refuse_overlaps(members: list[zipfile.ZipInfo]) -> None:
    """Two members in the same bytes of the zip: a few bytes would unpack many times."""
    ordered = sorted(members, key=lambda member: member.header_offset)
    for one, other in pairwise(ordered):
        if one.header_offset + LOCAL_HEADER_BYTES + one.compress_size > other.header_offset:
            raise Refused(f"member {other.orig_filename[:200]!a} overlaps another; do not use it")


def _refuse_same_names(paths: list[tuple[PurePosixPath, zipfile.ZipInfo]]) -> None:
    """Two files of one name, also where neither capitals nor the spelling of accents count, or a file that another member needs as a folder."""
    seen = Counter(_folded(path) for path, member in paths if not member.is_dir())
    for path, member in paths:
        folders = path.parents if not member.is_dir() else (path, *path.parents)
        taken = any(_folded(folder) in seen for folder in folders)
        if taken or (not member.is_dir() and seen[_folded(path)] > 1):
            raise Refused(f"member {str(path)[:200]!a} is there twice; do not use it")


def _folded(path: PurePosixPath) -> str:
    """The same text for names that some file systems take for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", str(path)).casefold())


def _refuse_size(size: int, max_bytes: int, folder: Path) -> None:
    if size > max_bytes:
        raise Refused(
            f"{size_text(size)} unpacked, more than the {size_text(max_bytes)} of sources.download.max_gb"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder.parent).free
    if size > free:
        raise Refused(
            f"needs {size_text(size)}, but {size_text(free)} are free at {folder.parent}; make room"
        )


def _copy_members(
    opened: zipfile.ZipFile, members: dict, target: Path, max_bytes: int
) -> Iterator[int]:
    """Write the members, yielding the size of each chunk; their sums are checked at the end of each."""
    left = max_bytes
    for path, member in members.items():
        output = target / path
        output.parent.mkdir(parents=True, exist_ok=True)
        with opened.open(member) as packed, open(output, "xb") as file:
            while chunk := packed.read(CHUNK_BYTES):
                left -= len(chunk)
                if left < 0:
                    raise Refused(f"unpacks to more than {size_text(max_bytes)}; do not use it")
                file.write(chunk)
                yield len(chunk)
            if file.tell() != member.file_size:
                raise zipfile.BadZipFile(f"{path} ends after {file.tell()} bytes")
