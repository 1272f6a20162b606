"""Mutated zips thrown at the unpacking: one sentence with the zip and nothing left, or the files as they were packed."""

import io
import os
import random
import shutil
import stat
import struct
import unicodedata
import zipfile
from pathlib import Path

import pytest

from recordings.files import MARKER
from recordings.unpack import MAX_DEPTH, unpack_recording

NAME = "dynamic1-2-3-Video-0"
MAX_BYTES = 100_000
CONTENT = {
    f"{NAME}/data/videos/0.npy": b"video" * 300,
    f"{NAME}/data/responses/0.npy": bytes(range(256)) * 4,
    f"{NAME}/meta/trials/tiers.npy": b"tiers",
}
END, CENTRAL, LOCAL = b"PK\x05\x06", b"PK\x01\x02", b"PK\x03\x04"
FIELDS = {  # of each record: places and sizes of its numbers
    LOCAL: [(4, 2), (6, 2), (8, 2), (10, 4), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2)],
    CENTRAL: [
        *[(4, 2), (8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2)],
        *[(32, 2), (34, 2), (36, 2), (38, 4), (42, 4)],
    ],
    END: [(4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)],
}
NUMBERS = [0, 1, 2, 8, 12, 14, 20, 30, 46, 255, 2**11, 2**15, 2**16 - 1, 10**5, 2**31, 2**32 - 1]
NAMES = [
    *("../outside", f"{NAME}/../../outside", "/outside", "//outside", "C:/outside", "..\\outside"),
    *(f"{NAME}/data/./1", f"{NAME}//1", f"{NAME}/data/..", "", ".", "..", "/", f"{NAME}/a\nb"),
    *(f"{NAME}/data/{'n' * 300}.npy", f"{NAME}/{'d/' * 40}1.npy", f"{NAME}/{'long/' * 4000}1"),
    *(f"{NAME}/data/é.npy", f"{NAME}/data/e\u0301.npy", f"{NAME}/DATA/videos/0.NPY"),
    *(f"{NAME}/data/videos", f"{NAME}/data/videos/0.npy", f"{NAME}/data/videos/0.npy/"),
    *(f"{NAME}/data/videos/0.npy/1", f"{NAME}/data/\u202e1.npy", f"{NAME}/data/a\x85b"),
    *("__MACOSX/../../outside", "data/videos/1.npy", f"{NAME}/data/ﬁ.npy", f"{NAME}/data/fi.npy"),
]


def pack(members, method=zipfile.ZIP_DEFLATED) -> bytes:
    """A zip; each member may be a name or a ZipInfo."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for member, content in members:
            archive.writestr(member, content)
    return file.getvalue()


def flipped(draw: random.Random, whole: bytes) -> bytes:
    content = bytearray(whole)
    for _ in range(draw.randint(1, 3)):
        content[draw.randrange(len(content))] ^= draw.randint(1, 255)
    return bytes(content)


def cut(draw: random.Random, whole: bytes) -> bytes:
    return whole[: draw.randrange(len(whole))]


def spliced(draw: random.Random, whole: bytes) -> bytes:
    """Bytes lost, doubled, zeroed, put before or behind."""
    start, stop = sorted(draw.randrange(len(whole)) for _ in range(2))
    part = draw.choice([b"", whole[start:stop] * 2, bytes(stop - start), b"PK", END, whole])
    return whole[:start] + part + whole[draw.choice([start, stop]) :]


def renumbered(draw: random.Random, whole: bytes) -> bytes:
    """A number of one of the records is another."""
    content = bytearray(whole)
    for _ in range(draw.randint(1, 2)):
        mark = draw.choice(list(FIELDS))
        places = [n for n in range(len(whole)) if whole.startswith(mark, n)]
        place, size = draw.choice(FIELDS[mark])
        number = draw.choice([*NUMBERS, len(whole), draw.randrange(2**32)]) % 2 ** (8 * size)
        start = draw.choice(places) + place
        content[start : start + size] = number.to_bytes(size, "little")
    return bytes(content)


def joined(draw: random.Random, whole: bytes) -> bytes:
    """Members of odd names, kinds and methods among the sound ones."""
    members = list(CONTENT.items())
    for _ in range(draw.randint(1, 2)):
        member = zipfile.ZipInfo("x")
        member.filename = draw.choice(NAMES)
        kind = draw.choice([0, 0, stat.S_IFREG, stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
        member.external_attr = (kind | 0o777) << 16
        member.compress_type = draw.choice([0, 8, 8, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
        member.extra = draw.choice(
            [b"", struct.pack("<HHQQ", 1, 16, 5, 5), b"\x01\x00\xff", bytes(9)]
        )
        content = draw.choice([b"tiers", b"/etc/passwd", b"", bytes(MAX_BYTES * 20)])
        members.insert(draw.randrange(4), (member, content))
    return pack(members)


def widened(draw: random.Random, whole: bytes) -> bytes:
    """Sizes and places moved to a record of zip64, with odd ones in it."""
    place = whole.index(CENTRAL)
    name, extra = struct.unpack_from("<HH", whole, place + 28)
    numbers = draw.choices([0, 1, 1500, 2**31, 2**40, 2**63, 2**64 - 1], k=draw.randint(0, 3))
    record = struct.pack(f"<HH{len(numbers)}Q", 1, draw.choice([8 * len(numbers), 24]), *numbers)
    content = bytearray(whole)
    content[place + 30 : place + 32] = (extra + len(record)).to_bytes(2, "little")
    for number in draw.choices([20, 24, 42], k=2):
        content[place + number : place + number + 4] = b"\xff" * 4
    content[place + 46 + name : place + 46 + name] = record
    end = content.rindex(END)
    (size,) = struct.unpack_from("<L", content, end + 12)
    struct.pack_into("<L", content, end + 12, size + len(record))
    return bytes(content)


def overlapping(draw: random.Random, whole: bytes) -> bytes:
    """Every name stands for the bytes of one member."""
    content = bytearray(whole)
    places = [n for n in range(len(whole)) if whole.startswith(CENTRAL, n)]
    one = draw.choice(places)
    for place in places:
        content[place + 42 : place + 46] = content[one + 42 : one + 46]
        content[place + 16 : place + 28] = content[one + 16 : one + 28]
    return bytes(content)


MUTATIONS = [flipped, cut, spliced, renumbered, renumbered, joined, joined, widened, overlapping]
PACKED = set(CONTENT.values()) | {b"/etc/passwd", b""}


def assert_one_sentence(text: str, archive: Path) -> None:
    assert text.startswith(f"{archive}: ")
    assert text.isprintable()
    assert len(text) < 1000


def everything_in(folder: Path) -> set[str]:
    """Paths below a folder, also of links to nothing."""
    return {
        os.path.join(home, name)
        for home, folders, files in os.walk(folder)
        for name in (*folders, *files)
    }


@pytest.mark.parametrize("num_mutants", [200, pytest.param(2000, marks=pytest.mark.slow)])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_mutated_zip_is_unpacked_as_packed_or_refused_with_nothing_left(tmp_path, num_mutants):
    archive, folder = tmp_path / "in" / "a.zip", tmp_path / "in" / "recordings" / NAME
    folder.parent.mkdir(parents=True)
    wholes = [
        pack(CONTENT.items(), method) for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    ]
    before = everything_in(tmp_path) | {str(archive)}
    accepted = 0
    for seed in range(num_mutants):
        draw = random.Random(seed)
        mutate = MUTATIONS[seed % len(MUTATIONS)]
        archive.write_bytes(mutate(draw, draw.choice(wholes)))
        try:
            record = unpack_recording(archive, folder, MAX_BYTES)
        except ValueError as refusal:
            assert_one_sentence(str(refusal), archive)
        else:
            files = [p for p in folder.rglob("*") if p.is_file() and p.name != MARKER]
            assert {path.read_bytes() for path in files} <= PACKED, seed
            assert record["files"] == len(files), seed
            assert not any(path.is_symlink() for path in folder.rglob("*")), seed
            shutil.rmtree(folder)
            accepted += 1
        assert everything_in(tmp_path) == before, seed
    assert num_mutants / 20 < accepted < num_mutants / 2  # neither is all sound, nor all broken


@pytest.mark.parametrize("make", [b"".join, Path.mkdir, os.mkfifo, lambda p: p.symlink_to("gone")])
def test_what_is_no_file_is_refused_at_once(tmp_path, make):
    archive = tmp_path / "a.zip"
    archive.write_bytes(b"") if make == b"".join else make(archive)
    with pytest.raises(ValueError, match=r"a\.zip: (is no regular|a link to|not a sound)"):
        unpack_recording(archive, tmp_path / NAME, MAX_BYTES)


@pytest.mark.parametrize(
    ("one", "other"),
    [("é", unicodedata.normalize("NFD", "é")), ("ß", "SS"), ("A", "a"), ("x", "x/"), ("x", "x/y")],
)
def test_names_that_are_one_on_some_disk_are_refused(tmp_path, one, other):
    members = [(f"data/{one}", b"1"), (f"data/{other}", b"")]
    for chosen in (members, members[::-1]):
        (tmp_path / "a.zip").write_bytes(pack(chosen))
        with pytest.raises(ValueError, match=r"a\.zip: member .* is there twice"):
            unpack_recording(tmp_path / "a.zip", tmp_path / NAME, MAX_BYTES)


def test_names_of_thousands_of_folders_take_no_memory(tmp_path):
    """Each of 300 names would have 30,000 folders above it."""
    name = "a/" * 30_000
    assert name.count("/") > MAX_DEPTH
    (tmp_path / "a.zip").write_bytes(pack([(f"data/{n}/{name}1", b"") for n in range(100)]))
    with pytest.raises(ValueError, match=r"a\.zip: member '.{200}' has too long a name"):
        unpack_recording(tmp_path / "a.zip", tmp_path / NAME, MAX_BYTES)
