"""Progress that a log can hold: one line every few seconds, with the time left."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from tqdm import tqdm

Item = TypeVar("Item")
LINE_FORMAT = "{desc}: {n_fmt}/{total_fmt} {percentage:3.0f}% elapsed {elapsed} left {remaining}"
OPEN_FORMAT = "{desc}: {n_fmt} elapsed {elapsed}"

logger = logging.getLogger("progress")


def report_progress(
    iterable: Iterable[Item],
    title: str,
    total: int | None = None,
    every_s: float = 10.0,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Item]:
    """Yield the items; log how many are done and how long the rest will take every `every_s`, and at the end; nothing of nothing."""
    if total is None and hasattr(iterable, "__len__"):
        total = len(iterable)
    started = last = clock()
    done = 0
    for item in iterable:
        yield item
        done += 1
        now = clock()
        if now - last >= every_s and done != total:
            logger.info(progress_line(title, done, total, now - started))
            last = now
    if total != 0:
        logger.info(progress_line(title, done, total, clock() - started))


def progress_line(title: str, done: int, total: int | None, elapsed_s: float) -> str:
    """`title: 30/120  25% elapsed 00:10 left 00:30`; without a total only what is done."""
    bar_format = LINE_FORMAT if total else OPEN_FORMAT
    return tqdm.format_meter(done, total, elapsed_s, prefix=title, bar_format=bar_format)
