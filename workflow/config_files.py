"""Reads a config file more strictly than Snakemake does: a file that is no plain mapping is refused in one sentence.

Snakemake's own reader gives up in tracebacks or without naming file and line, takes the last of two equal keys in silence,
and runs Python that a file holds under `__use_yte__`.
"""

import json
from pathlib import Path
from typing import Any

import yaml

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""ten times as fast where libyaml is"""
MOST_BYTES, MOST_VALUES, MOST_LEVELS = 2**20, 50_000, 20
"""of a config file; config.yaml has some hundred values in five levels"""
REFUSED_KEY = "__use_yte__"


class _StrictLoader(LOADER):
    """Refuses a key that is there twice, and says where a value cannot be read."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        seen: set[tuple[str, str]] = set()
        for key, _ in node.value:
            name = (key.tag, str(key.value))
            if name in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"key {short(key.value)} is there twice", problem_mark=key.start_mark
                )
            seen.add(name)
            if key.tag.endswith(":merge"):  # merging merges doubles the keys each time
                raise yaml.MarkedYAMLError(
                    problem="`<<` is not read; write the keys out", problem_mark=key.start_mark
                )
        return super().construct_mapping(node, deep)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, OverflowError, AttributeError, KeyError):
            problem = f"{short(node.value)} is no value"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark) from None


def read_config(path: str | Path) -> dict[str, Any]:
    """The mapping in a YAML or JSON file; ValueError with path and line where there is none."""
    text = _read_text(Path(path))
    try:
        config = _parse(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}" if mark else ""
        raise ValueError(f"{path}{line}: not readable as YAML: {_why(error)}; mend it") from None
    except yaml.YAMLError as error:
        raise ValueError(f"{path}: not readable as YAML: {_why(error)}; mend it") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}; mend it") from None
    if not isinstance(config, dict):
        found = "nothing" if config is None else f"{short(config)} and no keys"
        raise ValueError(f"{path}: holds {found}; write `key: value` lines, or leave the file out")
    if REFUSED_KEY in config:
        raise ValueError(f"{path}: {REFUSED_KEY} would run code from a config; delete that line")
    if problem := shape_problem(config):
        raise ValueError(f"{path}: {problem}")
    return config


def shape_problem(config: Any) -> str | None:
    """What makes a config too large or too deep to be checked: aliases can make a short file endless."""
    left, parts = MOST_VALUES, [(config, 1)]
    while parts:
        part, level = parts.pop()
        left -= 1
        if level > MOST_LEVELS:
            return f"nested more than {MOST_LEVELS} levels deep; write it flatter"
        if left < 0:
            return f"more than {MOST_VALUES} values; write fewer"
        if isinstance(part, dict):
            parts += [(value, level + 1) for value in part.values()]
        elif isinstance(part, list | tuple | set):
            parts += [(value, level + 1) for value in part]
    return None


def short(value: Any) -> str:
    """A value on one line of bounded length, whatever it is."""
    if shape_problem(value):
        return f"a huge {type(value).__name__}"
    try:
        text = repr(value)
    except ValueError:  # Python prints no whole number of more than 4300 digits
        return "a number of thousands of digits"
    return text if len(text) <= 80 else f"{text[:60]} ... ({len(text)} letters)"


def read_strictly() -> None:
    """Let Snakemake read config files with read_config from now on; the profiles call it, since overlays are read before the Snakefile."""
    from snakemake.common import configfile
    from snakemake.exceptions import WorkflowError
    from snakemake.settings import types

    def load(path: str | Path) -> dict[str, Any]:
        try:
            return read_config(path)
        except ValueError as error:
            raise WorkflowError(str(error)) from None

    configfile.load_configfile = types.load_configfile = load


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ValueError(f"{path}: cannot be read ({error.strerror}); check its name") from None
    if len(content) > MOST_BYTES:
        raise ValueError(f"{path}: more than {MOST_BYTES} bytes; is it a config file?")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ValueError(f"{path}, line {line}: no UTF-8 text; save it as UTF-8") from None


def _parse(text: str) -> Any:
    """JSON where it is JSON, as Snakemake reads it, YAML otherwise."""
    try:
        return json.loads(text, object_pairs_hook=_once)
    except (json.JSONDecodeError, RecursionError):
        _refuse_depth(text)
        return yaml.load(text, Loader=_StrictLoader)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"key {short(key)} is there twice")
        found[key] = value
    return found


def _refuse_depth(text: str) -> None:
    """Before anything is built: building recurses, and deep enough it ends the process."""
    level = 0
    for event in yaml.parse(text, Loader=LOADER):
        level += isinstance(event, yaml.CollectionStartEvent)
        level -= isinstance(event, yaml.CollectionEndEvent)
        if level > MOST_LEVELS:
            raise yaml.MarkedYAMLError(
                problem=f"nested more than {MOST_LEVELS} levels deep",
                problem_mark=event.start_mark,
            )


def _why(error: yaml.YAMLError) -> str:
    """What YAML says is wrong, on one line."""
    said = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    return " ".join(str(said).split())[:200]
