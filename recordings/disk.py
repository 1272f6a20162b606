"""What the system says where it cannot write, as one sentence with the path, the disk and the remedy."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recordings.wording import size_text

FAULTS = {
    errno.ENOSPC: "the disk at {disk} is full ({free} free without this file); make room there",
    errno.EDQUOT: "your quota on the disk at {disk} is used up; delete files of yours there, or ask for more",
    errno.EFBIG: "the file outgrows what the disk at {disk} ({free} free) or `ulimit -f` allows; raise that limit",
    errno.EROFS: "the disk at {disk} is read-only; make it writable, or choose another folder",
    errno.EIO: "the disk at {disk} reports an error ({free} free); have it checked, or choose another folder",
}
FORBIDDEN = "you have no right to write there (disk at {disk}); change it with chmod or chown, or choose another folder"
PERMISSIONS = (errno.EACCES, errno.EPERM)


class CannotWrite(ValueError):
    """A file or folder cannot be written, for a reason that the user can mend."""


@contextmanager
def naming_the_disk(path: str | Path) -> Iterator[None]:
    """Say in one sentence that `path` cannot be written where the system, or a library in its words, says why."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        if (sentence := write_fault(error, Path(path))) is None:
            raise
        raise CannotWrite(sentence) from error


def write_fault(error: BaseException, path: Path) -> str | None:
    """The sentence for an error that a disk is behind while `path` is written; None for any other error."""
    known = {**FAULTS, **dict.fromkeys(PERMISSIONS, FORBIDDEN)}
    number = next(filter(known.get, map(_number, _behind(error))), None)
    if number is None or (number in PERMISSIONS and not _is_at(error, path)):
        return None
    disk = _nearest(path)
    free = size_text(shutil.disk_usage(disk).free)
    reason = known[number].format(disk=_mount(disk), free=free)
    return f"{path}: cannot be written, {reason}, and run the same command again"


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    """The error and those that led to it: a library's own error may hide the system's."""
    while error is not None:
        yield error
        hidden = None if error.__suppress_context__ else error.__context__
        error = error.__cause__ or hidden


def _number(error: BaseException) -> int | None:
    """The number that the system gave an error; libraries that drop it keep its text."""
    if not isinstance(error, OSError | RuntimeError):
        return None
    if getattr(error, "errno", None) is not None:
        return error.errno
    return next((number for number in FAULTS if os.strerror(number) in str(error)), None)


def _is_at(error: BaseException, path: Path) -> bool:
    """Whether a missing right is one to write: that to read an input is no matter of the output's disk."""
    named = [Path(os.fsdecode(e.filename)) for e in _behind(error) if getattr(e, "filename", None)]
    return not named or any(path.parent in (n, *n.parents) or n in path.parents for n in named)


def _nearest(path: Path) -> Path:
    """The path, or the lowest folder above it that is there."""
    return next(p for p in (path.absolute(), *path.absolute().parents) if p.exists())


def _mount(path: Path) -> Path:
    """Where the disk of a path begins."""
    return next(p for p in (path.resolve(), *path.resolve().parents) if os.path.ismount(p))
