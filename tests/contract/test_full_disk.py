"""A disk that fills up under every writer, at any byte: a whole file or none, one sentence, and the same bytes afterwards."""

import random
import re
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib.figure import Figure
from PIL import Image

from figures.mp4 import write_mp4
from figures.overview import write_config
from figures.report import Frame, write_report
from figures.save import save_figure
from recordings.catalogue.tables import write_tables
from recordings.catalogue.text_files import write_csv, write_json
from recordings.checksums import enforce_record
from recordings.files import replace_when_done
from recordings.hdf5 import new_hdf5
from recordings.packed import pack_recording
from recordings.resume import write_tensors
from recordings.unpack import unpack_recording
from recordings.write_layout import save_array
from tests.disks import ballast, longest_file, small_disk
from tests.tiny import write_recording

ROOT = Path(__file__).resolve().parents[2]
NUM_FAULTS = [4, pytest.param(60, marks=pytest.mark.slow)]
DISK_BYTES = 2**23


def noise(*shape, seed=0):
    return np.random.default_rng(seed).random(shape)


def write_film(folder, _):
    frames = (255 * noise(8, 48, 64, 3)).astype(np.uint8)
    write_mp4(folder / "a.mp4", (64, 48), 30.0, map(Image.fromarray, frames))


def write_figure(folder, _):
    figure = Figure()
    figure.subplots().imshow(noise(40, 40))
    paths = (folder / f"a.{ending}" for ending in ("svg", "png", "csv"))
    save_figure(figure, *paths, pd.DataFrame(noise(300, 3), columns=list("xyz")), 60)


def write_h5(folder, _):
    with new_hdf5(folder / "a.h5") as file:
        file.create_dataset("x", data=noise(20000), compression="gzip", chunks=(1000,))
        for number in range(50):
            file[f"small/{number}"] = noise(100, seed=number)


def write_page(folder, _):
    write_report(folder / "a.html", [], Frame("title", [("x" * 50, "y" * 999)] * 50, []))


def write_pt(folder, _):
    with replace_when_done(folder / "a.pt") as temporary:
        write_tensors(temporary, {"x": torch.arange(30000)})


def write_catalogue(folder, _):
    write_tables({"a": pd.DataFrame(noise(2000, 4), columns=list("wxyz"))}, folder)


def write_npy(folder, _):
    with replace_when_done(folder / "a.npy") as temporary:
        save_array(temporary, noise(10000))


def write_checksum(folder, given):
    enforce_record("http://x", given["zip"], folder / "a.zip.checksum.json")


WRITERS = {
    "mp4": write_film,
    "svg, png, csv": write_figure,
    "h5": write_h5,
    "html": write_page,
    "pt": write_pt,
    "parquet, csv": write_catalogue,
    "npy": write_npy,
    "json": lambda folder, _: write_json(folder / "a.json", noise(2000).tolist()),
    "metadata": lambda folder, _: write_csv(folder / "a.csv", pd.DataFrame(noise(2000, 2))),
    "yaml": lambda folder, _: write_config(folder / "a.yaml", {str(n): n for n in range(2000)}),
    "checksum": write_checksum,
    "packed": lambda folder, given: pack_recording(given["recording"], [0, 4], folder / "a"),
    "unpacked": lambda folder, given: unpack_recording(given["zip"], folder / "a", 10**9),
}


@pytest.fixture(scope="module")
def given(tmp_path_factory):
    """What is written from: a recording, and the zip of one."""
    folder = tmp_path_factory.mktemp("given")
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        for number in range(3):
            archive.writestr(f"data/videos/{number}.npy", noise(5000, seed=number).tobytes())
    recording = write_recording(folder / "recording")
    return {"recording": recording, "zip": folder / "a.zip", "folder": folder}


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "ballast"
    }


def attempt(write, folder, given) -> str:
    """What the user reads where it fails; empty where it does not."""
    try:
        write(folder, given)
    except ValueError as error:
        return str(error)
    return ""


def assert_whole_or_absent(said, found, before, whole):
    """Each file is that of before or that of an undisturbed run; a sentence says that not all are the latter."""
    wrong = [name for name in found if found[name] not in (before.get(name), whole.get(name))]
    assert wrong == []
    assert set(before) <= set(found)
    if said:
        assert "\n" not in said
        assert any(word in said for word in ("cannot be written", "make room"))
    else:
        assert found == whole


def undisturbed(write, tmp_path, given):
    folder = tmp_path / "undisturbed"
    folder.mkdir()
    write(folder, given)
    return contents(folder)


@pytest.mark.parametrize("num_faults", NUM_FAULTS)
@pytest.mark.parametrize("kind", WRITERS)
def test_files_that_may_not_grow(tmp_path, given, kind, num_faults):
    write, rng = WRITERS[kind], random.Random(7)
    whole = undisturbed(write, tmp_path, given)
    longest = max(map(len, whole.values()))
    folder = tmp_path / "limited"
    folder.mkdir()
    limits = [0, longest - 1, *(rng.randrange(longest) for _ in range(num_faults))]
    said = []
    for limit in limits:
        before = contents(folder)
        with longest_file(limit):
            said.append(attempt(write, folder, given))
        assert_whole_or_absent(said[-1], contents(folder), before, whole)
    assert all(said)
    write(folder, given)
    assert contents(folder) == whole


@pytest.mark.parametrize("num_faults", NUM_FAULTS)
@pytest.mark.parametrize("kind", WRITERS)
def test_a_disk_that_fills_up(tmp_path, given, kind, num_faults):
    write, rng = WRITERS[kind], random.Random(8)
    whole = undisturbed(write, tmp_path, given)
    total = sum(map(len, whole.values()))
    with small_disk(tmp_path / "small", DISK_BYTES) as disk:
        folder = disk / "results"
        folder.mkdir()
        for num_free in [0, *(rng.randrange(total) for _ in range(num_faults))]:
            before = contents(folder)
            with ballast(disk, num_free):
                said = attempt(write, folder, given)
            assert_whole_or_absent(said, contents(folder), before, whole)
            assert said or num_free
        write(folder, given)
        assert contents(folder) == whole


def test_no_writer_goes_past_those_that_notice_a_full_disk():
    """numpy loses the end of an array, HDF5 breaks the process, torch writes its temporary name into the file."""
    forbidden = {
        r"np\.save\(": {"recordings/write_layout.py"},
        r"np\.savez\(|\.tofile\(|imageio_ffmpeg\.write": set(),
        r"h5py\.File\([^)]*[\"'][wa]": {"recordings/hdf5.py"},
        r"torch\.save\((?!.*, file\))": set(),
        r"open_memmap\(": {"recordings/simulate/sparse.py"},  # for benchmarks, with holes
    }
    stages = ("recordings", "models", "masks", "reconstruct", "evaluate", "figures", "workflow")
    for file in (file for stage in stages for file in sorted((ROOT / stage).rglob("*.py"))):
        name, text = str(file.relative_to(ROOT)), file.read_text()
        odd = [form for form, may in forbidden.items() if re.search(form, text) and name not in may]
        assert odd == [], name
