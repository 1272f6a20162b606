"""Recordings that are fetched, unpacked and inspected by rule."""

import shutil

import pytest

from tests.tiny import write_recording

NAME = "dynamic1-1-1-Video-0"


@pytest.fixture
def pipeline(repository, tmp_path):
    """A real recording, of which there is a zip in a mirror and nothing else."""
    write_recording(tmp_path / "packed" / NAME)
    shutil.make_archive(str(tmp_path / "mirror" / NAME), "zip", tmp_path / "packed")
    repository.configure(
        {
            "recordings.source": "sensorium",
            "recordings.mice": {"A": NAME},
            "recordings.download.mirror": str(tmp_path / "mirror"),
        }
    )
    return repository


def folder_of(pipeline):
    return pipeline.folder / "data/sensorium2023" / NAME


def test_recordings_are_fetched_unpacked_and_checked_by_rule(pipeline):
    """Once; again where they were deleted; never over those that are there."""
    jobs = {"fetch_recording": 1, "unpack_recording": 1, "recordings": 1}
    told = pipeline.run("--dry-run", configs=())
    assert told.code != 0
    assert f"{NAME} is no folder; put the recording there, or fetch it" in told.text
    assert "`snakemake --cores 2 recordings --configfile ...`" in told.text
    assert pipeline.run("recordings", configs=()).succeeded().jobs == jobs
    video = folder_of(pipeline) / "data/videos/0.npy"
    video.write_bytes(b"edited")
    assert pipeline.plan("recordings", "--forcerun", "fetch_recording", configs=()) == {
        "recordings": 1
    }
    check = pipeline.run("check", configs=()).succeeded()
    assert check.jobs == {"inspect_recording": 1, "summarise_checks": 1, "check": 1}
    assert "errors in 1 of 1 recordings: mouse A" in check.text
    report = (pipeline.folder / "results/recordings/mouse-A/report.txt").read_text()
    assert "error: data/sensorium2023/" in report
    assert "videos/0.npy" in report
    for _ in range(2):
        shutil.rmtree(folder_of(pipeline))
        again = pipeline.run("recordings", configs=()).succeeded()
        assert again.jobs == {"unpack_recording": 1, "recordings": 1}
        assert video.stat().st_size > 1000
