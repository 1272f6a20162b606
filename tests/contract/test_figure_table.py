"""The table of figures and films against what it names: functions, captions, config keys, tables, docs/paper.md."""

import fnmatch
import inspect
import re
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest
import yaml

from workflow.overlays import settle
from workflow.plan import plan_run
from workflow.plan.figures import find
from workflow.validation import validate_config

ROOT = Path(__file__).resolve().parents[2]


def read_plan(*overlays):
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    for name in overlays:
        config = lay_over(config, yaml.safe_load((ROOT / f"configs/{name}.yaml").read_text()))
    return plan_run(settle(validate_config(config)))


def lay_over(base, overlay):
    """As Snakemake lays one config file over another."""
    if not isinstance(base, dict) or not isinstance(overlay, dict):
        return overlay
    return base | {key: lay_over(base.get(key), value) for key, value in overlay.items()}


@pytest.fixture(scope="module")
def plan():
    """Of the run with every figure and film."""
    return read_plan("paper-simulated")


def function(dotted):
    module, _, name = dotted.rpartition(".")
    return getattr(import_module(f"figures.{module}"), name)


def test_the_run_of_all_experiments_has_every_row(plan):
    assert [row.rule for row in plan.figures.rows if not row.exists] == []


def test_rules_have_different_names(plan):
    rules = [row.rule for row in plan.figures.rows]
    assert len(rules) == len(set(rules))


def test_every_row_names_a_function_that_takes_what_it_is_given(plan):
    figure, film = ["files", "settings", "of"], ["path", "files", "settings", "of"]
    wrong = [
        row.rule
        for row in plan.figures.rows
        if list(inspect.signature(function(row.draws)).parameters)
        != (film if row.is_film else figure)
    ]
    assert wrong == []


def test_functions_read_only_what_their_row_gives_them(plan):
    """`files.x` is an input of the row, `settings.x` one of its settings, `of.x` what it runs over."""
    wrong = []
    for row in plan.figures.rows:
        source = inspect.getsource(function(row.draws))
        for name, known in (
            ("files", row.inputs),
            ("settings", plan.figures.settings(row)),
            ("of", row.over),
        ):
            read = set(re.findall(rf"\b{name}\.(\w+)", source))
            wrong += [f"{row.rule}: {name}.{key}" for key in read - set(known)]
    assert wrong == []


def test_every_key_is_one_of_the_config(plan):
    for row in plan.figures.rows:
        for key in row.keys:
            find(plan.figures.config, key)


def test_every_row_has_a_caption_and_every_caption_a_row(plan):
    used = {row.caption for row in plan.figures.rows} | {"workflow/report/workflow.rst"}
    there = {str(path.relative_to(ROOT)) for path in (ROOT / "workflow/report").glob("*.rst")}
    assert used == there


def test_what_captions_quote_fits_the_function_that_tells_it(plan):
    wrong = [
        row.rule
        for row in plan.figures.rows
        if row.tells
        and tuple(list(inspect.signature(function(row.tells)).parameters)[1:]) != row.tables
    ]
    assert wrong == []
    assert [row.rule for row in plan.figures.rows if row.tables and not row.tells] == []


def test_quoted_tables_are_targets_of_the_run(plan):
    assert set(plan.figures.quoted_tables().values()) <= set(plan.targets())


def listed_patterns():
    """What the second column of docs/paper.md names, as patterns of paths."""
    lines = (ROOT / "docs/paper.md").read_text(encoding="utf-8").splitlines()
    rows = [
        line.split("|")[2] for line in lines if line.startswith("| ") and "results/" not in line
    ]
    names = [name for row in rows for name in re.findall(r"`([^`]+)`", row)]
    return [f"results/figures/{name}" for name in names]


def figures_of_the_paper():
    """The numbers of the paper's figures and videos that the first column names, by figure of ours."""
    lines = (ROOT / "docs/paper.md").read_text(encoding="utf-8").splitlines()
    found = {}
    for line in (one for one in lines if one.startswith("| ") and "results/" not in one):
        first, second = line.split("|")[1:3]
        label = first.split(":")[0].strip()
        for pattern in re.findall(r"`([^`]+)`", second):
            name = re.sub(r"(_(mouse|clip|kind)-\*)*\.\w+$", "", pattern)
            found.setdefault(name, set()).update(label.removeprefix("video ").split(", "))
    return {name: labels for name, labels in found.items() if labels != {"not in the paper"}}


def test_the_table_names_the_figures_of_the_paper_that_the_docs_name(plan):
    numbers = {
        ("movies/" if row.is_film else "") + row.name: set(row.paper.split(" ", 1)[1].split(", "))
        for row in plan.figures.rows
        if row.paper
    }
    assert numbers == figures_of_the_paper()


def test_every_listed_figure_is_made_and_every_made_one_is_listed(plan):
    figures, patterns = plan.figures.targets(), listed_patterns()
    assert [name for name in patterns if not fnmatch.filter(figures, name)] == []
    assert [path for path in figures if not any(fnmatch.fnmatch(path, p) for p in patterns)] == []


def test_every_published_value_names_a_table_that_the_run_makes(plan):
    names = pd.read_csv(ROOT / "evaluate/paper_values.csv").table.unique()
    assert set(names) <= plan.evaluate.tables_of_paper.keys()
    assert set(plan.evaluate.tables_of_paper.values()) <= set(plan.targets())


def test_what_masks_are_tuned_by_needs_no_movie():
    plan = read_plan()
    tuning = [row for row in plan.figures.rows if row.tunes_masks]
    paths = [path for row in tuning for path in row.inputs.values() if isinstance(path, str | list)]
    assert tuning
    assert "reconstruct" not in repr(paths)


def test_the_report_shows_every_figure_in_the_order_of_the_table(plan):
    entries = plan.figures.report_entries()
    assert [entry["path"] for entry in entries] == plan.figures.targets()
    names = list(dict.fromkeys(entry["name"] for entry in entries))
    assert names == list(dict.fromkeys(row.name for row in plan.figures.rows))
