"""Refuses a wrong config before any rule is read: one sentence per problem, all problems at once."""

import difflib
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from workflow.blocks import BLOCKS, build_block, find
from workflow.config_files import LOADER, shape_problem, short
from workflow.contradictions import contradictions
from workflow.naming import naming_problems

ARTICLES = {"integer": "a whole number", "number": "a number", "string": "a text"}
MOST_PROBLEMS = 50
"""that are told at once"""
MOST_LETTERS, MOST_TEXT = 80, 2000
"""of a key, of a text"""
PLURALS = {"integer": "whole numbers", "number": "numbers", "string": "texts"}


def validate_config(config: dict, schema_path: str | Path) -> None:
    """Raise ValueError with one sentence per problem: its key, what was found, what is allowed."""
    schema = read_schema(schema_path)
    too_much = shape_problem(config)
    problems = [f"config.yaml: {too_much}"] if too_much else _odd_keys(config)
    problems = problems or _odd_values(config) or naming_problems(config)
    problems = problems or _schema_problems(config, schema)
    problems = problems or _settings_problems(config) or _variant_problems(config, schema)
    if len(problems) > MOST_PROBLEMS:
        problems[MOST_PROBLEMS:] = [f"and {len(problems) - MOST_PROBLEMS} more like these"]
    if problems:
        raise ValueError(
            "the configuration is refused (config.yaml and what is laid over it):\n"
            + "\n".join(f"  {text}" for text in problems)
        )


def refuse_braces(*folders: str | Path) -> None:
    """Snakemake takes braces in the path of a rules file or script for wildcards."""
    for folder in map(str, folders):
        if "{" in folder or "}" in folder:
            raise ValueError(
                f"{folder}: braces in the path of the project, which Snakemake reads as wildcards; rename or move the folder"
            )


@cache
def read_schema(path: str | Path) -> dict:
    """The schema of the config; reading it costs a tenth of a second."""
    return yaml.load(Path(path).read_text(), Loader=LOADER)


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


def _schema_problems(config: dict, schema: dict) -> list[str]:
    from jsonschema import Draft202012Validator, validators

    checker = Draft202012Validator.TYPE_CHECKER.redefine_many(
        {
            "integer": lambda _, value: _is_number(value) and isinstance(value, int),
            "number": lambda _, value: _is_number(value),
        }
    )
    validator = validators.extend(Draft202012Validator, type_checker=checker)(schema)
    errors = sorted(
        validator.iter_errors(config),
        key=lambda e: ([str(p) for p in e.absolute_path], e.validator),
    )
    return list(dict.fromkeys(text for error in errors for text in _sentences(error, schema)))


def _is_number(value: Any) -> bool:
    """Finite, and no whole number beyond the largest float."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= sys.float_info.max


def _sentences(error: Any, schema: dict) -> list[str]:
    path = list(error.absolute_path)
    dotted = ".".join(key for key in path if isinstance(key, str))
    keys = [key for key in path if isinstance(key, str)]
    if error.validator == "additionalProperties":
        return [
            _unknown(dotted, key, error.schema) for key in _extras(error.instance, error.schema)
        ]
    if error.validator == "required":
        return _missing(dotted, error.instance, error.schema)
    node = _node(schema, keys)
    index = [key for key in path if isinstance(key, int)]
    if index:
        node = node["items"] | {"unit": node["unit"]} if "unit" in node else node["items"]
    where = dotted + "".join(f"[{i}]" for i in index) or "config.yaml"
    return [f"{where}: found {_found(error.instance)}; allowed: {_allowed(node)}"]


def _node(schema: dict, keys: list[str]) -> dict:
    """The part of the schema that describes a key."""
    for key in keys:
        patterns = schema.get("patternProperties", {})
        schema = schema.get("properties", {}).get(key) or next(iter(patterns.values()))
    return schema


def _extras(instance: dict, schema: dict) -> list[str]:
    patterns = schema.get("patternProperties", {})
    known = schema.get("properties", {})
    return [k for k in instance if k not in known and not any(re.search(p, k) for p in patterns)]


def _unknown(where: str, key: str, schema: dict) -> str:
    dotted = f"{where}.{key}".lstrip(".")
    if "patternProperties" in schema:
        also = ", joined by single underscores," if where == "variants.changes" else ""
        return f"{dotted}: name not allowed; use letters and digits{also} only"
    known = list(schema["properties"])
    close = difflib.get_close_matches(key, known, n=1)
    return f"{dotted}: unknown key; " + (
        f"did you mean {close[0]}?" if close else f"the keys here are {', '.join(known)}"
    )


def _missing(where: str, instance: dict, schema: dict) -> list[str]:
    """Missing keys, without those whose misspelling is reported already."""
    known = list(schema["properties"])
    meant = {
        m for key in _extras(instance, schema) for m in difflib.get_close_matches(key, known, n=1)
    }
    return [
        f"{f'{where}.{key}'.lstrip('.')}: missing; add it to config.yaml: "
        f"{schema['properties'][key]['description']}; allowed: {_allowed(schema['properties'][key])}"
        for key in schema["required"]
        if key not in instance and key not in meant
    ]


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
        if "patternProperties" in node:
            return f"at least {least} name: folder" if least else "names, each with a file"
        return "a block of keys"
    if node["type"] == "array":
        exactly = node["minItems"] == node.get("maxItems")
        count = f"{'' if exactly else 'at least '}{node['minItems']}"
        distinct = " different" if node.get("uniqueItems") else ""
        items = node["items"]
        if "enum" in items:
            return f"a list of {count}{distinct} of {', '.join(items['enum'])}, such as [{items['enum'][0]}]"
        return f"a list of {count}{distinct} {PLURALS[items['type']]}{_range(items)}{unit}"
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


def _settings_problems(config: dict) -> list[str]:
    problems = contradictions(config)
    for block in BLOCKS:
        try:
            build_block(block, find(config, block))
        except ValueError as error:
            problems.append(str(error))
    return problems


def _variant_problems(config: dict, schema: dict) -> list[str]:
    """A variant must be a config that could stand alone."""
    from reconstruct.variants import variant_config, variant_problems

    problems = variant_problems(config)
    if problems:
        return problems
    for name in config["variants"]["changes"]:
        merged = variant_config(config, name)
        found = _schema_problems(merged, schema) or _settings_problems(merged)
        problems += [f"variants.changes.{name}: {text}" for text in found]
    return problems
