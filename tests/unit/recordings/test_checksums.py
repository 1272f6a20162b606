"""What was fetched is what is unpacked: another content is refused, whatever became of it since."""

import hashlib
import json

import pytest

from recordings import checksums
from recordings.checksums import enforce_fetched
from recordings.settings import DownloadSettings
from recordings.source import fetch_recording

NAME, CONTENT = "dynamic1-1-1-Video-0", b"a zip of a recording" * 1000


@pytest.fixture
def made(tmp_path):
    """The record that a fetch from a mirror left."""
    (tmp_path / "mirror").mkdir()
    (tmp_path / f"mirror/{NAME}.zip").write_bytes(CONTENT)
    settings = DownloadSettings("", "", str(tmp_path / "mirror"), str(tmp_path / "zips"), 1)
    path = tmp_path / "made.json"
    path.write_text(json.dumps(fetch_recording(NAME, settings)))
    return path


def beside(made):
    return made.parent / f"zips/{NAME}.zip.checksum.json"


def test_the_fetched_zip_is_given(made):
    assert enforce_fetched(made) == made.parent / f"mirror/{NAME}.zip"


@pytest.mark.parametrize("content", [CONTENT[::-1], CONTENT[:-1], b""])
def test_another_or_a_damaged_zip_is_refused(made, content):
    """Even where the record beside it is lost, so that nothing is recorded anew by accident."""
    (made.parent / f"mirror/{NAME}.zip").write_bytes(content)
    for _ in range(2):
        with pytest.raises(
            ValueError, match=r"0\.zip: is not what was fetched .*; put that one back"
        ):
            enforce_fetched(made)
        beside(made).unlink(missing_ok=True)
    assert not beside(made).exists()


def test_a_download_is_to_be_deleted_instead(made):
    record = json.loads(made.read_text()) | {"url": "https://archive", "sha256": "0" * 64}
    made.write_text(json.dumps(record))
    with pytest.raises(
        ValueError, match=r"; delete it to download it again, or delete .*made\.json"
    ):
        enforce_fetched(made)


def test_a_lost_record_is_written_again(made):
    before = beside(made).read_text()
    beside(made).unlink()
    enforce_fetched(made)
    assert beside(made).read_text() == before


def test_a_missing_zip_is_told(made):
    (made.parent / f"mirror/{NAME}.zip").unlink()
    with pytest.raises(ValueError, match=r"0\.zip: missing; fetch it again"):
        enforce_fetched(made)


def test_chunks_do_not_change_the_digest(made, monkeypatch):
    monkeypatch.setattr(checksums, "CHUNK_BYTES", 7)
    enforce_fetched(made)
    assert json.loads(made.read_text())["sha256"] == hashlib.sha256(CONTENT).hexdigest()
