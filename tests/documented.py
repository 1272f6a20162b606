"""The commands that README.md, docs/ and the comments of config files name, and the overlays that docs/ shows."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = ("snakemake", "python", "make", "source", "git", "pip")
SHELLS = ("bash", "sh", "shell", "console")
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
SETTINGS = (ROOT / "config.yaml", *sorted(ROOT.glob("configs/*.yaml")))
SETTINGS += tuple(sorted(ROOT.glob("profiles/*/config.yaml")))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
IN_COMMENT = re.compile(rf"(?:^|: )((?:{'|'.join(PROGRAMS)}) \S.*?)(?:   |;|$)")


@dataclass(frozen=True)
class Command:
    """The words of one command, and the file that names it."""

    page: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.page}: {shlex.join(self.words)}"


def documented_commands() -> list[Command]:
    """Every command once, in the order of the pages."""
    found = [
        Command(str(path.relative_to(ROOT)), words)
        for paths, read in ((PAGES, read_page), (SETTINGS, read_comments))
        for path in paths
        for words in read(path.read_text(encoding="utf-8"))
    ]
    first: dict[tuple[str, ...], Command] = {}
    for command in found:
        first.setdefault(command.words, command)
    return list(first.values())


def read_page(text: str) -> list[tuple[str, ...]]:
    """Commands of a page: lines of listings that start with one, and code within sentences."""
    words = []
    for language, body in FENCE.findall(text):
        if language in SHELLS or (not language and is_command(body)):
            words += [split(line) for line in body.splitlines()]
        elif language == "yaml":
            words += read_comments(body)
    return [w for w in words if w] + read_inline(FENCE.sub("", text))


def read_inline(text: str) -> list[tuple[str, ...]]:
    """Commands of more than one word between backticks."""
    return [split(code) for code in re.findall(r"`([^`\n]+)`", text) if is_command(code)]


def read_comments(text: str) -> list[tuple[str, ...]]:
    """Commands in the comments of a YAML file, between backticks, or at the start or after a colon."""
    found = []
    for comment in re.findall(r"(?:^|\s)# ?(.*)$", text, re.MULTILINE):
        found += read_inline(comment)
        found += [split(code) for code in IN_COMMENT.findall(re.sub(r"`[^`]*`", "", comment))]
    return found


def is_command(text: str) -> bool:
    return text.split(" ")[0] in PROGRAMS and " " in text


def split(line: str) -> tuple[str, ...]:
    return tuple(shlex.split(line, comments=True))


def documented_overlays() -> dict[str, str]:
    """Name and text of every YAML file that a page shows: named in its first comment, or last before it."""
    overlays = {}
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for block in FENCE.finditer(text):
            if block[1] == "yaml":
                named = re.match(r"# (\S+\.yaml)", block[2])
                before = re.findall(r"`(\S+\.yaml)`", text[: block.start()])
                overlays[named[1] if named else before[-1]] = block[2]
    return overlays
