"""Converting spoiled files, in a process whose children's time and memory are those of the conversion."""

import resource
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

LONGEST_S, LARGEST_KB = 20, 2e6
Make = Callable[[Path, int], tuple[Path, str]]


def convert_all(
    importing: Callable, compare: Callable, folder: Path, make: Make, numbers, warn: str = "error"
) -> float:
    """Convert a whole file and mutants of it, which `make` writes; the share that was read and not refused.

    `warn` is what becomes of a warning.
    """
    with ProcessPoolExecutor(1, get_context("spawn")) as fresh:
        done = fresh.submit(_convert_all, importing, compare, folder, make, list(numbers), warn)
        return done.result()


def _convert_all(
    importing: Callable, compare: Callable, folder: Path, make: Make, numbers, warn: str
) -> float:
    warnings.simplefilter(warn)
    verdicts = []
    for number in numbers:
        place = folder / str(number)
        place.mkdir()
        verdicts.append(_convert(importing, compare, *make(place, number)))
        for path in place.glob("*.*"):
            path.unlink()
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < LARGEST_KB
    return verdicts.count("read") / len(verdicts)


def _seconds() -> float:
    """Processor time of this process and its children, which other jobs do not change."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(sum(resource.getrusage(kind)[:2]) for kind in kinds)


def _convert(importing: Callable, compare: Callable, path: Path, how: str) -> str:
    """`read` or `refused`; AssertionError for anything else, where a file appears beside, and where it takes long."""
    folder = path.parent / "lab/mouse"
    before, started = sorted(path.parent.rglob("*")), _seconds()
    try:
        importing(path, folder)
        verdict = "read"
    except ValueError as error:
        text, verdict = str(error), "refused"
        assert text.startswith(str(path)), f"{how}: {text}"
        assert text.isprintable(), f"{how}: {text}"
        assert len(text) < 1000, f"{how}: {text}"
    assert _seconds() - started < LONGEST_S, how
    after = [one for one in sorted(path.parent.rglob("*")) if folder not in one.parents]
    new = [folder.parent, folder] if verdict == "read" else []
    assert after == sorted([*before, *new]), f"{how}: {after}"
    if verdict == "read":
        try:
            compare(path, folder)
        except Exception as error:
            raise AssertionError(f"{how}: taken, but {type(error).__name__}: {error}") from None
    return verdict
