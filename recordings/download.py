"""Files from public archives: resumed after an interruption, checked against the checksum of the first download."""

import json
import logging
import shutil
from dataclasses import dataclass
from pathlib import Path

import pooch
import requests

from recordings.files import replace_when_done
from recordings.progress import report_progress

logger = logging.getLogger(__name__)
CHUNK_BYTES = 2**16
NUM_ATTEMPTS = 4
TIMEOUT_S = 30
PARTIAL_CONTENT, RANGE_NOT_SATISFIABLE = 206, 416


class Unfinished(Exception):
    """The connection ended before the file did; what came is kept."""


def fetch_file(url: str, output: Path) -> None:
    """Download `url` to `output`; go on where an earlier attempt stopped.

    Size and sha256 are recorded beside the first download and must stay the same in every later one. Raises
    ValueError with the way to do it by hand where the file cannot be had.
    """
    record = output.with_name(f"{output.name}.checksum.json")
    known = json.loads(record.read_text()) if record.exists() else {}
    output.parent.mkdir(parents=True, exist_ok=True)
    download = Download(url, output, known.get("bytes"))
    sha256 = f"sha256:{known['sha256']}" if known else None
    try:
        pooch.retrieve(url, sha256, output.name, output.parent, downloader=download)
    except requests.RequestException as error:
        raise ValueError(
            f"{url}: cannot be downloaded ({_reason(error)}); run the same command again later, or put the file at "
            f"{output} by hand"
        ) from None
    except Unfinished as error:
        raise ValueError(
            f"{url}: {error}; run the same command again to go on from there"
        ) from None
    except ValueError as error:
        if "hash" not in str(error):
            raise
        raise ValueError(
            f"{url}: its content is not what was downloaded first (sha256 {known['sha256'][:12]}..., recorded in "
            f"{record}); if the archive replaced the file on purpose, delete that record and run again"
        ) from None
    if not known:
        content = {"url": url, "bytes": output.stat().st_size, "sha256": pooch.file_hash(output)}
        with replace_when_done(record) as temporary:
            temporary.write_text(json.dumps(content, indent=1) + "\n")


@dataclass(frozen=True)
class Download:
    """Downloads into a partial file that outlives a killed run; pooch calls it and checks the sha256 after it."""

    url: str
    output: Path
    expected_bytes: int | None

    @property
    def part(self) -> Path:
        return self.output.with_name(f".{self.output.name}.part")

    @property
    def tag(self) -> Path:
        """The server's name for the version of the file that the partial file is of."""
        return self.output.with_name(f".{self.output.name}.etag")

    def __call__(self, url: str, target: str, _pooch) -> None:
        for attempt in range(1, NUM_ATTEMPTS + 1):
            try:
                self._go_on()
                break
            except (Unfinished, requests.ConnectionError, requests.Timeout) as error:
                logger.warning("attempt %d of %d: %s", attempt, NUM_ATTEMPTS, error)
                if attempt == NUM_ATTEMPTS:
                    raise
        shutil.move(self.part, target)
        self.tag.unlink(missing_ok=True)

    def _go_on(self) -> None:
        """Ask for the bytes that are missing, append them, and see whether all have come."""
        have = self.part.stat().st_size if self.part.exists() else 0
        headers = {"Accept-Encoding": "identity"}
        if have and self.tag.exists():
            version = self.tag.read_text()
            headers |= {"Range": f"bytes={have}-"} | ({"If-Range": version} if version else {})
        with requests.get(self.url, headers=headers, stream=True, timeout=TIMEOUT_S) as answer:
            if answer.status_code == RANGE_NOT_SATISFIABLE:
                total = int(answer.headers.get("Content-Range", "*/-1").rpartition("/")[2])
                self._refuse_wrong_size(total)
                if have == total:
                    return
                self.part.unlink()
                raise Unfinished("the partial file was no part of it")
            answer.raise_for_status()
            self._refuse_web_page(answer)
            resumed = answer.status_code == PARTIAL_CONTENT
            have = have if resumed else 0
            missing = int(answer.headers["Content-Length"])
            self._refuse_wrong_size(have + missing)
            self._refuse_full_disk(missing)
            self.tag.write_text(_version(answer))
            self._write(answer, "ab" if resumed else "wb", missing)
            got = self.part.stat().st_size
            if got < have + missing:
                raise Unfinished(f"the connection ended after {got} of {have + missing} bytes")

    def _write(self, answer: requests.Response, mode: str, missing: int) -> None:
        """Write what comes; an interruption ends it, the caller sees by the size."""
        title = f"downloading {missing / 1e6:.1f} MB of {self.output.name}"
        chunks = answer.iter_content(CHUNK_BYTES)
        with open(self.part, mode) as file:
            try:
                for chunk in report_progress(chunks, title, -(-missing // CHUNK_BYTES)):
                    file.write(chunk)
            except requests.RequestException as error:
                logger.warning("%s", error)

    def _refuse_wrong_size(self, total: int) -> None:
        if self.expected_bytes not in (None, total):
            raise ValueError(
                f"{self.url}: offers {total} bytes, but {self.expected_bytes} were downloaded first; if the archive "
                f"replaced the file on purpose, delete {self.output}.checksum.json and run again"
            )

    def _refuse_web_page(self, answer: requests.Response) -> None:
        if (
            "text/html" in answer.headers.get("Content-Type", "")
            or "Content-Length" not in answer.headers
        ):
            raise ValueError(
                f"{self.url}: is a page without a length, not the file; correct recordings.archive, or put the file at "
                f"{self.output} by hand"
            )

    def _refuse_full_disk(self, missing: int) -> None:
        free = shutil.disk_usage(self.output.parent).free
        if missing > free:
            raise ValueError(
                f"{self.output}: needs {missing / 1e9:.1f} GB more, but {free / 1e9:.1f} GB are free; make room"
            )


def _version(answer: requests.Response) -> str:
    """What tells this version of the file from others in a later request; empty where the server says nothing."""
    tag = answer.headers.get("ETag", "")
    return tag if tag and not tag.startswith("W/") else answer.headers.get("Last-Modified", "")


def _reason(error: Exception) -> str:
    answer = getattr(error, "response", None)
    return f"HTTP {answer.status_code}" if answer is not None else type(error).__name__
