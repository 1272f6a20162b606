"""What the report says around the figures: headline numbers, captions, where every number comes from."""

import os
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import yaml

from figures.captions import render_caption
from figures.in_words import with_interval
from figures.quotes import quote
from figures.report import Entry, Rows
from figures.save import COMMIT
from figures.scores import summarise_scores
from figures.style import MEASURE_LABELS, SOURCE_LABELS
from recordings.files import replace_when_done
from recordings.wording import counted

NO_COMMIT = "unknown (no git, or not a git checkout)"
PACKAGES = ("torch", "numpy", "scipy", "snakemake", "matplotlib")


def overview_rows(scores: pd.DataFrame) -> Rows:
    """Mean over clips and its 95 % interval for every source."""
    rows = []
    for row in summarise_scores(scores).itertuples():
        label = f"{SOURCE_LABELS[row.source]}: {MEASURE_LABELS[row.measure]}"
        label = " ".join(label.split())
        value = with_interval(row.mean, row.low, row.high)
        rows.append((label, f"{value}, n = {counted(row.num_clips, 'clip')}"))
    return rows


def ensemble_rows(members: pd.DataFrame) -> Rows:
    """What each member is and its single-trial correlation on the validation movies of each mouse."""
    rows = []
    for name, of_mice in members.groupby("member", sort=False):
        about = of_mice.iloc[0]
        scores = ", ".join(
            f"{r.mouse} {r.validation_correlation:.3f}" for r in of_mice.itertuples()
        )
        size = f"{about.encoder}, {about.num_parameters:,} parameters, {about.source}"
        rows.append((f"member {name}: validation correlation", f"mouse {scores} ({size})"))
    return rows


def split_rows(split: pd.DataFrame) -> Rows:
    """How many movies are in each set, over all mice, and in how many at once."""
    shown = split[["training", "validation", "held_out"]] > 0
    counts = [
        (f"movies in the set {name.replace('_', ' ')}", int(shown[name].sum())) for name in shown
    ]
    return [*counts, ("movies in more than one of these sets", int((shown.sum(axis=1) > 1).sum()))]


def provenance_rows(config: Mapping) -> Rows:
    """Commit, seeds and versions."""
    seeds = {
        "seed of the simulated mice": config["recordings"]["simulated"]["seed"],
        "seed of the first trained member": config["models"]["seed"],
        "seed of the masks": config["masks"]["alpha"][config["masks"]["alpha"]["method"]]["seed"],
        "seed of the shuffling": config["evaluate"]["shuffle_seed"],
    }
    if config["recordings"]["source"] != "simulated":
        del seeds["seed of the simulated mice"]
    versions = [(package, version(package)) for package in PACKAGES]
    return [
        ("commit", os.environ.get(COMMIT) or NO_COMMIT),
        *seeds.items(),
        ("python", platform.python_version()),
        *versions,
    ]


def report_entries(
    entries: Sequence[Mapping], captions: Path, config: Mapping, tables: Mapping[str, str]
) -> list[Entry]:
    """Entries of the report: captions rendered from <name>.rst, their numbers from the tables."""
    return [
        Entry(
            entry["category"],
            entry_title(entry["name"], entry["of"]),
            entry["path"],
            render_caption(captions / f"{entry['name']}.rst", config=config, wildcards=entry["of"]),
            quote(entry["tells"], entry["path"], {name: tables[name] for name in entry["tables"]}),
            entry["paper"],
        )
        for entry in entries
    ]


def write_config(path: str | Path, config: Mapping) -> None:
    """Write the config as the run had it, every overlay laid on; it can be given to `--configfile`."""
    with replace_when_done(path) as temporary:
        text = yaml.safe_dump(dict(config), sort_keys=False, allow_unicode=True)
        temporary.write_text(text, encoding="utf-8")


def entry_title(name: str, wildcards: Mapping) -> str:
    """`frames, mouse A, clip 0`"""
    return ", ".join([name.replace("_", " "), *(f"{k} {v}" for k, v in wildcards.items())])
