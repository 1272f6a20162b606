"""Where the zip of a recording comes from: its set's archive, or a mirror."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from recordings.settings import PUBLISHED_SETS, DownloadSettings
from recordings.source import fetch_recording

FIRST, SECOND = (f"dynamic{number}-1-1-Video-{end}" for end, number in PUBLISHED_SETS.items())


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture
def archive(tmp_path):
    """The address of a server of two sets."""
    for place, name in (("set1", FIRST), ("set2", SECOND)):
        (tmp_path / "server" / place).mkdir(parents=True)
        (tmp_path / f"server/{place}/{name}.zip").write_bytes(place.encode())
    handler = partial(QuietHandler, directory=str(tmp_path / "server"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def settings_of(tmp_path, archive="http://127.0.0.1:1", mirror=""):
    return DownloadSettings(
        f"{archive}/set1", f"{archive}/set2/", mirror, str(tmp_path / "zips"), 1
    )


@pytest.mark.parametrize(("name", "content"), [(FIRST, b"set1"), (SECOND, b"set2")])
def test_a_zip_comes_from_the_archive_of_its_set(tmp_path, archive, name, content):
    settings = settings_of(tmp_path, archive)
    record = fetch_recording(name, settings)
    assert record["file"] == str(settings.zip_path(name))
    assert settings.zip_path(name).read_bytes() == content
    assert record["bytes"] == 4


def test_a_mirror_may_be_an_address(tmp_path, archive):
    settings = settings_of(tmp_path, mirror=f"{archive}/set1/")
    assert fetch_recording(FIRST, settings)["url"] == f"{archive}/set1/{FIRST}.zip"


def test_a_mirror_may_be_a_folder_that_nothing_is_written_to(tmp_path):
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    (mirror / "any.zip").write_bytes(b"one")
    settings = settings_of(tmp_path, mirror=str(mirror))
    record = fetch_recording("any", settings)
    assert record["file"] == str(mirror / "any.zip")
    assert [path.name for path in mirror.iterdir()] == ["any.zip"]
    (mirror / "any.zip").write_bytes(b"two")
    with pytest.raises(ValueError, match=r"any\.zip: is not what was there first"):
        fetch_recording("any", settings)


def test_a_folder_without_the_zip_is_told(tmp_path):
    with pytest.raises(ValueError, match=r"any\.zip: missing; .*sources\.download\.mirror"):
        fetch_recording("any", settings_of(tmp_path, mirror=str(tmp_path)))


def test_a_recording_of_neither_set_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"other: is of neither set .*name a mirror"):
        fetch_recording("other", settings_of(tmp_path))
