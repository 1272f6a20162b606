"""Copies of the repository, in which Snakemake runs for real."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import reduce
from pathlib import Path

import psutil
import pytest
import yaml
from filelock import FileLock

from tests.snakemake_process import run_forked

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = (
    "tests",
    ".git",
    ".venv",
    "results",
    "data",
    ".snakemake",
    "__pycache__",
    ".*_cache",
    "*.egg-info",
)
COMMIT = "0123456789abcdef0123456789abcdef01234567"
SMOKE = "configs/smoke.yaml"
CORES = 2
LIMIT_S = 600


@dataclass(frozen=True)
class Run:
    """How one call of Snakemake ended, and all that it said."""

    code: int
    text: str

    @property
    def jobs(self) -> dict[str, int]:
        """Number of jobs of each rule, from the table `Job stats`; empty when there is nothing to do."""
        if "Nothing to be done" in self.text:
            return {}
        table = self.text.split("Job stats:", 1)[1].split("\n\n", 1)[0]
        rows = dict(re.findall(r"^(\w+) +(\d+)$", table, re.MULTILINE))
        assert int(rows.pop("total")) == sum(map(int, rows.values()))
        return {rule: int(count) for rule, count in rows.items()}

    def succeeded(self) -> "Run":
        assert self.code == 0, self.text[-6000:]
        return self


@dataclass(frozen=True)
class Pipeline:
    """A copy of the repository."""

    folder: Path

    def command(self, *arguments: str, configs: tuple[str, ...] = (SMOKE,), overlay=None) -> list:
        """Snakemake with these config files; `overlay` is laid over them."""
        if overlay is not None:
            (self.folder / "overlay.yaml").write_text(yaml.safe_dump(overlay))
            configs = (*configs, "overlay.yaml")
        given = ["--configfile", *configs] if configs else []
        cores = ["--cores", str(CORES), *given]
        return [sys.executable, "-m", "snakemake", *arguments, *cores]

    def run(self, *arguments: str, **configs) -> Run:
        done = subprocess.run(
            self.command(*arguments, **configs),
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT_S,
        )
        return Run(done.returncode, done.stdout)

    def plan(self, *arguments: str, **configs) -> dict[str, int]:
        """The jobs that a run would start."""
        return self.dry_run(*arguments, **configs).succeeded().jobs

    def dry_run(self, *arguments: str, **configs) -> Run:
        """What a dry run says, in a process that has Snakemake loaded already."""
        said = self.folder / "dry_run.txt"
        command = self.command("--dry-run", *arguments, **configs)[3:]
        return Run(run_forked(command, self.folder, said), said.read_text())

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace one passage of a file."""
        text = (self.folder / path).read_text()
        assert text.count(old) == 1, f"{path}: {old!r} is there {text.count(old)} times"
        (self.folder / path).write_text(text.replace(old, new))

    def configure(self, changes: dict) -> None:
        """Change dotted keys of config.yaml itself: an overlay adds mice, it takes none away."""
        path = self.folder / "config.yaml"
        config = yaml.safe_load(path.read_text())
        for dotted, value in changes.items():
            *parents, last = dotted.split(".")
            node = reduce(dict.__getitem__, parents, config)
            assert last in node, f"config.yaml has no {dotted}"
            node[last] = value
        path.write_text(yaml.safe_dump(config, sort_keys=False))

    def files(self, pattern: str) -> list[Path]:
        return sorted(path for path in self.folder.glob(pattern) if path.is_file())

    def run_and_kill(self, when: Callable[["Pipeline"], bool], *arguments: str, **configs) -> str:
        """Run until `when` holds, then kill -9 Snakemake and all its jobs at once; return what was said."""
        with self.start(*arguments, **configs) as (run, said):
            self.wait(run, when, said)
        return said.read_text()

    @contextmanager
    def start(self, *arguments: str, **configs) -> Iterator[tuple[subprocess.Popen, Path]]:
        """A run in a group of its own, and the file of what it says; killed with all its jobs at the end."""
        said = self.folder / "killed_run.txt"
        with open(said, "w") as output:
            run = subprocess.Popen(
                self.command(*arguments, **configs),
                cwd=self.folder,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                yield run, said
            finally:
                kill_tree(run)

    def wait(self, run: subprocess.Popen, when, said: Path) -> None:
        deadline = time.monotonic() + LIMIT_S
        while not when(self):
            assert run.poll() is None, "ended before the kill:\n" + said.read_text()[-3000:]
            assert time.monotonic() < deadline, (
                "never came to the kill:\n" + said.read_text()[-3000:]
            )
            time.sleep(0.005)


def kill_tree(run: subprocess.Popen) -> None:
    """SIGKILL to a process, its group and all its descendants; return when all are gone."""
    try:
        family = psutil.Process(run.pid).children(recursive=True)
        os.killpg(run.pid, signal.SIGKILL)
    except (psutil.NoSuchProcess, ProcessLookupError):
        family = []
    for process in family:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    run.wait()
    psutil.wait_procs(family, timeout=30)


def copy_repository(folder: Path) -> Pipeline:
    """What is in the repository and not ignored, and a commit for provenance to name."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    (folder / ".git/objects").mkdir(parents=True)
    (folder / ".git/refs").mkdir()
    (folder / ".git/HEAD").write_text(COMMIT + "\n")
    return Pipeline(folder)


@pytest.fixture(scope="session")
def commit():
    return COMMIT


@pytest.fixture(scope="session")
def make_repository():
    """Copies the repository, without results, into a folder."""
    return copy_repository


@pytest.fixture
def repository(tmp_path):
    """A copy without results."""
    return copy_repository(tmp_path / "repository")


@pytest.fixture(scope="session")
def smoke_run(tmp_path_factory):
    """The copy in which the smoke run went through undisturbed, and that run; never changed.

    Tests run in several processes: the first one that needs it makes it, the others wait.
    """
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    pipeline, said = Pipeline(base / "smoke/repository"), base / "smoke/run.json"
    with FileLock(base / "smoke.lock"):
        if not said.exists():
            run = copy_repository(pipeline.folder).run()
            said.write_text(json.dumps(asdict(run)))
    return pipeline, Run(**json.loads(said.read_text()))


@pytest.fixture(scope="session")
def smoke(smoke_run):
    """The copy with the finished smoke run; to be read only."""
    pipeline, run = smoke_run
    run.succeeded()
    return pipeline


@pytest.fixture
def finished(smoke, tmp_path):
    """A copy of the finished smoke run, times included, to change at will; but LINKED files are only replaced."""
    shutil.copytree(smoke.folder, tmp_path / "finished", copy_function=copy_or_link)
    return Pipeline(tmp_path / "finished")


@pytest.fixture(scope="module")
def planned(smoke, tmp_path_factory):
    """One for all tests of a file that only ask what a run would do, and undo what they edit."""
    folder = tmp_path_factory.mktemp("planned") / "repository"
    shutil.copytree(smoke.folder, folder, copy_function=copy_or_link)
    return Pipeline(folder)


LINKED, FEWEST_BYTES = (".npy", ".h5", ".mp4", ".png"), 1 << 15
"""large results"""


def copy_or_link(source: str, target: str) -> None:
    if source.endswith(LINKED) and os.path.getsize(source) >= FEWEST_BYTES:
        os.link(source, target)
    else:
        shutil.copy2(source, target)
