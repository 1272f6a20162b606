"""The commit that provenance names: what counts as a change of it."""

import subprocess

import pytest

from recordings.commit import Commit, read_commit


@pytest.fixture
def repository(tmp_path):
    (tmp_path / "config.yaml").write_text("a: 1\n")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    who = ["-c", "user.name=A", "-c", "user.email=a@b.c"]
    git(tmp_path, *who, "commit", "--quiet", "--message=first")
    return tmp_path


def git(folder, *arguments):
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_a_fresh_checkout_is_clean(repository):
    assert read_commit(repository) == Commit(git(repository, "rev-parse", "HEAD"), False)


@pytest.mark.parametrize("name", ["configs/mine.yaml", "notes.md", "data/a b.npy", "my.py/a.txt"])
def test_files_that_git_does_not_know_are_no_change(repository, name):
    path = repository / name
    path.parent.mkdir(exist_ok=True)
    path.touch()
    assert not read_commit(repository).dirty


@pytest.mark.parametrize("name", ["models/new.py", "workflow/rules/new.smk", "ä b.py"])
def test_code_that_git_does_not_know_is_a_change(repository, name):
    path = repository / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    assert read_commit(repository).dirty


def test_an_edited_file_is_a_change(repository):
    (repository / "config.yaml").write_text("a: 2\n")
    assert read_commit(repository).dirty


def test_a_removed_file_is_a_change(repository):
    (repository / "config.yaml").unlink()
    assert read_commit(repository).dirty


def test_a_folder_without_git_has_no_commit(tmp_path, monkeypatch):
    assert read_commit(tmp_path) == Commit(None, None)
    monkeypatch.setenv("PATH", "")
    assert read_commit(tmp_path) == Commit(None, None)
