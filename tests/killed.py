"""A writer that is killed while it writes."""

import subprocess
import sys
from pathlib import Path

WRITE = """
import os, signal, sys
from recordings.files import replace_when_done

with replace_when_done(sys.argv[1]) as temporary:
    temporary.mkdir() if sys.argv[2] == "folder" else temporary.write_text("half")
    print(temporary, flush=True)
    sys.stdin.read() if sys.argv[3] == "stay" else os.kill(os.getpid(), signal.SIGKILL)
"""


def kill_writer(path: Path, kind: str = "file") -> Path:
    """What a killed writer of `path` leaves."""
    command = [sys.executable, "-c", WRITE, str(path), kind, "die"]
    return Path(subprocess.run(command, stdout=subprocess.PIPE, text=True).stdout.strip())


def start_writer(path: Path) -> tuple[subprocess.Popen, Path]:
    """A writer of `path` that is at work until it is killed, and what it writes."""
    command = [sys.executable, "-c", WRITE, str(path), "file", "stay"]
    writer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return writer, Path(writer.stdout.readline().strip())
