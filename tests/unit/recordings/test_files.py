"""Writing: a path holds the whole new content or the whole old one."""

import pytest

from recordings.files import replace_when_done, write_digest


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
    assert names(tmp_path) == ["mouse"]


def test_a_failure_leaves_the_old_folder(tmp_path):
    (tmp_path / "mouse").mkdir()
    (tmp_path / "mouse/old").write_text("old")
    with pytest.raises(RuntimeError):
        make_half_a_folder(tmp_path / "mouse")
    assert names(tmp_path) == ["mouse"]
    assert names(tmp_path / "mouse") == ["old"]


def test_what_a_killed_job_left_is_removed(tmp_path):
    with replace_when_done(tmp_path / "a.txt") as temporary:
        temporary.write_text("x")
    temporary.mkdir()
    (temporary / "left").write_text("over")
    with replace_when_done(tmp_path / "a.txt") as again:
        assert again == temporary
        again.write_text("new")
    assert names(tmp_path) == ["a.txt"]


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
