"""Disks that fill up: a limit of the system on the size of files, and small disks in memory."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest


@contextmanager
def longest_file(num_bytes: int) -> Iterator[None]:
    """No file of this process and its children grows beyond a size, as on a disk that fills up at that byte."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (num_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def small_disk(folder: Path, num_bytes: int) -> Iterator[Path]:
    """A disk in memory at a folder; the test is skipped where the user may not mount one."""
    folder.mkdir(parents=True, exist_ok=True)
    mount(folder, f"size={num_bytes}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def mount(folder: Path, options: str) -> None:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    done = None
    with suppress(FileNotFoundError):
        done = subprocess.run(command, capture_output=True, text=True)
    if done is None or done.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip() if done else ''}")


@contextmanager
def ballast(folder: Path, num_free: int) -> Iterator[None]:
    """Fill the disk at a folder up to a number of free bytes."""
    file, disk = folder / "ballast", os.statvfs(folder)
    with open(file, "wb") as opened:
        os.posix_fallocate(opened.fileno(), 0, max(1, disk.f_bavail * disk.f_frsize - num_free))
    try:
        yield
    finally:
        file.unlink()
