"""A signal ends a job: at once, or after the step that it is in where it keeps checkpoints."""

import os
import signal
import time
from typing import Any

PATIENCE_S = 20
"""how long a step may go on; clusters kill 30 s after they ask"""
ONE_S = 2.0
"""signals that follow the first within this time are the same wish: one from the terminal, one from the run"""
REMEDY = "the same command goes on"
_job = {"waits": False, "asked_at": None}


class Interrupted(KeyboardInterrupt):
    """The job was asked to end."""


def end_on_signals() -> None:
    """To be called by the process of a job; what it forks ends without a word. A signal that is ignored stays so."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _end_soon)
    signal.signal(signal.SIGALRM, _end_now)
    os.register_at_fork(after_in_child=_end_as_by_default)


def ignore_signals() -> None:
    """To be called when all is written that the job is for: what remains takes a moment."""
    for number in _handled():
        signal.signal(number, signal.SIG_IGN)


def asked_to_end() -> bool:
    """Whether a signal has come."""
    return _job["asked_at"] is not None


def wait_for_checkpoint() -> None:
    """From here on the first signal waits for the end of the step that is under way, the second does not."""
    _job["waits"] = True


def end_after_checkpoint() -> None:
    """To be called when the checkpoint is written for which the signal waited."""
    ignore_signals()
    raise Interrupted(f"interrupted after a checkpoint; {REMEDY} from there")


def describe(error: BaseException) -> str:
    """In a line, what became of a job that a signal has reached."""
    return str(error) if isinstance(error, Interrupted) else f"interrupted; {REMEDY}"


def _handled() -> list[int]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
    return [number for number in numbers if signal.getsignal(number) in (_end_soon, _end_now)]


def _end_as_by_default() -> None:
    for number in _handled():
        signal.signal(number, signal.SIG_DFL)


def _end_soon(number: int, frame: Any) -> None:
    if not _in_script(frame):
        return
    now, asked_at = time.monotonic(), _job["asked_at"]
    if asked_at is None:
        _job["asked_at"] = now
        signal.alarm(PATIENCE_S)
    asked_again = asked_at is not None and now - asked_at > ONE_S
    if asked_again or not _job["waits"]:
        _end_now(number, frame)


def _in_script(frame: Any) -> bool:
    """Not once the script has come to its end: what Python clears up then is a matter of moments."""
    while frame is not None and frame.f_globals.get("__name__") != "__main__":
        frame = frame.f_back
    return frame is not None


def _end_now(number: int, frame: Any) -> None:
    ignore_signals()  # what is cleared up now must not be cut short
    raise Interrupted(f"interrupted; {REMEDY}")
