"""What happens between config.yaml and the first rule, and what all rules share."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from snakemake.exceptions import WorkflowError
from snakemake.io import ancient
from snakemake.logging import logger
from snakemake.resources import Resources
from snakemake.shell import shell

from workflow.code_hash import code_of_script
from workflow.devices import local_gpus
from workflow.folders import refuse_foreign_outputs
from workflow.interruption import BEFORE_JOB, Stop, leave_quietly, name_run
from workflow.known_code import KNOWN
from workflow.locks import release_stale_lock
from workflow.overlays import settle, take_away_mice
from workflow.plan import Plan, plan_run
from workflow.plan.recordings import RecordingsPlan
from workflow.plan.row import Row
from workflow.validation import refuse_braces, validate_config

CHECKPOINT_S = 60
"""most that a killed job loses; a resource, so that another value reruns nothing"""
DEFAULT_RESOURCES = {"mem_mb": 2000, "runtime": 60}
"""of a rule that states no others"""
WITHOUT_RECORDINGS = {"recordings", "archive"}
"""targets that need no recording"""
WITH_RECORDINGS = {"all", "figures", "masks", "check", "catalogue"}
"""targets that do, also beside those"""


def config_file(source: str) -> str:
    """config.yaml of the folder that is worked in (`--directory`), where it has one, or of the source."""
    return "config.yaml" if Path("config.yaml").exists() else str(Path(source, "config.yaml"))


def open_run(workflow: Any, config: dict[str, Any]) -> Plan:
    """Validate the config, look for other runs in this folder, and plan; a problem is a sentence each."""
    if workflow.is_main_process:
        leave_quietly()
    take_away_mice(config)
    try:
        refuse_braces(workflow.basedir, Path.cwd())
        settled = settle(validate_config(config))
    except ValueError as error:
        raise WorkflowError(str(error)) from None
    name = settled["run"]["name"]
    if workflow.is_main_process and not release_stale_lock(Path.cwd(), name):
        logger.warning(
            f"Another run, or a job that outlived its killed run, is at work in {Path.cwd()}: wait "
            "for it or stop it, and do not unlock the folder; or give this one a name (run.name)."
        )
    config.clear()
    config.update(settled)
    name_run()
    shell.prefix(BEFORE_JOB)
    workflow.onstart(lambda log: Stop(logger).listen())
    plan = plan_run(config)
    if workflow.is_main_process and needs_recordings(sys.argv[1:]):
        for problem in plan.recordings.missing_recordings():
            raise WorkflowError(problem)
    workflow.global_wildcard_constraints(**plan.wildcard_patterns)
    return plan


def needs_recordings(arguments: list[str]) -> bool:
    """Whether more is asked for than files that are fetched; Snakemake knows its targets only after the rules."""
    asked = set(arguments)
    return bool(WITH_RECORDINGS & asked or not WITHOUT_RECORDINGS & asked)


def unread_of(recordings: RecordingsPlan) -> Callable[[Any], dict[str, Any]]:
    """An input function: a recording that no table describes yet; where it has a digest, its time does not count."""

    def unread(wildcards: Any) -> dict[str, Any]:
        files = recordings.unread(wildcards)
        return files | {"recording": ancient(files["recording"])} if "digest" in files else files

    return unread


def inputs_of(row: Row) -> dict[str, Any]:
    """The files of a figure; that a recording changed is told by the tables that are made from it."""
    unread = {"recording", "recordings"} & row.inputs.keys()
    return row.inputs | {name: ancient(row.inputs[name]) for name in unread}


def gpus_per_job(workflow: Any) -> Callable[[Any], int]:
    """A resource: 1 on machines with a GPU and on clusters, 0 where jobs run on this machine's CPU anyway."""

    def gpus(wildcards: Any) -> int:
        is_cluster = workflow.executor_plugin is not None and not workflow.local_exec
        return 1 if is_cluster or local_gpus() else 0

    return gpus


def code_of_rule(workflow: Any, plan: Plan, rule: Any) -> Any:
    """A param: the hash of the rule's code, or a function where it depends on the member's encoder."""
    drawn = dict(rule.params.items()).get("draws")
    modules = [f"figures.{drawn.replace('.', ':')}"] if drawn else []
    script = Path(workflow.basedir, "workflow/scripts", Path(rule.script).name)

    def code(wildcards: Any) -> str:
        found = code_of_script(script, *modules, encoders=plan.models.encoders_of(wildcards))
        if wildcards is not None:  # asked for once all rules are known
            KNOWN.save()
        return found

    return code if "{member" in str(rule.output[0]) else code(None)


def complete_rules(workflow: Any, plan: Plan) -> None:
    """Give every rule with a script what all of them have: log, benchmark, environment, default resources, code."""
    KNOWN.open(Path(".snakemake/code.json"))
    for rule in (rule for rule in workflow.rules if rule.script):
        of = {name: f"{{{name}}}" for name in re.findall(r"{(\w+)[,}]", str(rule.output[0]))}
        rule.log_modifier = rule.benchmark_modifier = rule.output_modifier
        rule.set_log(plan.paths.log(rule.name, **of))
        rule.benchmark = plan.paths.benchmark(rule.name, **of)
        rule.conda_env = str(Path(workflow.basedir, "environment.yml"))
        stated = dict(rule.ruleinfo.resources[1]) if rule.ruleinfo.resources else {}
        missing = {name: n for name, n in DEFAULT_RESOURCES.items() if name not in stated}
        rule.resources.update(Resources.from_mapping(missing))
        rule.set_params(code=code_of_rule(workflow, plan, rule))
    KNOWN.save()
    if workflow.is_main_process:
        folders = [
            str(file) for rule in workflow.rules for file in rule.output if file.is_directory
        ]
        try:
            refuse_foreign_outputs(folders)
        except (ValueError, OSError) as error:
            raise WorkflowError(str(error)) from None
