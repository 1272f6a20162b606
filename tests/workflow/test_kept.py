"""What stays: after other words for the same config, another choice of clips, a copy of the folder; what was deleted comes back."""

import os
import random
import re
import shutil
from dataclasses import replace

import pytest
import yaml

MICE, MEMBERS = 2, 2
REPORT = {"write_report": 1, "all": 1}
TRAINED = {
    "simulate_mouse",
    "check_recording",
    "find_duplicates",
    "pack_recording",
    "train_member",
    "write_card",
    "fit_alpha",
    "map_fields",
    "locate_fields",
    "measure_spectrum",
}


@pytest.mark.parametrize("change", [{"duplicate_correlation": 0.95}, {"num_clips": 1}])
def test_another_choice_of_clips_compares_and_trains_nothing_again(finished, change):
    plan = finished.plan(overlay={"recordings": {"selection": change}})
    assert (plan["select_trials"], plan["draw_duplicates"]) == (1, 1)
    assert plan["reconstruct_clips"] == MICE * MEMBERS
    assert TRAINED.isdisjoint(plan)


@pytest.mark.slow
def test_a_table_that_is_written_anew_and_equal_runs_nothing_after_it(finished):
    """Another key, but the same clips are chosen: only the figure that shows the threshold is drawn again."""
    overlay = {"recordings": {"selection": {"duplicate_correlation": 0.95}}}
    tables = [f"results/recordings/{name}.csv" for name in ("sets", "training", "duplicates")]
    before = [(finished.folder / table).read_bytes() for table in tables]
    finished.run(*tables, "--forcerun", "check_recording", overlay=overlay).succeeded()
    assert [(finished.folder / table).read_bytes() for table in tables] == before
    assert finished.plan(overlay=overlay) == {"draw_duplicates": 1, **REPORT}


def lay_over(base, overlay):
    """As Snakemake lays one config file over another."""
    if not isinstance(base, dict) or not isinstance(overlay, dict):
        return overlay
    return base | {key: lay_over(base.get(key), value) for key, value in overlay.items()}


def restated(node):
    """The same values, the keys in reverse order and whole numbers written without a point."""
    if isinstance(node, dict):
        return {key: restated(node[key]) for key in reversed(node)}
    if isinstance(node, list):
        return [restated(item) for item in node]
    return int(node) if isinstance(node, float) and node == int(node) else node


def test_the_config_in_other_words_runs_nothing_again(finished):
    """In another order, restated in an overlay, 1 for 1.0."""
    config, smoke = (finished.folder / name for name in ("config.yaml", "configs/smoke.yaml"))
    whole = lay_over(yaml.safe_load(config.read_text()), yaml.safe_load(smoke.read_text()))
    assert finished.plan(overlay=restated(whole)) == {}


RESULTS = ("masks", "reconstruct", "evaluate")


def test_deleted_results_are_made_again(finished):
    for stage in RESULTS:
        shutil.rmtree(finished.folder / "results" / stage)
    plan = finished.plan()
    expected = {"fit_alpha": MICE, "map_fields": MICE * MEMBERS, "decode_ridge": MICE, **REPORT}
    expected |= {"reconstruct_clips": MICE * MEMBERS, "average_members": MICE, "score_clips": MICE}
    expected |= {"reconstruct_shuffled": MICE, "reconstruct_bound": 2 * MICE, "compare_variants": 1}
    assert {rule: plan.get(rule) for rule in expected} == expected
    assert {"train_member", "simulate_mouse"}.isdisjoint(plan)


INTERMEDIATE = (  # files that only later jobs read: those may be deleted to save space
    "recordings/simulated_(recording|truth)/.*",
    "recordings/training.csv",
    r"recordings/mouse-\w+/(trials.csv|packed(.sha256|/.*))",
    r"recordings/catalogue/mouse-\w+/(neurons.parquet|scan(.sha256|/.*))",
    "recordings/catalogue/unnamed_videos.parquet",
    r"masks/fields/mouse-\w+_member-\w+/responses.h5",
    "reconstruct/spectrum.h5",
    r"evaluate/(tables|variants)/[^/]*/[\w.]+",
    r"evaluate/activity/mouse-\w+/(scores|relations|frames).csv",
    "(logs|benchmarks)/.*",
)


def test_every_other_file_that_a_run_leaves_is_one_of_its_targets(smoke, repository):
    text = repository.run("--dry-run").succeeded().text
    targets = set(re.search(r"rule all:\n +input: (.*)\n", text).group(1).split(", "))
    made = [str(path.relative_to(smoke.folder)) for path in smoke.files("results/**/*")]
    assert targets <= set(made)
    lost = [path for path in made if path not in targets and "/." not in path]
    pattern = re.compile("results/(" + "|".join(INTERMEDIATE) + ")")
    assert [path for path in lost if not pattern.fullmatch(path)] == []


def test_a_copy_with_other_times_runs_nothing_again(smoke, tmp_path):
    """`cp -r` gives all files new times, in any order: content decides."""
    copied = replace(smoke, folder=tmp_path / "copied")
    shutil.copytree(smoke.folder, copied.folder)
    rng = random.Random(0)
    for path in [copied.folder, *copied.folder.rglob("*")]:
        os.utime(path, (when := 1.7e9 + rng.random() * 1e6, when))
    assert copied.plan() == {}


@pytest.mark.parametrize(
    ("pattern", "rule"),
    [
        ("results/recordings/simulated_recording/*/*.sha256", "check_recording"),
        ("results/recordings/mouse-A/packed.sha256", "train_member"),
        ("results/recordings/catalogue/mouse-A/scan.sha256", "identify_videos"),
        ("results/models/*/member.pt", "reconstruct_clips"),
    ],
)
def test_another_content_runs_again_what_reads_it(finished, pattern, rule):
    changed = finished.files(pattern)[0]
    changed.write_bytes(changed.read_bytes() + b" ")
    assert rule in finished.plan()
