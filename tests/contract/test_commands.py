"""Documented commands name what there is: rules, config files, targets of make, scripts. tests/workflow runs them."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from snakemake.cli import get_argument_parser
from snakemake.exceptions import CliException

from tests.documented import (
    ROOT,
    Command,
    documented_commands,
    documented_overlays,
    read_comments,
    read_page,
)

WORKFLOW = "\n".join(path.read_text() for path in ROOT.glob("**/*.smk"))
PARSER = get_argument_parser()
RULES = {"all", *re.findall(r"^ *rule (\w+):", WORKFLOW, re.MULTILINE)}


def snakemake_problems(words):
    """Snakemake's own parser decides what is a config file and what a target."""
    try:
        given = PARSER.parse_args(list(words))
    except (SystemExit, CliException):
        return ["Snakemake does not understand it"]
    files = [str(path) for path in given.configfile or []]
    problems = [f"no config file {name}" for name in files if not is_config(name)]
    rules = [*given.targets, *(given.forcerun or [])]
    problems += [f"no rule {name}" for name in rules if name not in RULES]
    profile = given.workflow_profile
    if profile and not (ROOT / profile / "config.yaml").is_file():
        problems.append(f"no profile {profile}")
    if not profile and given.cores is None:
        problems.append("without --cores Snakemake starts nothing")
    return problems


def is_config(name):
    return (ROOT / name).is_file() or name in documented_overlays()


def python_problems(words):
    if words[0] == "-m":
        path = Path(words[1].replace(".", "/"))
        paths = (path.with_suffix(".py"), path / "__main__.py")
    else:
        paths = (Path(words[0]),)
    return [] if any((ROOT / p).is_file() for p in paths) else [f"no {words[0]} {words[1:2]}"]


def make_problems(words):
    done = subprocess.run(["make", "-n", *words], cwd=ROOT, capture_output=True, text=True)
    return [done.stderr.strip()] if done.returncode else []


def source_problems(words):
    there = (Path(sys.prefix) / Path(*words).relative_to(".venv")).is_file()
    return [] if there else [f"make writes no {words[0]}"]


def git_problems(words):
    """`git <command> -h` answers 129 where there is the command; git-annex is a program of its own."""
    if words[0] == "annex":
        return []
    code = subprocess.run(["git", words[0], "-h"], capture_output=True).returncode
    return [] if code == 129 else [f"git has no {words[0]}"]


def pip_problems(words):
    """What pip is told to install is a package that this project names, or a lock."""
    words = [w for w in words if w != "--require-hashes"]
    if words[:2] == ["install", "-r"]:
        return [f"no file {name}" for name in words[2:] if not (ROOT / name).is_file()]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [one for more in project["optional-dependencies"].values() for one in more]
    unknown = [w for w in words[1:] if w not in {*project["dependencies"], *extras}]
    return [f"no package {name}" for name in unknown] if words[0] == "install" else ["no install"]


CHECKS = {
    "snakemake": snakemake_problems,
    "python": python_problems,
    "make": make_problems,
    "source": source_problems,
    "git": git_problems,
    "pip": pip_problems,
}


def problems_of(command):
    program, *words = command.words
    if program not in CHECKS:
        return [f"{command}: no test knows {program}"]
    return [f"{command}: {text}" for text in CHECKS[program](words)]


def test_documented_commands_name_what_there_is():
    assert [text for command in documented_commands() for text in problems_of(command)] == []


def test_commands_are_found_in_every_kind_of_place():
    found = {(c.page, c.words[0]) for c in documented_commands()}
    assert {program for _, program in found} == set(CHECKS)
    pages = {page for page, _ in found}
    assert {"README.md", "docs/own-data.md", "docs/paper.md", "config.yaml"} <= pages


def test_a_page_is_read_whole():
    page = "`make a` and `make`\n\n```\nsnakemake -n x # why\n\nlater y\n```\n\n```\na tree\n```\n"
    assert read_page(page) == [("snakemake", "-n", "x"), ("later", "y"), ("make", "a")]


def test_comments_are_read_whole():
    text = "# For it: snakemake -n   (dry)\nkey: 1 # see `make x`; not make y\n# make z\n"
    assert read_comments(text) == [("snakemake", "-n"), ("make", "x"), ("make", "z")]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("snakemake --cores 2 --configfile configs/smoke.yaml check", "no config file check"),
        ("snakemake --cores 2 --confgfile configs/smoke.yaml", "does not understand"),
        ("snakemake --cores 2 chekc", "no rule chekc"),
        ("snakemake check", "without --cores"),
        ("snakemake --workflow-profile profiles/cloud", "no profile"),
        ("python benchmarks/none.py", "no benchmarks/none.py"),
        ("python -m recordings.none", "no -m"),
        ("make nothing", "nothing"),
        ("source .venv/bin/none", "none"),
        ("git chekout", "git has no"),
        ("pip install -r requirements.txt", "no file"),
        ("pip install movie-reconstruction[nwb]", "no package"),
        ("conda activate", "no test knows"),
    ],
)
def test_a_wrong_command_is_found(line, problem):
    found = problems_of(Command("page", tuple(line.split(" "))))
    assert len(found) == 1
    assert problem in found[0]
