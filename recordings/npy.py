"""Stored arrays of plain numbers or texts: memory-mapped, never unpickled, never longer or shorter than announced."""

import ast
import math
import os
import re
import stat
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recordings.access import ANNEX, shown, unreadable

MAGIC = b"\x93NUMPY"
LENGTH_FORMATS = {(1, 0): "<H", (2, 0): "<I", (3, 0): "<I"}
"""of the header's length, by version of the format"""
MAX_HEADER_BYTES = 10_000
ANNEX_POINTER = b"/annex/objects/"
"""what git-annex leaves in place of an unfetched file that is no link"""
PLAIN_TYPE = re.compile(r"[<>|=]?[biufcSU]\d{0,9}")


@dataclass(frozen=True)
class Header:
    """What a .npy says about itself, and where its values begin."""

    dtype: np.dtype
    shape: tuple[int, ...]
    order: str
    offset: int


def load_array(path: Path, max_bytes: int | None = None) -> np.memmap:
    """Memory-map a .npy without ever unpickling; refuse a truncated, foreign or larger file by name."""
    try:
        header = read_header(path)
        if max_bytes and math.prod(header.shape) * header.dtype.itemsize > max_bytes:
            raise ValueError(f"{header.shape} of {header.dtype}, more than {max_bytes} bytes")
        return np.memmap(path, header.dtype, "r", header.offset, header.shape, header.order)
    except OSError as fault:
        raise unreadable(path, fault) from None
    except ValueError as error:
        reason = " ".join(str(error).split())[:200]
        raise ValueError(
            f"{shown(path)}: not a readable .npy of plain numbers ({reason}); it may be truncated or pickled: "
            "copy it again from the recording's archive"
        ) from None


def read_header(path: Path) -> Header:
    """The header, once the size of the file is what it announces; ValueError or OSError where it is not."""
    status = os.stat(path)
    if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
        raise ValueError("no regular file")
    text, offset = _read_text(path)
    dtype, shape, fortran_order = _parse(text)
    announced = offset + math.prod(shape) * dtype.itemsize
    if status.st_size != announced:
        raise ValueError(f"{status.st_size} bytes, but its header announces {announced}")
    return Header(dtype, shape, "F" if fortran_order else "C", offset)


def _read_text(path: Path) -> tuple[str, int]:
    """The header's text, and where it ends; no more of the file is read, whatever length it states."""
    with open(path, "rb") as file:
        start = file.read(len(ANNEX_POINTER))
        if start == ANNEX_POINTER:
            raise ValueError(f"an unfetched file of git-annex: {ANNEX}")
        length_format = LENGTH_FORMATS.get(tuple(start[6:8]))
        if not start.startswith(MAGIC) or length_format is None or len(start) < 12:
            raise ValueError("it does not begin like one")
        (length,) = struct.unpack_from(length_format, start, 8)
        if length > MAX_HEADER_BYTES:
            raise ValueError(f"a header of {length} bytes, more than {MAX_HEADER_BYTES}")
        file.seek(8 + struct.calcsize(length_format))
        text = file.read(length)
        if len(text) < length:
            raise ValueError("its header is cut off")
        return text.decode("utf-8" if start[6] == 3 else "latin1"), file.tell()


def _parse(text: str) -> tuple[np.dtype, tuple[int, ...], bool]:
    """Type, shape and whether columns come first; ValueError for anything but plain numbers or texts."""
    try:
        header = ast.literal_eval(text)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        raise ValueError("its header cannot be parsed") from None
    if not isinstance(header, dict) or set(header) != {"descr", "fortran_order", "shape"}:
        raise ValueError("its header lacks type, order or shape")
    descr, shape = header["descr"], header["shape"]
    if not isinstance(descr, str) or not PLAIN_TYPE.fullmatch(descr):
        raise ValueError("its type is not that of plain numbers or texts")
    if not isinstance(shape, tuple) or not all(type(size) is int and size > 0 for size in shape):
        raise ValueError("its shape is not made of sizes above 0")
    if not isinstance(header["fortran_order"], bool):
        raise ValueError("its order is neither true nor false")
    try:
        dtype = np.dtype(descr)
    except TypeError:
        raise ValueError("its type is unknown") from None
    if dtype.itemsize == 0:
        raise ValueError("its type has no size")
    return dtype, shape, header["fortran_order"]
