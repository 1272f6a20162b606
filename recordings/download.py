"""Files from public archives: resumed after an interruption, checked against the checksum of the first download."""

import fcntl
import logging
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pooch
import requests

from recordings.checksums import enforce_record, read_record
from recordings.disk import naming_the_disk
from recordings.files import replace_when_done
from recordings.progress import report_progress
from recordings.wording import size_text

logger = logging.getLogger(__name__)
CHUNK_BYTES = 2**16
NUM_ATTEMPTS = 4
"""without a new byte"""
TIMEOUT_S, WAIT_S = 30, 2.0
PARTIAL_CONTENT, RANGE_NOT_SATISFIABLE = 206, 416
POINTERS = (b"/annex/objects/", b"../.git/annex/", b".git/annex/", b"version https://git-lfs")
"""how the text begins that git-annex and Git LFS keep in the place of a large file"""


class Refused(ValueError):
    """What the server offers is not the file."""


class Unfinished(Exception):
    """The connection ended before the file did; what came is kept."""


def fetch_file(url: str, output: Path) -> dict:
    """Have the file of `url` at `output` and return its record (url, bytes, sha256).

    A file that is there is only checked; else it is downloaded, going on where an earlier attempt stopped. The record is
    kept beside the first file and enforced ever after. Raises ValueError with the way to do it by hand where the
    file cannot be had.
    """
    path = output.with_name(f"{output.name}.checksum.json")
    known = read_record(path)
    with naming_the_disk(output):
        output.parent.mkdir(parents=True, exist_ok=True)
        if not output.exists():
            _download(url, output, known)
    return enforce_record(url, output, path)


def _download(url: str, output: Path, known: dict) -> None:
    sha256 = f"sha256:{known['sha256']}" if known else None
    download = Download(output, known.get("bytes"))
    try:
        pooch.retrieve(url, sha256, output.name, output.parent, downloader=download)
    except requests.RequestException as error:
        raise ValueError(
            f"{url}: cannot be downloaded ({_reason(error)}); run the same command again later, or put the file at "
            f"{output} by hand"
        ) from None
    except Unfinished as error:
        raise ValueError(
            f"{url}: {error}; run the same command again to {download.next_start}"
        ) from None
    except Refused as error:
        raise ValueError(f"{url}: {error}") from None
    except ValueError:  # pooch's, of the checksum
        raise ValueError(
            f"{url}: its content is not what was downloaded first (sha256 {known['sha256'][:12]}...); if the archive "
            f"replaced the file on purpose, delete {output}.checksum.json and run again"
        ) from None


@dataclass(frozen=True)
class Download:
    """Downloads into a partial file that outlives a killed run; pooch calls it and checks the sha256 after it."""

    output: Path
    expected_bytes: int | None

    @property
    def part(self) -> Path:
        return self.output.with_name(f".{self.output.name}.part")

    @property
    def version(self) -> Path:
        """What the server calls the version of the file that the partial file is of."""
        return self.output.with_name(f".{self.output.name}.version")

    @property
    def next_start(self) -> str:
        """Where another run begins, in words: what came is trusted only with the version that the server named."""
        if self.version.exists():
            return "go on from there" if self._have() else "start anew"
        return "start anew: the server does not say which version of the file this was"

    def __call__(self, url: str, target: str, _pooch) -> None:
        with open(self.part, "ab") as part:
            self._refuse_company(part)
            try:
                self._receive_all(url)
                self._refuse_pointer()
                os.fsync(part.fileno())
                os.replace(self.part, target)
                self.version.unlink(missing_ok=True)
            finally:
                if not self._have():
                    self.part.unlink(missing_ok=True)

    def _refuse_company(self, part: BinaryIO) -> None:
        """Two processes would both append to the partial file; a file system without locks cannot tell."""
        try:
            fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                f"another process downloads it to {self.part}; wait for it or end it, and run the same command again"
            ) from None
        except OSError:
            logger.warning("%s: cannot be locked, see that no other run downloads it", self.part)

    def _receive_all(self, url: str) -> None:
        left = NUM_ATTEMPTS
        while left:
            before = self._have()
            try:
                self._go_on(url)
                break
            except (Unfinished, requests.ConnectionError, requests.Timeout) as error:
                left = NUM_ATTEMPTS if self._have() > before else left - 1
                logger.warning("%s; %d attempts left", error, left)
                if not left:
                    raise
                time.sleep(WAIT_S * 2 ** (NUM_ATTEMPTS - left))

    def _have(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _go_on(self, url: str) -> None:
        """Ask for the bytes that are missing, append them, and see whether all have come."""
        have = self._have()
        headers = {"Accept-Encoding": "identity"}
        if have and self.version.exists():
            headers |= {"Range": f"bytes={have}-", "If-Range": self.version.read_text()}
        with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT_S) as answer:
            if answer.status_code == RANGE_NOT_SATISFIABLE:
                if answer.headers.get("Content-Range") == f"bytes */{have}":
                    return
                os.truncate(self.part, 0)
                raise Unfinished("the partial file was no part of it")
            answer.raise_for_status()
            if "text/html" in answer.headers.get("Content-Type", ""):
                raise Refused(
                    f"is a web page, not the file; correct its address in the config, or put the file at {self.output} by hand"
                )
            resumed = answer.status_code == PARTIAL_CONTENT
            sent = answer.headers.get("Content-Range", "")
            if resumed and not sent.startswith(f"bytes {have}-"):
                os.truncate(self.part, 0)
                raise Unfinished(f"the server sent {sent or 'an unknown part'}, not the rest")
            self._receive(answer, have if resumed else 0)

    def _receive(self, answer: requests.Response, have: int) -> None:
        """Write what comes after the first `have` bytes; a length that the server states must be reached."""
        length = answer.headers.get("Content-Length")
        missing = None if length is None else int(length)
        if missing is not None:
            self._refuse_wrong_size(have + missing)
            self._refuse_full_disk(missing)
        self._note_version(answer)
        size = "" if missing is None else f"{size_text(missing)} of "
        blocks = None if missing is None else -(-missing // CHUNK_BYTES)
        chunks = answer.iter_content(CHUNK_BYTES)
        with open(self.part, "ab" if have else "wb") as file:
            try:
                for chunk in report_progress(
                    chunks, f"downloading {size}{self.output.name}", blocks
                ):
                    file.write(chunk)
            except requests.RequestException as error:
                file.flush()
                total = "" if missing is None else f" of {have + missing}"
                raise Unfinished(
                    f"the connection ended after {self._have()}{total} bytes"
                ) from error
        self._refuse_wrong_size(self._have())

    def _note_version(self, answer: requests.Response) -> None:
        """Without a version there is no telling whether the rest belongs to what came: it starts anew."""
        tag = answer.headers.get("ETag", "")
        name = tag if tag and not tag.startswith("W/") else answer.headers.get("Last-Modified")
        if name:
            with replace_when_done(self.version) as temporary:
                temporary.write_text(name)
        else:
            self.version.unlink(missing_ok=True)

    def _refuse_wrong_size(self, total: int) -> None:
        if self.expected_bytes not in (None, total):
            raise Refused(
                f"offers {total} bytes, but {self.expected_bytes} were downloaded first; if the archive replaced the "
                f"file on purpose, delete {self.output}.checksum.json and run again"
            )

    def _refuse_full_disk(self, missing: int) -> None:
        free = shutil.disk_usage(self.output.parent).free
        if missing > free:
            raise Refused(
                f"needs {size_text(missing)} more, but {size_text(free)} are free at {self.output.parent}; make room"
            )

    def _refuse_pointer(self) -> None:
        with open(self.part, "rb") as file:
            if file.read(64).startswith(POINTERS):
                self.part.unlink()
                raise Refused(
                    f"the archive has only a pointer to the file there; put the file at {self.output} by hand"
                )


def _reason(error: Exception) -> str:
    answer = getattr(error, "response", None)
    return f"HTTP {answer.status_code}" if answer is not None else type(error).__name__
