"""Writing: a path holds the whole new content or the whole old one."""

import os
import time

import pytest

from recordings.files import MARKER, replace_when_done, write_digest
from tests.killed import kill_writer, start_writer


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def write_half_a_file(path) -> None:
    with replace_when_done(path) as temporary:
        temporary.write_text("half of the n")
        raise KeyboardInterrupt


def make_half_a_folder(path) -> None:
    with replace_when_done(path) as temporary:
        temporary.mkdir()
        raise RuntimeError


def write_as(path, writes: str) -> None:
    path.mkdir() if writes == "folder" else path.write_text("x")


def replace_as(path, writes: str, meanwhile=lambda: None) -> None:
    with replace_when_done(path) as temporary:
        write_as(temporary, writes)
        meanwhile()


def make_thesis(folder) -> None:
    folder.mkdir()
    (folder / "thesis.txt").write_text("mine")


def test_a_written_file_takes_its_place(tmp_path):
    with replace_when_done(tmp_path / "a.txt") as temporary:
        temporary.write_text("new")
        assert names(tmp_path) == [temporary.name]
    assert names(tmp_path) == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "new"


def test_the_old_file_is_whole_until_the_new_one_is(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with replace_when_done(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        write_half_a_file(path)
    assert names(tmp_path) == ["a.txt"]
    assert path.read_text() == "old"


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    path = tmp_path / "mouse"
    for name in ("old", "new"):
        with replace_when_done(path) as temporary:
            (temporary / "data").mkdir(parents=True)
            (temporary / "data" / name).write_text(name)
    assert names(path / "data") == ["new"]
    assert (path / MARKER).exists()
    assert names(tmp_path) == ["mouse"]


def test_a_failure_leaves_the_old_folder(tmp_path):
    with replace_when_done(tmp_path / "mouse") as temporary:
        temporary.mkdir()
        (temporary / "old").write_text("old")
    with pytest.raises(RuntimeError):
        make_half_a_folder(tmp_path / "mouse")
    assert names(tmp_path) == ["mouse"]
    assert names(tmp_path / "mouse") == [MARKER, "old"]


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_a_killed_job_left_is_removed(tmp_path, kind):
    left, other = kill_writer(tmp_path / "a.txt", kind), kill_writer(tmp_path / "b.txt")
    assert names(tmp_path) == [left.name, other.name]
    with replace_when_done(tmp_path / "a.txt") as temporary:
        temporary.write_text("new")
    assert names(tmp_path) == [other.name, "a.txt"]


def test_what_a_living_writer_writes_is_left_alone(tmp_path):
    writer, half = start_writer(tmp_path / "a.txt")
    with replace_when_done(tmp_path / "a.txt") as temporary:
        temporary.write_text("new")
    assert half.exists()
    writer.communicate("")
    assert names(tmp_path) == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "half"


@pytest.mark.parametrize(("age_s", "stays"), [(3600, True), (25 * 3600, False)])
def test_another_machine_is_given_a_day(tmp_path, age_s, stays):
    left = tmp_path / ".a.00000000-1-00000000.writing.txt"
    left.touch()
    os.utime(left, (time.time() - age_s,) * 2)
    with replace_when_done(tmp_path / "a.txt") as temporary:
        temporary.write_text("new")
    assert left.exists() == stays


@pytest.mark.parametrize("writes", ["file", "folder"])
def test_a_folder_that_was_not_made_here_is_never_replaced(tmp_path, writes):
    make_thesis(tmp_path / "mouse")
    with pytest.raises(ValueError, match=r"mouse: holds files that this pipeline did not make"):
        replace_as(tmp_path / "mouse", writes)
    assert names(tmp_path / "mouse") == ["thesis.txt"]


@pytest.mark.parametrize("writes", ["file", "folder"])
def test_one_that_appears_meanwhile_is_not_replaced_either(tmp_path, writes):
    path = tmp_path / "mouse"
    with pytest.raises(ValueError, match="did not make"):
        replace_as(path, writes, lambda: make_thesis(path))
    assert names(tmp_path) == ["mouse"]
    assert names(tmp_path / "mouse") == ["thesis.txt"]


@pytest.mark.parametrize("writes", ["file", "folder"])
def test_an_empty_folder_gives_way(tmp_path, writes):
    (tmp_path / "mouse").mkdir()
    replace_as(tmp_path / "mouse", writes)
    assert (tmp_path / "mouse").is_dir() == (writes == "folder")


def test_files_of_an_unfinished_folder_need_no_temporary_names(tmp_path):
    with replace_when_done(tmp_path / "mouse") as folder:
        with replace_when_done(folder / "data/0.npy") as inside:
            inside.write_text("x")
        assert inside == folder / "data/0.npy"
    assert (tmp_path / "mouse/data/0.npy").read_text() == "x"


def test_missing_folders_are_made(tmp_path):
    with replace_when_done(tmp_path / "results/mouse-A/a.txt") as temporary:
        temporary.write_text("new")
    assert (tmp_path / "results/mouse-A/a.txt").read_text() == "new"


def test_a_job_that_wrote_nothing_fails(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    with pytest.raises(FileNotFoundError), replace_when_done(tmp_path / "a.txt"):
        pass
    assert (tmp_path / "a.txt").read_text() == "old"


def test_the_digest_of_a_folder_is_that_of_its_names_and_bytes(tmp_path):
    def digest(name):
        write_digest(tmp_path / "digest", tmp_path / name)
        return (tmp_path / "digest").read_text()

    for name in ("one", "two"):
        (tmp_path / name / "data").mkdir(parents=True)
        (tmp_path / name / "data/0.npy").write_bytes(b"movie")
        (tmp_path / name / "1.npy").write_bytes(b"")
    before = digest("one")
    assert digest("two") == before
    (tmp_path / "two/.snakemake_timestamp").touch()
    assert digest("two") == before
    (tmp_path / "two/data/0.npy").write_bytes(b"film")
    assert digest("two") != before
    (tmp_path / "one/data/0.npy").rename(tmp_path / "one/data/2.npy")
    assert digest("one") != before
