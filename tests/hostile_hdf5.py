"""Ways to spoil an HDF5 file: a dataset of another kind, stored elsewhere, never written, damaged; links; bytes."""

import os
from pathlib import Path

import h5py
import numpy as np

SPOILS = {}
"""by name: a function of (path, key, rng) that changes the file in place"""


def spoils(function):
    SPOILS[function.__name__] = function
    return function


def put(file: h5py.File, key: str, *arguments, **options) -> h5py.Dataset:
    """Another dataset in the place of one, with its attributes."""
    kept = dict(file[key].attrs.items()) if isinstance(file.get(key), h5py.Dataset) else {}
    if key in file or file.get(key, getlink=True) is not None:
        del file[key]
    dataset = file.create_dataset(key, *arguments, **options)
    for name, value in kept.items():
        dataset.attrs[name] = value
    return dataset


def read(file: h5py.File, key: str) -> np.ndarray:
    values = np.asarray(file[key][()])
    return values if values.size and values.dtype.kind in "biuf" else np.arange(6.0)


@spoils
def other_kind(path: Path, key: str, rng) -> None:
    with h5py.File(path, "a") as file:
        values = read(file, key)
        shape, record = values.shape, np.dtype([("a", "f8"), ("b", "i4")])
        many = [
            lambda: put(file, key, data=np.full(shape, b"12.5")),
            lambda: put(file, key, data=np.full(shape, "a").astype(object)),
            lambda: put(file, key, data=np.full(shape, "\ud800").astype(object)),
            lambda: put(file, key, data=np.full(shape, b"\xff\xfe")),
            lambda: put(file, key, data=values + 1j),
            lambda: put(file, key, data=(values + 1j).astype(np.complex64)),
            lambda: put(file, key, data=np.zeros(shape, record)),
            lambda: put(file, key, shape, h5py.ref_dtype),
            lambda: put(file, key, data=np.array(file.ref, h5py.ref_dtype)),
            lambda: put(file, key, shape, h5py.regionref_dtype),
            lambda: put(file, key, shape, h5py.vlen_dtype(np.float64)),
            lambda: put(file, key, shape, h5py.enum_dtype({"A": 0, "B": 1})),
            lambda: put(file, key, data=np.zeros(shape, "V5")),
            lambda: put(file, key, data=np.zeros(shape, np.dtype(("f8", (2,)))), dtype="f8"),
            lambda: put(file, key, data=values > values.mean()),
            lambda: put(file, key, data=h5py.Empty("f8")),
            lambda: put(file, key, data=h5py.Empty("S10")),
            lambda: put(file, key, (0,), "f8"),
            lambda: put(file, key, (0, *shape[1:]), values.dtype, maxshape=(None, *shape[1:])),
            lambda: put(file, key, data=values.astype(np.longdouble)),
            lambda: put(file, key, data=values.astype(">f8")),
            lambda: put(file, key, data=values.astype(np.float16)),
            lambda: put(file, key, data="x" * 10**6),
            lambda: file.__delitem__(key) or file.create_group(key),
            lambda: file.__delitem__(key) or file.__setitem__(key, np.dtype("f8")),
        ]
        many[rng.integers(len(many))]()


@spoils
def elsewhere(path: Path, key: str, rng) -> None:
    outside = path.with_name("outside.h5")
    with h5py.File(outside, "w") as file:
        file["x"] = np.arange(600.0)
    with h5py.File(path, "a") as file:
        values = read(file, key)
        size = max(values.size, 1)
        layout = h5py.VirtualLayout((6,), "f8")
        source = str(outside) if rng.random() < 0.5 else "."
        layout[:] = h5py.VirtualSource(source, "x", (600,))[:6]
        flat, link = {"shape": (size,), "dtype": "u1"}, file.__setitem__
        many = [
            lambda: put(file, key, **flat, external=[("/etc/passwd", 0, size)]),
            lambda: put(file, key, **flat, external=[(str(outside), 0, h5py.h5f.UNLIMITED)]),
            lambda: put(file, key, **flat, external=[(str(path), 0, size)]),
            lambda: put(file, key, **flat, external=[("missing.bin", 0, size)]),
            lambda: put(file, key, values.shape, "f8", external=[("/dev/zero", 0, 10**9)]),
            lambda: file.__delitem__(key) or file.create_virtual_dataset(key, layout, fillvalue=3),
            lambda: file.__delitem__(key) or link(key, h5py.ExternalLink(str(outside), "/x")),
            lambda: file.__delitem__(key) or link(key, h5py.ExternalLink("/etc/passwd", "/")),
            lambda: file.__delitem__(key) or link(key, h5py.ExternalLink("missing.h5", "/x")),
            lambda: file.__delitem__(key) or link(key, h5py.SoftLink("/nowhere")),
            lambda: file.__delitem__(key) or link(key, h5py.SoftLink(f"/{key}")),
            lambda: file.move(key, "hidden") or link(key, h5py.SoftLink("/hidden")),
            lambda: link("further", h5py.ExternalLink(str(outside), "/")),
        ]
        many[rng.integers(len(many))]()


@spoils
def never_written(path: Path, key: str, rng) -> None:
    with h5py.File(path, "a") as file:
        values = read(file, key)
        shape = values.shape or (1,)
        huge = (10**12, *shape[1:])
        part = (2 * shape[0], *shape[1:])
        many = [
            lambda: put(file, key, shape, "f8"),
            lambda: put(file, key, shape, "f8", chunks=shape, fillvalue=3),
            lambda: put(file, key, huge, "u1", chunks=(1000, *shape[1:])),
            lambda: put(file, key, (10**7, *shape[1:]), "f8"),
            lambda: put(file, key, part, "f8", chunks=shape).__setitem__(slice(shape[0]), values),
            lambda: put(file, key, (2**30,), "u1", chunks=(2**28,), compression="gzip"),
            lambda: file[key].resize(10**9, 0) if file[key].maxshape[:1] == (None,) else None,
        ]
        many[rng.integers(len(many))]()


@spoils
def packed_otherwise(path: Path, key: str, rng) -> None:
    """Sound ones that must be read, a bomb, and filters that are not there."""
    with h5py.File(path, "a") as file:
        values = read(file, key)
        values = values if values.ndim else values[None]
        kind = {"data": values, "chunks": values.shape}
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_chunk(values.shape)
        plist.set_filter(32001, h5py.h5z.FLAG_OPTIONAL, (1, 2))
        bomb = {"shape": (2**29,), "dtype": "u1", "chunks": (2**29,), "compression": "gzip"}

        def unknown():
            del file[key]
            space = h5py.h5s.create_simple(values.shape)
            h5py.h5d.create(file.id, key.encode(), h5py.h5t.NATIVE_DOUBLE, space, dcpl=plist)
            file[key].id.write_direct_chunk((0,) * values.ndim, values.astype("f8").tobytes())

        many = [
            lambda: put(file, key, **kind, compression="gzip", shuffle=True, fletcher32=True),
            lambda: put(file, key, **kind, compression="lzf"),
            lambda: put(file, key, **kind, scaleoffset=4),
            lambda: put(file, key, **bomb).__setitem__(slice(0, 1), 1),
            unknown,
        ]
        many[rng.integers(len(many))]()


@spoils
def damaged_chunk(path: Path, key: str, rng) -> None:
    """Compressed values that are cut, overwritten or of another length than their chunk."""
    with h5py.File(path, "a") as file:
        values = read(file, key)
        values = values if values.ndim else values[None]
        packing, checksum = ["gzip", "lzf"][rng.integers(2)], rng.random() < 0.5
        option = {"compression": packing, "fletcher32": checksum}
        dataset = put(file, key, data=values, chunks=values.shape, **option)
        start = (0,) * values.ndim
        mask, content = dataset.id.read_direct_chunk(start)
        content = bytearray(content)
        way = rng.integers(4)
        if way == 0:
            content = content[: len(content) // 2]
        elif way == 1:
            content[rng.integers(len(content))] ^= 255
        elif way == 2:
            content = bytearray(rng.bytes(len(content)))
        else:
            content = content + content
        dataset.id.write_direct_chunk(start, bytes(content), mask)


@spoils
def other_values(path: Path, key: str, rng) -> None:
    with h5py.File(path, "a") as file:
        values = read(file, key).astype(np.float64)
        value = [np.nan, np.inf, -np.inf, 1e300, -1e300, 1e38, -1.0, 1e-320, 2.0**63, 0.0]
        where = rng.random(values.shape) < rng.choice([0.02, 1.0])
        where = where | (np.arange(values.size).reshape(values.shape) == rng.integers(values.size))
        put(file, key, data=np.where(where, value[rng.integers(len(value))], values))


@spoils
def other_shape(path: Path, key: str, rng) -> None:
    with h5py.File(path, "a") as file:
        values = read(file, key)
        many = [
            values.T,
            values[None],
            values[..., None],
            np.ravel(values),
            np.ravel(values)[0],
            np.atleast_1d(values)[:1],
            np.atleast_1d(values)[:-1],
            np.concatenate([np.atleast_1d(values)] * 2),
            np.atleast_1d(values)[::-1],
        ]
        put(file, key, data=many[rng.integers(len(many))])


@spoils
def links(path: Path, key: str, rng) -> None:
    group = key.rpartition("/")[0] or "/"
    with h5py.File(path, "a") as file:
        many = [
            lambda: file[group].__setitem__("loop", file[group]),
            lambda: file[group].__setitem__("loop", file),
            lambda: _nest(file[group], 3000),
            lambda: _double(file[group], 40),
            lambda: file[group].create_dataset("strange\x01\nname", data=1),
            lambda: file[group].create_dataset(b"\xff\xfe", data=1),
            lambda: file[group].create_dataset("x" * 5000, data=1),
            lambda: file.__delitem__(key),
            lambda: file.move(key, f"{key}2"),
            lambda: file.__delitem__(group) if group != "/" else None,
            lambda: file.__setitem__(f"{group}/again", file[key]),
        ]
        many[rng.integers(len(many))]()


def _nest(group: h5py.Group, depth: int) -> None:
    for _ in range(depth):
        group = group.create_group("g")


def _double(group: h5py.Group, depth: int) -> None:
    """2^depth paths in a small file."""
    below = group.create_group("g")
    for _ in range(depth):
        above = group.file.create_group(None)
        above["a"], above["b"] = below, below
        below = above
    group["many"] = below


@spoils
def other_bytes(path: Path, key: str, rng) -> None:
    whole = bytearray(path.read_bytes())
    spread = min(len(whole), 4000) if rng.random() < 0.5 else len(whole)
    for place in rng.integers(spread, size=rng.choice([1, 4, 40])):
        whole[place] = rng.integers(256)
    path.write_bytes(whole)


@spoils
def other_length(path: Path, key: str, rng) -> None:
    size = path.stat().st_size
    way = rng.integers(3)
    if way == 0:
        os.truncate(path, int(size * rng.random()))
    elif way == 1:
        whole = bytearray(path.read_bytes())
        start = rng.integers(size)
        whole[start : start + 512] = bytes(len(whole[start : start + 512]))
        path.write_bytes(whole)
    else:
        os.truncate(path, size + 10**9)  # sparse: nothing is written


def spoil(path: Path, number: int, keys: list[str]) -> str:
    """Spoil a file in the way and place that a number stands for, and say how."""
    rng = np.random.default_rng(number)
    names = sorted(SPOILS)
    name, key = names[number % len(names)], keys[rng.integers(len(keys))]
    try:
        SPOILS[name](path, key, rng)
    except (ValueError, TypeError, OSError, RuntimeError, KeyError, UnicodeError, IndexError) as no:
        return f"{number}: {name} of {key} cannot be made ({type(no).__name__} {no})"
    return f"{number}: {name} of {key}"
