"""Refuses a wrong config before any rule is read: one sentence per problem, all problems at once."""

import difflib
import sys
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from reconstruct.variants import variant_config, variant_problems
from workflow.config import Config, contradictions
from workflow.config_files import shape_problem, short
from workflow.naming import naming_problems

ARTICLES = {"integer": "a whole number", "number": "a number", "string": "a text"}
CONFIG = TypeAdapter(Config)
MOST_PROBLEMS = 50
"""that are told at once"""
MOST_LETTERS, MOST_TEXT = 80, 2000
"""of a key, of a text"""
PLURALS = {"integer": "whole numbers", "number": "numbers", "string": "texts"}


def validate_config(config: dict) -> Config:
    """The config as its class; ValueError with one sentence per problem: its key, what was found, what is allowed."""
    too_much = shape_problem(config)
    problems = [f"config.yaml: {too_much}"] if too_much else _odd_keys(config)
    problems = problems or naming_problems(config) or _odd_values(config)
    problems = problems or _problems(config) or _variant_problems(config)
    if len(problems) > MOST_PROBLEMS:
        problems[MOST_PROBLEMS:] = [f"and {len(problems) - MOST_PROBLEMS} more like these"]
    if problems:
        raise ValueError(
            "the configuration is refused (config.yaml and what is laid over it):\n"
            + "\n".join(f"  {text}" for text in problems)
        )
    return read_config(config)


def read_config(config: dict) -> Config:
    """A config that is known to be valid, as its class."""
    return CONFIG.validate_python(config)


def refuse_braces(*folders: str | Path) -> None:
    """Snakemake takes braces in the path of a rules file or script for wildcards."""
    for folder in map(str, folders):
        if "{" in folder or "}" in folder:
            raise ValueError(
                f"{folder}: braces in the path of the project, which Snakemake reads as wildcards; rename or move the folder"
            )


def _odd_keys(node: Any, where: str = "") -> list[str]:
    """YAML reads `1:`, `no:` and `on:` as numbers and booleans: as keys they are always a slip."""
    if not isinstance(node, dict):
        return []
    odd = [
        f"{where or 'config.yaml'}: key {short(k)} is no text; write it in quotes"
        for k in node
        if not isinstance(k, str)
    ]
    odd += [
        f"{where or 'config.yaml'}: key {short(k)} is {flaw}"
        for k in node
        if isinstance(k, str) and (flaw := _flaw_of_key(k))
    ]
    return odd or [
        text for k, v in node.items() for text in _odd_keys(v, f"{where}.{k}".lstrip("."))
    ]


def _flaw_of_key(key: str) -> str | None:
    if len(key) > MOST_LETTERS:
        return f"longer than {MOST_LETTERS} letters; shorten it"
    return None if key.isprintable() and key else "no word; use letters that can be seen"


def _odd_values(node: Any, where: str = "") -> list[str]:
    """Values that a message could not print: texts with invisible letters, which are in no path and no query, and endless numbers."""
    if isinstance(node, int) and node.bit_length() > sys.float_info.max_exp:
        return [f"{where}: found {short(node)}; allowed: numbers up to {sys.float_info.max:.0e}"]
    if isinstance(node, str):
        plain = node.isprintable() and len(node) <= MOST_TEXT
        allowed = f"at most {MOST_TEXT} letters that can be printed"
        return [] if plain else [f"{where}: found {short(node)}; allowed: {allowed}"]
    if isinstance(node, list):
        return [text for i, v in enumerate(node) for text in _odd_values(v, f"{where}[{i}]")]
    pairs = node.items() if isinstance(node, dict) else ()
    return [text for k, v in pairs for text in _odd_values(v, f"{where}.{k}".lstrip("."))]


def _problems(config: dict) -> list[str]:
    """What is wrong with single keys; where nothing is, what spans them."""
    try:
        return contradictions(CONFIG.validate_python(config))
    except ValidationError as error:
        faults = error.errors(include_url=False)
    told = [text for fault in faults for text in _sentences(fault, faults)]
    return list(dict.fromkeys(told))


def _sentences(fault: ErrorDetails, faults: list[ErrorDetails]) -> list[str]:
    """One fault of the library's in words; none where another one says it already."""
    if fault["type"] == "too_short" and any(_is_below(f["loc"], fault["loc"]) for f in faults):
        return []
    keys = [part for part in fault["loc"] if part != "[key]"]
    if fault["type"] == "missing" and isinstance(keys[-1], int):  # the list has too few items
        keys, fault = keys[:-1], {**fault, "type": "too_short"}
    where = "".join(f"[{k}]" if isinstance(k, int) else f".{k}" for k in keys).lstrip(".")
    above, last = ".".join(map(str, keys[:-1])), str(keys[-1]) if keys else ""
    schema, node = _node(keys[:-1]), _node(keys)
    if fault["type"] == "value_error":
        return str(fault["ctx"]["error"]).splitlines()
    if fault["type"] == "unexpected_keyword_argument" or fault["loc"][-1] == "[key]":
        return [_unknown(above, last, schema)]
    if fault["type"] == "missing":
        odd = [f["loc"][-1] for f in faults if f["type"] == "unexpected_keyword_argument"]
        known = list(schema["properties"])
        meant = {m for key in odd for m in difflib.get_close_matches(str(key), known, n=1)}
        about = f"{node['description']}; allowed: {_allowed(node)}"
        return [] if last in meant else [f"{where}: missing; add it to config.yaml: {about}"]
    found = (
        "no name" if node.get("minProperties") and not fault["input"] else _found(fault["input"])
    )
    return [f"{where or 'config.yaml'}: found {found}; allowed: {_allowed(node)}"]


def _is_below(loc: tuple, above: tuple) -> bool:
    return len(loc) > len(above) and loc[: len(above)] == above


@cache
def _schema() -> dict:
    return CONFIG.json_schema()


def _node(keys: list[str | int]) -> dict:
    """The part of the schema that describes a key; of an item of a list, with the unit of the list."""
    node = _schema()
    for key in keys:
        if isinstance(key, int):
            items = node.get("items") or node["prefixItems"][key]
            node = items | {name: node[name] for name in ("unit",) if name in node}
        else:
            free = {**node.get("patternProperties", {}), "": node.get("additionalProperties", {})}
            node = node.get("properties", {}).get(key) or next(iter(free.values())) or {}
        if "$ref" in node:
            node = _schema()["$defs"][node["$ref"].rpartition("/")[2]] | node
    return node


def _unknown(where: str, key: str, schema: dict) -> str:
    dotted = f"{where}.{key}".lstrip(".")
    if "properties" not in schema:
        also = ", joined by single underscores," if where == "variants.changes" else ""
        return f"{dotted}: name not allowed; use letters and digits{also} only"
    known = list(schema["properties"])
    close = difflib.get_close_matches(key, known, n=1)
    return f"{dotted}: unknown key; " + (
        f"did you mean {close[0]}?" if close else f"the keys here are {', '.join(known)}"
    )


def _found(value: Any) -> str:
    if isinstance(value, str):
        try:
            float(value)
        except ValueError:
            return f"the text {short(value)}"
        return (
            f"the text {short(value)} (write a number without quotes, and 1.0e-3 instead of 1e-3)"
        )
    if isinstance(value, dict):
        return "a block of keys"
    if value is None:
        return "nothing"
    return str(value).lower() if isinstance(value, bool) else short(value)


def _allowed(node: dict) -> str:
    unit = f" ({node['unit']})" if "unit" in node else ""
    if "enum" in node:
        return "one of " + ", ".join(str(choice) for choice in node["enum"])
    if node["type"] == "boolean":
        return "true or false"
    if node["type"] == "object":
        least = node.get("minProperties")
        if "properties" not in node:
            return f"at least {least} name: folder" if least else "names, each with a file"
        return "a block of keys"
    if node["type"] == "array":
        least = node.get("minItems", 0)
        count = f"{'' if least == node.get('maxItems') else 'at least '}{least}"
        distinct = " different" if node.get("uniqueItems") else ""
        items = node.get("items") or node["prefixItems"][0]
        if "enum" in items:
            return f"a list of {count}{distinct} of {', '.join(items['enum'])}, such as [{items['enum'][0]}]"
        return f"a list of {count}{distinct} {PLURALS[items['type']]}{_range(items)}{unit}"
    if "{0,39}" in node.get("pattern", ""):
        return "up to 40 letters, digits, _ and -, and not the name of a folder of results/"
    return ARTICLES[node["type"]] + _range(node) + unit


def _range(node: dict) -> str:
    bounds = (
        ("exclusiveMinimum", "above {}"),
        ("minimum", "at least {}"),
        ("exclusiveMaximum", "below {}"),
        ("maximum", "at most {}"),
    )
    parts = [text.format(node[key]) for key, text in bounds if key in node]
    return " " + " and ".join(parts) if parts else ""


def _variant_problems(config: dict) -> list[str]:
    """A variant must be a config that could stand alone."""
    if problems := variant_problems(config):
        return problems
    return [
        f"variants.changes.{name}: {text}"
        for name in config["variants"]["changes"]
        for text in _problems(variant_config(config, name))
    ]
