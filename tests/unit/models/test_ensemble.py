"""Names of members, and the files that they are loaded from."""

import pytest

from models.ensemble import (
    LoadedMember,
    TrainedMember,
    find_checkpoint,
    loaded_members,
    parse_member,
    trained_members,
)

MODELS = {
    "source": "both",
    "encoders": ["factorised", "dwiseneuro"],
    "num_members": 2,
    "seed": 9,
    "load": {"files": {"P0": "fold_0", "own": "w/b.pth"}},
}
ARCHIVE = {"folder": "data/archive", "files": ["w/fold_0/a.pth", "w/fold_1/a.pth", "w/b.pth"]}


def test_trained_members_are_named_after_encoder_and_seed():
    members = trained_members(MODELS)
    assert list(members) == ["factorised9", "factorised10", "dwiseneuro9", "dwiseneuro10"]
    assert all(parse_member(name) == member for name, member in members.items())


def test_a_teacher_is_told_from_its_pupil():
    assert parse_member("dwiseneuro3teacher") == TrainedMember("dwiseneuro", 3, is_teacher=True)


@pytest.mark.parametrize(
    ("source", "trained", "loaded"), [("train", 4, 0), ("load", 0, 2), ("both", 4, 2)]
)
def test_the_source_says_which_members_there_are(source, trained, loaded):
    models = MODELS | {"source": source}
    assert len(trained_members(models)) == trained
    assert len(loaded_members(models, ARCHIVE)) == loaded


def test_files_are_given_by_name_or_by_path(tmp_path):
    assert loaded_members(MODELS, ARCHIVE) == {
        "P0": LoadedMember("data/archive/w/fold_0/a.pth", "w/fold_0/a.pth"),
        "own": LoadedMember("data/archive/w/b.pth", "w/b.pth"),
    }
    (tmp_path / "mine.pth").touch()
    mine = str(tmp_path / "mine.pth")
    assert find_checkpoint(mine, ARCHIVE, "key") == LoadedMember(mine)


def test_a_file_that_is_there_goes_before_one_of_the_archive(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b.pth").touch()
    assert find_checkpoint("b.pth", ARCHIVE, "key") == LoadedMember("b.pth")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("fold_7", "key: fold_7 is no file; give the path"),
        (
            "a.pth",
            r"key: a\.pth is several files of the archive \(w/fold_0/a\.pth, w/fold_1/a\.pth\)",
        ),
    ],
)
def test_no_file_or_several_are_refused(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        find_checkpoint(given, ARCHIVE, "key")
