"""The pins agree, and the project imports only what it names."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("recordings", "models", "masks", "reconstruct", "evaluate", "figures")
OWN = {*PACKAGES, "workflow", "_run"}
NAME_ON_PYPI = {
    "imageio_ffmpeg": "imageio-ffmpeg",
    "pydantic_core": "pydantic-core",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
    "PIL": "pillow",
}
TOOLS_OF_MAKE_LOCK = {"packaging", "pip"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def name_of(requirement):
    return re.match(r"[A-Za-z0-9._-]+", requirement)[0].lower()


def pins():
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    return [line.removesuffix(" \\") for line in lines if not line.startswith(("#", " "))]


def third_party_imports(text):
    names = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - OWN


def test_conda_and_pip_pin_the_same():
    dependencies = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    assert next(entry["pip"] for entry in dependencies if isinstance(entry, dict)) == pins()


def test_conda_python_is_the_one_required():
    dependencies = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    assert "python=3.11.7" in dependencies
    assert PROJECT["requires-python"] == "==3.11.*"


def test_every_pin_is_exact():
    assert all(re.fullmatch(r"[a-z0-9.-]+==[0-9][0-9a-z.]*", pin) for pin in pins())


def test_every_direct_dependency_is_pinned():
    direct = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]
    assert {name_of(text) for text in direct} <= {pin.split("==")[0] for pin in pins()}


def test_no_cuda_package_is_pinned():
    assert not [pin for pin in pins() if pin.startswith(("nvidia", "cuda", "triton"))]


def test_installed_versions_are_the_pinned_ones():
    from importlib.metadata import version

    for text in PROJECT["dependencies"]:
        name = name_of(text)
        assert f"{name}=={version(name).split('+')[0]}" in pins()


def test_every_import_is_a_direct_dependency():
    direct = {name_of(text) for text in PROJECT["dependencies"]} | TOOLS_OF_MAKE_LOCK
    for folder in (*PACKAGES, "workflow"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            imported = third_party_imports(path.read_text())
            unnamed = {NAME_ON_PYPI.get(name, name) for name in imported} - direct
            assert not unnamed, f"{path.relative_to(ROOT)}: name {unnamed} in pyproject.toml"


def test_import_check_can_fail():
    assert third_party_imports("import os\ndef f():\n    from requests import get\n") == {
        "requests"
    }
