"""The workflow as text: linters, and what every rule must declare."""

import ast
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from workflow.code_hash import PACKAGES, imported_names, reached

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "workflow/scripts"
NEEDED = ("log", "benchmark", "conda", "threads", "resources", "params", "script", "output")
ON_GPU = {
    "train_member",
    "import_member",
    "fit_alpha",
    "map_fields",
    "reconstruct_clips",
    "reconstruct_stimuli",
    "reconstruct_shuffled",
    "reconstruct_bound",
    "predict_activity",
}


def read_rules() -> dict[str, str]:
    """The text of each rule with a script, by name; `all` and other lists of targets are left out."""
    text = "\n".join(
        textwrap.dedent(p.read_text()) for p in sorted(ROOT.glob("workflow/rules/*.smk"))
    )
    parts = re.split(r"^ *rule (\w+):\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def directives(body: str) -> list[str]:
    """Names of a rule's directives, in order; the first word at the rule's own indent."""
    indent = re.match(r" *", body).group()
    return re.findall(rf"^{indent}(\w+):", body, re.MULTILINE)


def hashed_modules(body: str) -> tuple[str, ...]:
    """The modules that a rule names in code_hash."""
    return tuple(re.findall(r'"([\w.]+)"', re.search(r"code=code_hash\(([^)]*)\)", body).group(1)))


def imported_modules(script: Path) -> set[str]:
    """Project modules that a script imports itself."""
    nodes = ast.walk(ast.parse(script.read_text()))
    names = {name for node in nodes for name in imported_names(node, "")}
    return reached_alone({n for n in names if n.split(".")[0] in PACKAGES})


def reached_alone(names: set[str]) -> set[str]:
    """Those of the names that are modules, and not functions in one."""
    return {n for n in names if (ROOT / (n.replace(".", "/") + ".py")).is_file()}


RULES = read_rules()
ALL_RULES = pytest.mark.parametrize("rule", RULES)


def test_snakemake_lint_is_content(repository):
    run = repository.run("--lint", configs=())
    assert run.code == 0, run.text
    assert "good condition" in run.text


def test_snakefmt_is_content():
    command = [sys.executable, "-m", "snakefmt", "--check", "Snakefile", "workflow"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@ALL_RULES
def test_rule_has_a_docstring_of_one_line(rule):
    assert re.match(r' +"""[A-Z][^\n]+\."""\n', RULES[rule])


@ALL_RULES
def test_rule_declares_everything_once(rule):
    found = directives(RULES[rule])
    assert {name: found.count(name) for name in NEEDED} == dict.fromkeys(NEEDED, 1)


@ALL_RULES
def test_log_and_benchmark_have_the_name_of_the_rule(rule):
    assert f'log_of("{rule}"' in RULES[rule]
    assert f'benchmark_of("{rule}"' in RULES[rule]


@ALL_RULES
def test_rule_asks_for_memory_and_time(rule):
    assert re.search(r"^ +mem_mb=\d+,$", RULES[rule], re.MULTILINE)
    assert re.search(r"^ +runtime=\d+,$", RULES[rule], re.MULTILINE)
    assert re.search(r"^ +threads: \d+$", RULES[rule], re.MULTILINE)


def test_exactly_the_rules_on_the_gpu_ask_for_one():
    assert {rule for rule, body in RULES.items() if "gpu=gpus_per_job" in body} == ON_GPU


def test_scripts_on_the_gpu_are_those_that_choose_a_device_or_train_or_reconstruct():
    words = re.compile(r"choose_device\(|train_member\(|import_member\(|\.run_members\(|\.run\(")
    assert {s.stem for s in SCRIPTS.glob("[!_]*.py") if words.search(s.read_text())} == ON_GPU


@ALL_RULES
def test_script_exists_and_has_the_name_of_the_rule(rule):
    assert re.search(rf'^ +script:\n +"\.\./scripts/{rule}\.py"$', RULES[rule], re.MULTILINE)
    assert (SCRIPTS / f"{rule}.py").is_file()


def test_every_script_has_a_rule():
    assert {script.stem for script in SCRIPTS.glob("[!_]*.py")} == set(RULES)


@ALL_RULES
def test_code_hash_reaches_all_that_the_script_imports(rule):
    """Else an edited module would not rerun the rule."""
    assert imported_modules(SCRIPTS / f"{rule}.py") <= reached(hashed_modules(RULES[rule]))


@pytest.mark.parametrize("module", ["statistics", "naming", "facts", "published"])
def test_code_that_says_nothing_of_what_was_shown_chooses_no_trials(module):
    """Editing it must not train again; every edit of such code would, were it reached from these rules."""
    rules = ("scan_recording", "identify_videos", "find_duplicates", "select_trials")
    reaching = {
        rule
        for rule in rules
        if f"recordings.catalogue.{module}" in reached(hashed_modules(RULES[rule]))
    }
    assert reaching == set()


@ALL_RULES
def test_script_starts_first(rule):
    lines = (SCRIPTS / f"{rule}.py").read_text().splitlines()
    imports = [n for n, line in enumerate(lines) if line.startswith(("import ", "from "))]
    assert all(
        re.match(r"from (_run|pathlib|functools) ", lines[n])
        for n in imports
        if n < lines.index("start(snakemake)")
    )


def test_directives_can_be_missing():
    """The parser tells a rule with a benchmark from one without."""
    assert "benchmark" not in directives(
        '    """Text."""\n    log:\n        "benchmark:",\n    threads: 1\n'
    )


def test_every_rule_is_read():
    count = sum(p.read_text().count("    script:\n") for p in ROOT.glob("workflow/rules/*.smk"))
    assert len(RULES) == count
