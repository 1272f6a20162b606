"""Snakemake's locks outlive a `kill -9`; a lock of the operating system does not, and tells whether a run is alive."""

import fcntl
from contextlib import suppress
from pathlib import Path
from typing import TextIO

_held: dict[Path, TextIO] = {}
"""Open until this process ends, however it ends; children do not inherit it."""


def hold_run_lock(workdir: str | Path, run: str = "") -> None:
    """To be called by every job: should Snakemake die alone, its lock is not stale while a job of it lives."""
    folder = Path(workdir).resolve() / ".snakemake"
    for path in (folder / "running.lock", _of_run(folder, run)):
        if folder.is_dir() and path not in _held:
            _held[path] = _open_lock(path)
            _lock(_held[path], fcntl.LOCK_SH)


def release_stale_lock(workdir: str | Path, run: str = "") -> bool:
    """Delete Snakemake's locks of a dead run; False while this run of this name is alive, for Snakemake to refuse.

    To be called while the Snakefile is parsed, in the main process only: jobs parse it too, beside a live run.
    Every run keeps two shared locks, one of its folder and one of its name; an exclusive one is only to be had while
    no other run lives. While one of another name does, only locks that name nothing but files of this one are deleted.
    """
    folder = Path(workdir).resolve() / ".snakemake"
    if folder / "running.lock" in _held:
        return False
    folder.mkdir(parents=True, exist_ok=True)
    alone = _take(folder / "running.lock")
    only_one = _take(_of_run(folder, run))
    for path in folder.glob("locks/*.lock"):
        if alone or (run and only_one and _is_of(path, run)):
            path.unlink(missing_ok=True)
    for path in (folder / "running.lock", _of_run(folder, run)):
        _lock(_held[path], fcntl.LOCK_SH)
    return only_one


def _of_run(folder: Path, run: str) -> Path:
    return folder / f"running-{run}.lock"


def _is_of(path: Path, run: str) -> bool:
    """Whether a lock of Snakemake's lists results of the named run and of no other."""
    with suppress(FileNotFoundError):
        lines = [line for line in path.read_text().split("\n") if line.startswith("results/")]
        return bool(lines) and all(line.startswith(f"results/{run}/") for line in lines)
    return False


def _take(path: Path) -> bool:
    """Whether nobody else holds a lock; it stays open."""
    _held[path] = _open_lock(path)
    return _lock(_held[path], fcntl.LOCK_EX | fcntl.LOCK_NB)


def _open_lock(path: Path) -> TextIO:
    """Open to write and read: NFS asks the former of an exclusive lock, the latter of a shared one."""
    return open(path, "a+")


def _lock(file: TextIO, kind: int) -> bool:
    """False when the lock is taken, or when the file system has no locks; then nothing is ever deleted."""
    try:
        fcntl.flock(file, kind)
    except OSError:
        return False
    return True
