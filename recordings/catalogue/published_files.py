"""Strict reading of single files of the published metadata: JSON objects and csv tables with known fields."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from recordings.access import read_bytes_of, shown

MAX_NUMBER = 2**53
"""whole numbers beyond it are no counts, frames or ids"""
MAX_FLOAT = float(2**128 - 2**103)
"""numbers from here on are infinite in float32"""
MAX_JSON_BYTES, MAX_CSV_BYTES = 2**20, 2**24
"""the largest published files have 30 kB and 0.8 MB"""
MAX_SHOWN = 200
"""letters of a file that a message repeats"""
RESTORE = "restore the file from the published metadata"
NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def refuse(path: Path, found: str, expected: str) -> ValueError:
    """The error of a file that is not what the published format says."""
    found = found if len(found) <= MAX_SHOWN else f"{found[:MAX_SHOWN]}..."
    return ValueError(f"{shown(path)}: {shown(found)}, expected {shown(expected)}; {RESTORE}")


def is_text(value: object) -> bool:
    """A text that a file of UTF-8 can hold, and a terminal show."""
    return isinstance(value, str) and not NO_TEXT.search(value)


def is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_NUMBER


def is_number(value: object) -> bool:
    """A number that is finite in float32, or null for one that does not exist."""
    if value is None or is_count(value):
        return True
    whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MAX_NUMBER
    return whole or (isinstance(value, float) and abs(value) < MAX_FLOAT)


def is_trial(value: object) -> bool:
    """A trial number, which the JSON files store as text."""
    plain = is_text(value) and value.isascii() and value.isdecimal() and len(value) <= 9
    return plain and str(int(value)) == value


KINDS: dict[str, Callable[[object], bool]] = {
    "text": is_text,
    "text or null": lambda value: value is None or is_text(value),
    "whole number": is_count,
    "number": is_number,
    "true or false": lambda value: isinstance(value, bool),
    "trial number as text": is_trial,
    "object": lambda value: isinstance(value, dict),
}


def read_object(path: Path, fields: Mapping[str, str]) -> dict:
    """Read a JSON object that has at least these fields, each of its kind."""
    content = read_bytes_of(path, MAX_JSON_BYTES, RESTORE)
    try:
        value = json.loads(
            content.decode("utf-8"),
            object_pairs_hook=_unique_pairs,
            parse_constant=_no_constant,
        )
    except (ValueError, RecursionError) as error:
        raise refuse(path, f"no readable JSON ({_first_line(error)})", "a JSON object") from None
    return check_fields(path, value, fields)


def check_fields(path: Path, value: object, fields: Mapping[str, str], where: str = "") -> dict:
    """Refuse a JSON value that is no object with these fields; "list of <kind>" is a list of equal kinds."""
    if not isinstance(value, dict):
        raise refuse(path, f"{where or 'the file'} is no JSON object", f"the keys {list(fields)}")
    for key, kind in fields.items():
        name = f"{where}.{key}" if where else key
        if key not in value:
            raise refuse(path, f"no key '{name}'", f"a {kind}")
        if not _is_kind(value[key], kind):
            raise refuse(path, f"'{name}' is {_shorten(value[key])}", f"a {kind}")
    return value


def check_lengths(path: Path, lists: Mapping[str, list], where: str) -> None:
    """Refuse lists that should be parallel and are not."""
    lengths = {key: len(values) for key, values in lists.items()}
    if len(set(lengths.values())) > 1:
        raise refuse(path, f"the lists of '{where}' have the lengths {lengths}", "equal lengths")


def read_table(path: Path, columns: Mapping[str, type]) -> list[dict]:
    """Read a csv with at least these columns and a row; the types are str, int, bool and float (an empty field is NaN)."""
    content = read_bytes_of(path, MAX_CSV_BYTES, RESTORE)
    if content and not content.endswith(b"\n"):
        raise refuse(path, "its last line does not end", "a csv table, each line with its end")
    try:
        rows = list(_read_rows(path, content.decode("utf-8"), columns))
    except (UnicodeError, csv.Error) as error:
        raise refuse(path, f"no readable csv ({_first_line(error)})", "a csv table") from None
    if not rows:
        raise refuse(path, "no rows", "at least one below the header")
    return rows


def _read_rows(path: Path, text: str, columns: Mapping[str, type]) -> Iterator[dict]:
    """One row after the other: a broken file is refused before the rest of it is kept."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = next(lines, [])
    places = {name: header.index(name) for name in columns if header.count(name) == 1}
    if absent := [name for name in columns if name not in places]:
        raise refuse(path, f"columns {header}", f"one column each named {absent}")
    for number, row in enumerate(lines, start=2):
        if len(row) != len(header):
            raise refuse(path, f"line {number} has {len(row)} fields", f"{len(header)}")
        yield {
            name: _parse(path, row[place], number, name, columns[name])
            for name, place in places.items()
        }


def _parse(path: Path, text: str, line: int, column: str, kind: type) -> str | int | bool | float:
    try:
        return PARSERS[kind](text)
    except (ValueError, KeyError):
        found = f"line {line}, column {column} is {_shorten(text)}"
        raise refuse(path, found, EXPECTED[kind]) from None


def _parse_text(text: str) -> str:
    if not text or not is_text(text):
        raise ValueError
    return text


def _parse_whole(text: str) -> int:
    if not (text.isascii() and text.removeprefix("-").isdecimal() and len(text) <= 15):
        raise ValueError
    return int(text)


def _parse_number(text: str) -> float:
    if not text:
        return float("nan")
    if not DECIMAL.fullmatch(text) or abs(number := float(text)) >= MAX_FLOAT:
        raise ValueError
    return number


PARSERS = {
    str: _parse_text,
    int: _parse_whole,
    bool: {"True": True, "False": False}.__getitem__,
    float: _parse_number,
}
EXPECTED = {str: "a text", int: "a whole number", bool: "True or False", float: "a finite number"}


def _is_kind(value: object, kind: str) -> bool:
    if kind.startswith("list of "):
        inner = KINDS[kind.removeprefix("list of ")]
        return isinstance(value, list) and all(inner(item) for item in value)
    return KINDS[kind](value)


def _unique_pairs(pairs: list[tuple[str, object]]) -> dict:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("a key occurs twice")
    if not all(map(is_text, value)):
        raise ValueError("a key is no text")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:MAX_SHOWN]


def _shorten(value: object) -> str:
    text = repr(value[:40] if isinstance(value, str | list) else value)
    return text if len(text) <= 40 else f"{text[:37]}..."
