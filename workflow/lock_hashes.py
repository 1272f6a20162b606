"""Hashes of the files that pip may install for a pin, as the package index that pip is set up with lists them."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from packaging.tags import Tag
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

MACHINES = ("x86_64", "aarch64", "arm64", "universal2")
"""of Linux and macOS, as the end of a wheel's platform says"""
SYSTEMS = ("manylinux", "macosx")
NEWEST_MINOR = 11
"""of Python 3: wheels of the stable ABI fit from their own minor version on"""
JSON_PAGE = {"Accept": "application/vnd.pypi.simple.v1+json"}


def open_index() -> Callable[[str], list[dict[str, Any]]]:
    """What lists the files of a package, through pip's own session, index and certificates."""
    from pip._internal.commands import create_command

    command = create_command("download")
    options, _ = command.parse_args([])
    session = command._build_session(options)

    def files_of(name: str) -> list[dict[str, Any]]:
        page = session.get(f"{options.index_url.rstrip('/')}/{name}/", headers=JSON_PAGE)
        page.raise_for_status()
        return page.json()["files"]

    return files_of


def fitting_hashes(
    files: list[dict[str, Any]], version: str, systems: tuple[str, ...] = SYSTEMS
) -> set[str]:
    """sha256 of the wheels of a version for Python 3.11 on these systems; of the sdist where there is none."""
    wheels, sdists = set(), set()
    for file in files:
        name, digest = file["filename"], file["hashes"]["sha256"]
        try:
            if name.endswith(".whl"):
                found, tags = parse_wheel_filename(name)[1::2]
                fitting = found == Version(version) and any(fits(tag, systems) for tag in tags)
                wheels |= {digest} if fitting else set()
            else:
                found = parse_sdist_filename(name)[1]
                sdists |= {digest} if found == Version(version) else set()
        except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
            continue  # files of old ages
    return wheels or sdists


def fits(tag: Tag, systems: tuple[str, ...] = SYSTEMS) -> bool:
    """Whether a wheel with this tag may be installed by Python 3.11 on one of the systems."""
    minor = tag.interpreter.removeprefix("cp3")
    own = tag.interpreter in ("py3", "py311", "cp311") and tag.abi in ("none", "abi3", "cp311")
    stable = tag.abi == "abi3" and minor.isdigit() and int(minor) <= NEWEST_MINOR
    on_machine = tag.platform.startswith(systems) and tag.platform.endswith(MACHINES)
    return (own or stable) and (tag.platform == "any" or on_machine)


def resolve(*requirements: str) -> dict[str, tuple[str, str]]:
    """Version and sha256 of the files that pip would install here for requirements and what they need; none is installed."""
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
    command += ["--use-feature=fast-deps", "--report", "-", *requirements]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    installed = json.loads(said)["install"]
    return {
        item["metadata"]["name"].lower().replace("_", "-"): (
            item["metadata"]["version"],
            item["download_info"]["archive_info"]["hashes"]["sha256"],
        )
        for item in installed
    }
