"""Jobs started through _run.start by a real Snakemake, in a made-up project."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SNAKEFILE = """
configfile: "config.yaml"

rule all:
    input:
        "out/good_A.txt",
        "out/bad.txt",
        "out/thoughtful.txt",

rule good:
    input: "in.txt"
    output: "out/good_{mouse}.txt"
    log: "logs/good_{mouse}.log"
    threads: 1
    params: seed=7
    script: "workflow/scripts/good.py"

rule bad:
    output: "out/bad.txt"
    log: "logs/bad.log"
    script: "workflow/scripts/bad.py"

rule thoughtful:
    output: "out/thoughtful.txt"
    log: "logs/thoughtful.log"
    params: seed=11
    resources: gpu=1
    script: "workflow/scripts/thoughtful.py"
"""
FIRST_LINES = "from _run import start\n\nstart(snakemake)\n"
SCRIPTS = {
    "good": """
import logging, os, random, subprocess, sys
from pathlib import Path
import numpy
from recordings.progress import report_progress
print("printed")
logging.getLogger("models").info("logged")
subprocess.run(["echo", "said by a child"])
list(report_progress(range(3), "count"))
numbers = [random.random(), numpy.random.rand(), os.environ["OMP_NUM_THREADS"], "torch" in sys.modules]
Path(snakemake.output[0]).write_text(repr([str(n) for n in numbers]))
""",
    "bad": 'raise ValueError("mouse A: the loss is\\nnot finite")\n',
    "thoughtful": """
import torch
from pathlib import Path
Path(snakemake.output[0]).write_text(f"{torch.initial_seed()} {torch.get_num_threads()}")
""",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Folder of a finished run, and what the terminal showed."""
    folder = tmp_path_factory.mktemp("project")
    scripts = folder / "workflow/scripts"
    scripts.mkdir(parents=True)
    shutil.copy(ROOT / "workflow/scripts/_run.py", scripts)
    for name, text in SCRIPTS.items():
        (scripts / f"{name}.py").write_text(FIRST_LINES + text)
    (folder / "recordings").mkdir()
    for name in ("progress", "memory", "interruption", "commit", "disk", "files", "wording"):
        shutil.copy(ROOT / f"recordings/{name}.py", folder / "recordings")
    for name in ("locks", "interruption"):
        shutil.copy(ROOT / f"workflow/{name}.py", folder / "workflow")
    shutil.copytree(ROOT / "profiles/default", folder / "profiles/default")
    (folder / "Snakefile").write_text(SNAKEFILE)
    (folder / "config.yaml").write_text("run:\n  name: ''\nmodels:\n  seed: 1\n")
    (folder / "in.txt").write_text("abc")
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--keep-going"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert run.returncode == 1
    return folder, run.stderr


def provenance(folder, name):
    return json.loads((folder / f"logs/{name}.provenance.json").read_text())


def test_output_of_the_job_and_of_its_children_goes_to_the_log(project):
    folder, terminal = project
    log = (folder / "logs/good_A.log").read_text()
    for text in ("printed", "INFO models: logged", "said by a child", "count: 3/3"):
        assert text in log
    assert "said by a child" not in terminal


def test_progress_reaches_the_terminal(project):
    assert "good (mouse=A) count: 3/3 100%" in project[1]


def test_failure_is_one_sentence_on_the_terminal(project):
    line = "rule bad: ValueError: mouse A: the loss is not finite  [log: logs/bad.log]"
    assert line in project[1].splitlines()


def test_traceback_is_in_the_log(project):
    log = (project[0] / "logs/bad.log").read_text()
    assert log.startswith("Traceback (most recent call last):")
    assert "bad.py" in log


def test_generators_are_seeded_without_loading_torch(project):
    import random

    import numpy as np

    expected = [random.Random(7).random(), np.random.RandomState(7).rand(), 1, False]
    found = (project[0] / "out/good_A.txt").read_text()
    assert found == repr([str(value) for value in expected])


def test_torch_is_seeded_when_it_is_imported(project):
    assert (project[0] / "out/thoughtful.txt").read_text() == "11 1"
    assert provenance(project[0], "thoughtful")["versions"]["torch"].startswith("2.")


def test_provenance_of_a_good_job(project):
    record = provenance(project[0], "good_A")
    assert record["success"]
    assert record["rule"] == "good"
    assert record["wildcards"] == {"mouse": "A"}
    assert record["params"] == {"seed": 7}
    assert record["device"] == "cpu"
    assert set(record["config_hashes"]) == {"models", "run"}
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert record["inputs"] == {"in.txt": {"bytes": 3, "sha256": digest}}
    assert "torch" not in record["versions"]


def test_provenance_of_a_failed_job(project):
    record = provenance(project[0], "bad")
    assert not record["success"]
    assert record["error"] == "ValueError: mouse A: the loss is not finite"


def test_default_profile_is_loaded_by_itself(project):
    assert "Using workflow specific profile profiles/default" in project[1]
    assert "Provided resources: gpu=" in project[1]
