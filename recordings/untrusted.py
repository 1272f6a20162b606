"""Reading files of unknown origin in a child process, where a library that crashes, hangs or fills the memory harms nobody."""

import ctypes
import faulthandler
import io
import math
import os
import pickle
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

BASE_MEMORY_MB, MEMORY_MB_PER_CORE = 1400, 64
"""for a small file; libraries of linear algebra reserve some for each core"""
LARGEST_EXPANSION, FREE_BYTES = 100, 64e6
"""compressed values may be so many times as large as the file, and so much more"""
PR_SET_PDEATHSIG = 1
_children: list[int] = []
"""the process that is a child of `in_child`: itself, once"""


def in_child(
    function: Callable[..., Any],
    *arguments: Any,
    path: str | Path,
    memory_mb: float,
    time_s: float = math.inf,
) -> Any:
    """What `function(*arguments)` returns, computed in a forked child that may use so much memory and processor time.

    What the function raises is raised here. ValueError in one sentence where the child crashed, or needed more memory
    or time; `path` is the file that it reads. Memory is bounded on Linux only.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    answer_end, child_end = os.pipe()
    child = os.fork()
    if not child:
        _answer(child_end, function, arguments, memory_mb, time_s)
    os.close(child_end)
    status = None
    try:
        with os.fdopen(answer_end, "rb") as stream:
            answer = stream.read()
        status = os.waitpid(child, 0)[1]
    finally:
        if status is None:  # Ctrl-C
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        raise ValueError(f"{path}: {_how_it_died(os.WTERMSIG(status))}")
    succeeded, found = pickle.loads(answer)
    if succeeded:
        return found
    if isinstance(found, MemoryError):
        raise ValueError(
            f"{path}: reading it needs more than {memory_mb / 1000:.1f} GB of memory, which is much for a file of its size; "
            "give shorter trials or smaller frames, or save it without compression"
        )
    raise found


def memory_for(path: str | Path) -> float:
    """Megabytes that reading a file may need: enough for any small one, and no bound that a large real one meets."""
    cores = MEMORY_MB_PER_CORE * (os.cpu_count() or 1)
    return BASE_MEMORY_MB + cores + LARGEST_EXPANSION * os.path.getsize(path) / 1e6


@contextmanager
def bounded_time(time_s: float) -> Iterator[None]:
    """End this child if what is done here takes longer than so much processor time; without effect outside of one."""
    if os.getpid() not in _children:
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_CPU)
    _bound_time(time_s)
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, before)


def refuse_expansion(name: str, num_bytes: int, file_bytes: int) -> None:
    """Refuse values that no file of this size holds, unless it was made to fill the memory."""
    if num_bytes > FREE_BYTES + LARGEST_EXPANSION * file_bytes:
        raise ValueError(
            f"{name}: announces {num_bytes:.3g} bytes in a file of {file_bytes}, expected at most {LARGEST_EXPANSION} times "
            "as many; save it again without compression"
        )


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn whatever a library stumbles over in a wrong file into one sentence; nothing else may be done inside."""
    try:
        yield
    except MemoryError:
        raise
    except Exception as error:  # libraries raise many kinds for damaged content
        raise ValueError(
            f"{name}: cannot be read ({reason_of(error)}); it may be damaged: save it again"
        ) from None


def reason_of(error: BaseException) -> str:
    """The message of an error in one short line, or its kind."""
    reason = printable(" ".join(str(error).split()), 200)
    return f"no {reason}" if isinstance(error, KeyError) else reason or type(error).__name__


def printable(text: str, longest: int = 80) -> str:
    """A text from a file as it may stand in a sentence."""
    shown = text if text.isprintable() else ascii(text)[1:-1]
    return shown if len(shown) <= longest else f"{shown[:longest]}..."


def _answer(
    child_end: int, function: Callable, arguments: tuple, memory_mb: float, time_s: float
) -> NoReturn:
    """Run in the child, which ends here whatever happens."""
    exit_code = 1
    try:
        _children.append(os.getpid())
        _bound(memory_mb, time_s)
        try:
            answer = (True, function(*arguments))
        except BaseException as error:
            answer = (False, error)
        with os.fdopen(child_end, "wb") as stream:
            stream.write(_pickled(answer))
        sys.stdout.flush()
        sys.stderr.flush()
        exit_code = 0
    finally:
        os._exit(exit_code)


def _pickled(answer: tuple[bool, Any]) -> bytes:
    """The answer, or what hinders it from leaving the child."""
    try:
        text = pickle.dumps(answer)
        pickle.load(io.BytesIO(text))
    except Exception:
        told = traceback.format_exception(answer[1]) if isinstance(answer[1], Exception) else []
        text = pickle.dumps((False, RuntimeError("".join(told) or traceback.format_exc())))
    return text


def _bound(memory_mb: float, time_s: float) -> None:
    """The parent alone hears Ctrl-C and ends its child; with its own end, too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    faulthandler.disable()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _bound_time(time_s)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + int(memory_mb * 1e6)
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        if hard == resource.RLIM_INFINITY or limit < hard:
            resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _bound_time(time_s: float) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    limits = [end for end in (soft, hard) if end != resource.RLIM_INFINITY]
    if math.isfinite(time_s):
        limits.append(math.ceil(time.process_time() + time_s))
    if limits:
        resource.setrlimit(resource.RLIMIT_CPU, (min(limits), hard))


def _how_it_died(number: int) -> str:
    if number == signal.SIGXCPU:
        return "reading it takes too long for what it holds; it is damaged, copy or save it again"
    name = signal.Signals(number).name
    if number == signal.SIGKILL:
        return f"reading it was stopped from outside ({name}), most likely for want of memory; end other programs and try again"
    return f"reading it crashed ({name}); it is damaged, copy or save it again"
