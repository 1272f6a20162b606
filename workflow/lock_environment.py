"""Writes the locks and environment.yml from the packages of the environment that runs it; see `make lock`."""

import platform
import tomllib
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from workflow.lock_hashes import fitting_hashes, open_index, resolve

ROOT = Path(__file__).resolve().parents[1]
BROUGHT_BY_TORCH = ("nvidia-", "cuda-", "triton")
"""Torch wheels for Linux name the CUDA packages that they need, others need none: they have a lock of their own."""
HEADER = "# Written by `make lock` from the names in pyproject.toml. Do not edit.\n"
CPU_HEADER = (
    HEADER + "# With the builds of torch that know no CUDA: for macOS, and Linux without a GPU.\n"
)
CUDA_HEADER = (
    HEADER + "# As requirements.lock, with the torch for CUDA and what it needs: for Linux.\n"
)


def collect_pins(requirements: list[str]) -> dict[str, str]:
    """Installed version of everything that these requirements need, and nothing else."""
    pins: dict[str, str] = {}
    seen: set[tuple[str, tuple[str, ...]]] = set()
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        wanted = waiting.pop()
        name, extras = canonicalize_name(wanted.name), tuple(sorted(wanted.extras))
        if (name, extras) in seen or name.startswith(BROUGHT_BY_TORCH):
            continue
        seen.add((name, extras))
        installed = distribution(name)
        pins[name] = Version(installed.version).public
        inner = [Requirement(text) for text in installed.requires or []]
        waiting += [need for need in inner if is_needed(need, extras)]
    return dict(sorted(pins.items()))


def is_needed(requirement: Requirement, extras: tuple[str, ...]) -> bool:
    """Whether a requirement applies here, for a package asked for with these extras."""
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras))


def cuda_pins(torch_version: str) -> dict[str, str]:
    """Versions of what the index's own torch for Linux needs of CUDA; `===` leaves local builds out."""
    needed = resolve(f"torch==={torch_version}")
    pins = {name: found for name, (found, _) in needed.items() if name.startswith(BROUGHT_BY_TORCH)}
    if not pins:
        raise SystemExit("no CUDA package found: run `make lock` on Linux, x86_64")
    return dict(sorted(pins.items()))


def hash_pins(pins: dict[str, str]) -> dict[str, set[str]]:
    """sha256 of every file of the index that may be installed for each pin."""
    files_of = open_index()
    hashes = {name: fitting_hashes(files_of(name), version) for name, version in pins.items()}
    without = [name for name, found in hashes.items() if not found]
    if without:
        raise SystemExit(f"the index has no file for {', '.join(without)}")
    return hashes


def hash_torch(version: str) -> tuple[set[str], set[str]]:
    """sha256 of the builds without CUDA, macOS's and the one that pip finds here, and of those with it.

    pip prefers a file whose hash is listed and known: in one lock those with CUDA would be taken everywhere.
    """
    files = open_index()("torch")
    found, sha256 = resolve("--no-deps", f"torch=={version}")["torch"]
    if not found.endswith("+cpu"):
        raise SystemExit(f"pip finds no torch {version}+cpu: name an index that has it")
    plain = fitting_hashes(files, version, ("macosx",)) | {sha256}
    return plain, fitting_hashes(files, version, ("manylinux",))


def format_lock(pins: dict[str, str], hashes: dict[str, Iterable[str]], header: str) -> str:
    """A lock file: each pin, then the files that may stand for it."""
    blocks = [
        " \\\n    ".join(
            [f"{name}=={version}", *(f"--hash=sha256:{h}" for h in sorted(hashes[name]))]
        )
        for name, version in pins.items()
    ]
    return header + "\n".join(blocks) + "\n"


def format_conda(pins: dict[str, str], python: str) -> str:
    """environment.yml: Python by conda, the same pins by pip, so that both give one environment."""
    head = ["name: movie-reconstruction", "channels:", "  - conda-forge", "dependencies:"]
    conda = [f"  - python={python}", "  - pip", "  - pip:"]
    pip = [f"      - {name}=={version}" for name, version in pins.items()]
    return HEADER + "\n".join([*head, *conda, *pip]) + "\n"


def main() -> None:
    """Write all three files; the pins of the first are in the second too, but torch's files differ."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pins = collect_pins(project["dependencies"] + project["optional-dependencies"]["dev"])
    cuda = cuda_pins(pins["torch"])
    plain, with_cuda = hash_torch(pins["torch"])
    hashes = hash_pins(pins) | {"torch": plain}
    (ROOT / "requirements.lock").write_text(format_lock(pins, hashes, CPU_HEADER))
    hashes |= hash_pins(cuda) | {"torch": with_cuda}
    every = dict(sorted((pins | cuda).items()))
    (ROOT / "requirements-cuda.lock").write_text(format_lock(every, hashes, CUDA_HEADER))
    (ROOT / "environment.yml").write_text(format_conda(pins, platform.python_version()))


if __name__ == "__main__":
    main()
