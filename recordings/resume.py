"""Checkpoints of unfinished jobs: a killed job goes on from the last one, bit for bit."""

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import torch

from recordings import interruption
from recordings.files import remove_leftover, replace_when_done
from recordings.tensor_file import digest_of, load_tensors

BEGAN = time.monotonic()
SPENT = "spent_s"
"""key of a stored state: how long the job worked for it, in all its attempts"""
DIGEST = "digest of all else"
REMEDY = "delete it, and the job starts anew"
MAX_PICKLE_BYTES = 64 << 20
"""of the rows of long traces"""


class Resume:
    """Keeps the state of a long job beside its output, under a name that holds what the job depends on.

    A job with other settings or inputs has another fingerprint and so never sees this one's state.
    """

    earlier_s: ClassVar[float] = 0.0
    """how long attempts before this process worked for the state that it goes on from"""

    def __init__(self, output: str | Path, fingerprint: dict, every_s: float):
        text = json.dumps(fingerprint, sort_keys=True, default=str)
        digest = hashlib.sha256(text.encode()).hexdigest()[:12]
        output = Path(output)
        self.path = output.with_name(f".{output.stem}.resume-{digest}.pt")
        self.every_s = every_s
        self.saved_at, self.cost_s = time.monotonic(), 0.0

    def load(self) -> dict | None:
        """The last state; None for a fresh start."""
        if not self.path.exists():
            return None
        state = load_tensors(self.path, remedy=REMEDY, max_pickle_bytes=MAX_PICKLE_BYTES)
        stated = state.pop(DIGEST, None) if isinstance(state, dict) else None
        if stated is None or stated != digest_of(state):
            raise ValueError(f"{self.path}: not the state that the job left there; {REMEDY}")
        Resume.earlier_s = state.pop(SPENT, 0.0)
        return state

    def save_when_due(self, state: Callable[[], dict]) -> None:
        """Write the state if the last write is `every_s` seconds old; less often where writing takes over a 20th of that.

        To be called after every step: a job that was asked to end writes the state and ends here.
        """
        interruption.wait_for_checkpoint()
        ends = interruption.asked_to_end()
        wait_s = max(self.every_s, 20 * self.cost_s) if self.every_s else 0.0
        started = time.monotonic()
        if ends or started - self.saved_at >= wait_s:
            spent = {SPENT: Resume.earlier_s + started - BEGAN}
            with replace_when_done(self.path) as temporary:
                found = state() | spent
                write_tensors(temporary, found | {DIGEST: digest_of(found)})
            self.saved_at = time.monotonic()
            self.cost_s = self.saved_at - started
        if ends:
            interruption.end_after_checkpoint()

    def clear(self) -> None:
        """Delete the state and its parts, and those of other settings, once the output is written, which nothing interrupts any more."""
        interruption.ignore_signals()
        stem = self.path.name.split(".resume-")[0]
        for path in self.path.parent.glob(f"{stem}.resume-*"):
            path.unlink(missing_ok=True)
        for path in self.path.parent.glob(f".{stem}.resume-*"):
            remove_leftover(path)

    def part(self, number: int) -> Path:
        """Where a finished part of the job waits for the others."""
        return self.path.with_name(f"{self.path.stem}.part-{number}.npy")


def write_tensors(path: str | Path, content: dict) -> None:
    """Write plain tensors and values; through an open file, since torch stores the name of a path that it is given."""
    with open(path, "wb") as file:
        torch.save(content, file)
