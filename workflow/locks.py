"""Snakemake's locks outlive a `kill -9`; a lock of the operating system does not, and tells whether a run is alive."""

import fcntl
from pathlib import Path
from typing import TextIO

_held: dict[Path, TextIO] = {}
"""Open until this process ends, however it ends; children do not inherit it."""


def hold_run_lock(workdir: str | Path) -> None:
    """To be called by every job: should Snakemake die alone, its lock is not stale while a job of it lives."""
    folder = Path(workdir).resolve() / ".snakemake"
    if folder.is_dir() and folder not in _held:
        _held[folder] = _open_lock(folder)
        _lock(_held[folder], fcntl.LOCK_SH)


def release_stale_lock(workdir: str | Path) -> bool:
    """Delete the locks of a dead run and return True; while another run is alive return False, for Snakemake to refuse.

    To be called while the Snakefile is parsed, in the main process only: jobs parse it too, beside a live run.
    Every run keeps a shared lock; an exclusive one is only to be had while no other run lives.
    """
    folder = Path(workdir).resolve() / ".snakemake"
    if folder in _held:
        return False
    folder.mkdir(parents=True, exist_ok=True)
    running = _open_lock(folder)
    alone = _lock(running, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if alone:
        for path in folder.glob("locks/*.lock"):
            path.unlink(missing_ok=True)
    _lock(running, fcntl.LOCK_SH)
    _held[folder] = running
    return alone


def _open_lock(folder: Path) -> TextIO:
    """Open to write and read: NFS asks the former of an exclusive lock, the latter of a shared one."""
    return open(folder / "running.lock", "a+")


def _lock(file: TextIO, kind: int) -> bool:
    """False when the lock is taken, or when the file system has no locks; then nothing is ever deleted."""
    try:
        fcntl.flock(file, kind)
    except OSError:
        return False
    return True
