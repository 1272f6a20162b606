"""Checkpoints of unfinished jobs: a killed job goes on from the last one, bit for bit."""

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path

import torch

from recordings.files import remove_leftover, replace_when_done


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
        return torch.load(self.path, map_location="cpu", weights_only=True)

    def save_when_due(self, state: Callable[[], dict]) -> None:
        """Write the state if the last write is `every_s` seconds old; less often where writing takes over a 20th of that."""
        wait_s = max(self.every_s, 20 * self.cost_s) if self.every_s else 0.0
        started = time.monotonic()
        if started - self.saved_at >= wait_s:
            with replace_when_done(self.path) as temporary, open(temporary, "wb") as file:
                torch.save(state(), file)
            self.saved_at = time.monotonic()
            self.cost_s = self.saved_at - started

    def clear(self) -> None:
        """Delete the state and its parts, and those of other settings, once the output is written."""
        stem = self.path.name.split(".resume-")[0]
        for path in self.path.parent.glob(f"{stem}.resume-*"):
            path.unlink(missing_ok=True)
        for path in self.path.parent.glob(f".{stem}.resume-*"):
            remove_leftover(path)

    def part(self, number: int) -> Path:
        """Where a finished part of the job waits for the others."""
        return self.path.with_name(f"{self.path.stem}.part-{number}.npy")
