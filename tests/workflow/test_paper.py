"""The list of the paper's figures (docs/paper.md) against what the rules make of the same experiments on simulated mice."""

import fnmatch
import re
from pathlib import Path

import pandas as pd

from figures.paper_figures import PAPER_FIGURES

ROOT = Path(__file__).resolve().parents[2]
SIMULATED = ("configs/paper-simulated.yaml",)


def listed_patterns() -> list[str]:
    """What the second column of the table names, as patterns of paths."""
    lines = (ROOT / "docs/paper.md").read_text(encoding="utf-8").splitlines()
    rows = [
        line.split("|")[2] for line in lines if line.startswith("| ") and "results/" not in line
    ]
    names = [name for row in rows for name in re.findall(r"`([^`]+)`", row)]
    return [f"results/figures/{name}" for name in names]


def figures_of_the_paper() -> dict[str, set[str]]:
    """The numbers of the paper's figures and videos that the first column names, by figure of ours."""
    lines = (ROOT / "docs/paper.md").read_text(encoding="utf-8").splitlines()
    found: dict[str, set[str]] = {}
    for line in (one for one in lines if one.startswith("| ") and "results/" not in one):
        first, second = line.split("|")[1:3]
        label = first.split(":")[0].strip()
        for pattern in re.findall(r"`([^`]+)`", second):
            name = re.sub(r"(_(mouse|clip|kind)-\*)*\.\w+$", "", pattern)
            found.setdefault(name, set()).update(label.removeprefix("video ").split(", "))
    return {name: labels for name, labels in found.items() if labels != {"not in the paper"}}


def test_the_report_names_the_same_figures_of_the_paper():
    numbers = {name: set(text.split(" ", 1)[1].split(", ")) for name, text in PAPER_FIGURES.items()}
    assert numbers == figures_of_the_paper()


def planned_files(repository) -> set[str]:
    """All outputs of a fresh run."""
    run = repository.run("--dry-run", configs=SIMULATED).succeeded()
    outputs = re.findall(r"^ +output: (.*)$", run.text, flags=re.M)
    return {path for line in outputs for path in re.split(r",? ", line) if "/" in path}


def test_every_listed_figure_is_made_and_every_made_one_is_listed(repository):
    files = planned_files(repository)
    figures = [path for path in files if re.search(r"^results/figures/.*\.(png|mp4)$", path)]
    patterns = listed_patterns()
    assert [name for name in patterns if not fnmatch.filter(figures, name)] == []
    assert [path for path in figures if not any(fnmatch.fnmatch(path, p) for p in patterns)] == []
    for path in figures:
        if path.endswith(".png"):
            stem = path.removesuffix(".png")
            assert {f"{stem}.svg", f"{stem}.csv"} <= files
    assert {"results/tables/paper.csv", "results/report.html", "results/config.yaml"} <= files


def test_every_published_value_names_a_table_that_the_run_makes(repository):
    files = planned_files(repository)
    for name in pd.read_csv(ROOT / "evaluate/paper_values.csv").table.unique():
        kind = name.removeprefix("cells_")
        cells = f"results/evaluate/stimuli/kind-{kind}/cells.csv"
        assert (cells if kind != name else f"results/evaluate/{name}.csv") in files
