"""kill -9 in the middle, the same command again: the results are those of a run that nothing disturbed."""

from pathlib import Path

import h5py
import numpy as np
import torch

RULES = ("train_member", "fit_alpha", "reconstruct_clips")
OFTEN = ["--set-resources", *(f"{rule}:checkpoint_s=0" for rule in RULES)]
"""a checkpoint at every step, so that every kill finds one"""
TARGETS = [
    f"results/figures/{name}"
    for name in ("frames_mouse-A_clip-0.png", "movies/side_by_side_mouse-A.mp4")
]
"""a figure and a film of one mouse, with all that they need: everything that has checkpoints, and controls and scores"""
EXACT = ("csv", "md", "npy", "png", "svg", "mp4")


def read_checkpoint(path):
    """The state of an unfinished job; None once the job is done and has deleted it."""
    try:
        return torch.load(path, weights_only=True)
    except FileNotFoundError:
        return None


def checkpoints(pipeline, pattern):
    states = {path: read_checkpoint(path) for path in pipeline.files(pattern)}
    return {path: state for path, state in states.items() if state}


def while_simulating(pipeline):
    return bool(pipeline.files("results/recordings/simulated_recording/**/data/*/*.npy"))


def while_training(pipeline):
    return bool(checkpoints(pipeline, "results/models/member-*/.member.resume-*.pt"))


def while_reconstructing(pipeline):
    """While the second weight of the prior is tried."""
    return bool(second_weights(pipeline))


def second_weights(pipeline):
    found = checkpoints(pipeline, "results/reconstruct/standard/*/.movies.resume-*.pt")
    return {path: state for path, state in found.items() if len(state["finished"]) == 1}


def while_filming(pipeline):
    return bool(pipeline.files("results/figures/movies/.*.writing.mp4"))


def log_of(pipeline, rule, checkpoint, first=""):
    return (
        pipeline.folder / f"results/logs/{rule}/{first}{checkpoint.parent.name}.log"
    ).read_text()


def kill(pipeline, when, targets, **configs):
    """Kill once; the run before it must have met no lock, and must leave one behind."""
    said = pipeline.run_and_kill(when, *targets, *OFTEN, **configs)
    assert "lock" not in said.lower()
    assert pipeline.files(".snakemake/locks/*.lock")


def test_killed_run_goes_on_to_the_same_results(repository, smoke):
    kill(repository, while_simulating, TARGETS)
    kill(repository, while_training, TARGETS)
    trained = checkpoints(repository, "results/models/member-*/.member.resume-*.pt")
    kill(repository, while_reconstructing, TARGETS)
    reconstructed = second_weights(repository)
    said = {path: log_of(repository, "train_member", path) for path in trained}
    kill(repository, while_filming, TARGETS)
    half_movies = repository.files("results/figures/movies/.*.writing.mp4")
    run = repository.run(*TARGETS, *OFTEN).succeeded()

    assert "lock" not in run.text.lower()
    assert trained
    for path, state in trained.items():
        # in the third run, or later if that run had not come to it; one killed just after its end was trained anew since
        both = said[path] + log_of(repository, "train_member", path)
        assert f"resuming at update {state['update']}" in both
    assert reconstructed
    for path in reconstructed:
        said = log_of(repository, "reconstruct_clips", path, "variant-standard_")
        assert "clips [0]: resuming at iteration" in said
    assert half_movies
    assert not any(path.exists() for path in half_movies)
    assert_same_results(repository, smoke)


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
    assert_same_weights(finished.folder / member, expected)
    assert "resuming at update" in log_of(finished, "train_member", finished.folder / member)


def assert_same_results(pipeline, expected):
    paths = results_of(pipeline)
    assert {Path(target) for target in TARGETS} <= set(paths) <= set(results_of(expected))
    for path in paths:
        found, wanted = pipeline.folder / path, expected.folder / path
        kind = path.suffix.removeprefix(".")
        if kind in EXACT:
            assert found.read_bytes() == wanted.read_bytes(), path
        elif kind == "h5":
            assert read_datasets(found) == read_datasets(wanted), path
        elif kind == "pt":
            assert_same_weights(found, wanted)


def results_of(pipeline):
    """Every result by its path, without logs and benchmarks, which hold times; hidden files too."""
    results = pipeline.folder / "results"
    return [
        path.relative_to(pipeline.folder)
        for path in pipeline.files("results/**/*")
        if path.relative_to(results).parts[0] not in ("logs", "benchmarks")
    ]


def read_datasets(path):
    """Name -> type, shape and bytes of every dataset."""
    found = {}

    def read(name, node):
        if isinstance(node, h5py.Dataset):
            values = node[()]
            exact = values if isinstance(values, bytes) else np.asarray(values)
            content = exact.tolist() if node.dtype.hasobject else exact.tobytes()
            found[name] = (str(node.dtype), node.shape, content)

    with h5py.File(path, "r") as file:
        file.visititems(read)
    assert found, f"{path} holds no dataset"
    return found


def assert_same_weights(path, expected):
    found, wanted = (torch.load(p, weights_only=True)["state"] for p in (path, expected))
    assert list(found) == list(wanted)
    for name, tensor in found.items():
        assert torch.equal(tensor, wanted[name]), f"{path}: {name}"
