"""SIGINT and SIGTERM to a run, and the death of a run: its jobs end with it, without a traceback, and the same command goes on."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from workflow.interruption import jobs_of

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 120
RUNS = []
SNAKEFILE = """
import sys

config["run"] = {"name": ""}

sys.path.insert(0, workflow.basedir)

from snakemake.logging import logger
from workflow.interruption import BEFORE_JOB, Stop, name_run
from workflow.locks import release_stale_lock

if workflow.is_main_process:
    release_stale_lock(workflow.basedir)
name_run()
shell.prefix(BEFORE_JOB)

onstart:
    Stop(logger).listen()

rule all:
    input: "out/long.txt", "out/short.txt"

rule long:
    output: "out/long.txt"
    log: "logs/long.log"
    script: "workflow/scripts/long.py"

rule short:
    output: "out/short.txt"
    log: "logs/short.log"
    script: "workflow/scripts/short.py"
"""
FIRST_LINES = "from _run import start\n\nstart(snakemake)\n"
LONG = """
import time
from pathlib import Path
from recordings.resume import Resume
resume = Resume(snakemake.output[0], {}, 1000.0)
state = resume.load() or {"step": 0}
print("first step", state["step"])
while not Path("finish").exists():
    time.sleep(0.1)
    state["step"] += 1
    Path("stepping").touch()
    resume.save_when_due(lambda: state)
Path(snakemake.output[0]).write_text(str(state["step"]))
resume.clear()
"""
SHORT = """
import time
from pathlib import Path
from recordings.files import replace_when_done
with replace_when_done(snakemake.output[0]) as temporary:
    temporary.write_text("half")
    while not Path("finish").exists():
        Path("writing").touch()
        time.sleep(0.1)
"""
COPIED = {
    "recordings": ("progress", "memory", "interruption", "commit", "files", "resume"),
    "workflow": ("locks", "interruption", "scripts/_run"),
}


@pytest.fixture
def project(tmp_path):
    (tmp_path / "workflow/scripts").mkdir(parents=True)
    (tmp_path / "recordings").mkdir()
    for package, names in COPIED.items():
        for name in names:
            shutil.copy(ROOT / package / f"{name}.py", tmp_path / package / f"{name}.py")
    (tmp_path / "Snakefile").write_text(SNAKEFILE)
    for name, text in {"long": LONG, "short": SHORT}.items():
        (tmp_path / f"workflow/scripts/{name}.py").write_text(FIRST_LINES + text)
    shutil.copytree(ROOT / "profiles/default", tmp_path / "profiles/default")
    return tmp_path


@pytest.fixture(autouse=True)
def nobody_survives():
    """Whatever a test that fails leaves running."""
    yield
    while RUNS:
        run = RUNS.pop()
        with suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
        with suppress(ValueError):  # the test has read all of it
            run.communicate()


def start(project) -> subprocess.Popen:
    run = subprocess.Popen(
        [sys.executable, "-m", "snakemake", "--cores", "2"],
        cwd=project,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    RUNS.append(run)
    return run


def wait_for(happened, what: str) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not happened():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def start_and_wait(project) -> tuple[subprocess.Popen, list[psutil.Process]]:
    """A run whose two jobs are at work."""
    run = start(project)
    work = [project / "stepping", project / "writing"]
    wait_for(lambda: all(path.exists() for path in work), "the jobs never came to work")
    return run, psutil.Process(run.pid).children(recursive=True)


def finish(project) -> str:
    (project / "finish").touch()
    again = start(project)
    _, said = again.communicate(timeout=LIMIT_S)
    assert again.returncode == 0, said
    return said


def gone_on(project) -> None:
    """The long job took up its checkpoint, the short one left nothing; the lock was no hindrance."""
    assert not (project / "out/long.txt").exists()
    assert list((project / "out").glob(".short*")) == []
    assert "lock" not in finish(project).lower()
    log = (project / "logs/long.log").read_text()
    assert "first step 0" not in log
    assert log.startswith("first step ")
    record = json.loads((project / "logs/long.provenance.json").read_text())
    assert record["success"]
    assert record["earlier_attempts_s"] > 0.1
    assert list((project / "out").glob(".*")) == []


@pytest.mark.parametrize(
    ("tell", "number"),
    [
        pytest.param(os.kill, signal.SIGTERM, id="run"),
        pytest.param(os.kill, signal.SIGINT, id="run-int", marks=pytest.mark.slow),
        pytest.param(os.killpg, signal.SIGINT, id="group-int", marks=pytest.mark.slow),
        pytest.param(os.killpg, signal.SIGTERM, id="group", marks=pytest.mark.slow),
    ],
)
def test_an_interrupted_run_takes_its_jobs_along(project, tell, number):
    run, jobs = start_and_wait(project)
    tell(run.pid, number)
    _, said = run.communicate(timeout=20)
    assert run.returncode != 0
    assert not any(job.is_running() for job in jobs)
    for name, end in {
        "long": "interrupted after a checkpoint; the same",
        "short": "interrupted; the same",
    }.items():
        assert f"rule {name}: {end} command goes on" in said
        assert "Traceback" not in (project / f"logs/{name}.log").read_text()
        record = json.loads((project / f"logs/{name}.provenance.json").read_text())
        assert record["error"].startswith("interrupted")
    assert "Interrupted: the jobs that run now end" in said
    for noise in ("Traceback", "Error", "KeyboardInterrupt"):
        assert noise not in said
    gone_on(project)


@pytest.mark.slow
def test_jobs_of_a_run_that_was_killed_end_too(project):
    run, jobs = start_and_wait(project)
    run.kill()
    run.communicate()
    psutil.wait_procs(jobs, timeout=20)
    assert not any(job.is_running() for job in jobs)
    gone_on(project)


def test_a_run_tells_its_scripts_and_nobody_else():
    """Seen through a shell; a worker that a script forked has its command line, a command of a cluster has not."""
    fork = "import os, time; os.fork(); time.sleep(60)"
    worker = [sys.executable, "-c", fork, "/x/.snakemake/scripts/b.py"]
    commands = [["sleep", "60"], worker, ["bash", "-c", f"{shlex.join(worker)}; true"]]
    started = [subprocess.Popen(command, start_new_session=True) for command in commands]
    try:
        me = psutil.Process()
        wait_for(lambda: len(me.children(recursive=True)) >= 6, "not all came up")
        jobs = jobs_of(me)
        assert [job.name() for job in jobs] == [psutil.Process(started[1].pid).name()] * 2
        assert {job.ppid() for job in jobs} == {os.getpid(), started[2].pid}
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
