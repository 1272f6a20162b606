"""Recordings that are fetched, unpacked and inspected by rule."""

import os
import shutil

import pytest

from recordings.catalogue.publish import export_published
from recordings.catalogue.published_format import locate_parts
from tests.published import make_catalogue
from tests.tiny import write_recording

NAME = "dynamic1-1-1-Video-0"


@pytest.fixture
def pipeline(repository, tmp_path):
    """A real recording, of which there is a zip in a mirror and nothing else, and metadata of others."""
    export_published(make_catalogue(hidden=(0,)), tmp_path / "metadata")
    write_recording(tmp_path / "packed" / NAME)
    zip_again(tmp_path)
    repository.configure(
        {
            "recordings.source": "sensorium",
            "recordings.mice": {"A": NAME},
            "sources.download.mirror": str(tmp_path / "mirror"),
            "recordings.published_metadata": str(tmp_path / "metadata"),
        }
    )
    return repository


def zip_again(folder):
    shutil.make_archive(str(folder / "mirror" / NAME), "zip", folder / "packed")


def folder_of(pipeline):
    return pipeline.folder / "data/sensorium2023" / NAME


@pytest.mark.slow
def test_recordings_are_fetched_unpacked_and_checked_by_rule(pipeline):
    """Once; again where they were deleted; never over those that are there."""
    jobs = {"fetch_recording": 1, "unpack_recording": 1, "recordings": 1}
    for targets in ((), ("recordings", "check")):
        told = pipeline.run("--dry-run", *targets, configs=())
        assert told.code != 0
        assert f"{NAME} is no folder; put the recording there, or fetch it" in told.text
        assert "by a command of its own: `snakemake --cores 2 recordings --" in told.text
    assert pipeline.run("recordings", configs=()).succeeded().jobs == jobs
    video = folder_of(pipeline) / "data/videos/0.npy"
    video.write_bytes(b"edited")
    assert pipeline.plan("recordings", "--forcerun", "fetch_recording", configs=()) == {
        "recordings": 1
    }
    check = pipeline.run("check", configs=()).succeeded()
    once = ["inspect_recording", "summarise_checks", "check_metadata", "check"]
    assert check.jobs == dict.fromkeys(once, 1)
    assert "metadata: 1 hidden_responses: results/recordings/metadata.csv" in check.text
    assert "errors in 1 of 1 recordings: mouse A" in check.text
    report = (pipeline.folder / "results/recordings/mouse-A/report.txt").read_text()
    assert "error: data/sensorium2023/" in report
    assert "videos/0.npy" in report
    for _ in range(2):
        shutil.rmtree(folder_of(pipeline))
        again = pipeline.run("recordings", configs=()).succeeded()
        assert again.jobs == {"unpack_recording": 1, "recordings": 1}
        assert video.stat().st_size > 1000
    shutil.rmtree(folder_of(pipeline))
    (pipeline.folder.parent / f"packed/{NAME}/data/videos/0.npy").write_bytes(b"altered")
    zip_again(pipeline.folder.parent)
    refused = pipeline.run("recordings", configs=())
    assert refused.code != 0
    assert f"{NAME}.zip: is not what was fetched" in refused.text
    assert not folder_of(pipeline).exists()


MOUSE = "dynamic1-2-3-Video-8744edeac3b4d1ce16b680916b5267ce"
SETS, NEURONS = "results/recordings/sets.csv", "results/recordings/catalogue/neurons.csv"
ASKED = (
    SETS,
    NEURONS,
    "--rerun-triggers",
    "mtime",
)  # nothing is recorded of files that no job made
SHOWN = {"identify_videos", "find_duplicates", "select_trials"}


@pytest.fixture
def made(repository):
    """All files behind the sets and the neurons of one mouse, empty and of the same time; its published names too."""
    repository.configure(
        {"recordings.mice": {"A": MOUSE}, "recordings.published_metadata": "published"}
    )
    for part in locate_parts(repository.folder / "published", MOUSE)[:2]:
        make_old(part)
    summary = repository.run(SETS, NEURONS, "--summary").succeeded().text
    rows = summary.split("output_file\t", 1)[1].splitlines()[1:]
    for row in rows:
        make_old(repository.folder / row.split("\t")[0])
    return repository


def make_old(path):
    """A file, or a folder where the name has no ending."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x") if path.suffix else path.mkdir()
    os.utime(path, (1e9, 1e9))


def test_sets_of_trials_depend_on_what_was_shown_and_on_nothing_else_of_the_catalogue(made):
    """New statistics of neurons or published names select no trials again, and so train nothing again."""
    assert made.plan(*ASKED) == {}
    again = made.plan(*ASKED, "--forcerun", "summarise_neurons")
    assert again == {"summarise_neurons": 1, "complete_catalogue": 1}
    again = made.plan(*ASKED, "--forcerun", "identify_videos")
    assert again == dict.fromkeys([*SHOWN, "complete_catalogue"], 1)
    locate_parts(made.folder / "published", MOUSE)[1].touch()
    assert made.plan(*ASKED) == {"complete_catalogue": 1}
