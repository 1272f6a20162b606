"""Names and paths of the config that become files and folders: refused before any rule is made of them."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from reconstruct.variants import STANDARD
from recordings.names import LONGEST_SHORT_NAME, alike, folder_problem, name_problem, path_problem

short_problem = partial(name_problem, longest=LONGEST_SHORT_NAME)
RULES: dict[str, Callable[[str], str]] = {
    "recordings.mice": name_problem,
    "recordings.folder": folder_problem,
    "sources.archive.files": path_problem,
    "sources.archive.folder": folder_problem,
    "sources.download.folder": folder_problem,
    "sources.download.mirror": folder_problem,
    "recordings.published_metadata": folder_problem,
    "models.load.files": folder_problem,
    "variants.run": short_problem,
}
"""what the text at a key, or each text of its block or list, must be"""
NAMED = ("recordings.mice", "recordings.selection.clips", "models.load.files", "variants.changes")
"""blocks whose keys are names"""
TAKEN = {"variants.changes": [STANDARD]}
"""names that a block cannot use"""


def naming_problems(config: dict) -> list[str]:
    """One sentence per text that could lead anywhere else than to a file or folder of its own; what is no text is left to the schema."""
    found = [
        (block, short_problem(key))
        for block in NAMED
        for key in (_find(config, block) if isinstance(_find(config, block), dict) else ())
    ]
    for key, rule in RULES.items():
        found += [(where, rule(text)) for where, text in _texts(key, _find(config, key))]
    problems = [f"{where}: {problem}" for where, problem in found if problem]
    return problems or _alike(config)  # which shows names as they are


def _alike(config: dict) -> list[str]:
    """Names that are one file or folder on disks that do not tell capitals from small letters."""
    mice = _find(config, "recordings.mice")
    found = {block: _find(config, block) for block in NAMED}
    blocks = {
        block: [*TAKEN.get(block, ()), *(names if isinstance(names, dict) else ())]
        for block, names in found.items()
    }
    blocks["recordings.mice, folders"] = mice.values() if isinstance(mice, dict) else ()
    return [
        f"{block}: {name} differs from {other} by capitals only; take another name"
        for block, names in blocks.items()
        for name, other in alike(name for name in names if isinstance(name, str)).items()
    ]


def _texts(where: str, node: Any) -> Iterator[tuple[str, str]]:
    """The texts at a key, each with its place; one whose name is refused itself cannot be shown."""
    if isinstance(node, str):
        yield where, node
    elif isinstance(node, dict):
        named = {key: text for key, text in node.items() if not name_problem(key)}
        yield from (
            (f"{where}.{key}", text) for key, text in named.items() if isinstance(text, str)
        )
    elif isinstance(node, list):
        yield from ((f"{where}[{i}]", text) for i, text in enumerate(node) if isinstance(text, str))


def _find(config: Any, dotted: str) -> Any:
    """The value of a key; None where a block above it is missing or no block."""
    for key in dotted.split("."):
        config = config.get(key) if isinstance(config, dict) else None
    return config
