"""When a signal ends a job: at once, after its step, or when that takes too long."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
JOB = """
import os, signal, sys, time
sys.path.insert(0, {root!r})
from recordings import interruption
{before}
interruption.end_on_signals()
{waits}
print("ready", flush=True)
for _ in range(100):
    time.sleep(0.1)
    if interruption.asked_to_end():
        {asked}
print("end")
"""
WAITS = "interruption.wait_for_checkpoint()"
AFTER = "interruption.end_after_checkpoint()"


@pytest.fixture
def start():
    """Start a job; it is killed at the end of the test."""
    alive = []

    def started(before="", waits="", asked="pass"):
        script = JOB.format(root=str(ROOT), before=before, waits=waits, asked=asked)
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        job = subprocess.Popen([sys.executable, "-c", script], **pipes)
        alive.append(job)
        assert job.stdout.readline() == "ready\n"
        return job

    yield started
    for job in alive:
        job.kill()
        job.communicate()


def last_line(job) -> str:
    return job.communicate(timeout=9)[1].strip().splitlines()[-1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_job_without_checkpoints_ends_at_once(start, number):
    job = start()
    job.send_signal(number)
    assert last_line(job).endswith("Interrupted: interrupted; the same command goes on")


def test_a_job_with_checkpoints_ends_after_its_step(start):
    job = start(waits=WAITS, asked=AFTER)
    job.send_signal(signal.SIGTERM)
    said = "Interrupted: interrupted after a checkpoint; the same command goes on from there"
    assert last_line(job).endswith(said)


def test_a_step_that_takes_too_long_is_not_waited_for(start):
    job = start("interruption.PATIENCE_S = 1", WAITS)
    job.send_signal(signal.SIGTERM)
    assert last_line(job).endswith("Interrupted: interrupted; the same command goes on")


def test_a_second_wish_is_granted_at_once_but_an_echo_is_none(start):
    job = start("interruption.ONE_S = 1.0", WAITS)
    for _ in range(2):
        job.send_signal(signal.SIGTERM)
        time.sleep(0.3)
    assert job.poll() is None
    time.sleep(1)
    job.send_signal(signal.SIGINT)
    assert last_line(job).endswith("Interrupted: interrupted; the same command goes on")


def test_a_signal_that_was_ignored_stays_so(start):
    job = start("signal.signal(signal.SIGINT, signal.SIG_IGN)")
    job.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert job.poll() is None


def test_a_job_that_is_done_is_not_interrupted(start):
    job = start(waits=WAITS, asked="interruption.ignore_signals(); break")
    job.send_signal(signal.SIGTERM)
    said, errors = job.communicate(timeout=9)
    assert (said, errors, job.returncode) == ("end\n", "", 0)
