"""Checkpoints of unfinished jobs: a killed job goes on from the last one, bit for bit."""

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path

import torch

from recordings.files import replace_when_done
from recordings.tensor_file import digest_of, load_tensors

DIGEST = "digest of all else"
REMEDY = "delete it, and the job starts anew"
MAX_PICKLE_BYTES = 1 << 30
"""of the rows of long traces; who wrote them is known by the digest"""


class Resume:
    """Keeps the state of a long job beside its output, under a name that holds what the job depends on.

    A job with other settings or inputs has another fingerprint and so never sees this one's state.
    """

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
        return state

    def save_when_due(self, state: Callable[[], dict]) -> None:
        """Write the state if the last write is `every_s` seconds old; less often where writing takes over a 20th of that."""
        wait_s = max(self.every_s, 20 * self.cost_s) if self.every_s else 0.0
        started = time.monotonic()
        if started - self.saved_at >= wait_s:
            with replace_when_done(self.path) as temporary:
                found = state()
                torch.save(found | {DIGEST: digest_of(found)}, temporary)
            self.saved_at = time.monotonic()
            self.cost_s = self.saved_at - started

    def clear(self) -> None:
        """Delete the state and its parts, and those of other settings, once the output is written."""
        stem = self.path.name.split(".resume-")[0]
        for prefix in ("", "."):  # a state whose writing was killed has one more dot
            for path in self.path.parent.glob(f"{prefix}{stem}.resume-*"):
                path.unlink()

    def part(self, number: int) -> Path:
        """Where a finished part of the job waits for the others."""
        return self.path.with_name(f"{self.path.stem}.part-{number}.npy")
