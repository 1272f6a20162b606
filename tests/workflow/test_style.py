"""The rules as text: linters, and what every rule states, or leaves to the one place that states it for all."""

import ast
import re
import subprocess
import sys
import textwrap
from pathlib import Path

from workflow.code_hash import Tree, _imported, _walk

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "workflow/scripts"
STAGES = ["recordings", "models", "masks", "reconstruct", "evaluate", "figures"]
DRAWN = ("draw", "film")
"""the scripts of the rules that the table of figures makes"""


def read_rules() -> dict[str, str]:
    """The text of each rule with a name, by name; those of the table of figures have none here."""
    files = [ROOT / f"workflow/rules/{stage}.smk" for stage in STAGES]
    text = "\n".join(textwrap.dedent(path.read_text()) for path in files)
    parts = re.split(r"^ *rule (\w+):\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


RULES = read_rules()


def directives(body: str) -> list[str]:
    """Names of a rule's directives, in order; the first word at the rule's own indent."""
    indent = re.match(r" *", body).group()
    return re.findall(rf"^{indent}(\w+):", body, re.MULTILINE)


def reached_by(script: str) -> set[str]:
    """`module:name` of all that a script reaches."""
    places = _imported(SCRIPTS / f"{script}.py", Tree())
    return {f"{module}:{name}" for module, name in _walk(places, Tree())}


def test_snakemake_lint_is_content(repository):
    run = repository.run("--lint", configs=())
    assert run.code == 0, run.text
    assert "good condition" in run.text


def test_snakefmt_is_content():
    command = [sys.executable, "-m", "snakefmt", "--check", "Snakefile", "workflow"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_there_is_a_file_of_rules_for_each_stage_and_it_holds_rules_only():
    found = {path.stem: path.read_text() for path in ROOT.glob("workflow/rules/*.smk")}
    assert sorted(found) == sorted(STAGES)
    assert [name for name, text in found.items() if re.search(r"^\s*def |lambda", text, re.M)] == []


def test_every_rule_has_a_docstring_of_one_line():
    line = re.compile(r' +"""[A-Z][^\n]+\."""\n')
    assert [rule for rule, body in RULES.items() if not line.match(body)] == []


def test_what_all_rules_share_is_stated_by_none():
    """workflow/opening.py completes them."""
    shared = {"log", "benchmark", "conda"}
    stated = {rule: shared & set(directives(body)) for rule, body in RULES.items()}
    assert {rule: names for rule, names in stated.items() if names} == {}
    assert [rule for rule, body in RULES.items() if re.search(r"^ +threads: 1$", body, re.M)] == []


def test_exactly_the_scripts_that_choose_a_device_or_train_or_reconstruct_ask_for_a_gpu():
    words = re.compile(r"choose_device\(|train_member\(|import_member\(|\.run_members\(|\.run\(")
    on_gpu = {s.stem for s in SCRIPTS.glob("[!_]*.py") if words.search(s.read_text())}
    assert {rule for rule, body in RULES.items() if "gpu=gpus" in body} == on_gpu


def test_every_rule_has_the_script_of_its_name_and_every_script_its_rule():
    named = r'^ +script:\n +"\.\./scripts/{}\.py"$'
    assert [r for r, body in RULES.items() if not re.search(named.format(r), body, re.M)] == []
    assert {script.stem for script in SCRIPTS.glob("[!_]*.py")} == {*RULES, *DRAWN}


def test_every_script_is_short_and_starts_first():
    wrong = []
    for script in SCRIPTS.glob("[!_]*.py"):
        lines = script.read_text().splitlines()
        started = lines.index("start(snakemake)")
        early = [line for line in lines[:started] if line.startswith(("import ", "from "))]
        allowed = r"from (_run|pathlib|functools) "
        wrong += [script.name for line in early if not re.match(allowed, line)]
        defined = [n for n in ast.parse(script.read_text()).body if isinstance(n, ast.FunctionDef)]
        wrong += [script.name] if len(lines) > 30 or defined else []
    assert wrong == []


def test_code_that_says_nothing_of_what_was_shown_chooses_no_trials():
    """Editing it must not train again; every edit of such code would, were it reached from these rules."""
    apart = [
        f"recordings.catalogue.{name}" for name in ("statistics", "naming", "facts", "published")
    ]
    rules = ("scan_recording", "identify_videos", "find_duplicates", "select_trials")
    found = {rule: [m for m in apart if f"{m}:" in reached_by(rule)] for rule in rules}
    assert {rule: modules for rule, modules in found.items() if modules} == {}


def test_directives_can_be_stated():
    """The parser tells a rule with a log from one without."""
    assert "log" in directives('    """Text."""\n    log:\n        "benchmark:",\n    threads: 1\n')


def test_every_rule_is_read():
    count = sum(p.read_text().count("script:\n") for p in ROOT.glob("workflow/rules/*.smk"))
    assert len(RULES) == count - 2  # a figure and a film of the table
