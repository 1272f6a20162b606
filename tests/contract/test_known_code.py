"""Hashes of code are kept for the next call of Snakemake, as long as no file of the code changes."""

import json

import pytest

from workflow import known_code
from workflow.known_code import Known


def opened(path) -> Known:
    known = Known()
    known.open(path)
    return known


def found_again(path) -> bool:
    """Whether a hash is taken from the file."""
    return opened(path).hash_of("a rule", lambda: "anew") == "kept"


@pytest.fixture
def path(tmp_path):
    known = opened(tmp_path / "code.json")
    assert known.hash_of("a rule", lambda: "kept") == "kept"
    known.save()
    return known.path


def test_a_hash_is_found_once(path):
    assert found_again(path)


def test_an_edited_file_is_followed_anew(path, monkeypatch):
    monkeypatch.setattr(known_code, "_digest_of_all", lambda: "another")
    assert not found_again(path)


def test_what_is_edited_while_hashes_are_found_keeps_none(path, monkeypatch):
    known = opened(path)
    known.hash_of("another rule", lambda: "new")
    monkeypatch.setattr(known_code, "_digest_of_all", lambda: "another")
    known.save()
    assert json.loads(path.read_text())["hashes"] == {}


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"version": 1}'])
def test_an_odd_file_knows_nothing(path, text):
    path.write_text(text)
    assert not found_again(path)
