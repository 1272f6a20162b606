"""Every documented command runs: a dry run where it is long. tests/contract/test_commands.py checks their words."""

import re
import subprocess
import sys

import h5py
import numpy as np
import pytest
import yaml

from recordings.reader import MODALITIES
from tests.documented import (
    FENCE,
    PAGES,
    ROOT,
    SETTINGS,
    documented_commands,
    documented_overlays,
    is_command,
)

COMMANDS = documented_commands()
LIMIT_S = 300
TESTED_IN_UNIT = ("docs/notebook.md", "docs/own-data.md")
"""pages whose Python is run by tests/unit/recordings"""
DRY = ("import runpy, sys", "sys.path.insert(0, 'benchmarks')", "runpy.run_path(sys.argv[1])")


def of(program):
    found = [command for command in COMMANDS if command.words[0] == program]
    return pytest.mark.parametrize("command", found, ids=map(str, found))


@pytest.fixture(scope="module")
def prepared(make_repository, tmp_path_factory):
    """A copy with what the documentation tells its reader to write, and empty recordings."""
    pipeline = make_repository(tmp_path_factory.mktemp("documented") / "repository")
    for name, text in documented_overlays().items():
        (pipeline.folder / name).write_text(text)
    overlays = [path for path in SETTINGS if path.parent.name == "configs"]
    for text in [path.read_text() for path in overlays] + list(documented_overlays().values()):
        recordings = yaml.safe_load(text).get("recordings", {})
        folder = pipeline.folder / recordings.get("folder", "data/sensorium2023")
        for name in recordings.get("mice", {}).values():
            for part in [f"data/{modality}" for modality in MODALITIES] + ["meta/trials"]:
                (folder / name / part).mkdir(parents=True, exist_ok=True)
    return pipeline


def write_session(path):
    """Two trials of one movie, as docs/own-data.md describes the file."""
    rng = np.random.default_rng(0)
    with h5py.File(path, "w") as file:
        file["movies/a/frames"] = rng.integers(0, 256, (60, 36, 64), dtype=np.uint8)
        file["movies/a/rate_hz"] = 30
        file["responses/values"] = rng.gamma(1.0, 2.0, (3, 60))
        file["responses/rate_hz"] = 10
        file["not_measured"] = ["pupil_size", "gaze", "running_speed"]
        file["trials/start_s"], file["trials/stop_s"] = [0.5, 3.0], [2.5, 5.0]
        file["trials/tier"], file["trials/movie"] = ["train", "oracle"], ["a", "a"]


def run(words, folder):
    done = subprocess.run(
        words,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LIMIT_S,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout


@pytest.mark.slow
@of("snakemake")
def test_snakemake_command_has_a_plan(prepared, command):
    said = run([sys.executable, "-m", *command.words, "-n"], prepared.folder)
    assert "Job stats:" in said or "Nothing to be done" in said


@pytest.mark.slow
@of("python")
def test_python_command_runs(tmp_path, command):
    """Modules do; a benchmark takes minutes, or reads the results of a run: it is loaded, no more."""
    write_session(tmp_path / "session.h5")
    if command.words[1] == "-m":
        run([sys.executable, *command.words[1:]], tmp_path)
    else:
        run([sys.executable, "-c", "; ".join(DRY), command.words[1]], ROOT)


@pytest.mark.slow
@of("source")
def test_environment_is_entered(command):
    run(["bash", "-c", " ".join(command.words) + " && command -v snakemake"], ROOT)


def python_blocks(page):
    return [body for language, body in FENCE.findall(page.read_text()) if language == "python"]


def test_the_pages_with_python_are_those_that_tests_run():
    found = {str(page.relative_to(ROOT)) for page in PAGES if python_blocks(page)}
    assert found == {"README.md", *TESTED_IN_UNIT}


def test_python_of_the_readme_runs(smoke, monkeypatch):
    monkeypatch.chdir(smoke.folder)
    for block in python_blocks(ROOT / "README.md"):
        names = {}
        exec(compile(block, "README.md", "exec"), names)
        assert names["movies"].shape[2:] == (36, 64)
        assert names["loss"].ndim == 1


def test_every_listing_is_of_a_known_kind():
    """A listing without a language is of commands or a tree of files; the others say what they are."""
    for page in PAGES:
        for language, body in FENCE.findall(page.read_text()):
            known = language in ("python", "yaml") or is_command(body)
            assert known or re.match(r"\w+\.yaml +\w", body), f"{page.name}: {body[:60]}"
