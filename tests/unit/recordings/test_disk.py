"""Disks that take nothing: one sentence with path, disk and remedy, whatever library the error came through."""

import errno
import os
import subprocess
import sys
import tempfile

import pytest

from recordings.disk import FAULTS, PERMISSIONS, CannotWrite, naming_the_disk
from recordings.files import replace_when_done
from tests.disks import mount, small_disk

REMEDIES = {
    errno.ENOSPC: "is full .* make room there",
    errno.EDQUOT: "your quota .* delete files of yours",
    errno.EFBIG: "ulimit -f",
    errno.EROFS: "is read-only; make it writable",
    errno.EIO: "have it checked",
    errno.EACCES: "no right to write there .* chmod",
    errno.EPERM: "no right to write there .* chmod",
}


def fail(path, error, cause=None):
    with naming_the_disk(path):
        raise error from cause


def as_a_library(number):
    """The ways in which an error of the system reaches us."""
    system = OSError(number, os.strerror(number))
    yield system, None
    yield RuntimeError("unexpected pos 704 vs 598"), system  # torch
    if number in FAULTS:
        yield RuntimeError(f"flush failed, error message = '{os.strerror(number)}'"), None  # HDF5


@pytest.mark.parametrize("number", REMEDIES)
def test_what_the_system_says_is_one_sentence_with_the_remedy(tmp_path, number):
    path = tmp_path / "results/a.csv"
    for error, cause in as_a_library(number):
        with pytest.raises(CannotWrite, match=REMEDIES[number]) as caught:
            fail(path, error, cause)
        said = str(caught.value)
        assert said.startswith(f"{path}: cannot be written, ")
        assert "disk at /" in said
        assert "\n" not in said


def test_every_fault_has_a_remedy_that_is_tested():
    assert set(REMEDIES) == {*FAULTS, *PERMISSIONS}


def test_other_errors_stay_as_they_are(tmp_path):
    unreadable = OSError(errno.EACCES, "Permission denied", str(tmp_path / "input/x.npy"))
    for error in (unreadable, FileNotFoundError("x"), RuntimeError("mouse A"), ValueError("x")):
        with pytest.raises(type(error)) as caught:
            fail(tmp_path / "results/a.csv", error)
        assert caught.value is error


def test_a_right_that_lacks_at_the_output_is_one_to_write(tmp_path):
    for named in ("results", "results/.a.writing.csv"):
        error = OSError(errno.EACCES, "Permission denied", str(tmp_path / named))
        with pytest.raises(CannotWrite, match="no right to write there"):
            fail(tmp_path / "results/a.csv", error)


def write(path):
    with replace_when_done(path) as temporary:
        temporary.write_text("new")


def test_a_read_only_disk_is_named_and_its_files_stay(tmp_path):
    with small_disk(tmp_path / "small", 2**20) as disk:
        write(disk / "a.txt")
        mount(disk, "remount,ro")
        for path in (disk / "a.txt", disk / "results/b.txt"):
            with pytest.raises(CannotWrite, match=rf"disk at {disk} is read-only"):
                write(path)
        assert [path.name for path in disk.iterdir()] == ["a.txt"]


WRITE_AS_NOBODY = """
import os, sys
from recordings.files import replace_when_done
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    with replace_when_done(sys.argv[1]) as path:
        path.write_text("new")
except ValueError as error:
    print(error)
"""


def test_a_folder_without_rights_is_named():
    with tempfile.TemporaryDirectory() as folder:  # that of pytest is closed to other users
        os.chmod(folder, 0o555)
        command = [sys.executable, "-c", WRITE_AS_NOBODY, f"{folder}/a.txt"]
        said = subprocess.run(command, capture_output=True, text=True).stdout
    assert f"{folder}/a.txt: cannot be written, you have no right to write there" in said
