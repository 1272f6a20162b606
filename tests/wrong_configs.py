"""Seeded mutants of config.yaml: configs that must be refused, configs that may be, and files that are none."""

import copy
import random
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())
TEXT = (ROOT / "config.yaml").read_bytes()
NAMED_FREELY = ("recordings.mice", "models.load.files", "recordings.selection.clips")
NAMED_FREELY += ("variants.changes",)
NAN, INFINITY = float("nan"), float("inf")
NO_NUMBERS = [NAN, INFINITY, -INFINITY, 10**400, -(10**400), 10**5000, -1e300, 1e300, True, False]
NO_NUMBERS += ["5", "1e-3", "", None, {}, {"a": 1}, [[1]], [NAN], b"5", ["a"], "nan", "\u0661"]
NO_TEXTS = [5, 0.5, True, None, {}, ["a"], [], b"a", NAN, "a\0b", "\x1b[31m", "a\x7f", "\ud800", ""]
NO_TEXTS += ["x" * 3000, "a\nb: c", "\u202eabc"]
NO_LISTS = [5, "abc", None, {}, {"a": 1}, True, [None], [{}], [[[1]]], ["\0"], NAN, ["a" * 3000]]
NO_BLOCKS = [5, "abc", None, [], [1], True, NAN, b"", [{}], 10**400]
ODD_NAMES = [
    "a/b",
    "..",
    "../up",
    "/root",
    "a b",
    "a\0b",
    "{x}",
    "{",
    "x" * 300,
    "",
    "a\n",
    "\ud800",
]
ODD_NAMES += [
    ".",
    "a\tb",
    "ü",
    "*",
    "$HOME",
    "-rf",
    "a;b",
    "%s",
    "A\n",
    "\uff11",
    "\u202e",
    "a" * 50 + "\0",
]
ODD_KEYS = [1, 1.5, None, True, NAN, (1, 2), *ODD_NAMES]


def leaves(node: Any = CONFIG, where: tuple = ()) -> list[tuple]:
    """The path of every key that holds no block with keys of its own."""
    if not isinstance(node, dict) or ".".join(where) in NAMED_FREELY or not node:
        return [where]
    return [leaf for key, value in node.items() for leaf in leaves(value, (*where, key))]


def blocks() -> list[tuple]:
    """The path of every block."""
    return sorted({leaf[:n] for leaf in leaves() for n in range(1, len(leaf))})


def at(config: dict, path: tuple) -> Any:
    return reduce(lambda node, key: node[key], path, config)


def put(path: tuple, value: Any) -> dict:
    config = copy.deepcopy(CONFIG)
    at(config, path[:-1])[path[-1]] = value
    return config


def wrong_value(rng: random.Random) -> tuple[dict, str]:
    """A key holds what it cannot hold."""
    path = rng.choice([leaf for leaf in leaves() if ".".join(leaf) not in NAMED_FREELY])
    value = at(CONFIG, path)
    if isinstance(value, bool):
        values = [value for value in [*NO_NUMBERS, *NO_TEXTS] if not isinstance(value, bool)]
    elif isinstance(value, int | float):
        values = NO_NUMBERS
    elif isinstance(value, str):
        may_be_empty = ("sources.download.mirror", "recordings.published_metadata")
        values = [v for v in NO_TEXTS if v != "" or ".".join(path) not in may_be_empty]
    else:
        values = NO_LISTS
    return put(path, rng.choice(values)), ".".join(path)


def wrong_block(rng: random.Random) -> tuple[dict, str]:
    """A block is none."""
    path = rng.choice(blocks())
    return put(path, rng.choice(NO_BLOCKS)), ".".join(path)


def wrong_name(rng: random.Random) -> tuple[dict, str]:
    """A key that there is not, or a name that cannot be one."""
    path = rng.choice([*blocks(), *(tuple(name.split(".")) for name in NAMED_FREELY)])
    name = rng.choice(ODD_KEYS)
    return put((*path, name), copy.deepcopy(rng.choice(NO_BLOCKS))), ".".join(path)


def misspelt(rng: random.Random) -> tuple[dict, str]:
    """A key is one letter off."""
    path = rng.choice(leaves())
    key, n = path[-1], rng.randrange(len(path[-1]))
    other = rng.choice([key[:n] + key[n + 1 :], key[:n] + "x" + key[n:], key.swapcase()])
    config = put((*path[:-1], other), at(CONFIG, path))
    del at(config, path[:-1])[key]
    return config, ".".join(path[:-1])


def missing(rng: random.Random) -> tuple[dict, str]:
    """A key or a block is not there."""
    path = rng.choice([*leaves(), *blocks()])
    config = copy.deepcopy(CONFIG)
    del at(config, path[:-1])[path[-1]]
    return config, ".".join(path)


def endless(rng: random.Random) -> tuple[dict, str]:
    """A value holds itself, is as wide as aliases can make it, or is deep."""
    wide: Any = "x"
    for _ in range(12):
        wide = [wide] * 9
    deep: Any = 1
    for _ in range(rng.choice([25, 900, 5000])):
        deep = rng.choice([[deep], {"a": deep}])
    cycle: dict = {}
    cycle["a"] = cycle
    path = rng.choice([*leaves(), *blocks()])
    return put(path, None) if path == () else replaced(path, rng.choice([wide, deep, cycle])), ""


def replaced(path: tuple, value: Any) -> dict:
    """As put, for values that cannot be copied."""
    config = put(path, None)
    at(config, path[:-1])[path[-1]] = value
    return config


def other_numbers(rng: random.Random) -> tuple[dict, str]:
    """Four numbers are others: in range or not, in agreement or not."""
    config = copy.deepcopy(CONFIG)
    numbers = [leaf for leaf in leaves() if type(at(CONFIG, leaf)) in (int, float)]
    for path in rng.sample(numbers, 4):
        value = at(CONFIG, path)
        others = [0, 1, value * 2, value // 2, value + 1, value - 1, value / 3, 2**31, 1e-9, 10**9]
        at(config, path[:-1])[path[-1]] = type(value)(rng.choice(others))
    return config, ""


def other_choices(rng: random.Random) -> tuple[dict, str]:
    """Values wander between keys of their own type, and choices are those of other keys."""
    config = copy.deepcopy(CONFIG)
    free = [leaf for leaf in leaves() if isinstance(at(CONFIG, leaf), str | list | dict)]
    words = [
        "paper",
        "load",
        "both",
        "fields",
        "none",
        "gradients",
        "predicted",
        "dwiseneuro",
        "../x",
    ]
    words += [
        "{a}",
        "{",
        "a b",
        "~",
        "/",
        "x" * 300,
        "trial_type == ",
        "trial > 1e400",
        "@f(1)",
        "é",
    ]
    for path in rng.sample(free, 2):
        kind = type(at(CONFIG, path))
        same = [copy.deepcopy(at(CONFIG, leaf)) for leaf in free if type(at(CONFIG, leaf)) is kind]
        value = rng.choice(same + (words if kind is str else [[w] for w in words]))
        at(config, path[:-1])[path[-1]] = value
    return config, ""


REFUSED: tuple[Callable, ...] = (wrong_value, wrong_block, wrong_name, misspelt, missing, endless)
PERHAPS: tuple[Callable, ...] = (other_numbers, other_choices)
NO_CONFIGS = {  # a file's bytes, and what must be said of it
    "empty": (b"", "holds nothing"),
    "comment": (b"# nothing\n", "holds nothing"),
    "list": (b"- a\n- b\n", "and no keys"),
    "scalar": (b"3\n", "holds 3 and no keys"),
    "broken": (b"masks:\n  fields: [1, 2\n", "line 3: not readable as YAML"),
    "tab": (b"masks:\n\tupdate: none\n", "line 2: not readable as YAML"),
    "no UTF-8": (b"masks:\n  update: \xff\xfe\n", "line 2: no UTF-8 text"),
    "UTF-16": ("masks: {}\n".encode("utf-16"), "no UTF-8 text"),
    "NUL": (b"masks: {update: a\0b}\n", "not readable as YAML"),
    "deep": (b"[" * 100_000, "nested more than 20 levels"),
    "deep keys": (b"a: " + b"{b: " * 3000 + b"1" + b"}" * 3000, "nested more than 20 levels"),
    "deep JSON": (b'{"a": ' + b"[" * 3000 + b"]" * 3000 + b"}", "nested more than 20 levels"),
    "block depth": (b"".join(b" " * n + b"a:\n" for n in range(300)), "nested more than 20"),
    "Python": (b"masks: !!python/object/apply:os.mkdir [written]\n", "line 1: not readable"),
    "tag": (b"masks: !mine {}\n", "line 1: not readable"),
    "template": (b"__use_yte__: true\na: ?__import__('os').mkdir('written')\n", "run code"),
    "twice": (b"masks: {update: none}\nmasks: {update: strict}\n", "line 2: not readable"),
    "twice within": (b"masks:\n  update: none\n  kind: alpha\n  update: none\n", "'update' is there twice"),
    "twice in JSON": (b'{"masks": {}, "masks": {}}', "'masks' is there twice"),
    "cycle": (b"masks: &m\n  alpha: *m\n", "nested more than 20 levels"),
    "no anchor": (b"masks: *m\n", "undefined alias"),
    "merge": (b"a: &a {b: 1}\nmasks:\n  <<: *a\n", "`<<` is not read"),
    "two documents": (b"masks: {}\n---\nmasks: {}\n", "line 2: not readable"),
    "key of a list": (b"? [1, 2]\n: 3\n", "line 1: not readable"),
    "no date": (b"masks: {update: 2024-13-45}\n", "line 1: not readable"),
    "too many digits": (b"models: {seed: " + b"9" * 5000 + b"}\n", "line 1: not readable"),
    "too many digits in JSON": (b'{"models": {"seed": ' + b"9" * 5000 + b"}}", "digits"),
    "binary": (b"masks: !!binary {a: 1}\n", "line 1: not readable"),
    "large": (b"# " + b"x" * 2**21, "more than 1048576 bytes"),
    "bomb": (b"a: &a [1,1,1,1,1,1,1,1,1]\n" + b"".join(
        f"{y}: &{y} [{','.join(9 * [f'*{x}'])}]\n".encode() for x, y in zip("abcdefgh", "bcdefghi", strict=True)
    ), "more than 50000 values"),
}  # fmt: skip


def spoilt_file(rng: random.Random) -> bytes:
    """config.yaml with bytes lost, doubled, exchanged or put in."""
    content = bytearray(TEXT)
    for _ in range(rng.choice([1, 1, 3, 20])):
        n, m = rng.randrange(len(content)), rng.randrange(1, 40)
        bits = [
            b"\t",
            b"\0",
            b"\xff",
            b": ",
            b"- ",
            b"&a ",
            b"*a",
            b"!!str ",
            b"\n",
            b"{",
            b"]",
            b"'",
        ]
        content[n : n + rng.choice([0, 1, m])] = rng.choice(
            [b"", content[n : n + m], rng.choice(bits)]
        )
    return bytes(content)
