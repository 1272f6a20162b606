"""Writing files so that a killed job never leaves half of one."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replace_when_done(path: str | Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; rename it to `path` on success, delete it on failure."""
    final = Path(path)
    final.parent.mkdir(parents=True, exist_ok=True)
    temporary = final.with_name(f".{final.stem}.writing{final.suffix}")
    _remove(temporary)
    try:
        yield temporary
        if final.is_dir():
            shutil.rmtree(final)
        os.replace(temporary, final)
    finally:
        _remove(temporary)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def write_digest(path: str | Path, folder: str | Path) -> None:
    """Record the content of a folder: a sha256 of the names and bytes of its files, hidden ones left out."""
    digest, root = hashlib.sha256(), Path(folder)
    for file in sorted(file for file in root.rglob("[!.]*") if file.is_file()):
        with open(file, "rb") as opened:
            content = hashlib.file_digest(opened, "sha256").hexdigest()
        digest.update(f"{content} {file.relative_to(root).as_posix()}\n".encode())
    with replace_when_done(path) as temporary:
        temporary.write_text(f"{digest.hexdigest()}\n")
