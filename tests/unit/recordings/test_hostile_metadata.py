"""Mutated files of published metadata: one sentence with the file, or the values that json and csv read."""

import csv
import json
import os
import random
import re
import shutil
from contextlib import nullcontext, suppress
from pathlib import Path

import numpy as np
import pytest

from recordings.catalogue.publish import export_published
from recordings.catalogue.published import Published, read_published, read_published_names
from recordings.catalogue.published_files import MAX_CSV_BYTES, MAX_JSON_BYTES
from recordings.catalogue.published_format import BASIC, NEURONS, TRIALS
from recordings.catalogue.validate import inspect_published
from tests.published import ONE, TWO, make_catalogue

VALUES = [
    *("null", "true", "-1", "0.5", "1e999", "-1e999", "NaN", "Infinity", "1e39", "3.4e38", "{}"),
    *("[]", '""', '"x"', '"../../x"', '"\\ud800"', '"\\u0000"', '"a\\nb"', '"007"', '"\u0661"'),
    *(str(2**53 + 2), str(2**63), "9" * 400, "9" * 5000, "[" * 5000, '{"a":' * 5000, "[[[[]]]]"),
    *('"' + "x" * 10**5 + '"', '["1", "1"]', "[1, 1]", "[null]", "'x'", "//", "0x1", "1_000", "+1"),
]
CELLS = [
    *("", " ", "null", "None", "nan", "NaN", "inf", "-inf", "1e999", "1e39", "1e300", "1_000"),
    *(
        " 1",
        "+1",
        "01",
        "1.0",
        "1e3",
        "\u0661",
        "9" * 30,
        "9" * 5000,
        "x" * 200_000,
        "\x00",
        "a\x00b",
    ),
    *(
        "=1+1",
        '"',
        '""',
        '"a',
        '"a"b',
        "a,b",
        "a\nb",
        "\r",
        "\udcff",
        "\ufeff",
        "true",
        "TRUE",
        "0",
    ),
]
NUMBER_OR_TEXT = re.compile(r'"[^"\n]*"(?!:)|-?\b\d[\d.e-]*|\btrue\b|\bfalse\b|\bnull\b')
ENCODINGS = ["utf-8-sig", "utf-16", "utf-32", "latin-1"]


def revalued(draw: random.Random, text: str) -> str:
    """A value of a JSON file is another."""
    places = [match.span() for match in NUMBER_OR_TEXT.finditer(text)]
    start, stop = draw.choice(places)
    return text[:start] + draw.choice(VALUES) + text[stop:]


def rekeyed(draw: random.Random, text: str) -> str:
    """A key is lost, another, or twice there."""
    start, stop = draw.choice([m.span() for m in re.finditer(r'"[^"\n]*":', text)])
    key = draw.choice(
        ['"x":', '"\\udc00":', '"' + "k" * 10**5 + '":', '"label":', '"n":', "null:", "1:"]
    )
    return (
        text[:start] + draw.choice([key, f"{text[start:stop]} 1, {text[start:stop]}"]) + text[stop:]
    )


def recelled(draw: random.Random, text: str) -> str:
    """A cell of a csv is another, the header's among them."""
    lines = text.split("\n")
    number = draw.choice([0, *range(len(lines) - 1)])
    cells = lines[number].split(",")
    cells[draw.randrange(len(cells))] = draw.choice(CELLS)
    return "\n".join([*lines[:number], ",".join(cells), *lines[number + 1 :]])


def rerowed(draw: random.Random, text: str) -> str:
    """Lines and columns lost, doubled, moved, added, and a header alone."""
    lines = text.split("\n")[:-1]
    column, line = draw.randrange(lines[0].count(",") + 1), draw.randrange(len(lines))
    cells = [row.split(",") for row in lines]
    kind = draw.randrange(7)
    if kind == 0:
        lines = [",".join(row[:column] + row[column + 1 :]) for row in cells]
    elif kind == 1:
        lines = [",".join([*row, row[column]]) for row in cells]
    elif kind == 2:
        lines = lines[:line] + lines[line + 1 :]
    elif kind == 3:
        lines = lines[:line] + [lines[line]] * draw.choice([2, 300]) + lines[line:]
    elif kind == 4:
        lines[line] += draw.choice([",", ",,,", " ", "\t", "\r", '"'])
    elif kind == 5:
        lines = draw.choice([lines[:1], lines[1:], [], [""], ["", *lines], [*lines, ""]])
    else:
        draw.shuffle(lines)
    return "\n".join(lines) + draw.choice(["\n", "\n", "\n\n", ""]) if lines else ""


def reencoded(draw: random.Random, text: str) -> bytes:
    return text.replace("a", draw.choice("aé")).encode(draw.choice(ENCODINGS), "replace")


def damaged(draw: random.Random, text: str) -> bytes:
    """Cut off, bytes changed, lost or doubled."""
    whole = bytearray(text.encode())
    start, stop = sorted(draw.randrange(len(whole)) for _ in range(2))
    kind = draw.randrange(4)
    if kind == 0:
        return bytes(whole[:stop])
    if kind == 1:
        return bytes(whole[:start] + whole[stop:])
    if kind == 2:
        return bytes(whole[:stop] + whole[start:])
    for place in (start, stop):
        whole[place] ^= draw.randint(1, 255)
    return bytes(whole)


MUTATIONS = {
    ".json": [revalued, revalued, revalued, rekeyed, damaged, reencoded],
    ".csv": [recelled, recelled, recelled, rerowed, rerowed, damaged, reencoded],
}


@pytest.fixture
def folder(tmp_path) -> Path:
    export_published(make_catalogue(hidden=(0,)), tmp_path / "metadata")
    return tmp_path / "metadata"


def assert_one_sentence(text: str, path: Path) -> None:
    assert text.startswith(f"{path}: "), text
    assert text.isprintable(), text
    assert len(text) < 2000, text[:300]


def assert_read_as_stored(published: Published, path: Path) -> None:
    """What was accepted has the numbers and texts that json or csv alone read."""
    if path.suffix == ".json":
        stored = json.loads(path.read_bytes().decode("utf-8"), parse_constant=pytest.fail)
        if path.name.startswith("meta-basic"):
            (read,) = published.basic[published.basic.recording == path.parent.name].to_dict(
                "records"
            )
            np.testing.assert_equal(
                {key: read[key] for key in BASIC},
                {
                    key: (float("nan") if key == "sampling_freq" else "")
                    if stored[key] is None
                    else stored[key]
                    for key in BASIC
                },
            )
        return
    with open(path, encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    name = path.parent.name
    table = getattr(published, name)
    table = table[table.recording == path.parent.parent.name]
    assert len(rows) == len(table)
    for column, kind in {"trials": TRIALS, "neurons": NEURONS}[name].items():
        texts = [row[column] for row in rows]
        stored = [kind(text or "nan") if kind in (int, float) else text for text in texts]
        read = [str(value) if kind in (bool, str) else value for value in table[column]]
        if name == "trials":  # sorted by trial
            stored = [
                value
                for _, value in sorted(
                    zip((int(r["trial"]) for r in rows), stored, strict=True), key=lambda p: p[0]
                )
            ]
        np.testing.assert_equal(read, stored)
        assert kind is not float or not np.isinf(np.array(read, "f4")).any()


@pytest.mark.parametrize("num_mutants", [100, pytest.param(1000, marks=pytest.mark.slow)])
def test_a_mutated_file_is_read_as_stored_or_refused(folder, tmp_path, num_mutants):
    files = sorted(folder.rglob("*.csv")) * 3 + sorted(folder.rglob("*.json"))
    outcomes = {True: 0, False: 0}
    for seed in range(num_mutants):
        draw = random.Random(seed)
        path = draw.choice(files)
        whole = path.read_bytes()
        mutant = draw.choice(MUTATIONS[path.suffix])(draw, whole.decode())
        mutant = mutant if isinstance(mutant, bytes) else mutant.encode("utf-8", "surrogateescape")
        path.write_bytes(mutant)
        findings = inspect_published(folder)
        findings.to_csv(tmp_path / "metadata.csv", index=False)
        outcomes["unreadable" in set(findings.kind)] += 1
        if findings.kind.tolist() == ["unreadable"]:
            assert_one_sentence(findings.what[0], path)
        else:
            assert_read_as_stored(read_published(folder), path)
        with suppress(ValueError) if findings.kind.tolist() == ["unreadable"] else nullcontext():
            read_published_names(folder, [ONE, TWO])
        path.write_bytes(whole)
    assert min(outcomes.values()) > num_mutants / 20


@pytest.mark.parametrize("header", ["x" * 2**20, ",".join(["x" * 10**5] * 9), "x," * 2**19])
def test_a_header_of_a_megabyte_is_refused_in_a_short_sentence(folder, header):
    path = next(folder.rglob("meta-trials*.csv"))
    path.write_text(header + "\n" + path.read_text())
    assert_one_sentence(inspect_published(folder).what[0], path)


@pytest.mark.parametrize(("ending", "most"), [("json", MAX_JSON_BYTES), ("csv", MAX_CSV_BYTES)])
def test_a_file_beyond_all_measure_is_not_read(folder, ending, most):
    path = next(folder.rglob(f"*.{ending}"))
    os.truncate(path, most + 1)
    what = inspect_published(folder).what[0]
    assert_one_sentence(what, path)
    assert f"{most + 1} bytes, more than the {most}" in what


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (Path.mkdir, "is no regular file"),
        (os.mkfifo, "is no regular file"),
        (
            lambda path: path.symlink_to("gone"),
            "a link to nothing (gone is not there); get it with `git annex get`",
        ),
        (
            lambda path: path.symlink_to(path.name),
            "cannot be read (Too many levels of symbolic links)",
        ),
    ],
)
def test_what_is_no_file_is_refused(folder, make, what):
    for path in (f for ending in ("json", "csv") for f in sorted(folder.rglob(f"*.{ending}"))):
        whole = path.read_bytes()
        path.unlink()
        make(path)
        found = inspect_published(folder).what[0]
        assert_one_sentence(found, path)
        assert what in found
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        path.write_bytes(whole)


def test_a_folder_whose_name_is_no_text_is_refused(folder):
    shutil.copytree(folder / ONE, folder / os.fsdecode(b"dynamic\xff"))
    what = inspect_published(folder).what[0]
    assert what == rf"{folder}/dynamic\udcff: its name is no text; rename it"


def test_a_trial_of_ten_thousand_rows_takes_no_memory(folder):
    path = next(folder.glob(f"{ONE}/trials/*.csv"))
    header, first, *rows = path.read_text().splitlines(keepends=True)
    path.write_text(header + first * 10_000 + "".join(rows))
    found = inspect_published(folder)
    assert (found.kind == "trial_twice").sum() == 9_999
