"""Dry runs: how many jobs of each rule a config means, the arithmetic written down; most of them in `make test-all`."""

import re
from pathlib import Path

import pytest
import yaml

from recordings.reader import MODALITIES

ROOT = Path(__file__).resolve().parents[2]
PER_MOUSE = [
    "check_recording",
    "scan_recording",
    "summarise_neurons",
    "pack_recording",
    "fit_alpha",
    "locate_fields",
    "average_members",
    "reconstruct_shuffled",
    "decode_ridge",
    "score_clips",
    "calibrate_spread",
    "score_variant",
    "correlate_clips",
    "map_temporal_correlation",
    "sweep_thresholds",
    "predict_activity",
    "score_activity",
    "draw_alpha",
    "film_side_by_side",
    "film_error_map",
    "film_spread",
]
PER_MEMBER = [
    "train_member",
    "write_card",
]
ONCE = [
    "identify_videos",
    "complete_catalogue",
    "find_duplicates",
    "select_trials",
    "tabulate_members",
    "measure_spectrum",
    "stack_tables",
    "draw_calibration",
    "compare_variants",
    "compare_sizes",
    "tabulate_paper",
    "measure_performance",
    "draw_performance",
    "draw_temporal_maps",
    "stack_sweeps",
    "draw_threshold_scores",
    "compare_activity",
    "relate_clips",
    "draw_activity",
    "draw_relations",
    "draw_masks",
    "draw_fields",
    "draw_thresholds",
    "draw_training",
    "draw_traces",
    "draw_scores",
    "draw_duplicates",
    "draw_ensemble_sizes",
    "film_all_clips",
    "write_report",
    "all",
]


def jobs_of(mice: int, members: int, drawn_clips: int, simulated: bool = True) -> dict[str, int]:
    """The jobs of a fresh run."""
    jobs = (
        dict.fromkeys(PER_MOUSE, mice) | dict.fromkeys(PER_MEMBER, members) | dict.fromkeys(ONCE, 1)
    )
    jobs |= dict.fromkeys(["map_fields", "reconstruct_clips"], mice * members)
    jobs |= dict.fromkeys(["draw_frames", "draw_ethogram"], mice * drawn_clips)
    if simulated:  # what needs the truth: the mouse, two bounds, its neurons
        jobs |= {"simulate_mouse": mice, "reconstruct_bound": 2 * mice}
        jobs |= {"describe_truth": mice, "draw_reliability": 1, "draw_recovery": 1}
    return jobs


ONE = {"A": "dynamic1"}
FOUR = {"A": "dynamic1", "B": "dynamic2", "C3": "dynamic3", "x": "dynamic4"}
SEEDS = {"models.seed": 100, "masks.alpha.robust.seed": 9, "evaluate.shuffle_seed": 5}
DISTILLED = {"models.training.factorised.distillation_share": 0.36}
JOINT = {"reconstruct.ensembling": "gradients"}
ALONE = {  # one movie has no spread
    rule: count
    for rule, count in (jobs_of(2, 4, 2) | {"reconstruct_clips": 2}).items()
    if rule not in ("calibrate_spread", "draw_calibration", "film_spread")
}
ALL_KINDS = {"variants.run": ["predicted", "gradients", "unsmoothed", "population50", "silenced50"]}
VARIED = jobs_of(2, 4, 2) | {
    "reconstruct_clips": 2 * (4 + 4 + 1 + 0 + 4 + 4),  # unsmoothed takes the standard movies
    "average_members": 2 * 6,
    "score_variant": 2 * 6,
    "predict_activity": 2 * 2,  # standard and predicted
    "sweep_thresholds": 2 * 5,
    "draw_variants": 1,
    "draw_population": 1,
    "draw_variant_frames": 2 * 2,
    "draw_errors": 2 * 2,  # what needs reconstructions from predicted activity
    "draw_error_clips": 1,
    "film_errors": 1,
}
STIMULI = {"stimuli.run": ["noise", "gratings"], "stimuli.num_mice": {"noise": 3, "gratings": 1}}
SHOWN = jobs_of(2, 4, 2) | {
    "reconstruct_stimuli": 2 * 4 + 1 * 4,
    "score_stimuli": 2 + 1,
    "average_stimuli": 2,
    "draw_stimuli": 2,
    "draw_stimulus_grid": 2,
    "film_stimulus_film": 2,
}
PREDICTED = {"reconstruct.target": "predicted", "variants.run": ["predicted"]}
EQUAL = jobs_of(2, 4, 2) | {"average_members": 4, "score_variant": 4, "draw_variants": 1}
EQUAL |= {"predict_activity": 4, "draw_variant_frames": 4}
PUBLISHED = {rule: count for rule, count in jobs_of(2, 4, 2).items() if rule != "measure_spectrum"}
VARIANTS = {  # changes of config.yaml, the jobs, and their sum
    "default": ({}, jobs_of(2, 4, 2), 115),
    "one mouse": ({"recordings.mice": ONE}, jobs_of(1, 4, 2), 78),
    "four mice": ({"recordings.mice": FOUR}, jobs_of(4, 4, 2), 189),
    "seven members": ({"models.num_members": 7}, jobs_of(2, 7, 2), 133),
    "one clip drawn": ({"figures.num_example_clips": 1}, jobs_of(2, 4, 1), 111),
    "the paper's encoder": ({"models.encoders": ["dwiseneuro"]}, jobs_of(2, 4, 2), 115),
    "both encoders": ({"models.encoders": ["factorised", "dwiseneuro"]}, jobs_of(2, 8, 2), 139),
    "distilled": (DISTILLED, jobs_of(2, 4, 2) | {"train_member": 8}, 119),
    "the published method": ({"reconstruct.method": "paper"}, PUBLISHED, 114),
    "one movie of all members": (JOINT, ALONE, 104),
    "other seeds": (SEEDS, jobs_of(2, 4, 2), 115),
    "variants": (ALL_KINDS, VARIED, 183),
    "artificial stimuli": (STIMULI, SHOWN, 138),
    "all from predicted activity": (PREDICTED, EQUAL, 126),
}


QUICK = ("default", "variants")
CASES = [
    pytest.param(*case, id=name, marks=[] if name in QUICK else [pytest.mark.slow])
    for name, case in VARIANTS.items()
]


@pytest.mark.parametrize(("changes", "jobs", "total"), CASES)
def test_variant_of_the_config(repository, changes, jobs, total):
    repository.configure(changes)
    assert sum(jobs.values()) == total
    assert repository.plan(configs=()) == jobs


@pytest.mark.slow
def test_smoke_overlay(repository):
    assert repository.plan() == jobs_of(mice=2, members=2, drawn_clips=1)


def make_empty_recordings(folder, names):
    """The folders of recordings, with nothing in them: enough for a dry run."""
    for name in names:
        for modality in MODALITIES:
            (folder / name / "data" / modality).mkdir(parents=True)
        (folder / name / "meta/trials").mkdir(parents=True)


@pytest.mark.slow
def test_real_recordings_have_no_truth(repository):
    make_empty_recordings(repository.folder / "data/sensorium2023", ["first", "second"])
    mice = {"A": "first", "B": "second"}
    repository.configure({"recordings.source": "sensorium", "recordings.mice": mice})
    assert repository.plan(configs=()) == jobs_of(2, 4, 2, simulated=False)


PAPERS = ["configs/sensorium2023.yaml", "configs/paper.yaml"]


@pytest.mark.slow
def test_the_run_of_the_paper(repository):
    """Five mice, seven members, eleven variants: 5 * (7 * 10 + 1) = 355 jobs reconstruct 10 clips each."""
    mice = yaml.safe_load((ROOT / PAPERS[0]).read_text())["recordings"]["mice"]
    folder = repository.folder / "data/sensorium2023"
    make_empty_recordings(folder, mice.values())
    for name in mice.values():
        for modality in MODALITIES:
            for trial in range(720):
                (folder / name / "data" / modality / f"{trial}.npy").touch()
    jobs = jobs_of(mice=5, members=7, drawn_clips=2, simulated=False)
    del jobs["measure_spectrum"]  # no prior
    of_variants = {
        # standard, predicted, maskless, strict, 3 populations in 2 modes through each member, gradients through all at once
        "reconstruct_clips": 5 * (7 * (1 + 1 + 2 + 3 * 2) + 1),
        "average_members": 5 * 12,  # unsmoothed too
        "score_variant": 5 * 12,
        "predict_activity": 5 * 2,  # standard and predicted
        "sweep_thresholds": 5 * 11,
        "draw_errors": 5 * 2,
        "draw_variant_frames": 5 * 2,
    }
    of_stimuli = {
        "reconstruct_stimuli": 3 * 7 + 1 * 7,  # mice that see noise, and gratings
        "score_stimuli": 3 + 1,
        **dict.fromkeys(["average_stimuli", "draw_stimuli", "draw_stimulus_grid"], 2),
        "film_stimulus_film": 2,
    }
    once = ["draw_variants", "draw_population", "draw_error_clips", "film_errors"]
    expected = jobs | of_variants | of_stimuli | dict.fromkeys(once, 1)
    assert repository.plan(configs=tuple(PAPERS)) == expected


@pytest.mark.slow
def test_recordings_elsewhere(repository, tmp_path):
    make_empty_recordings(tmp_path / "elsewhere", ["first"])
    changes = {"source": "sensorium", "folder": f"{tmp_path}/elsewhere/", "mice": {"A": "first"}}
    repository.configure({f"recordings.{key}": value for key, value in changes.items()})
    assert repository.plan(configs=()) == jobs_of(1, 4, 2, simulated=False)


MASKS_STAGE = [
    "simulate_mouse",
    "check_recording",
    "scan_recording",
    "identify_videos",
    "find_duplicates",
    "select_trials",
    "pack_recording",
    "train_member",
    "fit_alpha",
    "map_fields",
    "locate_fields",
    "describe_truth",
    "draw_alpha",
    "draw_masks",
    "draw_fields",
    "draw_thresholds",
    "draw_recovery",
]


@pytest.mark.slow
def test_masks_alone_reconstruct_nothing(repository):
    jobs = jobs_of(mice=2, members=4, drawn_clips=2)
    wanted = {rule: jobs[rule] for rule in MASKS_STAGE} | {"masks": 1}
    assert repository.plan("masks", configs=()) == wanted


@pytest.mark.slow
@pytest.mark.parametrize("run", [[], ["predicted"]])
def test_activity_is_predicted_from_each_variant_in_a_job_of_its_own(repository, run):
    repository.configure({"variants.run": run})
    text = repository.run("--dry-run", configs=()).succeeded().text
    jobs = [job for job in re.split("^rule ", text, flags=re.M) if job.startswith("predict_act")]
    read = [re.findall(r"reconstruct/(\w+)/mouse", job.split("output:")[0]) for job in jobs]
    assert sorted(read) == sorted([[variant] for variant in ["standard", *run]] * 2)


@pytest.mark.slow
@pytest.mark.parametrize(("method", "reads_mask"), [("map", False), ("paper", True)])
def test_only_the_published_method_reads_a_mask(repository, method, reads_mask):
    repository.configure({"reconstruct.method": method})
    run = repository.run("--dry-run", configs=()).succeeded()
    jobs = [
        job for job in re.split("^rule ", run.text, flags=re.M) if job.startswith("reconstruct_")
    ]
    assert len(jobs) == 8 + 2 + 2 * 2
    assert {"alpha.h5" in job for job in jobs} == {reads_mask}


@pytest.mark.slow
def test_masks_from_fields_fit_no_alpha(repository):
    repository.configure({"masks.kind": "fields"})
    jobs = jobs_of(2, 4, 2)
    del jobs["fit_alpha"]
    assert repository.plan(configs=()) == jobs


LOADED = {  # two golden members, by path and by a part of the name in the archive
    "recordings.selection.held_out": 'trial_type == "train"',
    "recordings.selection.held_out_folds": [0],
    "sources.archive.files": ["weights/model-a.pth", "weights/model-b.pth", "masks/m0.npy"],
    "models.source": "load",
    "models.load.readouts": ["90001-1-1", "90002-1-1"],
    "models.load.files": {"here": "own.pth", "there": "model-b"},
}


@pytest.mark.parametrize(
    ("source", "trained"), [pytest.param("load", 0, marks=pytest.mark.slow), ("both", 4)]
)
def test_loaded_members_are_imported_and_fetched_where_needed(repository, source, trained):
    (repository.folder / "own.pth").touch()
    repository.configure(LOADED | {"models.source": source})
    jobs = jobs_of(2, trained + 2, 2) | {"train_member": trained, "import_member": 2}
    expected = {rule: count for rule, count in jobs.items() if count} | {"fetch_file": 1}
    assert repository.plan(configs=()) == expected


@pytest.mark.slow
def test_the_archive_is_fetched_file_by_file(repository):
    repository.configure(LOADED | {"models.load.files": {"there": "model-b"}})
    assert repository.plan("archive", configs=()) == {"fetch_file": 3, "archive": 1}


@pytest.mark.slow
def test_figures_alone_leave_out_the_report(repository):
    jobs = jobs_of(mice=2, members=4, drawn_clips=2)
    for rule in (
        "summarise_neurons",
        "complete_catalogue",
        "write_report",
        "score_variant",
        "compare_variants",
        "compare_sizes",
        "tabulate_paper",
        "all",
    ):
        del jobs[rule]
    assert repository.plan("figures", configs=()) == jobs | {"figures": 1}


@pytest.mark.slow
def test_cluster_profile_plans_the_same(repository):
    plan = repository.plan("--workflow-profile", "profiles/slurm", configs=())
    assert plan == jobs_of(mice=2, members=4, drawn_clips=2)


@pytest.mark.slow
def test_mice_come_in_the_order_of_their_names(repository):
    """Whatever config names them: their seeds and their places in figures follow it."""
    repository.configure({"recordings.mice": {"B": "dynamic2", "A": "dynamic1"}})
    run = repository.run("--dry-run", "results/recordings/sets.csv", configs=()).succeeded()
    job = next(part for part in run.text.split("\nrule ") if part.startswith("select_trials"))
    assert re.search(r"mouse-A/trials\.csv.*mouse-B/trials\.csv", job)


@pytest.mark.slow
def test_an_overlay_takes_a_mouse_away(repository):
    """A laboratory with one mouse need not edit config.yaml."""
    one = {"recordings": {"mice": {"B": None}}}
    jobs = repository.plan(configs=(), overlay=one)
    assert jobs == jobs_of(mice=1, members=4, drawn_clips=2)


FROM_VALIDATION = {  # trials may be trained on and reconstructed, as with published members
    "recordings.selection.held_out": 'trial_type == "train"',
    "recordings.selection.held_out_folds": [0],
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "table"), [({}, "training.csv"), (FROM_VALIDATION, "sets.csv")]
)
def test_training_waits_for_the_choice_of_clips_only_where_it_decides_what_validates(
    repository, changes, table
):
    repository.configure(changes)
    member = "results/models/member-factorised1/member.pt"
    text = repository.run("--dry-run", member, configs=()).succeeded().text
    jobs = [job for job in text.split("\nrule ") if job.startswith(("train_", "pack_"))]
    assert len(jobs) == 3
    found = {re.search(r"input: results/recordings/(\w+\.csv)", job).group(1) for job in jobs}
    assert found == {table}
