"""Entries of a .npz: plain arrays as numpy's savez and savez_compressed write them, whole, and none larger than announced."""

import io
import math
import zipfile
from pathlib import Path

import numpy as np

from recordings.untrusted import printable, reason_of, refuse_expansion

KINDS = "biufcSU"
"""of plain values; which are wanted where is asked later"""
COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 1
HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
"""by version; the third is for names of records, which are refused"""


def load_npz(path: Path) -> dict[str, np.ndarray]:
    """All arrays of a .npz by name; ValueError for anything but plain arrays, read whole and with the right checksum."""
    try:
        with zipfile.ZipFile(path) as file:
            _check_entries(file.infolist(), path.stat().st_size)
            return {info.filename[:-4]: _load(file, info) for info in file.infolist()}
    except MemoryError:
        raise
    except Exception as error:  # zipfile and numpy raise many kinds for wrong bytes
        raise ValueError(
            f"{path}: not a readable .npz of plain arrays ({reason_of(error)}); save it again with np.savez"
        ) from None


def _check_entries(entries: list[zipfile.ZipInfo], file_bytes: int) -> None:
    for info in entries:
        name = printable(info.filename)
        if not info.filename.endswith(".npy"):
            raise ValueError(f"{name}: no .npy")
        if info.flag_bits & ENCRYPTED or info.compress_type not in COMPRESSIONS:
            raise ValueError(f"{name}: encrypted or compressed in another way than numpy does")
    if len({info.filename for info in entries}) < len(entries):
        raise ValueError("some names occur twice")
    refuse_expansion("together", sum(info.file_size for info in entries), file_bytes)


def _load(file: zipfile.ZipFile, info: zipfile.ZipInfo) -> np.ndarray:
    """One array; reading to the end lets zipfile compare the checksum."""
    content = file.read(info)
    stream = io.BytesIO(content)
    shape, fortran_order, dtype = _header(stream)
    if dtype.kind not in KINDS or dtype.hasobject or not dtype.itemsize:
        raise ValueError(f"{printable(info.filename)}: holds {dtype}")
    expected = stream.tell() + math.prod(shape) * dtype.itemsize
    if len(content) != expected or any(size < 0 for size in shape):
        raise ValueError(
            f"{printable(info.filename)}: {len(content)} bytes, but its header announces {expected}"
        )
    values = np.frombuffer(content, dtype, offset=stream.tell())
    return values.reshape(shape, order="F" if fortran_order else "C")


def _header(stream: io.BytesIO) -> tuple[tuple[int, ...], bool, np.dtype]:
    version = np.lib.format.read_magic(stream)
    if version not in HEADERS:
        raise ValueError(f"version {version} of the format, expected one of {list(HEADERS)}")
    return HEADERS[version](stream)
