"""Unpacking: a sound zip becomes the recording's folder; a hostile or damaged one leaves nothing."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from recordings import unpack
from recordings.files import MARKER
from recordings.unpack import unpack_recording

ROOT = Path(__file__).resolve().parents[3]
NAME = "dynamic1-2-3-Video-0"
CONTENT = {"data/videos/0.npy": b"video" * 1000, "meta/trials/tiers.npy": b"tiers"}
MAX_BYTES = 100_000


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "recordings" / NAME


def pack(path, members):
    """A zip; each member may be a name or a ZipInfo."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members:
            archive.writestr(member, content)
    return path


def sound(path, prefix=f"{NAME}/"):
    return pack(path, [(prefix + name, content) for name, content in CONTENT.items()])


def files_of(folder):
    files = [p for p in folder.rglob("*") if p.is_file() and p.name != MARKER]
    return {str(p.relative_to(folder)): p.read_bytes() for p in files}


def refuse(archive, folder, message, max_bytes=MAX_BYTES):
    """One sentence that begins with the zip, and nothing is left."""
    before = {path for path in archive.parent.rglob("*") if path != folder.parent}
    with pytest.raises(ValueError, match=message) as caught:
        unpack_recording(archive, folder, max_bytes)
    assert str(caught.value).startswith(f"{archive}: ")
    assert "\n" not in str(caught.value)
    assert {path for path in archive.parent.rglob("*") if path != folder.parent} == before


@pytest.mark.parametrize("prefix", [f"{NAME}/", ""])
def test_a_sound_zip_becomes_the_folder(tmp_path, folder, prefix):
    archive = sound(tmp_path / "a.zip", prefix)
    record = unpack_recording(archive, folder, MAX_BYTES)
    assert files_of(folder) == CONTENT
    assert record == {"archive": str(archive), "files": 2, "bytes": 5005}
    assert [path.name for path in folder.parent.iterdir()] == [NAME]


def test_what_an_operating_system_adds_is_left_out(tmp_path, folder):
    extra = ["__MACOSX/x/._0.npy", f"{NAME}/.DS_Store", f"{NAME}/data/_notes", f"{NAME}/data/"]
    members = [(f"{NAME}/{name}", content) for name, content in CONTENT.items()]
    archive = pack(tmp_path / "a.zip", members + [(name, b"") for name in extra])
    unpack_recording(archive, folder, MAX_BYTES)
    assert files_of(folder) == CONTENT


@pytest.mark.parametrize(
    "name",
    [
        "../outside.npy",
        f"{NAME}/../../outside.npy",
        f"{NAME}/data/..",
        "/etc/outside",
        "C:/outside.npy",
        "data\\videos\\0.npy",
        "..\\outside.npy",
        f"{NAME}//0.npy",
        f"{NAME}/./0.npy",
        f"{NAME}/data/a\nb.npy",
        "__MACOSX/../../outside.npy",
    ],
)
def test_a_member_that_would_leave_the_folder_is_refused(tmp_path, folder, name):
    members = [(f"{NAME}/data/videos/0.npy", b"1"), (name, b"2")]
    refuse(pack(tmp_path / "a.zip", members), folder, "would leave the folder")


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
@pytest.mark.parametrize("name", [f"{NAME}/data/link", f"{NAME}/data/link/"])
def test_links_and_special_files_are_refused(tmp_path, folder, kind, name):
    member = zipfile.ZipInfo(name)
    member.external_attr = (kind | 0o777) << 16
    members = [(f"{NAME}/data/0.npy", b"1"), (member, b"/etc")]
    refuse(pack(tmp_path / "a.zip", members), folder, "is a link or a special file")


@pytest.mark.parametrize("second", ["data/0.npy", "DATA/0.npy", "data/0.npy/more"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_that_overwrite_each_other_are_refused(tmp_path, folder, second):
    members = [(f"{NAME}/data/0.npy", b"1"), (f"{NAME}/{second}", b"2")]
    refuse(pack(tmp_path / "a.zip", members), folder, "is there twice")


def test_an_encrypted_member_is_refused(tmp_path, folder):
    archive = sound(tmp_path / "a.zip")
    content = bytearray(archive.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    archive.write_bytes(content)
    refuse(archive, folder, "is encrypted")


def test_a_compression_that_may_explode_is_refused(tmp_path, folder):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("data/0.npy", b"1")
    refuse(tmp_path / "a.zip", folder, "compressed by method 14, expected deflate")


def test_a_bomb_is_refused_by_what_it_declares(tmp_path, folder):
    archive = pack(tmp_path / "a.zip", [("data/0.npy", bytes(MAX_BYTES + 1))])
    assert archive.stat().st_size < 1000
    refuse(archive, folder, r"unpacked, more than .*sources\.download\.max_gb")


@pytest.mark.parametrize("declared", [1, MAX_BYTES - 1])
def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path, folder, declared):
    archive = pack(tmp_path / "a.zip", [("data/0.npy", bytes(MAX_BYTES * 50))])
    content = bytearray(archive.read_bytes())
    place = content.index(b"PK\x01\x02") + 24
    content[place : place + 4] = declared.to_bytes(4, "little")
    archive.write_bytes(content)
    refuse(archive, folder, "not a sound zip .*; delete it and fetch it again")


def test_bytes_are_counted_while_they_are_written(tmp_path, folder, monkeypatch):
    archive = pack(tmp_path / "a.zip", [("data/0.npy", bytes(MAX_BYTES + 1))])
    monkeypatch.setattr(unpack, "_refuse_size", lambda *arguments: folder.parent.mkdir())
    refuse(archive, folder, "unpacks to more than")


def test_too_many_members_are_refused(tmp_path, folder, monkeypatch):
    archive = sound(tmp_path / "a.zip")
    monkeypatch.setattr(unpack, "MAX_MEMBERS", 1)
    refuse(archive, folder, "2 members, more than the 1 of any recording")
    monkeypatch.setattr(unpack, "MAX_DIRECTORY_BYTES", 50)
    refuse(archive, folder, "its list of files has .* bytes, more than a recording needs")


def test_a_full_disk_is_seen_before(tmp_path, folder, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=10))
    refuse(sound(tmp_path / "a.zip"), folder, "needs .* are free at .*; make room")


def test_a_zip_of_something_else_is_refused(tmp_path, folder):
    archive = pack(tmp_path / "a.zip", [("photos/1.jpg", b"1"), ("other/data/2.npy", b"2")])
    refuse(archive, folder, f"holds other, photos, expected a folder {NAME}, or data and meta")
    refuse(pack(tmp_path / "a.zip", []), folder, "holds nothing, expected")


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x05\x06", b"<html></html>", bytes(5000)])
def test_a_file_that_is_no_zip_is_refused(tmp_path, folder, content):
    (tmp_path / "a.zip").write_bytes(content)
    refuse(tmp_path / "a.zip", folder, "not a sound zip .*; delete it and fetch it again")


def test_a_recording_that_is_there_is_left_alone(tmp_path, folder):
    folder.mkdir(parents=True)
    (folder / "own").write_text("work")
    with pytest.raises(ValueError, match=rf"{NAME}: is there already; delete or rename it"):
        unpack_recording(sound(tmp_path / "a.zip"), folder, MAX_BYTES)
    assert (folder / "own").read_text() == "work"


def test_a_missing_zip_is_told(tmp_path, folder):
    refuse(tmp_path / "a.zip", folder, "missing; fetch it again")


SLOW = """
import sys, time
from pathlib import Path
from recordings import unpack
def slowly(chunks, title, total):
    for chunk in chunks:
        yield chunk
        time.sleep(60)
unpack.report_progress = slowly
unpack.unpack_recording(Path(sys.argv[1]), Path(sys.argv[2]), 10**6)
"""


def test_a_kill_leaves_nothing_and_the_next_run_works(tmp_path, folder):
    archive = sound(tmp_path / "a.zip")
    command = [sys.executable, "-c", SLOW, str(archive), str(folder)]
    run = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    try:
        deadline = time.monotonic() + 120
        while not list(folder.parent.glob(".*/data/videos/0.npy")):
            assert run.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        run.send_signal(signal.SIGKILL)
        run.wait()
    assert not folder.exists()
    unpack_recording(archive, folder, MAX_BYTES)
    assert files_of(folder) == CONTENT
    assert [path.name for path in folder.parent.iterdir()] == [NAME]
