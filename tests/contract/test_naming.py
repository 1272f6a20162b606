"""Hostile names in every place of the config that becomes a path, and what no name may do."""

import copy
import os
import random
import string
from pathlib import Path

import pytest
import yaml

from recordings.names import LONGEST_NAME, folder_problem, name_problem, path_problem, safe_name
from recordings.settings import DownloadSettings
from workflow.naming import naming_problems
from workflow.validation import validate_config

ROOT = Path(__file__).resolve().parents[2]
NUM_MUTANTS = [150, pytest.param(5000, marks=pytest.mark.slow)]
LETTERS = string.ascii_letters + string.digits + "_"
HOSTILE = [
    *("", ".", "..", "../x", "../../../../docs", "a/b", "/etc", "//", "a/", "./a", "a/../b", "~"),
    *("\0", "a\0b", "a\n", "\n", "a\rb", "\x1b[2J", "\x7f", "a\u202eb", "\ud800", "a\u2028b"),
    *("{mouse}", "{", "a}b", "{{}}", "{mouse.__class__}", "*", "a?", "[a]", "$(id)", "`id`", "a;b"),
    *("-rf", "--help", ".hidden", ".snakemake", "a b", " a", "a ", "a'b", 'a"b', "a\\b", "a:b"),
    *("a,b", "a=b", "a" * 129, "a" * 300, "a" * 100_000, "\u00e4", "a..b", "%2e%2e", "a|b", "a&b"),
]
PLACES = {
    "mouse": lambda c, name: c["recordings"].update(mice={name: "dynamic1-1-1"}),
    "recording": lambda c, name: c["recordings"]["mice"].update(A=name),
    "clips": lambda c, name: c["recordings"]["selection"].update(clips={name: [0, 1, 2]}),
    "archive": lambda c, name: c["sources"]["archive"]["files"].append(name),
    "member": lambda c, name: c["models"]["load"].update(files={name: "model-017-0.292118"}),
    "variant": lambda c, name: c["variants"]["changes"].update({name: {"target": "predicted"}}),
    "run": lambda c, name: c["variants"].update(run=[name]),
}
NOT_HOSTILE = {("archive", "a/b")}
"""a file of the archive may lie in a folder"""


@pytest.fixture(scope="module")
def config():
    return yaml.safe_load((ROOT / "config.yaml").read_text())


def refusal(config: dict, place: str, name: str) -> str:
    mutant = copy.deepcopy(config)
    PLACES[place](mutant, name)
    if problems := naming_problems(mutant):  # the first thing that validate_config asks, and fast
        return "\n".join(problems)
    try:
        validate_config(mutant)
    except ValueError as error:
        return str(error)
    return ""


def test_a_config_with_such_a_name_is_refused(config):
    mutant = copy.deepcopy(config)
    PLACES["recording"](mutant, "../../../../docs")
    with pytest.raises(ValueError, match=r"recordings\.mice\.A: .* cannot name a file or folder"):
        validate_config(mutant)


def mutants(rng: random.Random, number: int) -> list[str]:
    """A name with something hostile at its start, its end or within."""
    found = []
    while len(found) < number:
        good, bad = "".join(rng.choices(LETTERS, k=rng.randint(1, 20))), rng.choice(HOSTILE)
        cut = rng.randint(0, len(good))
        name = good[:cut] + bad + good[cut:]
        if not is_plain(name):
            found.append(name)
    return found


def is_plain(name: str) -> bool:
    """By other means than the rule itself."""
    allowed = set(LETTERS) | set(".-")
    plain = 0 < len(name) <= LONGEST_NAME and set(name) <= allowed and name[0] not in ".-"
    return plain and ".." not in name


@pytest.mark.parametrize("place", PLACES)
def test_hostile_names_are_refused_in_one_short_sentence(config, place):
    names = [name for name in HOSTILE if (place, name) not in NOT_HOSTILE]
    said = {name: refusal(config, place, name) for name in names}
    assert [name for name, text in said.items() if not text] == []
    lines = [line for text in said.values() for line in text.splitlines()]
    assert [line for line in lines if not line.isprintable() or len(line) > 500] == []


@pytest.mark.parametrize("num_mutants", NUM_MUTANTS)
@pytest.mark.parametrize("kind", ["names", "paths"])
def test_what_is_accepted_stays_a_component_of_its_own(kind, num_mutants):
    rng = random.Random(6)
    for name in [*HOSTILE, *mutants(rng, num_mutants)]:
        problem = name_problem(name) if kind == "names" else path_problem(name)
        parts = [name] if kind == "names" else name.split("/")
        assert bool(problem) == (not all(map(is_plain, parts))), ascii(name)
        assert problem.isprintable()
        assert len(problem) < 400
        if not problem:
            inside = Path("/results") / name
            assert os.path.normpath(inside) == str(inside)
            assert inside.parts[2:] == tuple(parts)


def test_usual_names_are_accepted(config):
    for name in (
        "dynamic29515-10-12-Video-9b4f6a1a067fe51e15306b9628efea20",
        "mouse_1",
        "a.b",
        "7",
    ):
        assert name_problem(name) == ""
        assert refusal(config, "recording", name) == ""
    for folder in ("data/sensorium2023", "../shared/my data", "/mnt/data", "."):
        assert folder_problem(folder) == ""


@pytest.mark.parametrize("key", ["folder", "published_metadata"])
@pytest.mark.parametrize("folder", ["a\0b", "{x}", "a" * 1001, "a\nb"])
def test_folders_that_no_system_or_rule_takes_are_refused(config, key, folder):
    mutant = copy.deepcopy(config)
    mutant["recordings"][key] = folder
    with pytest.raises(ValueError, match=rf"recordings\.{key}: .* cannot be a path"):
        validate_config(mutant)


@pytest.mark.parametrize("name", ["../x", "a/b", "{mouse}", ".."])
def test_code_that_makes_folders_asks_the_same_rule(config, name):
    with pytest.raises(ValueError, match="cannot name a file or folder"):
        safe_name(name, "x")
    settings = DownloadSettings(**config["sources"]["download"])
    for make in (settings.zip_path, settings.record_path):
        with pytest.raises(ValueError, match="cannot name a file or folder"):
            make(name)
