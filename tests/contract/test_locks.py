import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN = """
import sys
sys.path.insert(0, {root!r})
from workflow.locks import release_stale_lock
print(release_stale_lock(sys.argv[1]), flush=True)
sys.stdin.read()
"""
LOCAL_DISK = ""
NETWORK_DISK = "import fcntl; fcntl.flock = fcntl.lockf"  # how NFS keeps flock's locks
"""On a cluster a job runs on another node than Snakemake: a shared lock needs a file open to read."""


@pytest.fixture
def start_run(tmp_path):
    """Start a process that asks for the lock of tmp_path and lives until its stdin closes."""
    alive = []

    def start(disk=LOCAL_DISK):
        command = [sys.executable, "-c", disk + RUN.format(root=str(ROOT)), str(tmp_path)]
        run = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        alive.append(run)
        return run, run.stdout.readline().strip() == "True"

    yield start
    for run in alive:
        run.communicate()


def leave_lock(tmp_path):
    path = tmp_path / ".snakemake/locks/0.output.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("results/a\n")
    return path


def test_lock_of_a_finished_run_is_deleted(tmp_path, start_run):
    lock = leave_lock(tmp_path)
    _, alone = start_run()
    assert alone
    assert not lock.exists()


def test_lock_of_a_live_run_stays(tmp_path, start_run):
    start_run()
    lock = leave_lock(tmp_path)
    _, alone = start_run()
    assert not alone
    assert lock.exists()


def test_lock_of_a_killed_run_is_deleted(tmp_path, start_run):
    run, _ = start_run()
    lock = leave_lock(tmp_path)
    run.send_signal(signal.SIGKILL)
    run.wait()
    _, alone = start_run()
    assert alone
    assert not lock.exists()


def test_second_run_guards_too_when_the_first_ends(tmp_path, start_run):
    first, _ = start_run()
    start_run()
    lock = leave_lock(tmp_path)
    first.communicate()
    _, alone = start_run()
    assert not alone
    assert lock.exists()


JOB = """
import sys
sys.path.insert(0, {root!r})
from workflow.locks import hold_run_lock
hold_run_lock(sys.argv[1])
print("started", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("disk", [LOCAL_DISK, NETWORK_DISK], ids=["local", "network"])
def test_an_orphaned_job_guards_the_lock_of_its_dead_run(tmp_path, start_run, disk):
    run, _ = start_run(disk)
    command = [sys.executable, "-c", disk + JOB.format(root=str(ROOT)), str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as job:
        job.stdout.readline()
        run.send_signal(signal.SIGKILL)
        run.wait()
        lock = leave_lock(tmp_path)
        again, alone = start_run(disk)
        assert not alone
        assert lock.exists()
        again.communicate()
        job.stdin.close()
    _, alone = start_run(disk)
    assert alone
    assert not lock.exists()
