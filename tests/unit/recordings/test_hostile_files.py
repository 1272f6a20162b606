"""Mutated files thrown at the reader and the checks: one sentence with the path, never a traceback or a wrong acceptance."""

import io
import os
import pickle
import tracemalloc
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recordings.catalogue.statistics import summarise_neurons
from recordings.checks import check_recording
from recordings.findings import ERROR, NOTE
from recordings.npy import MAGIC, MAX_HEADER_BYTES, load_array
from recordings.reader import MAX_ARRAY_BYTES, MODALITIES, Recording
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
NUMBERS = st.sampled_from(
    [np.nan, np.inf, -np.inf, 1e300, -1e300, 3.5e38, 3.4e38, -1.0, 256.0, 5e-324, -0.0, 1e-46]
)


def with_odd_numbers(shape: tuple):
    """Arrays of the right shape with a few numbers that need not be any, or a tail of them."""
    changes = st.lists(st.tuples(st.integers(0, 10**6), NUMBERS, st.booleans()), max_size=3)

    def change(dtype, order, changes):
        values = values_of(shape).astype(dtype)
        for place, number, is_tail in changes:
            row, frame = divmod(place, shape[-1])
            row = slice(None) if is_tail else row % (values.size // shape[-1])
            frame = slice(frame, None) if is_tail else frame
            with np.errstate(over="ignore"):
                values.reshape(-1, shape[-1])[row, frame] = np.dtype(dtype).type(number)
        return stored(values.copy(order=order))

    return st.builds(change, st.sampled_from(["<f4", "<f8"]), st.sampled_from("CF"), changes)


PICKLES = st.sampled_from(
    [pickle.dumps(Payload()), stored(np.array([Payload()], object), allow_pickle=True)]
)


def mutations(whole: bytes, shape: tuple = (NUM_NEURONS, WIDTH)):
    """What may have become of a file; truncated ones are marked."""
    others = st.one_of(
        flipped(whole),
        with_odd_numbers(shape),
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


def many(few: int, thorough: int):
    """How many examples, in `make test` and in `make test-all`."""
    params = [few, pytest.param(thorough, marks=pytest.mark.slow)]
    return pytest.mark.parametrize("num_examples", params)


def throw(strategy, num_examples: int, check) -> None:
    """Call a check with so many cases, always the same ones."""
    settings(max_examples=num_examples, **THOROUGH)(given(strategy)(lambda case: check(case)))()


@many(400, 4000)
def test_the_reader_maps_what_is_announced_or_refuses_it(tmp_path, num_examples):
    path = tmp_path / "4.npy"

    def check(case):
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

    throw(mutations(WHOLE["responses"]), num_examples, check)


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
    (folder / "meta/neurons").mkdir()
    for name, content in (FILES | NEURONS).items():
        if name.startswith("meta"):
            (folder / name).write_bytes(content)
    return folder


FILES = {f"data/{modality}/1.npy": WHOLE[modality] for modality in MODALITIES}
FILES["meta/trials/tiers.npy"] = stored(TIERS)
NEURONS = {
    "meta/neurons/unit_ids.npy": stored(np.arange(NUM_NEURONS)),
    "meta/neurons/cell_motor_coordinates.npy": stored(np.eye(NUM_NEURONS) * 20),
}


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def annexed(path: Path) -> None:
    path.symlink_to("../../.git/annex/objects/aa/bb/SHA256E-s9.npy/SHA256E-s9.npy")


def pointer(path: Path) -> None:
    path.write_bytes(b"/annex/objects/SHA256E-s9--0.npy\n")


IN_PLACE = [Path.mkdir, os.mkfifo, loop, annexed, pointer, lambda path: None]
"""what else may stand where a file was, or nothing"""


def cases(files: dict[str, bytes]):
    """A file's name and what became of it: its bytes, or what stands in its place."""

    def of(name):
        shape = SHAPES.get(name.split("/")[1], (NUM_NEURONS, 3))
        changed = mutations(files[name], shape)
        return st.tuples(
            st.just(name),
            st.one_of(changed, st.sampled_from(IN_PLACE).map(lambda make: (True, make))),
        )

    return st.sampled_from(list(files)).flatmap(of)


@contextmanager
def replaced(path: Path, change):
    """A file whose bytes or whose place are others for a while."""
    before = path.read_bytes()
    path.unlink()
    try:
        path.write_bytes(change) if isinstance(change, bytes) else change(path)
        yield
    finally:
        path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
        path.write_bytes(before)


def assert_read_as_stored(recording: Path) -> None:
    """The reader gives the numbers that numpy reads, all of them finite."""
    for trial in range(len(TIERS)):
        read = Recording(recording).trial(trial)
        arrays = {m: np.load(recording / f"data/{m}/{trial}.npy") for m in MODALITIES}
        stop = int((~np.isnan(arrays["behavior"]).all(axis=0)).sum())
        video, responses, *behavior = (arrays[m][..., :stop].astype("f4") for m in MODALITIES)
        np.testing.assert_array_equal(read.video_THW, video.transpose(2, 0, 1))
        np.testing.assert_array_equal(read.responses_NT, np.maximum(responses, 0))
        np.testing.assert_array_equal(read.behavior_CT, np.concatenate(behavior))
        assert all(np.isfinite(a).all() for a in (video, responses, *behavior))


@many(120, 1000)
def test_report_and_gate_refuse_the_same_in_one_sentence(recording, num_examples):
    def check(case):
        name, (is_lost, change) = case
        path = recording / name
        with replaced(path, change):
            errors = [f for f in inspect_recording(recording) if f.severity == ERROR]
            assert {f.file for f in errors} <= {str(path)}
            for finding in errors:
                assert_one_sentence(finding.sentence, path)
                assert change not in (annexed, pointer) or "git annex get" in finding.what
            if errors:
                with pytest.raises(ValueError, match=r"\.npy: ") as refusal:
                    check_recording(Recording(recording))
                assert str(refusal.value) == errors[0].sentence
            else:
                assert not is_lost
                assert len(check_recording(Recording(recording))) == len(TIERS)
                assert_read_as_stored(recording)

    throw(cases(FILES), num_examples, check)


@many(100, 1000)
def test_the_reader_alone_refuses_in_one_sentence(recording, num_examples):
    """Notebooks open recordings that no gate has seen: NaN at the end may be left, nothing infinite."""

    def check(case):
        name, (_, change) = case
        with replaced(recording / name, change):
            opened = Recording(recording)
            try:
                trial = opened.trial(1)
                opened.behavior(1)
                assert opened.num_valid_frames(1) == trial.behavior_CT.shape[1]
                assert list(opened.tiers) == [0, 1, 2]
            except ValueError as refusal:
                assert_one_sentence(str(refusal), recording / name)
                return
            for values in (trial.video_THW, trial.responses_NT, trial.behavior_CT):
                assert not np.isinf(values).any()

    throw(cases(FILES), num_examples, check)


@many(60, 500)
def test_neurons_are_tabulated_as_stored_or_refused(recording, num_examples):
    def check(case):
        name, (_, change) = case
        path = recording / name
        with replaced(path, change):
            findings = inspect_recording(recording)
            assert {f.file for f in findings if f.severity != NOTE} <= {str(path)}
            try:
                table = summarise_neurons(Recording(recording), dict.fromkeys(range(3), WIDTH))
            except ValueError as refusal:
                assert_one_sentence(str(refusal), path)
                assert findings
                return
            assert np.isfinite(table.filter(like="activation")).all(axis=None)
            places = table[["coord_x", "coord_y", "coord_z"]].to_numpy(float)
            assert not np.isinf(places.astype("f4")).any()
            assert (np.load(recording / next(iter(NEURONS))) == table.ID).all()

    throw(cases(NEURONS), num_examples, check)


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


def test_an_array_that_is_read_as_a_whole_is_bounded(recording):
    """Announced and there, but mostly holes: nothing of it is read."""
    path = recording / "data/videos/1.npy"
    width = MAX_ARRAY_BYTES // (36 * 64 * 4) + 1
    header = with_header(
        f"{{'descr': '<f4', 'fortran_order': False, 'shape': (36, 64, {width})}}", b""
    )
    with replaced(path, header):
        os.truncate(path, len(header) + width * 36 * 64 * 4)
        with pytest.raises(ValueError, match=r"1\.npy: 536\.9 MB, more than .*; cut the trial"):
            Recording(recording).trial(1)


def test_tiers_of_millions_of_trials_are_refused_or_told_once(recording):
    path = recording / "meta/trials/tiers.npy"
    with replaced(path, stored(np.array(["train"] * 3000))):
        assert [f.what for f in inspect_recording(recording) if f.file == str(path)] == [
            "a tier but no files of 2997 trials (3, 4, 5, 6, 7, 8, 9, 10, ...)",
            "3000 entries, expected 3, one more than the last trial number",
        ]
    with replaced(path, stored(np.zeros(2**21, "<U3"))):
        (finding,) = [f for f in inspect_recording(recording) if f.severity == ERROR]
        assert "more than 16777216 bytes" in finding.what
