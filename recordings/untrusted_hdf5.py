"""HDF5 files of unknown origin: nothing outside of the file is read, nothing that was never written, nothing bent."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from recordings.hdf5_chunks import check_chunks, refuse_filters, stored_size
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
    file: h5py.File, depth: int, soft: bool = False
) -> Iterator[tuple[str, h5py.Dataset | h5py.Group]]:
    """Every dataset and group with its path in the file; ValueError for links out of it, and for links within it unless `soft`.

    Names may have `depth` parts. With `soft` each group is entered once, whatever names it has.
    """
    waiting, seen = [("", file)], set()
    while waiting:
        prefix, group = waiting.pop()
        with reading(printable(prefix) or "its root"):
            names = list(group)
        for name in names:
            key = f"{prefix}{name}"
            item = _item(key, group, name, soft)
            if isinstance(item, h5py.Dataset | h5py.Group):
                yield key, item
            if isinstance(item, h5py.Group):
                if key.count("/") + 1 >= depth:
                    raise ValueError(
                        f"group '{printable(key)}': nested too deep, expected names of at most {depth} parts"
                    )
                if not soft or _is_new(item, seen):
                    waiting.append((f"{key}/", item))


def examine(name: str, dataset: h5py.Dataset, path: str | Path) -> Stored:
    """The dataset, once it is sure that all of its values are in the file `path`, whole, and no more than it can hold."""
    file_bytes = Path(path).stat().st_size
    name = printable(name)
    refuse_elsewhere(name, dataset)
    with reading(name):
        shape, own_file = dataset.shape, dataset.file.filename
        _ = dataset.dtype  # some have none in numpy
        itemsize = stored_size(dataset)
        layout, filters = _storage(dataset)
    if shape is None:
        raise ValueError(f"{name}: has no values; leave it out or fill it in")
    if own_file != str(path) and Path(own_file).resolve() != Path(path).resolve():
        raise ValueError(f"{name}: lies in another file, {own_file}; copy it into this one")
    refuse_bomb(name, dataset, file_bytes)
    if layout == h5py.h5d.CHUNKED:
        refuse_filters(name, filters)
        check_chunks(name, dataset, filters, file_bytes)
    else:
        _check_written(name, dataset, math.prod(shape) * itemsize, file_bytes)
    return Stored(name, dataset)


def refuse_bomb(name: str, dataset: h5py.Dataset, file_bytes: int) -> None:
    """Refuse a dataset that is far larger than the file, once its chunks are unpacked."""
    with reading(printable(name)):
        shape, chunk = dataset.shape or (), dataset.chunks
        itemsize = stored_size(dataset)
    if chunk:
        shape = [-(-size // step) * step for size, step in zip(shape, chunk, strict=True)]
    refuse_expansion(printable(name), math.prod(shape) * itemsize, file_bytes)


def _storage(dataset: h5py.Dataset) -> tuple[int, list[int]]:
    """Layout, and codes of the filters that its values pass when they are written."""
    properties = dataset.id.get_create_plist()
    filters = [properties.get_filter(k)[0] for k in range(properties.get_nfilters())]
    return properties.get_layout(), filters


def _check_written(name: str, dataset: h5py.Dataset, num_bytes: int, file_bytes: int) -> None:
    """Refuse values in one piece that were never written, or lie beyond the file's end."""
    with reading(name):
        offset, size = dataset.id.get_offset(), dataset.id.get_storage_size()
        compact = _storage(dataset)[0] == h5py.h5d.COMPACT
    if size < num_bytes or (num_bytes and offset is None and not compact):
        raise ValueError(
            f"{name}: shape {dataset.shape}, but its values were never written; fill it in"
        )
    if offset is not None and offset + size > file_bytes:
        raise ValueError(f"{name}: shape {dataset.shape}, but the file ends before; copy it again")


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
