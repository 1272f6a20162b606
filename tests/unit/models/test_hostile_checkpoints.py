"""Mutated checkpoints: refused in one sentence with the path, or the same; never much memory."""

import contextlib
import io
import os
import pickle
import random
import resource
import struct
import time
import warnings
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from models.checkpoint import MemberDescription, load_member, require_neurons, save_member
from models.dwiseneuro import DwiseNeuro
from models.published import pick_mice, read_published
from models.registry import build_encoder
from models.settings import DwiseNeuroSettings
from recordings.resume import Resume
from recordings.tensor_file import digest_of
from tests.published_format import save_published
from tests.unit.models.test_checkpoint import SETTINGS, TRAINING
from tests.unit.models.test_dwiseneuro import SMALL

NUM_MUTANTS = 150 if os.environ.get("THOROUGH") else 30
NUM_NEURONS = {"A": 5, "B": 3}
LIMIT_S, LIMIT_BYTES = 20, 2 << 30
KINDS = ("member", "dwiseneuro member", "published", "resume")


class Payload:
    """Pickled, it makes a folder when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("executed-by-a-test",)


def write(kind: str, path: Path) -> None:
    torch.manual_seed(0)
    dwiseneuro = DwiseNeuroSettings(**SMALL)
    if kind == "published":
        save_published(path, DwiseNeuro(dwiseneuro, NUM_NEURONS), dwiseneuro)
    elif kind == "resume":
        trace = [{"iteration": n, "loss": 0.5 * n, "name": "clips [0]"} for n in range(5)]
        state = {"params": torch.rand(2, 3, 4), "rows": trace, "done": 7, "current": None}
        Resume(path, {}, 0.0).save_when_due(lambda: state | {"memory": {"base": torch.rand(4, 2)}})
    else:
        name, settings = ("factorised", SETTINGS) if kind == "member" else ("dwiseneuro", SMALL)
        description = MemberDescription(name, settings, TRAINING, 4, NUM_NEURONS)
        save_member(path, build_encoder(name, settings, NUM_NEURONS), description)


def place_of(kind: str, folder: Path) -> Path:
    return Resume(folder / "file.pt", {}, 0.0).path if kind == "resume" else folder / "file.pt"


def read(kind: str, path: Path) -> str:
    """A hash of what is made of a file; settings that weights do not bear out are in range."""
    if kind == "resume":
        return digest_of(Resume(path.parent / "file.pt", {}, 0.0).load())
    if kind == "published":
        encoder = pick_mice(read_published(path), {"A": 0, "B": 1})
    else:
        encoder, description = load_member(path)
        assert description.num_neurons == encoder.num_neurons
        for mouse, count in NUM_NEURONS.items():  # as every job does that predicts with it
            require_neurons(path, encoder, mouse, count)
    spec = encoder.spec
    assert spec.clip_frames <= 1000 >= spec.frame_step * 10
    assert spec.canvas_height <= 512 >= spec.canvas_width
    assert not encoder.training
    return digest_of([encoder.state_dict(), encoder.num_neurons])


# Bytes of the file -----------------------------------------------------------------------------


def truncated(rng: random.Random, whole: bytes) -> bytes:
    return whole[: rng.choice([rng.randrange(len(whole)), len(whole) - rng.randint(1, 60)])]


def flipped(rng: random.Random, whole: bytes) -> bytes:
    content = bytearray(whole)
    for _ in range(rng.randint(1, 3)):
        near_end = len(whole) - 1 - rng.randrange(min(3000, len(whole)))
        place = rng.choice([rng.randrange(len(whole)), rng.randrange(200), near_end])
        content[place] ^= rng.randint(1, 255)
    return bytes(content)


def foreign(rng: random.Random, whole: bytes) -> bytes:
    file = io.BytesIO()
    np.savez(file, weight=np.ones(3))
    pickles = [pickle.dumps(Payload(), protocol) for protocol in (0, 2, 4)]
    blanked = whole[:50] + bytes(len(whole) - 100) + whole[-50:]
    others = [b"", b"PK\3\4", b"\x93NUMPY", bytes(1000), rng.randbytes(500), whole * 2, blanked]
    return rng.choice([*others, *pickles, file.getvalue(), whole + b"x", b"x" + whole])


def records_of(whole: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def zipped(records: list[tuple[str, bytes]], compression: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in records:
            archive.writestr(name, content)
    return file.getvalue()


def with_other_records(rng: random.Random, whole: bytes) -> bytes:
    """The zip anew: a record less, more, twice, other, compressed, or another pickle."""
    records = records_of(whole)
    root, victim = next(iter(records)).split("/")[0], rng.choice(list(records))
    del records[f"{root}/.format_version"]  # its records lie where this zip puts them
    victim = victim if victim in records else f"{root}/version"
    weights = rng.choice([name for name in records if "/data/" in name])
    pickled = records[f"{root}/data.pkl"]
    bombs = [
        b"\x80\x02"
        + b"]q\x00"
        + b"".join(b"]q%c(h%ch%ce" % (n + 1, n, n) for n in range(60))
        + b".",
        b"\x80\x02" + b"]" * 100_000 + b"a" * 99_999 + b".",
        b"\x80\x02cbuiltins\nbytearray\nM\xff\xff\x85R.",
        b"\x80\x02}r\xff\xff\xff\x7f.",
        b"\x80\x02\x8e" + struct.pack("<Q", 1 << 40) + b".",
        b"\x80\x02ctorch\nTensor\nJ\xff\xff\xff\x7f\x85R.",
        pickle.dumps(Payload(), 2),
        pickle.dumps({"state": 1}, 4),
        pickled[: len(pickled) // 2],
        pickled.replace(b"FloatStorage", b"DoubleStorage", 1),
        pickled.replace(b"FloatStorage", b"ComplexFloatStorage"),
        pickled.replace(b"_rebuild_tensor_v2", b"_rebuild_qtensor"),
        pickled.replace(b"OrderedDict", b"UserDict"),
        pickled.replace(b"cpuq", b"metaq"),
    ]
    other = {
        "less": lambda: records.pop(victim),
        "pickle": lambda: records.update({f"{root}/data.pkl": rng.choice(bombs)}),
        "cut": lambda: records.update({weights: records[weights][:-1]}),
        "empty": lambda: records.update({weights: b""}),
        "order": lambda: records.update({f"{root}/byteorder": b"big"}),
        "script": lambda: records.update(
            {f"{root}/code/a.py": b"x", f"{root}/constants.pkl": b"."}
        ),
        "moved": lambda: records.update({f"other/{victim}": records.pop(victim)}),
        "nothing": records.clear,
    }
    how = rng.choice([*other, "twice", "deflated", "same"])
    if how in other:
        other[how]()
    pairs = list(records.items()) + ([(victim, b"")] if how == "twice" else [])
    return zipped(pairs, zipfile.ZIP_DEFLATED if how == "deflated" else zipfile.ZIP_STORED)


# What the file says ----------------------------------------------------------------------------


def doubled() -> list:
    """2^60 items in 60 lists."""
    found: list = []
    for _ in range(60):
        found = [found, found]
    return found


ODD_VALUES: list[Callable[[], object]] = [
    *(lambda v=v: v for v in (None, True, -1, 0, 1, 36.5, 10**6, 2**31, 2**63, 10**40, -(2**63))),
    *(lambda v=v: v for v in (float("nan"), float("inf"), -0.5, 1e300, "", "x", "36", "a" * 10**6)),
    *(lambda v=v: v for v in ([], {}, (), [[]], [1, "2"], {"x": 1}, {1: 2}, [36, 64, 1], b"bytes")),
    *(lambda v=v: v for v in ([36.5, 64], [10**6] * 2, [-36, 64], 1j, {1, 2}, list(range(10**5)))),
    *(lambda v=v: v for v in ([1] * 5000, {f"m{n}": 1 for n in range(5000)}, torch.Size([3]))),
    *(lambda v=v: v for v in (torch.float32, torch.device("cpu"), np.float64(3), range(3))),
    *(doubled, Payload, lambda: torch.ones(1, 7), lambda: torch.nn.Linear(2, 2), lambda: object),
]


def odd_tensors(rng: random.Random, given: torch.Tensor) -> torch.Tensor:
    """A tensor that takes the place of another; a few are the same in other clothes."""
    given = given if given.numel() else torch.ones(2)
    real = given.float().clone()
    flat = real.reshape(-1)
    spoiled = [real.clone().reshape(-1) for _ in range(3)]
    for values, odd in zip(spoiled, (torch.nan, -torch.inf, 3e38), strict=True):
        values[rng.randrange(len(values))] = odd
    return rng.choice(
        [
            lambda: real.double(),
            lambda: real.half(),
            lambda: real.bfloat16(),
            lambda: real.long() if given.is_floating_point() else real,
            lambda: real > 0,
            lambda: real.to(torch.complex64),
            lambda: real.to_sparse(),
            lambda: torch.sparse_coo_tensor(torch.zeros(2, 0), torch.zeros(0), (10**9, 10**9)),
            lambda: real.reshape(1, -1).to_sparse_csr(),
            lambda: torch.quantize_per_tensor(real, 0.1, 0, torch.qint8),
            lambda: torch.empty(given.shape, device="meta"),
            lambda: torch.empty(10**6, 10**6, device="meta"),
            lambda: torch.ones(1).expand(10**6, 10**6),
            lambda: flat[:1].expand(given.shape) if given.dim() else real[None],
            lambda: flat.as_strided(given.shape, [0] * given.dim()) if given.dim() else real[None],
            lambda: torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]),
            lambda: torch.zeros(0),
            lambda: torch.zeros(()) if given.dim() else torch.zeros(3),
            lambda: real[..., None],
            lambda: torch.cat([flat, flat]),
            *(lambda v=v: v.view(given.shape) for v in spoiled),
            lambda: torch.nn.Parameter(real),
            lambda: torch.cat([flat, flat])[: len(flat)].view(given.shape),
            lambda: real.transpose(0, -1).contiguous().transpose(0, -1) if given.dim() else real,
        ]
    )()


def places_in(content: object, where: tuple = ()) -> list[tuple]:
    """Paths to everything in tables and lists."""
    found = [where] if where else []
    if isinstance(content, dict | list | tuple):
        pairs = content.items() if isinstance(content, dict) else enumerate(content)
        for key, part in pairs:
            found += places_in(part, (*where, key))
    return found


def changed(content: object, where: tuple, change: Callable) -> object:
    """A copy with one part changed; `change` returns no value to take it out."""
    if not where:
        return change(content)
    copy = list(content) if isinstance(content, list | tuple) else OrderedDict(content)
    new = changed(copy[where[0]], where[1:], change)
    if new is GONE:
        copy.pop(where[0])
    else:
        copy[where[0]] = new
    return type(content)(copy) if isinstance(content, list | tuple) else dict(copy)


GONE = object()


def told_otherwise(rng: random.Random, whole: bytes) -> bytes:
    """One to three parts gone, renamed or of another value; a tenth in the format before 1.6."""
    content = torch.load(io.BytesIO(whole), weights_only=True)
    places = places_in(content)
    weights = [place for place in places if isinstance(at(content, place), torch.Tensor)]
    others = [place for place in places if place not in weights]
    for _ in range(rng.choice([1, 1, 1, 3])):
        odd = rng.choice(ODD_VALUES)
        where, change = rng.choice(others), rng.choice([odd, lambda: GONE, None])
        change = renamed if change is None else lambda _, change=change: change()
        if rng.random() < 0.35:
            where, change = rng.choice(weights), partial(odd_tensors, rng)
        with contextlib.suppress(
            LookupError, TypeError, ValueError, RuntimeError
        ):  # was changed before
            content = changed(content, where, change)
    file = io.BytesIO()
    options = {"_use_new_zipfile_serialization": rng.random() > 0.1}
    try:
        torch.save(content, file, **options)
    except (RuntimeError, NotImplementedError, AttributeError, TypeError, pickle.PicklingError):
        return b"what cannot be written"
    return file.getvalue()


def renamed(value: object) -> object:
    return (
        {f"{key}x": part for key, part in value.items()} if isinstance(value, dict) else "renamed"
    )


def at(content, where: tuple):
    for key in where:
        content = content[key]
    return content


MUTATIONS = (truncated, flipped, foreign, with_other_records, told_otherwise, told_otherwise)


def outcome(kind: str, path: Path, expected: str) -> str | None:
    """What is wrong with what the reader did; None where nothing is."""
    started = time.monotonic()
    try:
        found = read(kind, path)
    except ValueError as refusal:
        text = str(refusal)
        if not text.startswith(f"{path}: ") or "\n" in text or len(text) > 900:
            return f"no sentence with the path: {text[:300]}"
    except BaseException as error:
        return f"{type(error).__name__}: {str(error)[:300]}"
    else:
        if found != expected:
            return "accepted as something else"
    took = time.monotonic() - started
    return f"{took:.0f} s" if took > LIMIT_S else None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "seed", [pytest.param(0), *(pytest.param(s, marks=pytest.mark.slow) for s in (1, 2, 3))]
)
def test_mutated_checkpoints_are_refused_or_the_same(tmp_path, monkeypatch, kind, seed):
    monkeypatch.chdir(tmp_path)
    write(kind, tmp_path / "file.pt")
    path = place_of(kind, tmp_path)
    whole, expected = path.read_bytes(), read(kind, path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wrong = []
    for number in range(NUM_MUTANTS):
        rng = random.Random(f"{kind} {seed} {number}")
        mutate = rng.choice(MUTATIONS)
        with warnings.catch_warnings(
            action="ignore"
        ):  # of odd tensors, and of two records of one name
            content = mutate(rng, whole)
        path.write_bytes(content)
        problem = outcome(kind, path, expected)
        wrong += [f"{mutate.__name__} {number}: {problem}"] if problem else []
    assert wrong == []
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) << 10 < LIMIT_BYTES
    assert not (tmp_path / "executed-by-a-test").exists()


@pytest.mark.slow
def test_every_bit_of_a_records_headers(tmp_path):
    """torch and zipfile read the same of a zip's directory, or the file is refused."""
    path = tmp_path / "file.pt"
    write("member", path)
    whole, expected = path.read_bytes(), read("member", path)
    with zipfile.ZipFile(path) as archive:
        weights = [info for info in archive.infolist() if "/data/" in info.filename]
        info = max(weights, key=lambda record: record.file_size)
        end, directory = len(whole) - 22, archive.start_dir
    entry = whole.index(info.filename.encode(), directory) - 46
    headers = [(info.header_offset, 30), (entry, 46), (end, 22)]
    wrong = []
    for place in [start + n for start, length in headers for n in range(length)]:
        for bit in range(8):
            content = bytearray(whole)
            content[place] ^= 1 << bit
            path.write_bytes(content)
            problem = outcome("member", path, expected)
            wrong += [f"bit {bit} of byte {place}: {problem}"] if problem else []
    assert wrong == []
