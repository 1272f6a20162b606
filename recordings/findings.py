"""What is amiss with a recording: a finding per fault, told in one sentence that begins with its file."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from recordings.access import shown
from recordings.wording import counted

ERROR, WARNING, NOTE = SEVERITIES = ("error", "warning", "note")
REFUSED = "the pipeline refuses the recording until this is mended"


@dataclass(frozen=True)
class Finding:
    """One fault of one file; an error is what the pipeline refuses, a note is no fault at all."""

    file: str
    what: str
    meaning: str
    """for the pipeline"""
    severity: str

    @property
    def sentence(self) -> str:
        return f"{self.file}: {self.what}"


def error(path: Path, what: str) -> Finding:
    return Finding(str(path), what, REFUSED, ERROR)


def warning(path: Path, what: str, meaning: str) -> Finding:
    return Finding(str(path), what, meaning, WARNING)


def note(path: Path, what: str, meaning: str) -> Finding:
    return Finding(str(path), what, meaning, NOTE)


def without_path(path: Path, refusal: ValueError) -> str:
    """What was said about a file, without its path at the beginning."""
    return str(refusal).removeprefix(f"{path}: ").removeprefix(f"{shown(path)}: ")


def listed(trials: list[int]) -> str:
    """`3 trials (4, 7, 12)`, of many only the first."""
    first = ", ".join(map(str, trials[:8])) + (", ..." if len(trials) > 8 else "")
    return f"{counted(len(trials), 'trial')} ({first})"


def raise_first_error(findings: Iterable[Finding]) -> None:
    """Raise ValueError with the sentence of the first error, if there is one."""
    for finding in findings:
        if finding.severity == ERROR:
            raise ValueError(finding.sentence)
