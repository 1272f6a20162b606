"""A child process that crashes, hangs or fills the memory leaves one sentence behind."""

import ctypes
import errno
import os
import signal
import time

import numpy as np
import pytest

from recordings.untrusted import bounded_time, in_child, reading, refuse_expansion

PATH = "lab/session.h5"


def run(function, *arguments, memory_mb=500.0, **limits):
    return in_child(function, *arguments, path=PATH, memory_mb=memory_mb, **limits)


def spin() -> None:
    while True:
        pass


def spin_where_it_is_bounded() -> None:
    with bounded_time(1):
        spin()


def work_after_the_bound() -> str:
    with bounded_time(1):
        pass
    started = time.process_time()
    while time.process_time() - started < 1.5:
        pass
    return "done"


def kill_itself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail(error: BaseException) -> None:
    raise error


def test_what_a_function_returns_comes_back():
    found = run(np.multiply, np.arange(10**6), 2)
    np.testing.assert_array_equal(found, 2 * np.arange(10**6))
    assert run(work_after_the_bound) == "done"
    assert run(os.getpid) != os.getpid()


def test_what_a_function_raises_is_raised():
    with pytest.raises(ValueError, match=r"^a sentence$"):
        run(fail, ValueError("a sentence"))
    with pytest.raises(OSError, match="full") as caught:
        run(fail, OSError(errno.ENOSPC, "full", "disk"))
    assert (caught.value.errno, caught.value.filename) == (errno.ENOSPC, "disk")
    with pytest.raises(RuntimeError, match="cannot pickle"):
        run(lambda: (_ for _ in ()))


@pytest.mark.parametrize(
    ("function", "arguments", "limits", "message"),
    [
        (ctypes.string_at, (0,), {}, r"reading it crashed \(SIGSEGV\); it is damaged"),
        (os.abort, (), {}, r"reading it crashed \(SIGABRT\)"),
        (kill_itself, (), {}, r"reading it was stopped from outside \(SIGKILL\)"),
        (np.ones, (10**9,), {}, "reading it needs more than 0.5 GB of memory"),
        (spin, (), {"time_s": 1}, "reading it takes too long for what it holds"),
        (spin_where_it_is_bounded, (), {}, "reading it takes too long for what it holds"),
    ],
)
def test_a_child_that_dies_is_told_in_one_sentence(function, arguments, limits, message):
    with pytest.raises(ValueError, match=f"^{PATH}: {message}") as caught:
        run(function, *arguments, **limits)
    assert "\n" not in str(caught.value)


def test_a_bound_does_nothing_outside_of_a_child():
    started = time.process_time()
    with bounded_time(0):
        while time.process_time() - started < 0.1:
            pass


def test_errors_of_a_library_become_sentences():
    with pytest.raises(ValueError, match=r"^entry: cannot be read \(no 'a'\)"), reading("entry"):
        raise KeyError("a")
    with pytest.raises(MemoryError), reading("entry"):
        raise MemoryError


def test_what_no_file_of_its_size_holds_is_refused():
    refuse_expansion("entry", 10**11, 10**9)
    with pytest.raises(ValueError, match=r"entry: announces 1e\+11 bytes in a file of 1000000"):
        refuse_expansion("entry", 10**11, 10**6)
