"""A hash of the code behind a rule, for its params: Snakemake does not see edits in imported packages.

It follows definitions, not files: of a module, only the functions, classes and constants count that are reached
from the rule's script, and what the module does when it is imported. Words for people are no code: comments,
docstrings, messages of `raise`, of logging and of warnings, and what a field of a settings class says of itself.
"""

import ast
import gc
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("recordings", "models", "masks", "reconstruct", "evaluate", "figures")
SAYING = {"debug", "info", "warning", "error", "exception", "critical", "warn", "log"}
"""methods whose call, standing alone, only tells people something"""
IMPORTS = (ast.Import, ast.ImportFrom)
Place = tuple[str, str]
"""a module, and a name in it; an empty name is all of it"""


@dataclass
class Code:
    """A file as definitions by name, and what else runs when it is imported."""

    definitions: dict[str, list[ast.stmt]] = field(default_factory=dict)
    others: list[ast.stmt] = field(default_factory=list)
    imports: dict[str, list[Place]] = field(default_factory=dict)
    """what a name of the file may stand for, wherever it is imported"""


def code_hash(*modules: str, root: Path = ROOT) -> str:
    """12 hex digits of these modules, whole, and of all that they reach in the project.

    `recordings` stands for recordings/__init__.py, `models.training` for one file, `figures.scores:make_scores` for
    one definition. Raises ValueError for a module that does not exist.
    """
    places = [tuple(module.partition(":")[::2]) for module in modules]
    for module, _ in places:
        if _path(module, root) is None:
            raise ValueError(
                f"code_hash: no module {module} in {root}; name a project module, such as models.training"
            )
    return _digest(_walk(places, root), root)


def code_of_script(script: Path, *modules: str, root: Path = ROOT) -> str:
    """12 hex digits of a rule's script and of all that it, or one of `modules`, reaches."""
    code = _parse(script, "", root)
    imported = [place for places in code.imports.values() for place in places]
    places = [tuple(module.partition(":")[::2]) for module in modules]
    own = "".join(_text(node) for node in _all(code))
    digest = hashlib.sha256(own.encode())
    digest.update(_digest(_walk([*imported, *places], root), root).encode())
    return digest.hexdigest()[:12]


def reached(modules: tuple[str, ...], root: Path = ROOT) -> set[str]:
    """The modules themselves, their packages, and the project modules of which they reach anything."""
    return {module for module, _ in _walk([(module, "") for module in modules], root)}


def _digest(places: set[Place], root: Path) -> str:
    digest = hashlib.sha256()
    for module, name in sorted(places):
        if text := _hash_of(module, name, root):
            digest.update(f"{module}:{name} {text}\n".encode())
    return digest.hexdigest()[:12]


@cache
def _hash_of(module: str, name: str, root: Path) -> str:
    """Empty for a module whose import does nothing but import and define."""
    code = _read(module, root)
    nodes = code.definitions[name] if name else code.others
    text = "".join(_text(node) for node in nodes if not isinstance(node, IMPORTS))
    return hashlib.sha256(text.encode()).hexdigest() if text else ""


def _walk(places: list[Place], root: Path) -> set[Place]:
    """Every definition that is reached from some; `(module, "")` stands for what its import runs."""
    found: set[Place] = set()
    seen: set[tuple[str, str, bool]] = set()
    waiting = [(module, name, not name) for module, name in places]
    with _no_collection():
        while waiting:
            module, name, whole = use = waiting.pop()
            if use in seen or _path(module, root) is None:
                continue
            seen.add(use)
            waiting += [(*place, not place[1]) for place in _handed_on(module, name, whole, root)]
            for step in _steps(module, name, whole, root):
                if step not in found:
                    found.add(step)
                    waiting += [(*place, not place[1]) for place in _leads_to(*step, root)]
    return found


def _handed_on(module: str, name: str, whole: bool, root: Path) -> list[Place]:
    """What a module has from others: a name that it does not define, or all that a package offers."""
    code = _read(module, root)
    names = (
        code.imports if whole and _is_package(module, root) else {name} - code.definitions.keys()
    )
    return [place for one in names for place in code.imports.get(one, [])]


def _steps(module: str, name: str, whole: bool, root: Path) -> list[Place]:
    """What of a module counts when a name of it, or all of it, is used; importing a.b.c runs a and a.b too."""
    parts = module.split(".")
    packages = [".".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
    code = _read(module, root)
    run = [(package, "") for package in packages if _path(package, root)]
    if whole:
        return run + [(module, defined) for defined in code.definitions]
    return run + ([(module, name)] if name in code.definitions else [])


@cache
def _leads_to(module: str, name: str, root: Path) -> tuple[Place, ...]:
    """What the names in one definition stand for."""
    code = _read(module, root)
    nodes = code.definitions[name] if name else code.others
    used = {node.id for top in nodes for node in ast.walk(top) if isinstance(node, ast.Name)}
    inside = [(module, word) for word in used & code.definitions.keys() if word != name]
    outside = [place for word in used & code.imports.keys() for place in code.imports[word]]
    loaded = [p for top in nodes for p in _imports_of(top, module, root)]
    return tuple(inside + outside + loaded)


def _imports_of(top: ast.stmt, module: str, root: Path) -> list[Place]:
    """A statement that imports runs the module, whatever is used of it."""
    package = module if _is_package(module, root) else module.rpartition(".")[0]
    found = [place for node in _statements(top) for _, place in _bindings(node, package, root)]
    return [(name, _IMPORTED) for name, _ in found]


_IMPORTED = "<imported>"
"""a name that no module defines: only what its import runs"""


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


@cache
def _path(module: str, root: Path) -> Path | None:
    if module.split(".")[0] not in PACKAGES:
        return None
    stem = root.joinpath(*module.split("."))
    return next(
        (p for p in (stem / "__init__.py", stem.with_name(stem.name + ".py")) if p.is_file()), None
    )


def _is_package(module: str, root: Path) -> bool:
    path = _path(module, root)
    return path is not None and path.name == "__init__.py"


@cache
def _read(module: str, root: Path) -> Code:
    package = module if _is_package(module, root) else module.rpartition(".")[0]
    return _parse(_path(module, root), package, root)


@cache
def _parse(path: Path, package: str, root: Path) -> Code:
    tree = ast.parse(path.read_bytes(), filename=str(path))
    code = Code()
    for node in _statements(tree):
        _remove_words(node)
        for name, place in _bindings(node, package, root):
            code.imports.setdefault(name, []).append(place)
    for node in tree.body:
        names = _defined(node)
        for name in names:
            code.definitions.setdefault(name, []).append(node)
        if not names:
            code.others.append(node)
    return code


def _defined(node: ast.stmt) -> list[str]:
    """The names that a statement of a module defines, where it does nothing else."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    targets = [node.target] if isinstance(node, ast.AnnAssign | ast.AugAssign) else targets
    names = [t for target in targets for t in ast.walk(target) if isinstance(t, ast.expr)]
    plain = all(isinstance(t, ast.Name | ast.Tuple | ast.List) for t in names)
    return [t.id for t in names if isinstance(t, ast.Name)] if plain else []


def _bindings(node: ast.AST, package: str, root: Path) -> list[tuple[str, Place]]:
    """Names that an import statement binds, and what of the project each may stand for."""
    if isinstance(node, ast.Import):
        return [(a.asname or a.name.split(".")[0], (a.name, "")) for a in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    base = imported_names(node, package)[-1]
    return [
        (alias.asname or alias.name, (f"{base}.{alias.name}", ""))
        if _path(f"{base}.{alias.name}", root)
        else (alias.asname or alias.name, (base, alias.name))
        for alias in node.names
    ]


def imported_names(node: ast.AST, package: str) -> list[str]:
    """Dotted names that an import statement of a module in `package` may load; empty for other nodes."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    parts = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
    base = ".".join([*parts, *([node.module] if node.module else [])])
    return [f"{base}.{alias.name}" for alias in node.names] + [base]


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """A node and every node in it that is a statement or holds some, however deep; expressions hold none."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, name, None)
            if isinstance(inner, list):
                waiting += inner


def _remove_words(node: ast.AST) -> None:
    """Take what only people read out of one statement and the bodies that it holds."""
    for name in ("body", "orelse", "finalbody"):
        body = getattr(node, name, None)
        if isinstance(body, list):
            body[:] = [line for line in body if not _only_tells(line)]
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        node.exc.args, node.exc.keywords = [], []
    if isinstance(node, ast.AnnAssign):
        node.annotation = ast.Name("_")


def _only_tells(node: ast.AST) -> bool:
    """A bare text, or a call such as `logger.info(...)`, which stands alone."""
    if not isinstance(node, ast.Expr):
        return False
    if isinstance(node.value, ast.Constant):
        return isinstance(node.value.value, str)
    call = node.value
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in SAYING
    )


def _all(code: Code) -> list[ast.stmt]:
    return [*code.others, *(node for nodes in code.definitions.values() for node in nodes)]


def _text(node: ast.stmt) -> str:
    return ast.dump(node, include_attributes=False)
