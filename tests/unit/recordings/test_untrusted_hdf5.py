"""What is read from an HDF5 file of unknown origin, and what is refused."""

import re
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from recordings.untrusted_hdf5 import examine, walk

ROOT = Path(__file__).resolve().parents[3]
VALUES = np.random.default_rng(0).normal(size=(50, 40)).round(1)


def write(path: Path, values=VALUES, **options) -> Path:
    with h5py.File(path, "w") as file:
        file.create_dataset("x", data=values, **options)
    return path


def read(path: Path) -> np.ndarray:
    with h5py.File(path) as file:
        return np.asarray(examine("x", file["x"], path))


def refuse(path: Path, message: str) -> None:
    with pytest.raises(ValueError, match=f"^x: {message}"):
        read(path)


@pytest.mark.parametrize("compression", [None, "gzip", "lzf"])
@pytest.mark.parametrize("checked", [False, True])
@pytest.mark.parametrize("chunks", [(50, 40), (7, 11), (64, 64)])
def test_packed_values_are_read_as_they_are(tmp_path, compression, checked, chunks):
    options = {"compression": compression, "shuffle": checked, "fletcher32": checked}
    path = write(tmp_path / "a.h5", chunks=chunks, maxshape=(None, None), **options)
    np.testing.assert_array_equal(read(path), VALUES)


@pytest.mark.parametrize("texts", [["train", "é" * 100], [""], ["a"] * 1000])
def test_texts_of_any_length_are_read_as_they_are(tmp_path, texts):
    for chunks in (None, (len(texts),)):
        path = write(tmp_path / "a.h5", np.array(texts, object), chunks=chunks)
        assert [one.decode() for one in read(path)] == texts


@pytest.mark.parametrize("values", [VALUES, np.zeros((50, 40)), np.arange(2000.0).reshape(50, 40)])
def test_a_chunk_that_unpacks_to_less_is_refused(tmp_path, values):
    """HDF5 fills it up with whatever is in memory."""
    for compression in ("lzf", "gzip"):
        path = write(tmp_path / "a.h5", values, compression=compression, chunks=(50, 40))
        short = write(tmp_path / "b.h5", values[:25], compression=compression, chunks=(25, 40))
        with h5py.File(path, "a") as file, h5py.File(short) as other:
            mask, content = other["x"].id.read_direct_chunk((0, 0))
            file["x"].id.write_direct_chunk((0, 0), content, mask)
        refuse(path, r"its chunk at \(0, 0\) unpacks to \d+ bytes, expected 16000")


def test_chunks_that_were_never_written_are_refused(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("x", (4, 3), "f8", chunks=(2, 3))[:2] = 1
    refuse(tmp_path / "a.h5", r"shape \(4, 3\) needs 2 chunks, but 1 were written")
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("x", (4, 3), "f8")
    refuse(tmp_path / "a.h5", r"shape \(4, 3\), but its values were never written")


def test_values_in_other_files_are_refused(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("x", (10,), "u1", external=[("/etc/passwd", 0, 10)])
    refuse(tmp_path / "a.h5", "is stored in another file")
    write(tmp_path / "b.h5")
    for link in (h5py.ExternalLink(str(tmp_path / "b.h5"), "/x"), h5py.SoftLink("/y")):
        with h5py.File(tmp_path / "a.h5", "w") as file:
            file["x"] = link
        with (
            h5py.File(tmp_path / "a.h5") as file,
            pytest.raises(ValueError, match=r"^x: is a link"),
        ):
            list(walk(file, 3))
    with h5py.File(tmp_path / "a.h5", "w") as file:
        layout = h5py.VirtualLayout((50, 40), "f8")
        layout[:] = h5py.VirtualSource(str(tmp_path / "b.h5"), "x", (50, 40))
        file.create_virtual_dataset("x", layout)
    refuse(tmp_path / "a.h5", "is a virtual dataset")


def test_a_large_file_may_hold_large_values_and_a_small_one_may_not(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("x", (2**30,), "u1", chunks=(2**28,), compression="gzip")[0] = 1
    refuse(tmp_path / "a.h5", r"announces 1\.07e\+09 bytes in a file of \d+")


def test_the_command_ends_with_one_sentence_and_leaves_nothing(tmp_path):
    path = write(tmp_path / "session.h5")
    with h5py.File(path, "a") as file:
        file.move("x", "responses/values")
        file.create_dataset("gaze/values", (9,), "u1", external=[("/etc/passwd", 0, 9)])
    command = [sys.executable, "-m", "recordings.own_data", str(path), str(tmp_path / "lab/mouse")]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert found.returncode == 1
    expected = f"{path}: gaze/values: is stored in another file; save its values in this file\n"
    assert re.fullmatch(re.escape(expected), found.stderr)
    assert list(tmp_path.iterdir()) == [path]
