"""What kinds of values an entry may hold: real numbers, one real number, texts; never a part of something else."""

from typing import Any

import numpy as np

from recordings.untrusted import printable

REAL_KINDS = "biuf"
LARGEST = 1e38
"""what float32 holds, with a margin"""
LONGEST_TEXT = 200


def refuse_other_kind(name: str, dtype: np.dtype) -> None:
    """Refuse texts, complex numbers, records, references, objects."""
    if np.dtype(dtype).kind not in REAL_KINDS:
        kind = printable(str(dtype))
        raise ValueError(f"{name}: holds {kind}, expected real numbers; convert it")


def numbers(name: str, values: Any) -> np.ndarray:
    """The values as an array of real numbers, of the type that they have."""
    array = _array(name, values)
    refuse_other_kind(name, array.dtype)
    return array


def line_of_numbers(name: str, values: Any) -> np.ndarray:
    """Numbers along one axis; axes of length 1 beside it are dropped."""
    array = numbers(name, values)
    if array.size == 0 or max(array.shape, default=1) != array.size:
        raise ValueError(f"{name}: shape {array.shape}, expected numbers along one axis")
    return np.ravel(array)


def number(name: str, values: Any) -> float:
    """The one finite number that an entry holds."""
    array = numbers(name, values)
    if array.size != 1:
        raise ValueError(f"{name}: shape {array.shape}, expected a single number")
    found = float(np.ravel(array)[0])
    if not np.isfinite(found):
        raise ValueError(f"{name}: is {found}, expected a finite number")
    return found


def texts(name: str, values: Any) -> list[str]:
    """Texts along one axis, or whole numbers as names."""
    array = _array(name, values)
    if array.size and (
        array.dtype.kind not in "SUOiu" or max(array.shape, default=1) != array.size
    ):
        raise ValueError(
            f"{name}: holds {printable(str(array.dtype))} of shape {array.shape}, expected texts along one axis"
        )
    try:
        return [_text(value) for value in np.ravel(array).tolist()]
    except (ValueError, TypeError, SystemError) as error:  # the last of characters beyond Unicode
        raise ValueError(f"{name}: holds {error}, expected texts of UTF-8") from None


def text(name: str, values: Any) -> str:
    """The one text that an entry holds."""
    found = texts(name, values)
    if len(found) != 1:
        raise ValueError(f"{name}: {len(found)} texts, expected a single one")
    return found[0]


def _array(name: str, values: Any) -> np.ndarray:
    try:
        return np.asarray(values)
    except (ValueError, TypeError):
        raise ValueError(f"{name}: rows of different lengths, expected an array") from None


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8")
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise TypeError(f"a {type(value).__name__}")
    found = str(value)
    if len(found) > LONGEST_TEXT:
        raise ValueError(f"a text of {len(found)} characters (at most {LONGEST_TEXT})")
    if not found.isprintable():
        raise ValueError(f"characters that cannot be shown ({printable(found)})")
    return found
