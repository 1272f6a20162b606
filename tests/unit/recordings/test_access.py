"""Files and folders that this user may not read: one sentence with the path from everything that reads recordings."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from recordings.access import is_absent, links_to_nothing, list_names, read_bytes_of, unreadable
from recordings.catalogue.publish import export_published
from tests.published import make_catalogue
from tests.tiny import NUM_NEURONS, save, write_recording
from tests.unit.recordings.test_hostile_zips import CONTENT, pack

ROOT = Path(__file__).resolve().parents[3]
NOBODY = 65534
CHILD = """
import codecs, json, os, shutil, sys
from pathlib import Path
from recordings.catalogue.statistics import summarise_neurons
from recordings.catalogue.validate import inspect_published
from recordings.checks import check_recording
from recordings.checksums import enforce_record
from recordings.reader import Recording
from recordings.report import inspect_recording
from recordings.unpack import unpack_recording

codecs.lookup("cp437")  # as zips need it
if os.geteuid() == 0:  # now that all is imported, which others may not read either
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)

def told(work):
    try:
        found = work()
    except ValueError as refusal:
        return [str(refusal)]
    return found if isinstance(found, list) else []

def read_all(folder):
    recording = Recording(folder)
    check_recording(recording)
    summarise_neurons(recording, {0: 4})

folder, metadata, archive = Path("mouse"), Path("metadata"), Path("a.zip")
packed = [
    lambda: unpack_recording(archive, Path("out/dynamic1-2-3-Video-0"), 10**6),
    lambda: enforce_record("url", archive, Path("record.json")),
]
works = {
    "mouse": [
        lambda: [f.sentence for f in inspect_recording(folder) if f.severity != "note"],
        lambda: read_all(folder),
    ],
    "metadata": [lambda: inspect_published(metadata).what.tolist()],
    "a.zip": packed,
    "out": packed,
}
answers = {}
for path, mode in json.load(sys.stdin):
    before = os.stat(path).st_mode & 0o777
    os.chmod(path, mode)
    answers[f"{path} {mode:o}"] = [told(work) for work in works[path.split("/")[0]]]
    os.chmod(path, before)
    shutil.rmtree("out/dynamic1-2-3-Video-0", ignore_errors=True)
json.dump(answers, sys.stdout)
"""


@pytest.fixture
def place(tmp_path) -> Path:
    """A folder with a recording, metadata and a zip, all of a user who is not root."""
    recording = write_recording(tmp_path / "mouse")
    save(recording.folder / "meta/neurons/unit_ids.npy", np.arange(NUM_NEURONS))
    export_published(make_catalogue(), tmp_path / "metadata")
    (tmp_path / "a.zip").write_bytes(pack(CONTENT.items()))
    (tmp_path / "out").mkdir()
    if os.geteuid() == 0:
        for home, folders, files in os.walk(tmp_path):
            for path in [home, *(os.path.join(home, name) for name in (*folders, *files))]:
                os.chown(path, NOBODY, NOBODY)
    return tmp_path


def ask(place: Path, cases: list[tuple[str, int]]) -> dict[str, list[list[str]]]:
    """What each reader says about each path with such rights, asked by a user who is not root."""
    run = subprocess.run(
        [sys.executable, "-c", CHILD.replace("NOBODY", str(NOBODY))],
        cwd=place,  # the folders above it are closed to others
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_what_may_not_be_read_is_told_with_its_path(place):
    """Closed folders, folders that may be listed but not entered or the other way round, closed files."""
    patterns = (
        "mouse/data/*/4.npy",
        "mouse/meta/*/*.npy",
        "metadata/*/*/*.csv",
        "*/*/*/Gabor*.json",
    )
    files = [str(p.relative_to(place)) for pattern in patterns for p in place.glob(pattern)]
    folders = ["mouse", *("mouse/" + f for f in ("data", "data/videos", "data/behavior", "meta"))]
    folders += [
        "mouse/meta/trials",
        "mouse/meta/neurons",
        "metadata",
        "metadata/global_meta/videos",
    ]
    cases = [(file, 0) for file in files] + [(f, m) for f in folders for m in (0, 0o444, 0o311)]
    answers = ask(place, [*cases, ("a.zip", 0), ("out", 0o555)])
    for path, mode in cases:
        told, *read = answers[f"{path} {mode:o}"]
        may_work = mode == 0o311 and path in ("mouse", "mouse/data", "mouse/meta", *folders[5:7])
        assert may_work or told, (path, mode)
        assert may_work or read != [[]], (path, mode)
        assert len(told) <= 4, (path, mode)  # once for all trials
        for sentence in sum(read, told):
            assert sentence.startswith(path), (path, mode)
            assert "this user may not read it (permission denied); give the right" in sentence
    closed, full = answers["a.zip 0"], answers["out 555"]
    assert all(sentence.startswith("a.zip: this user may not read it") for (sentence,) in closed)
    assert full[0] == [
        "a.zip: cannot be unpacked to out/dynamic1-2-3-Video-0 (Permission denied); make room or correct the folder"
    ]


def test_a_link_to_nothing_names_git_annex_also_where_it_is_a_folder(tmp_path):
    (tmp_path / "data").symlink_to("../.git/annex/objects/x")
    (tmp_path / "loop").symlink_to("loop")
    for path, at in ((tmp_path / "data", ""), (tmp_path / "data/4.npy", f" at {tmp_path}/data")):
        assert str(unreadable(path, FileNotFoundError())) == (
            f"{path}: a link to nothing{at} (../.git/annex/objects/x is not there); get it with `git annex get`, or "
            "restore it from the recording's archive"
        )
    assert links_to_nothing(tmp_path) == [tmp_path / "data", tmp_path / "loop"]
    assert not is_absent(tmp_path / "data")
    assert is_absent(tmp_path / "other")
    with pytest.raises(ValueError, match="data: a link to nothing"):
        list_names(tmp_path / "data")
    with pytest.raises(ValueError, match="loop: cannot be read"):
        read_bytes_of(tmp_path / "loop", 9)
    with pytest.raises(ValueError, match="other: missing; restore it"):
        read_bytes_of(tmp_path / "other", 9)
