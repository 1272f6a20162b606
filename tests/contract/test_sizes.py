"""Files and functions stay small enough to be read at once."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (
    "recordings",
    "models",
    "masks",
    "reconstruct",
    "evaluate",
    "figures",
    "workflow",
    "tests",
)
MAX_FILE, MAX_FUNCTION, MAX_SCRIPT, MAX_SNAKEFILE, MAX_COMMON = 400, 50, 30, 40, 200
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def num_lines(path):
    return len(path.read_text().splitlines())


def sources():
    patterns = ("*.py", "*.smk")
    return [p for folder in FOLDERS for pattern in patterns for p in (ROOT / folder).rglob(pattern)]


def scripts():
    return [p for p in (ROOT / "workflow/scripts").glob("*.py") if not p.name.startswith("_")]


def functions(text):
    return [node for node in ast.walk(ast.parse(text)) if isinstance(node, FUNCTIONS)]


def length(function):
    """Lines of a function without its docstring."""
    first = function.body[0]
    docstring = ast.get_docstring(function) is not None
    return (
        function.end_lineno
        - function.lineno
        + 1
        - docstring * (first.end_lineno - first.lineno + 1)
    )


def test_files():
    assert {p.name: num_lines(p) for p in sources() if num_lines(p) >= MAX_FILE} == {}


def test_functions():
    long = {}
    for path in sources():
        if path.suffix == ".py":
            found = functions(path.read_text())
            long |= {f"{path.name}:{f.name}": length(f) for f in found if length(f) > MAX_FUNCTION}
    assert long == {}


def test_scripts_are_short_and_have_no_functions():
    assert {p.name: num_lines(p) for p in scripts() if num_lines(p) > MAX_SCRIPT} == {}
    assert [p.name for p in scripts() if functions(p.read_text())] == []


def test_snakefile_is_a_contents_page():
    path = ROOT / "Snakefile"
    assert not path.exists() or num_lines(path) < MAX_SNAKEFILE


def test_common_rules_are_short():
    path = ROOT / "workflow/rules/common.smk"
    assert not path.exists() or num_lines(path) < MAX_COMMON


def test_length_leaves_the_docstring_out():
    function = functions('def f():\n    """One.\n\n    Two.\n    """\n    return 1\n')[0]
    assert length(function) == 2
