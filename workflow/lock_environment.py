"""Writes requirements.lock and environment.yml from the packages of the environment that runs it; see `make lock`."""

import platform
import tomllib
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
BROUGHT_BY_TORCH = ("nvidia-", "cuda-", "triton")
"""Torch wheels for Linux name the CUDA packages that they need, others need none: never pinned here."""
HEADER = "# Written by `make lock` from the names in pyproject.toml. Do not edit.\n"


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


def format_lock(pins: dict[str, str]) -> str:
    """requirements.lock"""
    return HEADER + "".join(f"{name}=={version}\n" for name, version in pins.items())


def format_conda(pins: dict[str, str], python: str) -> str:
    """environment.yml: Python by conda, the same pins by pip, so that both give one environment."""
    head = ["name: movie-reconstruction", "channels:", "  - conda-forge", "dependencies:"]
    conda = [f"  - python={python}", "  - pip", "  - pip:"]
    pip = [f"      - {name}=={version}" for name, version in pins.items()]
    return HEADER + "\n".join([*head, *conda, *pip]) + "\n"


def main() -> None:
    """Write both files."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pins = collect_pins(project["dependencies"] + project["optional-dependencies"]["dev"])
    (ROOT / "requirements.lock").write_text(format_lock(pins))
    (ROOT / "environment.yml").write_text(format_conda(pins, platform.python_version()))


if __name__ == "__main__":
    main()
