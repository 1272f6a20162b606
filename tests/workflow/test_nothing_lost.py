"""What a run must not delete: folders that are not its own, and a report that cannot be renewed."""

import os
import shutil
from pathlib import Path

import pytest

from recordings.files import MARKER

REPORT, CONFIG = "results/report.html", "results/config.yaml"
MOUSE = "dynamic90001-1-1-Video-00000000000000000000000000000001"
OUTPUTS = [
    f"results/recordings/simulated_recording/seed-1/{MOUSE}",
    "results/recordings/mouse-A/packed",
    "results/recordings/catalogue/mouse-A/scan",
    "results/recordings/catalogue/published",
]
"""folders that Snakemake deletes before the job that makes them"""


@pytest.mark.parametrize(
    "name", ["../../../../docs", "../../../../../outside", "/outside", "..", "{x}"]
)
def test_a_recording_named_like_another_folder_deletes_nothing(repository, name):
    outside = repository.folder.parent / "outside"
    outside.mkdir()
    (outside / "thesis.txt").write_text("mine")
    run = repository.run("-n", overlay={"recordings": {"mice": {"A": name}}})
    assert run.code == 1
    assert "recordings.mice.A: " in run.text
    assert "cannot name a file or folder" in run.text
    assert "Traceback" not in run.text
    assert (outside / "thesis.txt").exists()
    assert repository.files("docs/*.md")


@pytest.mark.parametrize(
    "folder", [OUTPUTS[0], *(pytest.param(one, marks=pytest.mark.slow) for one in OUTPUTS[1:])]
)
def test_a_folder_of_the_users_in_the_place_of_an_output_is_kept(repository, folder):
    thesis = repository.folder / folder / "thesis.txt"
    thesis.parent.mkdir(parents=True)
    thesis.write_text("mine")
    run = repository.run(folder)
    assert run.code == 1
    assert f"{folder}: holds files that this pipeline did not make" in run.text
    assert "Traceback" not in run.text
    assert thesis.read_text() == "mine"


def test_what_a_killed_job_left_of_a_folder_is_no_folder_of_the_users(repository):
    left = repository.folder / OUTPUTS[0]
    left = left.with_name(f".{left.name}.00000000-1-00000000.writing") / "data/videos"
    left.mkdir(parents=True)
    assert repository.plan(OUTPUTS[0]) == {"simulate_mouse": 1}


def test_every_folder_that_is_made_says_so(smoke):
    made = [smoke.folder / folder for folder in OUTPUTS[:-1]]  # the last is no part of `all`
    assert [folder for folder in made if not (folder / MARKER).is_file()] == []


def test_a_report_that_cannot_be_renewed_is_kept(finished):
    before = [(finished.folder / name).read_bytes() for name in (REPORT, CONFIG)]
    caption = finished.folder / "workflow/report/workflow.rst"
    caption.write_text(caption.read_text() + "\n{{ nothing_of_this_name }}\n")
    assert finished.run().code == 1
    assert [(finished.folder / name).read_bytes() for name in (REPORT, CONFIG)] == before


def test_without_git_the_report_is_made(finished, monkeypatch):
    shutil.rmtree(finished.folder / ".git")
    bare = finished.folder / "bin"
    bare.mkdir()
    for folder in reversed(os.get_exec_path()):
        for tool in Path(folder).glob("*"):
            (bare / tool.name).unlink(missing_ok=True)
            (bare / tool.name).symlink_to(tool)
    (bare / "git").unlink()
    monkeypatch.setenv("PATH", str(bare))
    assert shutil.which("git") is None
    (finished.folder / REPORT).unlink()
    run = finished.run(REPORT).succeeded()
    assert run.jobs == {"write_report": 1}
    assert "unknown (no git, or not a git checkout)" in (finished.folder / REPORT).read_text()
