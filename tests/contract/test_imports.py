"""Imports point up only: recordings, models, masks, reconstruct, evaluate, figures; none to a later stage."""

import ast
from pathlib import Path

import pytest

from workflow.code_hash import imported_names, reached

ROOT = Path(__file__).resolve().parents[2]
STAGES = ("recordings", "models", "masks", "reconstruct", "evaluate", "figures")
FORBIDDEN = {stage: {*STAGES[place + 1 :], "workflow"} for place, stage in enumerate(STAGES)}
FORBIDDEN["figures"] |= {"models", "torch"}


def wrong_imports(root):
    """`figures/frames.py imports models` for every import in the wrong direction, late ones included."""
    found = set()
    for stage in STAGES:
        for path in sorted((root / stage).rglob("*.py")):
            where = path.relative_to(root)
            package = ".".join(where.parent.parts)
            for node in ast.walk(ast.parse(path.read_text())):
                tops = {name.split(".")[0] for name in imported_names(node, package)}
                found |= {f"{where} imports {top}" for top in tops & FORBIDDEN[stage]}
    return found


def test_imports_point_up():
    assert wrong_imports(ROOT) == set()


def test_drawing_loads_no_torch():
    """Nor does anything that it imports."""
    drawing = {f"figures.{path.stem}" for path in (ROOT / "figures").glob("*.py")}
    heavy = {
        module
        for module in reached(tuple(sorted(drawing)))
        for node in ast.walk(ast.parse(source_of(module).read_text()))
        if "torch" in {name.split(".")[0] for name in imported_names(node, module)}
    }
    assert heavy == set()


def source_of(module):
    stem = ROOT.joinpath(*module.split("."))
    return stem / "__init__.py" if stem.is_dir() else stem.with_suffix(".py")


@pytest.mark.parametrize(
    ("file", "line", "complaint"),
    [
        ("models/a.py", "import masks", "models/a.py imports masks"),
        (
            "models/b/a.py",
            "def f():\n    from masks.alpha import fit",
            "models/b/a.py imports masks",
        ),
        ("recordings/a.py", "from figures import style", "recordings/a.py imports figures"),
        ("masks/a.py", "from workflow.validation import find", "masks/a.py imports workflow"),
        ("figures/a.py", "import torch.nn as nn", "figures/a.py imports torch"),
        ("figures/a.py", "from models import shapes", "figures/a.py imports models"),
    ],
)
def test_check_can_fail(tmp_path, file, line, complaint):
    (tmp_path / file).parent.mkdir(parents=True)
    (tmp_path / file).write_text(line + "\n")
    assert wrong_imports(tmp_path) == {complaint}


def test_allowed_directions_pass(tmp_path):
    (tmp_path / "evaluate").mkdir()
    (tmp_path / "evaluate/a.py").write_text("import torch\nfrom recordings import reader\n")
    assert wrong_imports(tmp_path) == set()


def test_only_the_evaluate_stage_knows_the_truth():
    """In the code, and in what rules take as input."""
    readers = {
        str(path.relative_to(ROOT).parent)
        for stage in STAGES
        for path in (ROOT / stage).rglob("*.py")
        if "simulate.truth" in path.read_text()
    }
    assert readers == {"evaluate", "recordings/simulate"}
    rules = (ROOT / "workflow/rules").glob("*.smk")
    users = {path.name for path in rules if "=recordings.truth_of_mouse" in path.read_text()}
    assert users == {"evaluate.smk"}
