"""Snakemake in a process that has it loaded already: most of the time of a dry run is its import."""

import os
import sys
from multiprocessing import get_context
from pathlib import Path

CONTEXT = get_context("forkserver")
CONTEXT.set_forkserver_preload(["snakemake.cli", "snakemake.api", "pydantic", "pandas", "h5py"])
LIMIT_S = 120


def run_forked(arguments: list[str], folder: Path, said: Path) -> int:
    """`snakemake <arguments>` in a folder; all that it says goes to a file; return its exit code."""
    process = CONTEXT.Process(target=_snakemake, args=(arguments, str(folder), str(said)))
    process.start()
    process.join(LIMIT_S)
    if process.is_alive():
        process.kill()
        raise TimeoutError(f"snakemake {arguments}: not done after {LIMIT_S} s")
    return process.exitcode


def _snakemake(arguments: list[str], folder: str, said: str) -> None:
    """In the forked process, which knows nothing of the tests."""
    os.chdir(folder)
    with open(said, "w") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    sys.argv = ["snakemake", *arguments]
    sys.path[:] = [path for path in sys.path if path != str(Path(__file__).resolve().parents[1])]
    from snakemake.cli import main

    main(arguments)
