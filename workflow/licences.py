"""Writes docs/licences.md: what is installed, under which licence; part of `make lock`."""

import re
import subprocess
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/licences.md"
MOST_LETTERS = 60
"""in a name of a licence: some packages put the whole text where its name belongs"""
TEXT = """# Licences of what is installed

Written by `make lock` from what the packages of `requirements.lock` say of themselves. Do not edit. This project itself is MIT ([LICENSE](../LICENSE)).

**ffmpeg.** Films are encoded by a program that `imageio-ffmpeg` brings along and this project runs as a process of its own: {version}.
Its licence is {licence}: it is built with {flags}, so whoever passes the program on owes its source as well. The
package around it is BSD. On another system it brings another build: `ffmpeg -L` says its licence. `IMAGEIO_FFMPEG_EXE` names a program of yours to use instead.

**CUDA.** `requirements-cuda.lock` adds NVIDIA's libraries (`nvidia-*`, `cuda-*`: NVIDIA's own terms, no free software) and triton (MIT).

| package | version | licence |
|---|---|---|
"""


def read_pins(lock: str) -> dict[str, str]:
    """Name and version of every pin of a lock file."""
    return dict(re.findall(r"^([a-z0-9.-]+)==([^\s\\]+)", lock, re.MULTILINE))


def licence_of(package: str) -> str:
    """What an installed package says its licence is, by the first place that names one."""
    found = distribution(package)
    about = found.metadata
    if about.get("License-Expression"):
        return about["License-Expression"]
    prefix = "License :: "
    classes = [c.split(" :: ")[-1] for c in about.get_all("Classifier", []) if c.startswith(prefix)]
    named = about.get("License", "").strip()
    if named and "\n" not in named and len(named) <= MOST_LETTERS and "Copyright" not in named:
        return named
    if classes:
        return ", ".join(classes)
    texts = [file for file in found.files or [] if re.search(r"LICEN[CS]E", file.name)]
    return texts[0].read_text().strip().splitlines()[0] if texts else "not said"


def ffmpeg_facts() -> dict[str, str]:
    """Version, licence and the flags that set it, as the bundled ffmpeg says."""
    from imageio_ffmpeg import get_ffmpeg_exe

    said = [
        subprocess.run(
            [get_ffmpeg_exe(), flag], capture_output=True, text=True, check=True
        ).stdout.splitlines()
        for flag in ("-version", "-L")
    ]
    configuration = next(line for line in said[0] if line.startswith("configuration:"))
    flags = re.findall(r"--enable-(?:gpl|version3|nonfree)\b", configuration)
    licence = " ".join(said[1])
    name = re.search(r"GNU (?:Lesser )?General Public License", licence)[0]
    number = re.search(r"either version (\S+)", licence)
    return {
        "version": said[0][0].split(" Copyright")[0],
        "licence": f"the {name}, version {number[1]} or later" if number else f"the {name}",
        "flags": " and ".join(f"`{flag}`" for flag in flags) or "neither GPL nor non-free parts",
    }


def format_page(pins: dict[str, str]) -> str:
    """docs/licences.md"""
    return TEXT.format(**ffmpeg_facts()) + "".join(table_rows(pins))


def table_rows(pins: dict[str, str]) -> Iterable[str]:
    """A row of each package."""
    return (
        f"| {name} | {version} | {licence_of(name)} |\n" for name, version in sorted(pins.items())
    )


def main() -> None:
    """Write the page."""
    PAGE.write_text(format_page(read_pins((ROOT / "requirements.lock").read_text())))


if __name__ == "__main__":
    main()
