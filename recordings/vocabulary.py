"""Columns with known values: a misspelt one would find nothing without a word."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import pandas as pd

from recordings.catalogue.labels import BACKGROUND, LABELS, UNKNOWN
from recordings.catalogue.scan import CONSTANT, HIDDEN, MEASURED, MISSING, SIGNALS
from recordings.filters import SEVERAL
from recordings.reader import TIERS

STATES = (MEASURED, HIDDEN, CONSTANT, MISSING)
KNOWN: Mapping[str, Sequence[str]] = {
    "label": (*LABELS, UNKNOWN),
    "first_label": (*LABELS, UNKNOWN),
    "video_label": (*LABELS, UNKNOWN),
    "segment_label": (*LABELS, UNKNOWN, BACKGROUND),
    "trial_type": TIERS,
    **{f"{name}_state": STATES for name in SIGNALS},
    "recording": (),
}
"""values that a column may have beside those that it has"""
TESTS = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)


def refuse_unknown_values(table: pd.DataFrame, conditions: Mapping[str, Any]) -> None:
    """Refuse texts that a column of KNOWN is compared with (equal, one of, not equal) and that it can never hold."""
    for name, value in conditions.items():
        column = name.removesuffix("__eq").removesuffix("__ne")
        _refuse(table, column, value if isinstance(value, SEVERAL) else [value])


def refuse_unknown_values_in(table: pd.DataFrame, query: str) -> None:
    """The same of the comparisons in an expression that `filter_table` accepts."""
    for node in ast.walk(ast.parse(query.strip(), mode="eval")):
        if isinstance(node, ast.Compare) and all(isinstance(op, TESTS) for op in node.ops):
            sides = [node.left, *node.comparators]
            columns = [side.id for side in sides if isinstance(side, ast.Name)]
            if len(columns) == 1:
                _refuse(table, columns[0], _constants(sides))


def _constants(nodes: Sequence[ast.AST]) -> Iterator[Any]:
    for node in nodes:
        for one in node.elts if isinstance(node, ast.List | ast.Tuple) else [node]:
            if isinstance(one, ast.Constant):
                yield one.value


def _refuse(table: pd.DataFrame, column: str, values: Iterable[Any]) -> None:
    if column not in KNOWN or column not in table:
        return
    occurring = sorted(table[column].dropna().unique())
    known = {*KNOWN[column], *occurring}
    for one in values:
        if isinstance(one, str) and one not in known:
            raise ValueError(
                f"{column}: unknown value '{one}'{_suggest(one, known)}; this table has {', '.join(occurring) or 'none'}"
            )


def _suggest(wrong: str, known: set[str]) -> str:
    lower = {name.lower(): name for name in sorted(known)}
    near = [lower[name] for name in get_close_matches(wrong.lower(), lower, n=1)]
    near = near or [name for name in known if wrong and wrong in name]
    return f", did you mean '{near[0]}'?" if len(near) == 1 else ""
