"""Profiles say what this version of Snakemake and its plugin for Slurm understand."""

import re
from functools import cache
from pathlib import Path

import pytest
import snakemake_executor_plugin_slurm as plugin
import yaml
from snakemake.cli import get_argument_parser
from snakemake_executor_plugin_slurm.validation import validate_executor_settings

TEMPLATED = ("__use_yte__", "__definitions__")
"""keys of the template that a profile may be, not of Snakemake"""
ROOT = Path(__file__).resolve().parents[2]
SLURM = ROOT / "profiles/slurm/config.yaml"
PROFILES = sorted(ROOT.glob("profiles/*/config.yaml"))


@cache
def options():
    return {name for action in get_argument_parser()._actions for name in action.option_strings}


def unknown_keys(profile):
    return [key for key in profile if f"--{key}" not in options() and key not in TEMPLATED]


def read_resources():
    """Names of the resources that the plugin looks up in a job."""
    text = "".join(path.read_text() for path in Path(plugin.__file__).parent.glob("*.py"))
    return set(re.findall(r'resources\.(?:get\(\s*")?(\w+)', text))


def slurm_resources(profile):
    """Names of the resources that the profile gives."""
    return set(profile["default-resources"]).union(*profile["set-resources"].values())


def gpu_rules():
    """Names of the rules that ask for a GPU where there is one."""
    rules = set()
    for path in ROOT.glob("workflow/rules/*.smk"):
        for part in re.split(r"^ *rule ", path.read_text(), flags=re.MULTILINE)[1:]:
            if "gpu=gpus" in part:
                rules.add(part.split(":", 1)[0])
    return rules


@pytest.mark.parametrize("path", PROFILES, ids=lambda path: path.parent.name)
def test_every_key_is_an_option(path):
    assert unknown_keys(yaml.safe_load(path.read_text())) == []


def test_a_misspelt_key_is_none():
    assert unknown_keys({"slurm-no-reqeue": True, "slurm-no-requeue": True}) == ["slurm-no-reqeue"]


def test_the_plugin_accepts_its_settings():
    profile = yaml.safe_load(SLURM.read_text())
    given = {
        key.removeprefix("slurm-").replace("-", "_"): value
        for key, value in profile.items()
        if key.startswith("slurm-")
    }
    settings = plugin.ExecutorSettings(**given)
    validate_executor_settings(settings)
    assert (settings.status_command, settings.no_requeue) == ("squeue", True)


@pytest.mark.parametrize("key", ["slurm-status-command", "slurm-no-requeue"])
def test_a_setting_against_a_fault_of_the_plugin_says_why(key):
    lines = SLURM.read_text().splitlines()
    (place,) = [i for i, line in enumerate(lines) if line.startswith(f"{key}:")]
    assert lines[place - 1].startswith("# ")


def test_every_resource_is_read_by_the_plugin():
    resources = slurm_resources(yaml.safe_load(SLURM.read_text()))
    assert resources - read_resources() == set()


def test_rules_that_use_a_gpu_and_no_others_go_to_its_partition():
    profile = yaml.safe_load(SLURM.read_text())
    sent = {rule for rule, given in profile["set-resources"].items() if "slurm_partition" in given}
    assert sent == gpu_rules()
