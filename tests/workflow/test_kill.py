"""Ended in the middle, the same command again: every file is that of a run that nothing disturbed."""

import os
import random
import signal
import time

import psutil
import pytest
import torch

from workflow.interruption import jobs_of

RULES = ("train_member", "fit_alpha", "map_fields", "reconstruct_clips")
OFTEN = ["--set-resources", *(f"{rule}:checkpoint_s=0" for rule in RULES)]
"""a checkpoint at every step, so that every end finds one"""
SEED = 20
WAYS = {
    "all killed": 10,
    "run killed": 2,
    "run SIGINT": 2,
    "run SIGTERM": 2,
    "group SIGINT": 2,
    "group SIGTERM": 2,
}
"""how a run ends, and how often"""
LATEST_S = 4.0
"""after the job at which a moment counts from"""
LAST_JOBS = 10
"""in which no moment lies: they may take less than that"""
PATIENCE_S = 60


def read_checkpoint(path):
    """The state of an unfinished job; None once the job is done and has deleted it."""
    try:
        return torch.load(path, weights_only=True)
    except FileNotFoundError:
        return None


def checkpoints(pipeline, pattern):
    states = {path: read_checkpoint(path) for path in pipeline.files(pattern)}
    return {path: state for path, state in states.items() if state}


def while_training(pipeline):
    return bool(checkpoints(pipeline, "results/models/member-*/.member.resume-*.pt"))


def while_reconstructing(pipeline):
    """While the second weight of the prior is tried."""
    found = checkpoints(pipeline, "results/reconstruct/standard/*/.movies.resume-*.pt")
    return any(len(state["finished"]) == 1 for state in found.values())


def log_of(pipeline, rule, checkpoint, first=""):
    name = f"{first}{checkpoint.parent.name}.log"
    return (pipeline.folder / "results/logs" / rule / name).read_text()


def kill(pipeline, when, targets, **configs):
    """Kill once; the run before it must have met no lock, and must leave one behind."""
    said = pipeline.run_and_kill(when, *targets, *OFTEN, **configs)
    assert "lock" not in said.lower()
    assert pipeline.files(".snakemake/locks/*.lock")


@pytest.mark.slow
def test_a_killed_reconstruction_goes_on_to_the_same_bytes(finished, smoke):
    movies = "results/reconstruct/standard/mouse-A_member-factorised1/movies.h5"
    (finished.folder / movies).unlink()
    kill(finished, while_reconstructing, [movies])
    run = finished.run(movies, *OFTEN).succeeded()
    assert "lock" not in run.text.lower()
    log = log_of(finished, "reconstruct_clips", finished.folder / movies, "variant-standard_")
    assert "resuming at iteration" in log
    assert_same_results(finished, smoke)


@pytest.mark.slow
def test_a_run_ended_at_twenty_moments_goes_on_to_the_same_bytes(repository, smoke):
    rng = random.Random(SEED)
    ways = [way for way, times in WAYS.items() for _ in range(times)]
    rng.shuffle(ways)
    last = num_done(smoke) - LAST_JOBS
    for done, way in zip(sorted(rng.sample(range(last), len(ways))), ways, strict=True):
        end_run(repository, way, done, rng.uniform(0, LATEST_S))
    said = repository.run(*OFTEN).succeeded().text
    assert "lock" not in said.lower()
    assert_same_results(repository, smoke)


@pytest.mark.slow
def test_dwiseneuro_killed_while_training_ends_with_the_same_weights(finished):
    overlay = {"models": {"encoders": ["dwiseneuro"]}}
    member = "results/models/member-dwiseneuro1/member.pt"
    expected = finished.folder / "undisturbed.pt"
    finished.run(member, overlay=overlay).succeeded()
    (finished.folder / member).rename(expected)
    kill(finished, while_training, [member], overlay=overlay)
    states = checkpoints(finished, "results/models/member-*/.member.resume-*.pt")
    assert [state["update"] < 6 for state in states.values()] == [True]
    finished.run(member, *OFTEN, overlay=overlay).succeeded()
    assert (finished.folder / member).read_bytes() == expected.read_bytes()
    assert "resuming at update" in log_of(finished, "train_member", finished.folder / member)


def num_done(pipeline) -> int:
    """Jobs that have come to their end: Snakemake writes how long they took."""
    return len(pipeline.files("results/benchmarks/**/*.tsv"))


def end_run(pipeline, way: str, done: int, after_s: float) -> None:
    """Start, and end some time after so many jobs are done and others run; nobody survives, no lock was in the way."""
    whom, how = way.split()
    with pipeline.start(*OFTEN) as (run, said):
        itself = psutil.Process(run.pid)
        pipeline.wait(run, lambda _: num_done(pipeline) >= done and jobs_of(itself), said)
        time.sleep(after_s)
        if whom != "all":  # those are killed on the way out
            family = itself.children(recursive=True)
            number = signal.SIGKILL if how == "killed" else signal.Signals[how]
            (os.kill if whom == "run" else os.killpg)(run.pid, number)
            assert run.wait(PATIENCE_S) != 0
            _, alive = psutil.wait_procs(family, PATIENCE_S)
            assert alive == [], f"{way} after {done} jobs"
    for word in ("lock", "traceback"):
        assert word not in said.read_text().lower(), f"{way} after {done} jobs: {said.read_text()}"


def assert_same_results(pipeline, expected):
    assert results_of(pipeline) == results_of(expected)
    different = [
        str(path)
        for path in results_of(pipeline)
        if (pipeline.folder / path).read_bytes() != (expected.folder / path).read_bytes()
    ]
    assert different == []


def results_of(pipeline):
    """Every result by its path, without logs and benchmarks, which hold times; hidden files too."""
    results = pipeline.folder / "results"
    return [
        path.relative_to(pipeline.folder)
        for path in pipeline.files("results/**/*")
        if path.relative_to(results).parts[0] not in ("logs", "benchmarks")
    ]
