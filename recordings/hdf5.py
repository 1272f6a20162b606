"""HDF5 files of unknown origin: nothing outside of the file is read, nothing that was never written, nothing bent."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from recordings.untrusted import bounded_time, printable, reading, refuse_expansion

READ_TIME_S = 20
"""of processor time, for one stretch of a dataset of up to 100 MB"""
READ_BYTES_PER_S = 5e6


@dataclass(frozen=True)
class Stored:
    """A dataset that was examined; where its content is damaged, reading says so in one sentence."""

    name: str
    dataset: h5py.Dataset

    @property
    def shape(self) -> tuple[int, ...]:
        return self.dataset.shape

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def dtype(self) -> np.dtype:
        return self.dataset.dtype

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, place) -> np.ndarray:
        time_s = READ_TIME_S + math.prod(self.shape) * self.dtype.itemsize / READ_BYTES_PER_S
        with reading(self.name), bounded_time(time_s):
            return self.dataset[place]

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        return np.asarray(self[()], dtype)


def walk(
    file: h5py.File, depth: int | None = None, soft: bool = False
) -> Iterator[tuple[str, h5py.Dataset]]:
    """Every dataset with its path in the file; ValueError for links out of it, and for links within it unless `soft`.

    With a `depth` names may have so many parts, and a group two names; without, each group is entered once.
    """
    waiting, seen = [("", file)], set()
    while waiting:
        prefix, group = waiting.pop()
        with reading(printable(prefix) or "its root"):
            names = list(group)
        for name in names:
            key = f"{prefix}{name}"
            item = _item(key, group, name, soft)
            if isinstance(item, h5py.Dataset):
                yield key, item
            elif isinstance(item, h5py.Group):
                if depth and key.count("/") + 1 >= depth:
                    raise ValueError(
                        f"group '{printable(key)}': nested too deep, expected names of at most {depth} parts"
                    )
                if depth or _is_new(item, seen):
                    waiting.append((f"{key}/", item))


def examine(name: str, dataset: h5py.Dataset, path: str | Path) -> Stored:
    """The dataset, once it is sure that all of its values are in the file `path` and no more than it can hold."""
    file_bytes = Path(path).stat().st_size
    name = printable(name)
    with reading(name):
        shape, kind = dataset.shape, dataset.dtype
        properties = dataset.id.get_create_plist()
        layout, own_file = properties.get_layout(), dataset.file.filename
        filters = [properties.get_filter(k)[0] for k in range(properties.get_nfilters())]
    refuse_elsewhere(name, dataset)
    if shape is None:
        raise ValueError(f"{name}: has no values; leave it out or fill it in")
    if Path(own_file).resolve() != Path(path).resolve():
        raise ValueError(f"{name}: lies in another file, {own_file}; copy it into this one")
    for code in filters:
        if not h5py.h5z.filter_avail(code):
            raise ValueError(
                f"{name}: compressed with filter {code}, which is not installed; save it with gzip or uncompressed"
            )
    num_bytes = math.prod(shape) * kind.itemsize
    if layout == h5py.h5d.CHUNKED:
        num_bytes = _check_chunks(name, dataset, file_bytes)
    elif layout == h5py.h5d.CONTIGUOUS and num_bytes:
        with reading(name):
            offset, size = dataset.id.get_offset(), dataset.id.get_storage_size()
        if offset is None or size < num_bytes:
            raise ValueError(f"{name}: shape {shape}, but no values were written; fill it in")
        if offset + size > file_bytes:
            raise ValueError(f"{name}: shape {shape}, but the file ends before; copy it again")
    refuse_expansion(name, num_bytes, file_bytes)
    return Stored(name, dataset)


def refuse_elsewhere(name: str, dataset: h5py.Dataset) -> None:
    """Refuse a dataset whose values are, or may be, in other files."""
    with reading(printable(name)):
        virtual = dataset.is_virtual
        outside = dataset.id.get_create_plist().get_external_count()
    if virtual or outside:
        what = "a virtual dataset, made of others" if virtual else "stored in another file"
        raise ValueError(f"{printable(name)}: is {what}; save its values in this file")


def _item(key: str, group: h5py.Group, name: str, soft: bool):
    """What a name in a group stands for; None for a soft link, whose target has a path of its own."""
    with reading(printable(key)):
        link = group.get(name, getlink=True)
        item = group[name] if isinstance(link, h5py.HardLink) else None
    if isinstance(link, h5py.ExternalLink) or (not soft and item is None):
        target = printable(f"{getattr(link, 'filename', '')}:{getattr(link, 'path', '')}")
        raise ValueError(
            f"{printable(key)}: is a link to {target}; save the values themselves, no links"
        )
    return item


def _is_new(group: h5py.Group, seen: set[int]) -> bool:
    with reading(printable(group.name)):
        address = h5py.h5o.get_info(group.id).addr
    is_new = address not in seen
    seen.add(address)
    return is_new


def _check_chunks(name: str, dataset: h5py.Dataset, file_bytes: int) -> int:
    """Bytes of all chunks once they are unpacked; refuse chunks that were never written or lie beyond the file's end."""
    shape, chunk = dataset.shape, dataset.chunks
    expected = math.prod(-(-size // step) for size, step in zip(shape, chunk, strict=True))
    places, beyond = set(), []

    def note(stored) -> None:
        places.add(stored.chunk_offset)
        if stored.byte_offset + stored.size > file_bytes:
            beyond.append(stored.chunk_offset)

    with reading(name):
        num_chunks = dataset.id.get_num_chunks() if expected else 0
        if num_chunks == expected and num_chunks:
            dataset.id.chunk_iter(note)
    if expected and (num_chunks != expected or len(places) != expected):
        raise ValueError(
            f"{name}: shape {shape} needs {expected} chunks, but {num_chunks} were written; fill it in, or give the shape that was recorded"
        )
    if beyond:
        raise ValueError(
            f"{name}: shape {shape}, but the file ends before its values from {beyond[0]} on; copy it again"
        )
    return expected * math.prod(chunk) * dataset.dtype.itemsize
