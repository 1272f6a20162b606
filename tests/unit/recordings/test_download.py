"""Downloads from a local server: resumed, checked, refused in one sentence."""

import fcntl
import hashlib
import json
import shutil
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import SimpleNamespace

import numpy as np
import pytest

from recordings import download
from recordings.download import fetch_file
from tests.disks import longest_file

BLOCK = download.CHUNK_BYTES
CONTENT = np.random.default_rng(0).bytes(3_000_000)


@dataclass
class Server:
    """What the server has and how it behaves."""

    content: bytes = CONTENT
    tag: str | None = '"one"'
    cuts: list[int] = field(default_factory=list)
    """bytes after which the next connections end"""
    status: int = 200
    tells_length: bool = True
    shift: int = 0
    """of what is said about the first byte of a part"""
    content_type: str = "application/octet-stream"
    ranges: list[str | None] = field(default_factory=list)
    """what was asked for"""
    url: str = ""


class QuietServer(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """Clients that hang up are what is tested."""


class Handler(BaseHTTPRequestHandler):
    state: Server

    def do_GET(self):
        state, asked = self.state, self.headers.get("Range")
        state.ranges.append(asked)
        if state.status != 200:
            return self.send_error(state.status)
        same = self.headers.get("If-Range") in (None, state.tag)
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and same else 0
        if start and start >= len(state.content):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(state.content)}")
            self.send_header("Content-Length", "0")
            return self.end_headers()
        body = state.content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Type", state.content_type)
        if start:
            last = len(state.content) - 1
            self.send_header("Content-Range", f"bytes {start + state.shift}-{last}/{last + 1}")
        if state.tells_length:
            self.send_header("Content-Length", str(len(body)))
        if state.tag:
            self.send_header("ETag", state.tag)
        self.end_headers()
        self.wfile.write(body[: state.cuts.pop(0)] if state.cuts else body)
        return None

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    state = Server()
    http = QuietServer(("127.0.0.1", 0), type("Bound", (Handler,), {"state": state}))
    state.url = f"http://127.0.0.1:{http.server_port}/folder/model.pth"
    thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(download, "WAIT_S", 0.0)


@pytest.fixture
def output(tmp_path):
    return tmp_path / "archive/folder/model.pth"


def record_of(output):
    return output.with_name("model.pth.checksum.json")


def left_over(output):
    return {path.name for path in output.parent.iterdir()} - {output.name, record_of(output).name}


def test_a_file_comes_with_its_size_and_checksum_recorded(server, output):
    fetch_file(server.url, output)
    assert output.read_bytes() == CONTENT
    assert json.loads(record_of(output).read_text()) == {
        "url": server.url,
        "bytes": len(CONTENT),
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
    }
    assert left_over(output) == set()


def test_an_interrupted_download_goes_on_where_it_stopped(server, output):
    server.cuts = [20 * BLOCK + 5, 10 * BLOCK]
    fetch_file(server.url, output)
    assert output.read_bytes() == CONTENT
    assert server.ranges == [None, f"bytes={20 * BLOCK}-", f"bytes={30 * BLOCK}-"]


@pytest.mark.parametrize(("tag", "shift"), [(None, 0), ('W/"weak"', 0), ('"one"', -100)])
def test_a_part_that_may_not_fit_starts_anew(server, output, tag, shift):
    server.tag, server.shift, server.cuts = tag, shift, [20 * BLOCK + 5]
    fetch_file(server.url, output)
    assert output.read_bytes() == CONTENT


def test_a_file_without_a_length_is_taken_as_it_comes(server, output):
    server.tells_length = False
    fetch_file(server.url, output)
    assert output.read_bytes() == CONTENT


def test_cuts_that_bring_something_are_no_failed_attempts(server, output):
    server.cuts = [4 * BLOCK] * (download.NUM_ATTEMPTS + 2)
    fetch_file(server.url, output)
    assert output.read_bytes() == CONTENT


def test_a_file_that_is_there_is_recorded_and_not_asked_for(server, output):
    output.parent.mkdir(parents=True)
    output.write_bytes(b"by hand")
    assert fetch_file(server.url, output)["bytes"] == 7
    assert fetch_file(server.url, output)["sha256"] == hashlib.sha256(b"by hand").hexdigest()
    assert server.ranges == []
    output.write_bytes(b"by Hand")
    with pytest.raises(ValueError, match=r"model\.pth: is not what was there first"):
        fetch_file(server.url, output)


def test_a_broken_record_is_refused(server, output):
    fetch_file(server.url, output)
    record_of(output).write_text("{")
    with pytest.raises(ValueError, match="not a record of a download; delete it"):
        fetch_file(server.url, output)


@pytest.mark.parametrize(
    "pointer", [b"/annex/objects/MD5-s9--abc", b"version https://git-lfs.github"]
)
def test_a_pointer_to_the_file_is_not_the_file(server, output, pointer):
    server.content = pointer
    with pytest.raises(
        ValueError, match=r"only a pointer to the file there; put the file at .*by hand"
    ):
        fetch_file(server.url, output)
    assert not output.exists()
    assert not record_of(output).exists()


def test_a_later_run_goes_on_where_a_killed_one_stopped(server, output):
    server.cuts = [32 * BLOCK, *[0] * download.NUM_ATTEMPTS]
    with pytest.raises(
        ValueError, match="ended after 2097152 of 3000000 bytes; run the same command"
    ):
        fetch_file(server.url, output)
    assert not output.exists()
    fetch_file(server.url, output)
    assert output.read_bytes() == CONTENT
    assert server.ranges[-1] == f"bytes={32 * BLOCK}-"


@pytest.mark.parametrize("tag", [None, 'W/"weak"'])
def test_a_server_without_versions_is_not_said_to_go_on(server, output, tag):
    server.tag, server.cuts = tag, [8 * BLOCK, *[0] * download.NUM_ATTEMPTS]
    with pytest.raises(ValueError, match="run the same command again to start anew: the server"):
        fetch_file(server.url, output)
    assert fetch_file(server.url, output)["bytes"] == len(CONTENT)
    assert server.ranges[-1] is None


def test_a_file_that_changed_meanwhile_starts_anew(server, output):
    server.cuts = [8 * BLOCK, *[0] * download.NUM_ATTEMPTS]
    with pytest.raises(ValueError, match="ended after"):
        fetch_file(server.url, output)
    server.content, server.tag = CONTENT[::-1], '"two"'
    fetch_file(server.url, output)
    assert output.read_bytes() == CONTENT[::-1]


def test_a_part_that_is_whole_is_not_asked_for_again(server, output):
    output.parent.mkdir(parents=True)
    output.with_name(".model.pth.part").write_bytes(CONTENT)
    output.with_name(".model.pth.version").write_text('"one"')
    fetch_file(server.url, output)
    assert output.read_bytes() == CONTENT


def test_the_first_checksum_is_enforced_later(server, output):
    fetch_file(server.url, output)
    output.unlink()
    server.content = CONTENT[:-1] + bytes([CONTENT[-1] ^ 1])
    with pytest.raises(
        ValueError, match=r"content is not what was downloaded first .*delete .*checksum"
    ):
        fetch_file(server.url, output)
    assert not output.exists()
    server.content = CONTENT
    fetch_file(server.url, output)
    assert output.read_bytes() == CONTENT


def test_another_size_than_the_first_is_refused_before_anything_comes(server, output):
    fetch_file(server.url, output)
    output.unlink()
    server.content = CONTENT + b"more"
    with pytest.raises(ValueError, match="offers 3000004 bytes, but 3000000 were downloaded first"):
        fetch_file(server.url, output)
    assert left_over(output) == set()


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_missing_file_is_refused_with_the_place_for_it(server, output, status):
    server.status = status
    with pytest.raises(
        ValueError, match=rf"HTTP {status}\); .* put the file at .*model\.pth by hand"
    ):
        fetch_file(server.url, output)


def test_an_unreachable_archive_is_refused_with_the_place_for_the_file(output):
    with pytest.raises(
        ValueError, match=r"\(ConnectionError\).* put the file at .*model\.pth by hand"
    ):
        fetch_file("http://127.0.0.1:1/model.pth", output)
    assert not output.exists()


def test_a_web_page_is_not_a_file(server, output):
    server.content_type = "text/html; charset=utf-8"
    with pytest.raises(ValueError, match="is a web page, not the file"):
        fetch_file(server.url, output)


def test_a_full_disk_is_seen_before(server, output, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=10))
    with pytest.raises(
        ValueError, match=r"needs 3\.0 MB more, but 10 bytes are free at .*; make room"
    ):
        fetch_file(server.url, output)


def test_two_processes_never_append_to_one_partial_file(server, output):
    output.parent.mkdir(parents=True)
    with open(output.with_name(".model.pth.part"), "ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(ValueError, match=r"another process downloads it .* wait for it or end"):
            fetch_file(server.url, output)
    assert server.ranges == []
    fetch_file(server.url, output)
    assert output.read_bytes() == CONTENT


def test_a_disk_that_fills_up_is_named_and_the_download_goes_on(server, output):
    with (
        longest_file(20 * BLOCK),
        pytest.raises(ValueError, match=r"model\.pth: cannot be written"),
    ):
        fetch_file(server.url, output)
    assert not output.exists()
    fetch_file(server.url, output)
    assert output.read_bytes() == CONTENT
    assert server.ranges == [None, f"bytes={20 * BLOCK}-"]
    assert left_over(output) == set()
