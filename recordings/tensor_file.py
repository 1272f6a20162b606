"""Torch files of plain tensors: nothing in them is executed or allocated that they do not hold.

A file is looked through before it is loaded: its zip, the names that its pickle calls, and, without
their values, the tensors that it describes. Its checksums are read last.
"""

import hashlib
import os
import pickletools
import stat
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

KINDS = ("Float", "Double", "Half", "BFloat16", "Long", "Int", "Short", "Char", "Byte", "Bool")
CALLED = {
    "collections OrderedDict",
    "torch._utils _rebuild_tensor_v2",
    "torch._utils _rebuild_parameter",
    *(f"torch {kind}Storage" for kind in KINDS),
}
"""all that the pickle of a file of plain tensors names"""
RECORDS = {"data.pkl", "version", "byteorder", ".format_version", ".storage_alignment"}
SERIALIZATION_ID = ".data/serialization_id"
MAX_PICKLE_BYTES = 1 << 20
MAX_DEPTH, MAX_TEXT = 50, 10_000
LOCAL_HEADER = struct.Struct("<26xHH")
"""of a record: the lengths of its name and of what follows it"""
FOLDER = 0x10
"""bit of a record's attributes"""
ANEW = "delete it, and make, download or copy it again"


def load_tensors(
    path: str | Path,
    device: str = "cpu",
    remedy: str = ANEW,
    max_pickle_bytes: int = MAX_PICKLE_BYTES,
) -> Any:
    """Read a torch file without executing anything; refuse what is not plain data, by name."""
    describe_tensors(path, remedy, max_pickle_bytes)
    with _one_sentence(path, remedy):
        _check_sums(path)
        return torch.load(path, map_location=device, weights_only=True)


def describe_tensors(
    path: str | Path, remedy: str = ANEW, max_pickle_bytes: int = MAX_PICKLE_BYTES
) -> Any:
    """The same with tensors that have no values (device meta), so that a giant costs nothing."""
    with _one_sentence(path, remedy):
        pickle_bytes, extents = _look_through(Path(path), max_pickle_bytes)
        content = torch.load(path, map_location="meta", weights_only=True)
        _check_content(content, pickle_bytes, extents)
        return content


@contextmanager
def _one_sentence(path: str | Path, remedy: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise ValueError(f"{path}: missing; run snakemake to make it") from None
    except Exception as error:
        reason = " ".join((str(error).strip() or type(error).__name__).split()).split(". ")[0]
        raise ValueError(
            f"{path}: not a readable checkpoint of plain tensors ({reason[:300]}); {remedy}"
        ) from None


def _check_sums(path: str | Path) -> None:
    """Read every record once against its checksum, which torch does not."""
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            with archive.open(info) as record:
                while record.read(1 << 20):
                    pass


def _look_through(path: Path, max_pickle_bytes: int) -> tuple[int, dict[int, int]]:
    """Bytes of the pickle, and of each record by where it begins; ValueError for other files."""
    status = os.stat(path)
    if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
        raise ValueError("no regular file")
    with open(path, "rb") as file:
        start = file.read(4)
        file.seek(max(0, status.st_size - 22))
        end = file.read(4)
    if start != b"PK\3\4" or end != b"PK\5\6":
        raise ValueError("it does not begin and end like a zip, as torch writes since version 1.6")
    with zipfile.ZipFile(path) as archive, open(path, "rb") as file:
        records = _records(archive, status.st_size)
        pickle_bytes = records["data.pkl"].file_size
        if pickle_bytes > max_pickle_bytes:
            raise ValueError(f"its description takes {pickle_bytes} bytes")
        _check_called(archive.read(records["data.pkl"]))
        if "byteorder" in records and archive.read(records["byteorder"]) != b"little":
            raise ValueError("its numbers are not little-endian")
        return pickle_bytes, {_place(file, info): info.file_size for info in records.values()}


def _records(archive: zipfile.ZipFile, size: int) -> dict[str, zipfile.ZipInfo]:
    """The records by name."""
    found = archive.infolist()
    if any(info.compress_type or info.flag_bits & 1 for info in found):
        raise ValueError("it is compressed or encrypted")
    if any(info.external_attr & FOLDER for info in found):  # torch would leave its values unset
        raise ValueError("a record of it is marked as a folder")
    if sum(info.file_size for info in found) > size:
        raise ValueError("its records are longer than the file")
    root = found[0].filename.split("/")[0] + "/"
    records = {info.filename.removeprefix(root): info for info in found}
    if len(records) < len(found) or not all(info.filename.startswith(root) for info in found):
        raise ValueError("it has two records of one name, or several folders")
    odd = [name for name in records if name not in RECORDS and name != SERIALIZATION_ID]
    odd = [name for name in odd if not (name.startswith("data/") and name[5:].isdecimal())]
    if odd or "data.pkl" not in records:
        raise ValueError(f"it holds more than tensors ({odd[0][:100]!r})" if odd else "no data.pkl")
    return records


def _place(file, info: zipfile.ZipInfo) -> int:
    file.seek(info.header_offset)
    return info.header_offset + LOCAL_HEADER.size + sum(LOCAL_HEADER.unpack(file.read(30)))


def _check_called(pickled: bytes) -> None:
    for opcode, argument, _ in pickletools.genops(pickled):
        named = opcode.name in ("GLOBAL", "INST")
        if opcode.name == "STACK_GLOBAL" or (named and argument not in CALLED):
            raise ValueError(f"it names {str(argument)[:100]!r}, which is no plain tensor")


def _check_content(content: Any, most_items: int, extents: dict[int, int]) -> None:
    """Tensors that lie in their records, plain numbers, texts, lists and tables of them.

    Every item takes a byte of the pickle at least: more are lists that hold each other many times.
    """
    rest, count = [(content, 0)], 0
    while rest:
        item, depth = rest.pop()
        count += 1
        if depth > MAX_DEPTH or count > most_items:
            raise ValueError("it nests more than a checkpoint does")
        if type(item) in (dict, OrderedDict):
            rest += [(part, depth + 1) for pair in item.items() for part in pair]
        elif type(item) in (list, tuple):
            rest += [(part, depth + 1) for part in item]
        elif isinstance(item, Tensor):
            _check_tensor(item, extents)
        elif type(item) is int and abs(item) >= 2**63:
            raise ValueError("a number of more than 63 bits")
        elif type(item) is str and len(item) > MAX_TEXT:
            raise ValueError(f"a text of {len(item)} letters")
        elif type(item) not in (int, float, bool, str, type(None)):
            raise ValueError(f"a {type(item).__name__} in it")


def _check_tensor(tensor: Tensor, extents: dict[int, int]) -> None:
    storage = tensor.untyped_storage()
    size, place = storage.nbytes(), getattr(storage, "_checkpoint_offset", None)
    if place not in extents or extents[place] != size:
        raise ValueError(f"a tensor of {size} bytes that are not stored")
    if tensor.numel() * tensor.element_size() > size:
        raise ValueError(f"a tensor of shape {list(tensor.shape)} in {size} bytes")


def digest_of(content: Any) -> str:
    """A hash of plain content: every value in its order."""
    digest = hashlib.sha256()

    def add(item: Any) -> None:
        if isinstance(item, Tensor):
            values = item.detach().cpu().contiguous().reshape(-1).view(torch.uint8)
            digest.update(f"tensor {item.dtype} {list(item.shape)}:".encode())
            digest.update(values.numpy())
        elif isinstance(item, dict | list | tuple):
            digest.update(f"{'table' if isinstance(item, dict) else 'list'} {len(item)}:".encode())
            for part in item.items() if isinstance(item, dict) else item:
                add(part)
        else:
            digest.update(f"{type(item).__name__} {item!r}:".encode())

    add(content)
    return digest.hexdigest()
