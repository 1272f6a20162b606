"""A smoke run on a disk that fills up again and again; with room, the same command ends with an undisturbed run's bytes."""

import random

import pytest

from tests.disks import mount, small_disk
from tests.workflow.test_kill import assert_same_weights, read_datasets, results_of

EXACT = ("csv", "md", "npy", "png", "svg", "mp4", "parquet", "json", "")
NUM_FAULTS = 6
SPARE_BYTES = 2**26


def used_bytes(folder) -> int:
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


@pytest.mark.slow
def test_a_run_on_a_disk_that_fills_up_ends_with_the_same_bytes(repository, smoke):
    rng, total = random.Random(9), used_bytes(smoke.folder / "results")
    sizes = sorted(rng.randrange(2**16, int(0.95 * total)) for _ in range(NUM_FAULTS))
    with small_disk(repository.folder / "results", sizes[0]) as disk:
        for size in sizes:
            mount(disk, f"remount,size={size}")
            run = repository.run()
            assert run.code == 1
            assert "is full" in run.text or "No space left" in run.text  # Snakemake's own words
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
        kind = path.suffix.removeprefix(".")
        if path not in known:
            assert ".resume-" in path.name, path
        elif kind in EXACT:
            assert found.read_bytes() == wanted.read_bytes(), path
        elif kind == "h5":
            assert read_datasets(found) == read_datasets(wanted), path
        elif kind == "pt":
            assert_same_weights(found, wanted)
