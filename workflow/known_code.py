"""What was found in the project's code before: parsing and following it takes half a second, in every call of Snakemake."""

import hashlib
import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("recordings", "models", "masks", "reconstruct", "evaluate", "figures")
FOLDERS = (*PACKAGES, "workflow")


class Known:
    """Files by their content, and hashes as long as no file of the code changes."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self.codes: dict[str, dict] = {}
        self.hashes: dict[str, str] = {}
        self.version = ""
        self.is_new = False

    def open(self, path: Path) -> None:
        """Take over what a file knows; one that cannot be read, or is of another reader of code, knows nothing."""
        self.path, self.codes, self.hashes = path, {}, {}
        reader = hashlib.sha256((ROOT / "workflow/code_hash.py").read_bytes()).hexdigest()[:12]
        self.version = f"{reader} {_digest_of_all()}"
        with suppress(OSError, ValueError, AttributeError, LookupError, TypeError):
            kept = json.loads(path.read_text())
            self.codes = kept["codes"] if kept["version"].split()[0] == reader else {}
            self.hashes = kept["hashes"] if kept["version"] == self.version else {}

    def hash_of(self, about: str, find: Callable[[], str]) -> str:
        """A hash of code, found once."""
        if self.path is None:
            return find()
        if about not in self.hashes:
            self.hashes[about], self.is_new = find(), True
        return self.hashes[about]

    def save(self) -> None:
        """Keep it for the next process; where nothing can be written, it is found anew."""
        if self.path is not None and self.is_new:
            temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}")
            same = self.version.endswith(_digest_of_all())  # none was edited meanwhile
            hashes = self.hashes if same else {}
            kept = {"version": self.version, "codes": self.codes, "hashes": hashes}
            with suppress(OSError):
                temporary.write_text(json.dumps(kept))
                temporary.replace(self.path)
            self.is_new = False


def _digest_of_all() -> str:
    """Of all Python files of the project, tests aside."""
    digest = hashlib.sha256()
    for path in sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)} {len(content)}:".encode() + content)
    return digest.hexdigest()[:12]


KNOWN = Known()
