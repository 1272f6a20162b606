"""Mutated files thrown at the reader and the checks: one sentence with the path, never a traceback or a wrong acceptance."""

import io
import os
import pickle
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recordings.checks import check_recording
from recordings.findings import ERROR
from recordings.npy import MAGIC, MAX_HEADER_BYTES, load_array
from recordings.reader import MODALITIES, Recording
from recordings.report import inspect_recording

WIDTH, NUM_NEURONS = 6, 3
SHAPES = {
    "videos": (36, 64, WIDTH),
    "responses": (NUM_NEURONS, WIDTH),
    "behavior": (2, WIDTH),
    "pupil_center": (2, WIDTH),
}
TIERS = np.array(["train", "oracle", "train"])
THOROUGH = {
    "derandomize": True,
    "deadline": None,
    "database": None,
    "suppress_health_check": list(HealthCheck),
}


class Payload:
    """Pickled, it makes a folder when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("executed-by-a-test",)


def stored(array: np.ndarray, version=None, allow_pickle=False) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version, allow_pickle=allow_pickle)
    return file.getvalue()


def values_of(shape: tuple, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(1, 200, shape).astype(np.float32)


def with_header(text: str, body: bytes = bytes(64), version: int = 1) -> bytes:
    """A file with any text as its header."""
    header = text.encode("utf-8", "replace")
    size = len(header).to_bytes(2 if version == 1 else 4, "little")
    return MAGIC + bytes([version, 0]) + size + header + body


def truncated(whole: bytes):
    return st.integers(0, len(whole) - 1).map(lambda length: whole[:length])


def flipped(whole: bytes):
    """Up to three changed bytes, most of them in the header."""
    places = st.one_of(st.integers(0, min(127, len(whole) - 1)), st.integers(0, len(whole) - 1))
    changes = st.lists(st.tuples(places, st.integers(1, 255)), min_size=1, max_size=3)

    def change(pairs):
        content = bytearray(whole)
        for place, bits in pairs:
            content[place] ^= bits
        return bytes(content)

    return changes.map(change)


SIZES = st.sampled_from([0, 1, 2, 3, 6, 36, 64, 2**31, 2**63, 10**30, -1, -36])
HEADERS = st.builds(
    "{{'descr': {}, 'fortran_order': {}, 'shape': {}, }}\n".format,
    st.sampled_from(["'<f4'", "'|O'", "'<f3'", "'<U0'", "[('a', '<f4')]", "'<f4,<f4'", "'O'", "7"]),
    st.sampled_from(["False", "True", "None", "1"]),
    st.one_of(st.lists(SIZES, max_size=5).map(tuple), st.sampled_from(["6", "[6]", "((6,),)"])),
)
ODD_HEADERS = st.sampled_from(
    ["", "{", "{[]: 1}", "(" * 500, "-" * 9000 + "1", "{'shape': 10L}", "__import__('os')", "\x00"]
)
ARRAYS = st.builds(
    lambda shape, dtype, order: np.ones(shape, dtype).copy(order=order),
    st.sampled_from([*SHAPES.values(), (), (1,), (WIDTH, 64, 36), (0, 3), (2, 2, 2, 2)]),
    st.sampled_from(["<f4", ">f4", "<f8", "f2", "u1", "i8", "?", "c8", "<U3", "S2", "M8[s]"]),
    st.sampled_from("CF"),
)
PICKLES = st.sampled_from(
    [pickle.dumps(Payload()), stored(np.array([Payload()], object), allow_pickle=True)]
)


def mutations(whole: bytes):
    """What may have become of a file; truncated ones are marked."""
    others = st.one_of(
        flipped(whole),
        st.builds(with_header, HEADERS, st.binary(max_size=200), st.sampled_from([1, 2, 3])),
        st.builds(with_header, ODD_HEADERS, st.just(b""), st.sampled_from([1, 2, 3])),
        st.builds(stored, ARRAYS, st.sampled_from([(1, 0), (2, 0), (3, 0)])),
        st.binary(min_size=1, max_size=50).map(lambda extra: whole + extra),
        st.binary(max_size=200),
        st.binary(max_size=200).map(lambda rest: MAGIC + rest),
        PICKLES,
    )
    return st.one_of(truncated(whole).map(lambda b: (True, b)), others.map(lambda b: (False, b)))


WHOLE = {modality: stored(values_of(shape)) for modality, shape in SHAPES.items()}


def assert_one_sentence(text: str, path: Path) -> None:
    assert text.startswith(f"{path}: ")
    assert "\n" not in text
    assert len(text) < 1000


@settings(max_examples=2000, **THOROUGH)
@given(case=mutations(WHOLE["responses"]))
def test_the_reader_maps_what_is_announced_or_refuses_it(tmp_path_factory, case):
    path = tmp_path_factory.getbasetemp() / "4.npy"
    is_truncated, content = case
    path.write_bytes(content)
    try:
        array = load_array(path)
    except ValueError as refusal:
        assert_one_sentence(str(refusal), path)
        return
    assert not is_truncated
    assert not array.dtype.hasobject
    assert content.endswith(array.tobytes(order="A"))
    assert array.nbytes < len(content) <= array.nbytes + 12 + MAX_HEADER_BYTES


@pytest.fixture(scope="module")
def recording(tmp_path_factory) -> Path:
    """Three trials of six frames."""
    folder = tmp_path_factory.mktemp("hostile") / "mouse"
    for modality, shape in SHAPES.items():
        (folder / "data" / modality).mkdir(parents=True)
        for trial in range(len(TIERS)):
            values = values_of(shape, trial)
            (folder / f"data/{modality}/{trial}.npy").write_bytes(stored(values))
    (folder / "meta/trials").mkdir(parents=True)
    np.save(folder / "meta/trials/tiers.npy", TIERS)
    return folder


FILES = {f"data/{modality}/1.npy": WHOLE[modality] for modality in MODALITIES}
FILES["meta/trials/tiers.npy"] = stored(TIERS)
CASES = st.sampled_from(list(FILES)).flatmap(
    lambda name: st.tuples(st.just(name), mutations(FILES[name]))
)


@settings(max_examples=300, **THOROUGH)
@given(case=CASES)
def test_report_and_gate_refuse_the_same_in_one_sentence(recording, case):
    name, (is_truncated, content) = case
    path = recording / name
    before = path.read_bytes()
    path.write_bytes(content)
    try:
        errors = [f for f in inspect_recording(recording) if f.severity == ERROR]
        assert {f.file for f in errors} <= {str(path)}
        for finding in errors:
            assert_one_sentence(finding.sentence, path)
        if errors:
            with pytest.raises(ValueError, match=r"\.npy: ") as refusal:
                check_recording(Recording(recording))
            assert str(refusal.value) == errors[0].sentence
        else:
            assert not is_truncated
            assert len(check_recording(Recording(recording))) == len(TIERS)
    finally:
        path.write_bytes(before)


def test_nothing_was_unpickled():
    """The tests above met pickles that would have made this folder."""
    assert not Path("executed-by-a-test").exists()


@pytest.mark.parametrize("version", [1, 2, 3])
def test_any_version_and_order_is_read(tmp_path, version):
    values = np.asfortranarray(values_of((4, 5)))
    (tmp_path / "4.npy").write_bytes(stored(values, (version, 0)))
    np.testing.assert_array_equal(load_array(tmp_path / "4.npy"), values)


@pytest.mark.parametrize(
    "content",
    [
        MAGIC + b"\x02\x00\xff\xff\xff\xff" + b"{",
        with_header("{'descr': '<f8', 'fortran_order': False, 'shape': (4000000000, 9), }"),
        with_header("(" * 9000),
        with_header(" " * (MAX_HEADER_BYTES + 1), version=2),
    ],
)
def test_a_huge_header_takes_no_memory(tmp_path, content):
    (tmp_path / "4.npy").write_bytes(content)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=r"4\.npy: not a readable \.npy"):
            load_array(tmp_path / "4.npy")
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "4.npy")
    with pytest.raises(ValueError, match="no regular file"):
        load_array(tmp_path / "4.npy")
