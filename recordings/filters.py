"""Rows of a table chosen by conditions: `label="Gabor"`, `valid_frames__ge=300`, a function, or an expression."""

import ast
import operator
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

COMPARISONS = {"gt": operator.gt, "lt": operator.lt, "ge": operator.ge, "le": operator.le}
EQUALITIES = ("eq", "ne")
TEXT_TESTS = ("contains", "startswith", "endswith")
OPERATIONS = (*COMPARISONS, *EQUALITIES, *TEXT_TESTS)
SEVERAL = (list, tuple, set, frozenset, np.ndarray, pd.Series, pd.Index)
MAX_QUERY_LENGTH = 1000
QUERY_PARTS = (
    *(ast.Expression, ast.Load, ast.Name, ast.Constant, ast.List, ast.Tuple),
    *(ast.Compare, ast.BoolOp, ast.UnaryOp, ast.BinOp),
    *(ast.cmpop, ast.boolop, ast.unaryop),
    *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Mod, ast.BitAnd, ast.BitOr),
)
"""of Python's grammar, what a query may be made of: no call, no attribute, no index"""


class UnknownColumn(ValueError):
    """A condition names a column that the table lacks."""


def filter_table(
    table: pd.DataFrame, /, query: str | None = None, **conditions: Any
) -> pd.DataFrame:
    """Rows that meet every condition, in the order of the table and with its index.

    `column=value` (equal; None: missing), `column=[...]` (one of), `column=function` (takes the column, returns a truth
    value per row), `column__op=value` with op gt, lt, ge, le, eq, ne, or on text contains (a regular expression),
    startswith, endswith. `query` is a pandas expression of columns, constants, comparisons and arithmetic, applied to what
    is left. Raises ValueError for an unknown column or op and for values of another kind than the column's, TypeError for
    a test of text on numbers.
    """
    if not isinstance(table, pd.DataFrame):
        raise ValueError(f"table: a {type(table).__name__}, expected a pandas DataFrame")
    if not isinstance(query, str | None):
        raise ValueError(
            f"query: {query!r}, expected an expression as text, such as 'trial > 3'; conditions are keywords, such as trial=3"
        )
    rows = np.ones(len(table), bool)
    for name, value in conditions.items():
        column, operation = _parse(table, name)
        rows &= _matches(table[column], operation, value)
    found = table[rows]
    return found if query is None else found[_evaluate(found, query)]


def _parse(table: pd.DataFrame, name: str) -> tuple[str, str]:
    """Column and op of a condition's name."""
    if name in table.columns:
        return name, "eq"
    column, separator, operation = name.rpartition("__")
    if not separator or column not in table.columns:
        raise UnknownColumn(
            f"no column '{column or name}'; the table has {', '.join(map(str, table.columns))}"
        )
    if operation not in OPERATIONS:
        raise ValueError(
            f"{name}: unknown op '{operation}'; known are {', '.join(OPERATIONS)}; for one of several values: {column}=[...]"
        )
    return column, operation


def _matches(series: pd.Series, operation: str, value: Any) -> np.ndarray:
    if operation in TEXT_TESTS:
        return _test_text(series, operation, value)
    if callable(value):
        return _apply(series, value)
    values = list(value) if isinstance(value, SEVERAL) else [value]
    for single in values:
        _refuse_other_kind(series, single)
    if operation in EQUALITIES:
        missing = None in values
        equal = series.isin([v for v in values if v is not None]) | (series.isna() & missing)
        return equal.to_numpy() ^ (operation == "ne")
    if isinstance(value, SEVERAL) or value is None:
        raise ValueError(f"{series.name}__{operation} takes one value, found {value!r}")
    return COMPARISONS[operation](series, value).fillna(False).to_numpy(bool)


def _apply(series: pd.Series, function: Callable[[pd.Series], Any]) -> np.ndarray:
    try:
        found = np.asarray(function(series))
    except Exception as error:  # whatever a function may raise
        raise ValueError(
            f"{series.name}: the function failed on the column ({type(error).__name__}: {error}); it gets a pandas Series and "
            "returns a truth value for each row"
        ) from error
    if found.shape != (len(series),) or found.dtype != bool:
        raise ValueError(
            f"{series.name}: the function returned {found.dtype} of shape {found.shape}, "
            f"expected a truth value for each of {len(series)} rows"
        )
    return found


def _test_text(series: pd.Series, operation: str, value: Any) -> np.ndarray:
    if not _is_text(series) or not isinstance(value, str):
        raise TypeError(
            f"{series.name}__{operation} tests text; the column holds {series.dtype} and the value is {value!r}; "
            f"use one of {', '.join((*COMPARISONS, *EQUALITIES))}"
        )
    try:
        found = getattr(series.astype(object).str, operation)(value)
    except re.error as error:
        raise ValueError(
            f"{series.name}__contains: '{value}' is no regular expression ({error})"
        ) from None
    return found.fillna(False).to_numpy(bool)


def _is_text(series: pd.Series) -> bool:
    if is_numeric_dtype(series) or is_bool_dtype(series):
        return False
    return all(isinstance(value, str) for value in series.dropna())


def _refuse_other_kind(series: pd.Series, value: Any) -> None:
    """Text is never equal to a number: a condition that no row can meet is a slip."""
    number = isinstance(value, int | float | np.number | np.bool_)
    if (is_numeric_dtype(series) and isinstance(value, str)) or (number and _is_text(series)):
        kind = "text" if number else "numbers"
        raise ValueError(f"{series.name}: {value!r} compared with a column of {kind}")


def _evaluate(table: pd.DataFrame, query: str) -> np.ndarray:
    """Truth value per row of an expression that can call nothing."""
    _check_query(table, query)
    try:
        found = table.eval(query.strip(), engine="python", local_dict={}, global_dict={})
    except Exception as error:  # pandas raises many kinds for expressions it cannot evaluate
        raise ValueError(f"query '{query}': {error}") from None
    if np.shape(found) != (len(table),) or not is_bool_dtype(found):
        raise ValueError(f"query '{query}': no truth value per row; compare columns with values")
    return np.asarray(found, bool)


def _check_query(table: pd.DataFrame, query: str) -> None:
    if len(query) > MAX_QUERY_LENGTH:
        raise ValueError(
            f"query of {len(query)} characters; write at most {MAX_QUERY_LENGTH}, or use conditions"
        )
    try:
        tree = ast.parse(query.strip(), mode="eval")
    except (SyntaxError, RecursionError, MemoryError, ValueError) as error:
        raise ValueError(f"query '{query}': not an expression ({error})") from None
    for node in ast.walk(tree):
        if not isinstance(node, QUERY_PARTS) or _multiplies_text(node):
            raise ValueError(
                f"query '{query}': {type(node).__name__} is not allowed; use columns, constants, comparisons, and, or, "
                "not, in; for text use conditions such as label__startswith"
            )
        if isinstance(node, ast.Name) and node.id not in table.columns:
            raise UnknownColumn(
                f"query '{query}': no column '{node.id}'; the table has {', '.join(map(str, table.columns))}"
            )


def _multiplies_text(node: ast.AST) -> bool:
    """'a' * 10**9 would fill the memory."""
    if not isinstance(node, ast.BinOp):
        return False
    sides = (node.left, node.right)
    return any(isinstance(s, ast.Constant) and not isinstance(s.value, int | float) for s in sides)
