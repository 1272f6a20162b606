"""Writing files and folders so that a path holds the whole of one job's content, whatever dies, fills up or runs twice."""

import errno
import hashlib
import os
import platform
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from recordings.disk import naming_the_disk

MARKER = ".made-by-movie-reconstruction"
"""a file in each folder that is made here: others are never replaced"""
MARKER_TEXT = (
    "Made by the pipeline movie-reconstruction, which may delete and replace this folder.\n"
)
WRITER = re.compile(r"(?P<host>[0-9a-f]{8})-(?P<process>[0-9]+)-[0-9a-f]{8}\.writing")
"""in the name of what is still written: by which process of which machine"""
LONGEST_LIFE_S = 24 * 3600
"""of what a job on another machine left, of which nobody here knows whether it lives"""
NUM_ATTEMPTS, NUM_THREADS = 1000, 8
TAKEN = (errno.ENOTEMPTY, errno.EEXIST, errno.EISDIR)


@contextmanager
def replace_when_done(path: str | Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; rename it to `path` on success, delete it on failure.

    Each writer has a temporary path of its own: of two that write `path` at once, the last one's content stays, whole. A folder
    is marked as made here. ValueError where `path` is a folder that was not, and where the disk takes no more.
    """
    final = Path(path)
    with naming_the_disk(final):
        final.parent.mkdir(parents=True, exist_ok=True)
        if any(map(WRITER.search, final.absolute().parts[:-1])):
            yield final  # in a folder that is not done itself
            return
        refuse_foreign_folder(final)
        remove_leftovers(final)
        temporary = _of_this_writer(final)
        try:
            yield temporary
            _settle(temporary)
            _put_in_place(temporary, final)
        finally:
            _remove(temporary)


def refuse_foreign_folder(path: Path) -> None:
    """ValueError for a folder with files in it that no job made: it is somebody's, and not ours to delete."""
    if _is_foreign(path):
        raise ValueError(
            f"{path}: holds files that this pipeline did not make (no {MARKER} among them), so it is not replaced; move it "
            "away, or delete it if it is an earlier version's result"
        )


def _is_foreign(path: Path) -> bool:
    """Whether a folder has files and no mark; looked at again where another writer replaced it meanwhile."""
    with suppress(FileNotFoundError, NotADirectoryError):
        while True:
            before, names = path.stat(), os.listdir(path)
            after = path.stat()
            if (before.st_ino, before.st_ctime_ns) == (after.st_ino, after.st_ctime_ns):
                return bool(names) and MARKER not in names
    return False


def remove_leftovers(path: Path) -> None:
    """Delete what writers of `path` left that were killed."""
    start, end = f".{path.stem}.", path.suffix
    with os.scandir(path.parent) as beside:
        names = [entry.name for entry in beside if entry.name.startswith(start)]
    for name in names:
        if WRITER.fullmatch(name.removeprefix(start).removesuffix(end)):
            remove_leftover(path.with_name(name))


def remove_leftover(path: Path) -> None:
    """Delete one temporary path, unless its writer may live."""
    writer = WRITER.search(path.name)
    with suppress(FileNotFoundError):
        if writer and writer["host"] == _this_machine():
            dead = not _is_alive(int(writer["process"]))
        else:
            dead = time.time() - path.lstat().st_mtime > LONGEST_LIFE_S
        if dead:
            _remove(path)


def _of_this_writer(path: Path) -> Path:
    writer = f"{_this_machine()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    return path.with_name(f".{path.stem}.{writer}.writing{path.suffix}")


def _this_machine() -> str:
    """What a process number belongs to: the machine, and the container on it."""
    space = ""
    with suppress(OSError):
        space = os.readlink("/proc/self/ns/pid")
    return hashlib.sha256(f"{platform.node()} {space}".encode()).hexdigest()[:8]


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _settle(path: Path) -> None:
    """Mark a folder as made here, and bring everything to the disk, which may say only now that it is full."""
    if not path.is_dir():
        _bring_to_disk(path)  # here, since a process that ends may start no thread
        return
    (path / MARKER).write_text(MARKER_TEXT)
    files = [file for file in path.rglob("*") if file.is_file()]
    with ThreadPoolExecutor(NUM_THREADS) as pool:  # a disk takes many at once as fast as one
        list(pool.map(_bring_to_disk, files))


def _bring_to_disk(file: Path) -> None:
    with open(file, "rb") as opened:
        os.fsync(opened.fileno())


def _put_in_place(temporary: Path, final: Path) -> None:
    """Rename; a folder in the way is renamed first and deleted last. Another writer may come between: then once more."""
    for _ in range(NUM_ATTEMPTS):
        aside = _move_aside(final)
        try:
            os.replace(temporary, final)
        except OSError as error:
            if error.errno not in TAKEN:
                if aside:
                    os.rename(aside, final)
                raise
        else:
            return
        finally:
            if aside:
                _remove(aside)
    raise ValueError(f"{final}: other jobs replace it all the time; end them, and run again")


def _move_aside(final: Path) -> Path | None:
    """The new name of the folder at a path; None where there is none."""
    if not final.is_dir():
        return None
    refuse_foreign_folder(final)
    aside = _of_this_writer(final)
    try:
        os.rename(final, aside)
    except FileNotFoundError:
        return None
    return aside


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def write_digest(path: str | Path, folder: str | Path) -> None:
    """Record the content of a folder: a sha256 of the names and bytes of its files, hidden ones left out."""
    digest, root = hashlib.sha256(), Path(folder)
    for file in sorted(file for file in root.rglob("[!.]*") if file.is_file()):
        with open(file, "rb") as opened:
            content = hashlib.file_digest(opened, "sha256").hexdigest()
        digest.update(f"{content} {file.relative_to(root).as_posix()}\n".encode())
    with replace_when_done(path) as temporary:
        temporary.write_text(f"{digest.hexdigest()}\n")
