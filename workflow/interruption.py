"""A run that is interrupted takes its jobs along; left to itself Snakemake waits for them, be it for hours."""

import logging
import os
import signal
import threading
import time
from contextlib import suppress
from typing import Any

import psutil

RUN = "PIPELINE_RUN"
"""variable of the environment in which a job finds the process that started it"""
SHELLS, SCRIPTS = ("bash", "sh", "dash"), ".snakemake/scripts/"
BEFORE_JOB = "trap '' INT; exec "
"""Ctrl-C reaches every process of a terminal, but it is the run that tells its jobs, once they can listen"""
SAID = """
Interrupted: the jobs that run now end, those that keep checkpoints after writing one. The same command goes on.
"""
SAID_EARLY = """
Interrupted before any job began. The same command starts it.
"""
EVERY_S = 0.2


def name_run() -> None:
    """To be called by every process of Snakemake that may start jobs."""
    os.environ[RUN] = str(os.getpid())


def leave_quietly() -> None:
    """To be called while no job runs yet: Ctrl-C then needs no traceback."""

    def leave(number: int, frame: Any) -> None:
        os.write(2, SAID_EARLY.encode())
        raise SystemExit(128 + number)

    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, leave)


class Stop:
    """What SIGINT and SIGTERM do to the main process of Snakemake: its jobs end, then itself."""

    def __init__(self, logger: logging.Logger):
        self.logger, self.told, self.came = logger, set(), False

    def listen(self) -> None:
        """To be called when Snakemake has set its own handlers; a signal that is ignored stays so."""
        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self)

    def __call__(self, number: int, frame: Any) -> None:
        self.told = set()  # a second signal tells all jobs again, which then wait for no checkpoint
        if self.came:
            return
        self.came = True
        os.write(2, SAID.encode())
        # that jobs end now is no error
        self.logger.addFilter(lambda record: record.levelno < logging.ERROR)
        threading.Thread(target=self._tell_jobs, daemon=True).start()
        raise SystemExit(128 + number)

    def _tell_jobs(self) -> None:
        """Those too that were just being started."""
        while True:
            for job in jobs_of(psutil.Process()):
                if job.pid not in self.told:
                    self.told.add(job.pid)
                    with suppress(psutil.NoSuchProcess):
                        job.terminate()
            time.sleep(EVERY_S)


def jobs_of(run: psutil.Process) -> list[psutil.Process]:
    """The scripts that a run started; neither what those started nor commands of a cluster, such as the one that cancels jobs."""
    found = {}
    for child in run.children(recursive=True):
        try:
            if child.name() not in SHELLS and SCRIPTS in " ".join(child.cmdline()):
                found[child.pid] = child.ppid(), child
        except psutil.NoSuchProcess:
            continue
    return [child for parent, child in found.values() if parent not in found]


def follow_run() -> None:
    """To be called by a job: it ends, as by SIGTERM, when the run that started it has died."""
    family = [psutil.Process(), *psutil.Process().parents()]
    pids = [process.pid for process in family]
    run = int(os.environ.get(RUN, 0))
    if run in pids[1:]:
        below = family[pids.index(run) - 1]
        threading.Thread(target=_end_after, args=(below, run), daemon=True).start()


def _end_after(below: psutil.Process, run: int) -> None:
    """An orphan gets another parent in the moment in which its own dies."""
    while _parent(below) == run:
        time.sleep(5 * EVERY_S)
    os.kill(os.getpid(), signal.SIGTERM)


def _parent(process: psutil.Process) -> int | None:
    try:
        return process.ppid()
    except psutil.NoSuchProcess:
        return None
