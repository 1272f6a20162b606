"""What all rules share: validation, paths, code hashes, resources, targets."""

import os
import re
import sys
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

sys.path.insert(0, workflow.basedir)

from workflow.interruption import BEFORE_JOB, Stop, leave_quietly, name_run

if workflow.is_main_process:
    leave_quietly()

from figures.quoted_tables import QUOTED_TABLES
from models.ensemble import TEACHER, loaded_members, parse_member, trained_members
from masks.thresholds import update_threshold
from recordings.catalogue.published_format import locate_parts
from recordings.settings import SplitSettings
from reconstruct.variants import (
    PREDICTED,
    STANDARD,
    has_errors,
    maker_of,
    movie_settings,
    populations,
    variant_config,
    variant_names,
    with_own_lines,
    with_own_movies,
)
from workflow.code_hash import code_hash, script_hash
from workflow.devices import local_gpus
from workflow.locks import release_stale_lock
from workflow.overlays import settle, take_away_mice
from workflow.validation import read_schema, refuse_braces, validate_config

SCHEMA = Path(workflow.basedir) / "workflow/schemas/config.schema.yaml"
take_away_mice(config)
try:
    refuse_braces(workflow.basedir, Path.cwd())
    validate_config(config, SCHEMA)
except ValueError as error:
    raise WorkflowError(str(error)) from None
settle(config, read_schema(SCHEMA))  # mice in the order of their names, whichever file names them

if workflow.is_main_process and not release_stale_lock(Path.cwd()):
    logger.warning(
        f"Another run, or a job that outlived its killed run, is at work in {Path.cwd()}: wait for it or stop it, "
        "and do not unlock the folder."
    )

name_run()
shell.prefix(BEFORE_JOB)

RECORDINGS, MODELS, MASKS = config["recordings"], config["models"], config["masks"]
RECONSTRUCT, EVALUATE, FIGURES = config["reconstruct"], config["evaluate"], config["figures"]
STIMULI = config["stimuli"]
VARIANTS = variant_names(config)
MICE = list(RECORDINGS["mice"])
ARCHIVE = RECORDINGS["archive"]
TRAINED, LOADED = trained_members(MODELS), loaded_members(MODELS, ARCHIVE)
MEMBERS = [*TRAINED, *LOADED]
ALPHA_SETTINGS = MASKS["alpha"][MASKS["alpha"]["method"]]
# `map` optimises the whole screen
UPDATE_THRESHOLD = update_threshold(MASKS) if RECONSTRUCT["method"] == "paper" else float("-inf")
HAS_SPREAD = (
    RECONSTRUCT["ensembling"] == "movies"
    and len(MEMBERS) > 1
    and RECORDINGS["selection"]["num_clips"] > 1
)
HAS_ERRORS = has_errors(config)
SIMULATED = RECORDINGS["source"] == "simulated"
SHUFFLED = "shuffled_neurons"
CHECKPOINT_S = 60  # most that a killed job loses; a resource, so that another value reruns nothing


wildcard_constraints:
    mouse="[A-Za-z0-9]+",
    member="[A-Za-z0-9]+",
    variant="[A-Za-z0-9]+(?:_[A-Za-z0-9]+)*",
    clip="[0-9]+",
    bound="true_neurons|noise_free",
    kind="noise|gratings",
    recording="|".join(map(re.escape, RECORDINGS["mice"].values())),


def result(stage, name, **entities):
    """results/<stage>/<key>-<value>_<key>-<value>/<name>: where every file of a stage lies."""
    folder = "_".join(f"{key}-{value}" for key, value in entities.items())
    return str(Path("results", stage, folder, name))


def log_of(rule, **entities):
    """The log of a rule's job; its provenance lies beside it."""
    return result(
        f"logs/{rule}",
        "_".join(f"{k}-{v}" for k, v in entities.items()) + ".log" if entities else "all.log",
    )


def benchmark_of(rule, **entities):
    """Seconds and memory of a rule's job."""
    path = log_of(rule, **entities).removeprefix("results/logs/").removesuffix(".log")
    return result("benchmarks", f"{path}.tsv")


def recording_folder(mouse):
    """Where a mouse's recording lies: simulated under results/, real where the user keeps it."""
    name = RECORDINGS["mice"][mouse]
    if SIMULATED:
        return simulated_file("recording", name)
    return f"{RECORDINGS['folder'].rstrip('/')}/{name}"


def digest_of(folder):
    """The record of what is in a folder made here: the time of the folder also says when it was copied."""
    return f"{folder}.sha256"


def recording_of_mouse(wildcards):
    """The recording; its table of trials, on which all that reads it depends, says whether it changed."""
    return ancient(recording_folder(wildcards.mouse))


def recordings_of_mice():
    return [ancient(recording_folder(mouse)) for mouse in MICE]


def unread_recording(wildcards):
    """The recording of a mouse and what tells that it changed: its digest if it is simulated, else its time."""
    folder = recording_folder(wildcards.mouse)
    if SIMULATED:
        return {"recording": ancient(folder), "digest": digest_of(folder)}
    return {"recording": folder}


def simulated_file(kind, recording="{recording}"):
    """The folder of a simulated recording, or the truth behind it, which only the evaluate stage opens."""
    name = recording if kind == "recording" else f"{recording}.h5"
    return result(f"recordings/simulated_{kind}", name, seed=RECORDINGS["simulated"]["seed"])


def split_settings():
    """Of the selection what says which trials may be trained on or reconstructed, whichever are."""
    return {field.name: RECORDINGS["selection"][field.name] for field in fields(SplitSettings)}


def training_sets():
    """The table of what is trained on: that with the chosen clips only where their movies would else measure encoders."""
    selection = RECORDINGS["selection"]
    clips_measure = selection["held_out_folds"] == [selection["validation_fold"]]
    return result("recordings", "sets.csv" if clips_measure else "training.csv")


def truth_of_mouse(wildcards):
    return simulated_file("truth", RECORDINGS["mice"][wildcards.mouse])


def index_of_recording(wildcards):
    """The place of a recording in recordings.mice; it sets the simulated mouse's seeds."""
    return list(RECORDINGS["mice"].values()).index(wildcards.recording)


def index_of_mouse(wildcards):
    return MICE.index(wildcards.mouse)


def alpha_file(mouse="{mouse}"):
    """The mask of a mouse before it is cut by thresholds."""
    if MASKS["kind"] == "fields":
        return fields_file("coverage.h5", mouse)
    return result("masks", "alpha.h5", mouse=mouse, seed=ALPHA_SETTINGS["seed"])


def fields_file(name, mouse="{mouse}"):
    return result("masks/fields", name, mouse=mouse)


def tables_of_mice(name):
    """One table of every mouse, to be stacked."""
    return [result("evaluate/tables", name, mouse=mouse) for mouse in MICE]


def tidy_tables():
    """Names of the evaluate stage's tables."""
    spread = ["calibration", "spread_bins", "spread_clips"] if HAS_SPREAD else []
    always = ["scores", "ensemble_sizes", "traces", "temporal_maps"]
    return always + spread + (["neurons"] if SIMULATED else [])


def gpus_per_job(wildcards):
    """1 on machines with a GPU and on clusters; 0 where jobs run on this machine's CPU anyway."""
    cluster = workflow.executor_plugin is not None and not workflow.local_exec
    return 1 if cluster or local_gpus() else 0


def add_script_hashes():
    """Rules run again when the code of their script changes, not when it has another time, as in a copy of the folder."""
    for made in workflow.rules:
        if made.script:
            path = Path(workflow.basedir, "workflow/scripts", Path(made.script).name)
            made.set_params(script=script_hash(path))


def control_file(name, mouse="{mouse}"):
    """The movies of a control; only that of shuffled neurons has chance in it."""
    seed = {"seed": EVALUATE["shuffle_seed"]} if name == SHUFFLED else {}
    return result(f"evaluate/{name}", "movies.h5", mouse=mouse, **seed)


def control_names():
    """Controls that can be had: the true neurons are known for simulated mice only."""
    return [SHUFFLED, "ridge"] + (["true_neurons", "noise_free"] if SIMULATED else [])


def controls_of_mouse(wildcards):
    return {name: control_file(name, wildcards.mouse) for name in control_names()}


include: "catalogue_files.smk"
include: "downloads.smk"
include: "members.smk"
include: "variants.smk"
include: "stimulus_files.smk"
include: "predictions.smk"
include: "targets.smk"
