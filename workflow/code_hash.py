"""A hash of the code behind a rule, for its params: Snakemake does not see edits in imported packages."""

import ast
import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("recordings", "models", "masks", "reconstruct", "evaluate", "figures")


def code_hash(*modules: str, root: Path = ROOT) -> str:
    """12 hex digits of the code of these modules and of every project module that they import, however deep.

    Comments, docstrings and formatting do not count; `recordings` stands for recordings/__init__.py,
    `models.training` for one file. Raises ValueError for a module that does not exist.
    """
    for module in modules:
        if _path(module, root) is None:
            raise ValueError(
                f"code_hash: no module {module} in {root}; name a project module, such as models.training"
            )
    return _hash(tuple(sorted(set(modules))), root)


@cache
def _hash(modules: tuple[str, ...], root: Path) -> str:
    digest = hashlib.sha256()
    with _no_collection():
        for module in sorted(reached(modules, root)):
            digest.update(f"{module} {_read(module, root)[0]}\n".encode())
    return digest.hexdigest()[:12]


def script_hash(path: Path) -> str:
    """12 hex digits of the code of one file, without comments and docstrings; what it imports is left to `code_hash`."""
    return _parse(path)[1][:12]


@contextmanager
def _no_collection() -> Iterator[None]:
    """Syntax trees hold no cycles, and the search for some in them doubles the time of parsing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def reached(modules: tuple[str, ...], root: Path = ROOT) -> set[str]:
    """The modules themselves, their packages, and all project modules that these import."""
    found: set[str] = set()
    waiting = [name for module in modules for name in _with_parents(module)]
    while waiting:
        module = waiting.pop()
        if module not in found and _path(module, root):
            found.add(module)
            waiting.extend(_read(module, root)[1])
    return found


def _with_parents(module: str) -> list[str]:
    """Importing a.b.c runs a and a.b too."""
    parts = module.split(".")
    return [".".join(parts[:depth]) for depth in range(1, len(parts) + 1)]


@cache
def _path(module: str, root: Path) -> Path | None:
    if module.split(".")[0] not in PACKAGES:
        return None
    stem = root.joinpath(*module.split("."))
    return next(
        (p for p in (stem / "__init__.py", stem.with_name(stem.name + ".py")) if p.is_file()), None
    )


@cache
def _read(module: str, root: Path) -> tuple[str, tuple[str, ...]]:
    """Hash of one file's code, and the names that it imports (some may be functions, not modules)."""
    path = _path(module, root)
    statements, digest = _parse(path)
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    imports = {name for node in statements for name in imported_names(node, package)}
    return digest, tuple(n for i in imports for n in _with_parents(i))


def _parse(path: Path) -> tuple[list[ast.AST], str]:
    """The statements of a file, and a hash of them without docstrings."""
    tree = ast.parse(path.read_bytes(), filename=str(path))
    statements = list(_statements(tree))
    _remove_docstrings(statements)
    text = ast.dump(tree, include_attributes=False)
    return statements, hashlib.sha256(text.encode()).hexdigest()


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """The module and every node that is a statement or holds some, however deep; expressions hold none."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, name, None)
            if isinstance(inner, list):
                waiting += inner


def imported_names(node: ast.AST, package: str) -> list[str]:
    """Dotted names that an import statement of a module in `package` may load; empty for other nodes."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    parts = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
    base = ".".join([*parts, *([node.module] if node.module else [])])
    return [f"{base}.{alias.name}" for alias in node.names] + [base]


def _remove_docstrings(nodes: list[ast.AST]) -> None:
    """Bare texts do nothing when run, wherever they stand, so attribute docstrings go too."""
    for node in nodes:
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if isinstance(body, list):
                body[:] = [line for line in body if not _is_text(line)]


def _is_text(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )
