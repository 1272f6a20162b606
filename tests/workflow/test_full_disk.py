"""A smoke run on a disk that fills up again and again; with room, the same command ends with an undisturbed run's bytes."""

import random

import pytest

from tests.disks import mount, small_disk
from tests.workflow.test_kill import results_of

OF_ONE_RUN = ("report.html", "config.yaml")
NUM_FAULTS = 6
SPARE_BYTES = 2**26


def used_bytes(folder) -> int:
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


@pytest.mark.slow
def test_a_run_on_a_disk_that_fills_up_ends_with_the_same_bytes(repository, smoke):
    rng, total = random.Random(9), used_bytes(smoke.folder / "results")
    sizes = [int(0.97 * total * (n + rng.random()) / NUM_FAULTS) for n in range(NUM_FAULTS)]
    with small_disk(repository.folder / "results", sizes[0]) as disk:
        for size in sizes:
            mount(disk, f"remount,size={size}")
            run = repository.run()
            assert run.code == 1
            assert "make room" in run.text or "No space left" in run.text  # Snakemake's own words
            assert_none_broken(repository, smoke)
        mount(disk, f"remount,size={total + SPARE_BYTES}")
        repository.run().succeeded()
        assert set(results_of(repository)) == set(results_of(smoke))
        assert_none_broken(repository, smoke)


def assert_none_broken(pipeline, expected):
    """What is there has the content of the undisturbed run; of what is unfinished only checkpoints are left."""
    known = set(results_of(expected))
    for path in results_of(pipeline):
        found, wanted = pipeline.folder / path, expected.folder / path
        if path not in known:
            assert ".resume-" in path.name, path
        elif path.name not in OF_ONE_RUN:
            assert found.read_bytes() == wanted.read_bytes(), path
