"""The commit of the code, and whether files were changed since."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

CODE = (".py", ".smk")
"""endings of files that count although git does not know them: overlays, notes and data do not"""
TIMEOUT_S = 20


@dataclass(frozen=True)
class Commit:
    """What git says; no name outside of a repository, or without git."""

    name: str | None
    dirty: bool | None
    """None where git does not say"""


def read_commit(root: str | Path) -> Commit:
    """The commit that is checked out; dirty where a file of it was changed, or code was added."""
    name = _ask(root, "rev-parse", "HEAD")
    if not name:
        return Commit(None, None)
    states = _ask(root, "status", "--porcelain", "-z", "--untracked-files=all")
    if states is None:
        return Commit(name, None)
    return Commit(name, any(_counts(state) for state in states.split("\0") if state))


def _counts(state: str) -> bool:
    return not state.startswith("?? ") or state.endswith(CODE)


def _ask(root: str | Path, *question: str) -> str | None:
    command = ["git", "-C", str(root), *question]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip("\n") if answer.returncode == 0 else None
