"""The lock files name every file by its hash, and docs/licences.md what is installed from them."""

import re
from pathlib import Path

import pytest
from packaging.tags import parse_tag

from workflow.licences import PAGE, ffmpeg_facts, read_pins, table_rows
from workflow.lock_environment import BROUGHT_BY_TORCH, format_lock
from workflow.lock_hashes import fits, fitting_hashes

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-cuda.lock")
PIN = r"[a-z0-9.-]+==[0-9][0-9a-z.]*(?: \\\n    --hash=sha256:[0-9a-f]{64})+\n"
FITTING = ("py3-none-any", "cp311-cp311-manylinux_2_28_x86_64", "cp39-abi3-macosx_11_0_arm64")
FITTING += ("py2.py3-none-manylinux2014_aarch64", "cp311-cp311-macosx_10_9_universal2")
OTHERS = ("cp312-cp312-manylinux_2_28_x86_64", "cp312-abi3-macosx_11_0_arm64", "py2-none-any")
OTHERS += ("cp311-cp311-win_amd64", "cp311-cp311-musllinux_1_2_x86_64")
OTHERS += ("pp311-pypy311_pp73-manylinux_2_28_x86_64", "cp39-cp39-manylinux_2_28_x86_64")


def text_of(lock):
    return (ROOT / lock).read_text()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_the_hashes_of_its_files(lock):
    lines = re.sub(r"^#.*\n", "", text_of(lock), flags=re.MULTILINE)
    assert re.fullmatch(f"(?:{PIN})+", lines)
    assert list(read_pins(lines)) == sorted(read_pins(lines))


def blocks(lock):
    """The lines of every pin."""
    return {b.split("==")[0]: b for b in re.findall(PIN, text_of(lock))}


def test_the_locks_differ_in_cuda_only():
    """pip prefers a listed file of its index: in one lock a torch for CUDA would hide the one without."""
    plain, cuda = map(blocks, LOCKS)
    assert {n for n in cuda if n.startswith(BROUGHT_BY_TORCH)} == set(cuda) - set(plain) != set()
    assert [name for name in plain if plain[name] != cuda[name]] == ["torch"]
    assert plain["torch"].splitlines()[0] == cuda["torch"].splitlines()[0]
    hashes = [set(re.findall(r"[0-9a-f]{64}", b["torch"])) for b in (plain, cuda)]
    assert [len(h) for h in hashes] == [2, 2]  # macOS and Linux; x86_64 and aarch64
    assert not hashes[0] & hashes[1]


def test_everything_is_installed_by_hash():
    installs = re.findall(r"pip install [^\n]*-r [^\n]*", text_of("Makefile"))
    assert installs == ["pip install --quiet --no-deps --require-hashes -r $$lock"]


def test_wheels_for_python_311_on_linux_and_macos_fit():
    assert [t for t in FITTING if not any(map(fits, parse_tag(t)))] == []
    assert [t for t in OTHERS if any(map(fits, parse_tag(t)))] == []


def test_the_source_is_taken_where_there_is_no_wheel():
    names = ("p-1.0.tar.gz", "p-1.0-py3-none-any.whl", "p-2.0.tar.gz", "p-2.0-py2-none-any.whl")
    files = [{"filename": name, "hashes": {"sha256": name}} for name in (*names, "p.exe")]
    assert fitting_hashes(files, "1.0") == {"p-1.0-py3-none-any.whl"}
    assert fitting_hashes(files, "2") == {"p-2.0.tar.gz"}
    assert fitting_hashes(files, "3") == set()


def test_a_lock_is_read_as_it_is_written():
    hashes = {"a": ["f" * 64], "b-c": ["1", "0"]}
    written = format_lock({"a": "1.0", "b-c": "2.0.1"}, hashes, "# head\n")
    assert written.endswith("b-c==2.0.1 \\\n    --hash=sha256:0 \\\n    --hash=sha256:1\n")
    assert read_pins(written) == {"a": "1.0", "b-c": "2.0.1"}


def test_licences_are_those_of_what_is_locked():
    rows = list(table_rows(read_pins(text_of("requirements.lock"))))
    assert PAGE.read_text().endswith("|---|---|---|\n" + "".join(rows))
    assert not [row for row in rows if row.endswith("| not said |\n")]


def test_the_licence_of_the_bundled_ffmpeg_is_named():
    assert set(ffmpeg_facts()) == {"version", "licence", "flags"}
    assert "GNU General Public License, version 3" in PAGE.read_text()
    assert "`--enable-gpl`" in PAGE.read_text()
