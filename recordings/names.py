"""Names that become files and folders: one rule for all of them, and what the name of a recording says."""

import re
from collections.abc import Iterable

LONGEST_NAME, LONGEST_SHORT_NAME, LONGEST_PATH = 128, 40, 1000
"""characters; short names (mice, members, variants) stand together in the name of one folder"""
SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
MISSING = {"NA", "NULL", "NaN", "None", "nan", "null"}
"""how tables write that there is nothing"""
RECORDING_NAME = re.compile(r"dynamic(?P<animal_id>[^-]+)-(?P<session>[^-]+)-(?P<scan_idx>[^-]+)")


def name_problem(name: str, longest: int = LONGEST_NAME) -> str:
    """Why a text cannot be the name of a file or folder, in words; empty where it can."""
    if name in MISSING:
        return f"{shown(name)} means in a table that there is nothing; use another name"
    if name and len(name) <= longest and SAFE_NAME.fullmatch(name) and ".." not in name:
        return ""
    return (
        f"{shown(name)} cannot name a file or folder; use up to {longest} letters, digits, _ . and -, "
        "not . or - first, and no two dots in a row"
    )


def alike(names: Iterable[str]) -> dict[str, str]:
    """Names that differ from an earlier one by capitals only, and that one: on some disks they are the same."""
    first: dict[str, str] = {}
    pairs = {name: first.setdefault(name.lower(), name) for name in names}
    return {name: other for name, other in pairs.items() if name != other}


def path_problem(path: str) -> str:
    """Why a text cannot be a path below a folder: each of its parts must be a name."""
    if len(path) > LONGEST_PATH:
        return f"{shown(path)} is longer than {LONGEST_PATH} characters; shorten it"
    return next(filter(None, map(name_problem, path.split("/"))), "")


def folder_problem(path: str) -> str:
    """Why a text cannot be a folder that a user keeps anywhere on the disk, `..` and spaces included."""
    if len(path) <= LONGEST_PATH and path.isprintable() and not set(path) & set("{}"):
        return ""
    return f"{shown(path)} cannot be a path; use up to {LONGEST_PATH} characters, none of them a brace or unprintable"


def safe_name(name: str, what: str) -> str:
    """The name itself; ValueError, which begins with `what`, where it would not name a file or folder of its own."""
    if problem := name_problem(name):
        raise ValueError(f"{what}: {problem}")
    return name


def shown(text: str) -> str:
    """A text as a message shows it: quoted, nothing of it unprintable, its end left out where it is long."""
    return ascii(text if len(text) <= 60 else f"{text[:60]}...")


def parse_name(recording: str) -> dict[str, str]:
    """animal_id, session and scan_idx; empty texts where the name is not like the published ones."""
    match = RECORDING_NAME.match(recording)
    return match.groupdict() if match else dict.fromkeys(RECORDING_NAME.groupindex, "")


def recording_id(folder: str) -> str:
    """`29515-10-12` of `dynamic29515-10-12-Video-9b4f...`; the whole of another name."""
    numbers = parse_name(folder).values()
    return "-".join(numbers) if all(map(str.isdecimal, numbers)) else folder
