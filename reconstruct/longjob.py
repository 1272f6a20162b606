"""Descents one after the other, with checkpoints: what a killed job had finished is not run again."""

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from reconstruct.clips import Descent
from reconstruct.descent import Evaluation, NotFinite, State
from reconstruct.trace import Trace
from recordings.files import replace_when_done
from recordings.progress import report_progress
from recordings.resume import Resume
from recordings.write_layout import save_array

logger = logging.getLogger(__name__)


class LongJob:
    """Runs descents under names that are the same every time the job is run."""

    def __init__(self, resume: Resume, mouse: str, mask_HW: np.ndarray, track_every: int):
        self.resume, self.mouse, self.mask_HW, self.track_every = (
            resume,
            mouse,
            mask_HW,
            track_every,
        )
        saved = resume.load() or {"finished": {}, "current": None}
        self.finished: dict[str, list[dict]] = saved["finished"]
        self.current: dict | None = saved["current"]
        self.progress: Iterator = iter(())

    def expect(self, title: str, num_iterations: int) -> None:
        """Open the progress of the next descents."""
        self.close()
        self.progress = iter(report_progress(range(num_iterations), title))

    def close(self) -> None:
        next(self.progress, None)

    def run(self, name: str, descent: Descent) -> list[dict]:
        """The rows of the trace of a descent whose movies are of no use."""
        if name not in self.finished:
            _, self.finished[name] = self._descend(name, descent)
        else:
            self._advance(len(self.finished[name]))
        return self.finished[name]

    def store(self, name: str, descent: Descent, part: Path) -> list[dict]:
        """The same; the movies go into a file of their own, which outlives a kill as the checkpoint does."""
        if name not in self.finished or not part.exists():
            state, rows = self._descend(name, descent)
            with replace_when_done(part) as path:
                save_array(path, descent.movies(state))
            self.finished[name] = rows
        else:
            self._advance(len(self.finished[name]))
        return self.finished[name]

    def _descend(self, name: str, descent: Descent) -> tuple[State, list[dict]]:
        """From the checkpoint where it is of this descent, else from the start."""
        rows: list[dict] = []
        if self.current and self.current["name"] == name:
            descent = replace(descent, state=unpack(self.current, descent.state.params.device))
            rows = self.current["rows"]
            logger.info("%s: resuming at iteration %d", name, descent.state.iteration)
            self._advance(descent.state.iteration)
        self.current = None
        trace = Trace(descent, self.mask_HW, self.track_every, rows)

        def observe(state: State, evaluation: Evaluation) -> None:
            trace.observe(state, evaluation)
            self._advance(1)
            self.resume.save_when_due(lambda: self._pack(name, state, trace.rows))

        started, before = time.monotonic(), len(rows)
        try:
            state = descent.run(observe)
        except NotFinite as error:
            trial = descent.trials[error.clip].number
            raise ValueError(f"mouse {self.mouse}, trial {trial}, {error}") from error
        took_s, done = time.monotonic() - started, len(trace.rows) - before
        logger.info("%s: %d iterations in %.1f s", name, done, took_s)
        return state, trace.rows

    def _advance(self, num_iterations: int) -> None:
        for _ in range(num_iterations):
            next(self.progress, None)

    def _pack(self, name: str, state: State, rows: list[dict]) -> dict:
        current = {"name": name, "iteration": state.iteration, "rows": rows}
        current |= {"params": state.params, "memory": state.memory}
        return {"finished": self.finished, "current": current}


def unpack(saved: dict, device: torch.device) -> State:
    memory = {name: tensor.to(device) for name, tensor in saved["memory"].items()}
    return State(saved["params"].to(device), saved["iteration"], memory)
