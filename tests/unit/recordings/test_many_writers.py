"""Many processes write one path at once and are killed at random: whoever reads it reads the whole of one of them."""

import random
import signal
import subprocess
import sys
import time

import pytest

from recordings.files import MARKER, replace_when_done

WRITE = """
import itertools, sys
from pathlib import Path
from recordings.files import replace_when_done

path, me, kind = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
for turn in itertools.count():
    content = f"{me} {turn}\\n" * (1 + turn * 37 % 5000)
    with replace_when_done(path) as temporary:
        if kind == "folder":
            temporary.mkdir()
        for part in (temporary / "a", temporary / "b") if kind == "folder" else [temporary]:
            with open(part, "w") as file:
                for start in range(0, len(content), 1000):
                    file.write(content[start : start + 1000])
                    file.flush()
"""
NUM_WRITERS = 6
NUM_KILLS = [8, pytest.param(100, marks=pytest.mark.slow)]


def start_writer(path, number, kind):
    return subprocess.Popen([sys.executable, "-c", WRITE, str(path), str(number), kind])


def is_whole(text: str) -> bool:
    lines = text.split("\n")
    turn = int(lines[0].split()[1])
    return lines[:-1] == [lines[0]] * (1 + turn * 37 % 5000)


def fight(path, kind, num_kills, read) -> int:
    """Writers replace `path`, one after the other is killed and another one started; return how often it was read."""
    rng = random.Random(20)
    writers = [start_writer(path, number, kind) for number in range(NUM_WRITERS)]
    try:
        num_reads = 0
        for number in range(NUM_WRITERS, NUM_WRITERS + num_kills):
            end = time.monotonic() + rng.uniform(0.05, 0.4)
            while time.monotonic() < end:
                num_reads += read()
            victim = writers.pop(rng.randrange(NUM_WRITERS))
            victim.send_signal(signal.SIGKILL)
            assert victim.wait() == -signal.SIGKILL, "a writer failed"
            writers.append(start_writer(path, number, kind))
        assert all(writer.poll() is None for writer in writers), "a writer failed"
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    return num_reads


@pytest.mark.parametrize("num_kills", NUM_KILLS)
def test_a_file_is_always_the_whole_of_one_writer(tmp_path, num_kills):
    path = tmp_path / "table.csv"
    path.write_text("first 0\n")

    def read() -> int:
        assert is_whole(path.read_text())
        return 1

    assert fight(path, "file", num_kills, read) > 10 * num_kills
    with replace_when_done(path) as temporary:
        temporary.write_text("last")
    assert [p.name for p in tmp_path.iterdir()] == ["table.csv"]


@pytest.mark.parametrize("num_kills", NUM_KILLS)
def test_a_folder_is_the_whole_of_one_writer(tmp_path, num_kills):
    path = tmp_path / "mouse"

    def read() -> int:
        time.sleep(0.02)
        return path.is_dir()

    assert fight(path, "folder", num_kills, read) > 0
    if path.exists():  # no writer was killed between two names
        texts = {(path / name).read_text() for name in "ab"}
        assert len(texts) == 1
        assert is_whole(texts.pop())
    with replace_when_done(path) as temporary:
        temporary.mkdir()
    assert [p.name for p in tmp_path.iterdir()] == ["mouse"]
    assert [p.name for p in path.iterdir()] == [MARKER]
