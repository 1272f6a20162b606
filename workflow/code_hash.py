"""A hash of the code behind a rule, for its params: Snakemake does not see edits in imported packages.

It follows definitions, not files: of a module, only the functions, classes and constants count that are reached
from the rule's script, and what the module does when it is imported. Words for people are no code: comments,
docstrings, messages of `raise`, of logging and of warnings, and what a field of a settings class says of itself.
"""

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from workflow.known_code import KNOWN, PACKAGES

ROOT = Path(__file__).resolve().parents[1]
SAYING = {"debug", "info", "warning", "error", "exception", "critical", "warn", "log"}
"""methods whose call, standing alone, only tells people something"""
IMPORTS = (ast.Import, ast.ImportFrom)
REGISTRY, BUILDS = ("models.registry", "ENCODERS"), ("models.registry", "build_encoder")
"""the table of all encoders, of which a job uses its own, and what looks them up there"""
WORDS = ("recordings.wording", "recordings.disk")
"""make sentences for people: code where figures or the report use them"""
PRINTING = ("recordings.report", "recordings.catalogue.validate")
"""print sentences of the code that they run: for them all words count"""
FINDINGS, FINDING = "recordings.findings", ("error", "warning", "note")
ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)
Place = tuple[str, str]
"""a module, and a name in it; an empty name is what its import runs, or all of it"""
Use = tuple[str, str, bool]
"""a place, and whether all of the module is used"""


@dataclass(frozen=True)
class Tree:
    """The project's code, with or without the words in it that only people read."""

    root: Path = ROOT
    words: bool = False


@dataclass(frozen=True)
class Part:
    """A definition, or what else a file runs when it is imported."""

    digest: str
    """of its code, and of what its imported names stand for; empty where it only imports and defines"""
    names: tuple[str, ...]
    """all that it uses"""


@dataclass(frozen=True)
class Code:
    """A file as definitions by name."""

    definitions: dict[str, Part]
    others: Part
    imports: dict[str, list[list[str]]]
    """what a name may stand for, wherever in the file it is imported: a module and a name in it"""


def code_hash(*modules: str, root: Path = ROOT) -> str:
    """12 hex digits of these modules, whole, and of all that they reach in the project.

    `recordings` stands for recordings/__init__.py, `models.training` for one file, `figures.scores:make_scores` for
    one definition. Raises ValueError for a module that does not exist.
    """
    tree, places = Tree(root), [_place(module) for module in modules]
    for module, _ in places:
        if _path(module, tree) is None:
            raise ValueError(
                f"code_hash: no module {module} in {root}; name a project module, such as models.training"
            )
    return _digest(_walk(places, tree), tree)


def code_of_script(
    script: Path, *modules: str, encoders: tuple[str, ...] = (), root: Path = ROOT
) -> str:
    """12 hex digits of a rule's script and of all that it, or one of `modules`, reaches.

    Of the encoders only those that are named count, where any is built: another one in the table changes nothing.
    """
    about = f"{script.name} {modules} {encoders}"
    return KNOWN.hash_of(about, lambda: _code_of_script(script, modules, encoders, root))


def _code_of_script(
    script: Path, modules: tuple[str, ...], encoders: tuple[str, ...], root: Path
) -> str:
    tree = Tree(root)
    imported, places = _imported(script, tree), [_place(module) for module in modules]
    if any(module in PRINTING for module, _ in imported + places):
        tree = Tree(root, words=True)
        imported = _imported(script, tree)
    code, places = _parse(script, "", tree.words), imported + places
    reach = _walk(places, tree, without=REGISTRY)
    if BUILDS in reach:
        places += [(_encoder(name, tree), "") for name in encoders]
        reach = _walk(places, tree, without=REGISTRY)
    own = "".join(part.digest for part in (code.others, *code.definitions.values()))
    return hashlib.sha256(f"{own} {_digest(reach, tree)}".encode()).hexdigest()[:12]


def _encoder(name: str, tree: Tree) -> str:
    """The module of an encoder: the file of its name."""
    module = f"models.{name}"
    if _path(module, tree) is None:
        raise ValueError(f"{module}: no such file; an encoder lies in models/<name>.py")
    return module


def _imported(script: Path, tree: Tree) -> list[Place]:
    """What of the project a script imports."""
    imports = _parse(script, "", tree.words).imports
    return [_resolved(*one, tree) for places in imports.values() for one in places]


def reached(modules: tuple[str, ...], root: Path = ROOT) -> set[str]:
    """The modules themselves, their packages, and the project modules of which they reach anything."""
    return {module for module, _ in _walk([(module, "") for module in modules], Tree(root))}


def _place(text: str) -> Place:
    module, _, name = text.partition(":")
    return module, name


def _digest(places: set[Place], tree: Tree) -> str:
    digest = hashlib.sha256()
    for module, name in sorted(places):
        part = _part(module, name, tree)
        if part.digest:
            digest.update(f"{module}:{name} {part.digest}\n".encode())
    return digest.hexdigest()[:12]


def _part(module: str, name: str, tree: Tree) -> Part:
    code = _read(module, tree)
    return code.definitions[name] if name else code.others


def _walk(places: list[Place], tree: Tree, without: Place | None = None) -> set[Place]:
    """Every definition that is reached from some; `(module, "")` stands for what its import runs."""
    found: set[Place] = set()
    seen: set[Use] = {(*without, False)} if without else set()
    waiting: list[Use] = [(module, name, not name) for module, name in places]
    while waiting:
        use = waiting.pop()
        if use not in seen:
            seen.add(use)
            places_of_use, uses = _follow(*use, tree)
            found.update(places_of_use)
            prints = tree.words or use[0].startswith("figures")
            waiting += uses if prints else [one for one in uses if one[0] not in WORDS]
    return found


@cache
def _follow(module: str, name: str, whole: bool, tree: Tree) -> tuple[list[Place], list[Use]]:
    """What counts where a name of a module, or all of it, is used, and what that uses in turn."""
    if _path(module, tree) is None:
        return [], []
    code = _read(module, tree)
    parts = module.split(".")
    packages = [".".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
    places = [(package, "") for package in packages if _path(package, tree)]
    defined = list(code.definitions) if whole else [name] if name in code.definitions else []
    places += [(module, one) for one in defined]
    handed_on = code.imports if whole and _is_package(module, tree) else {name} - set(defined)
    used = [(module, one) for one in handed_on if one in code.imports]
    used += [(home, one) for home, part in places for one in _part(home, part, tree).names]
    loaded = [(other, _IMPORTED) for home, _ in places for other in _loaded(home, tree)]
    uses = [(*place, not place[1]) for place in _meant(used, tree) + loaded]
    return places, uses


_IMPORTED = "<imported>"
"""a name that no module defines: only what its import runs"""


def _meant(used: list[Place], tree: Tree) -> list[Place]:
    """What names stand for where they are used: definitions of the same file, or imported ones."""
    found = []
    for home, name in used:
        code = _read(home, tree)
        found += [(home, name)] if name in code.definitions else []
        found += [_resolved(*place, tree) for place in code.imports.get(name, [])]
    return found


def _loaded(module: str, tree: Tree) -> set[str]:
    """The modules that a module imports, whatever it uses of them."""
    places = [place for places in _read(module, tree).imports.values() for place in places]
    return {_resolved(*place, tree)[0] for place in places}


def _resolved(module: str, name: str, tree: Tree) -> Place:
    """`from a import b` names a module a.b, or a name in a."""
    is_module = name and _path(f"{module}.{name}", tree)
    return (f"{module}.{name}", "") if is_module else (module, name)


@cache
def _path(module: str, tree: Tree) -> Path | None:
    if module.split(".")[0] not in PACKAGES:
        return None
    stem = tree.root.joinpath(*module.split("."))
    return next(
        (p for p in (stem / "__init__.py", stem.with_name(stem.name + ".py")) if p.is_file()), None
    )


def _is_package(module: str, tree: Tree) -> bool:
    path = _path(module, tree)
    return path is not None and path.name == "__init__.py"


@cache
def _read(module: str, tree: Tree) -> Code:
    package = module if _is_package(module, tree) else module.rpartition(".")[0]
    return _parse(_path(module, tree), package, tree.words)


@cache
def _parse(path: Path, package: str, words: bool) -> Code:
    content = path.read_bytes()
    key = hashlib.sha256(f"{package} {words} ".encode() + content).hexdigest()
    if key not in KNOWN.codes:
        KNOWN.codes[key], KNOWN.is_new = asdict(_parse_text(content, package, words)), True
    kept = KNOWN.codes[key]
    definitions = {name: _as_part(part) for name, part in kept["definitions"].items()}
    return Code(definitions, _as_part(kept["others"]), kept["imports"])


def _as_part(kept: dict) -> Part:
    return Part(kept["digest"], tuple(kept["names"]))


def _parse_text(content: bytes, package: str, words: bool) -> Code:
    tree = ast.parse(content)
    imports: dict[str, list[list[str]]] = {}
    if not words and FINDINGS.encode() in content:
        _blank_findings(tree)
    for node in _statements(tree):
        _remove_words(node, words)
        for name, place in _bindings(node, package):
            imports.setdefault(name, []).append(list(place))
    defined: dict[str, list[ast.stmt]] = {"": []}
    for node in tree.body:
        names = _defined(node)
        for name in names:
            defined.setdefault(name, []).append(node)
        if not names or (isinstance(node, ASSIGNMENTS) and _calls(node)):
            defined[""].append(node)
    parts = {name: _part_of(nodes, imports) for name, nodes in defined.items()}
    others = parts.pop("")
    return Code(parts, others, imports)


def _calls(node: ast.stmt) -> bool:
    """Whether a constant is made by running something, which may do more than return it."""
    return any(isinstance(inside, ast.Call) for inside in ast.walk(node))


def _part_of(nodes: list[ast.stmt], imports: dict[str, list[list[str]]]) -> Part:
    text = "".join(ast.dump(node) for node in nodes if not isinstance(node, IMPORTS))
    used = {node.id for top in nodes for node in ast.walk(top) if isinstance(node, ast.Name)}
    names = tuple(sorted(used))
    if not text:
        return Part("", names)
    stand_for = [(name, imports[name]) for name in names if name in imports]
    return Part(hashlib.sha256(f"{text} {stand_for}".encode()).hexdigest()[:16], names)


def _blank_findings(tree: ast.Module) -> None:
    """The sentences of findings, which only the report of a recording prints."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    for call in calls:
        if isinstance(call.func, ast.Name) and call.func.id in FINDING:
            call.args = [arg for arg in call.args if not _is_text(arg)]


def _is_text(node: ast.expr) -> bool:
    is_constant = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return is_constant or isinstance(node, ast.JoinedStr)


def _defined(node: ast.stmt) -> list[str]:
    """The names that a statement of a module defines, where it does nothing else."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    targets = [node.target] if isinstance(node, ast.AnnAssign | ast.AugAssign) else targets
    names = [t for target in targets for t in ast.walk(target) if isinstance(t, ast.expr)]
    plain = all(isinstance(t, ast.Name | ast.Tuple | ast.List) for t in names)
    return [t.id for t in names if isinstance(t, ast.Name)] if plain else []


def _bindings(node: ast.AST, package: str) -> list[tuple[str, Place]]:
    """Names that an import statement binds, and the module and the name in it that each stands for."""
    if isinstance(node, ast.Import):
        return [(a.asname or a.name.split(".")[0], (a.name, "")) for a in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    base = imported_names(node, package)[-1]
    return [(alias.asname or alias.name, (base, alias.name)) for alias in node.names]


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


def _remove_words(node: ast.AST, words: bool) -> None:
    """Take what only people read out of one statement and the bodies that it holds; with `words` only docstrings."""
    for name in ("body", "orelse", "finalbody"):
        body = getattr(node, name, None)
        if isinstance(body, list):
            body[:] = [line for line in body if not _only_tells(line, words)]
    if words:
        return
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        node.exc.args, node.exc.keywords = [], []
    if isinstance(node, ast.AnnAssign):
        node.annotation = ast.Name("_")


def _only_tells(node: ast.AST, words: bool) -> bool:
    """A bare text, or a call such as `logger.info(...)`, which stands alone."""
    if not isinstance(node, ast.Expr):
        return False
    if isinstance(node.value, ast.Constant):
        return isinstance(node.value.value, str)
    call = node.value
    return (
        not words
        and isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr in SAYING
    )
