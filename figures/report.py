"""One page with every figure in it: no server, no network, mail it or keep it; links lead to the files beside it."""

import base64
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from figures.comparison import Comparison
from figures.report_page import PAGE, STYLE
from recordings.files import replace_when_done

MEDIA_TYPES = {".png": "image/png", ".svg": "image/svg+xml", ".mp4": "video/mp4"}
LINKED = (".csv", ".svg", ".png", ".mp4")
Rows = Sequence[tuple[str, object]]


@dataclass(frozen=True)
class Entry:
    """One figure (.png, .svg) or movie (.mp4) of the report; the caption is html that may be trusted."""

    category: str
    title: str
    path: str | Path
    caption_html: str
    quote: str = ""
    """the run's own numbers, a paragraph a line"""
    paper: str = ""
    """the figure of the paper that it corresponds to"""

    def __post_init__(self):
        if Path(self.path).suffix not in MEDIA_TYPES:
            raise ValueError(f"{self.path}: the report shows {', '.join(MEDIA_TYPES)} files only")


@dataclass(frozen=True)
class Frame:
    """What stands around the figures."""

    title: str
    overview: Rows
    """the headline numbers"""
    provenance: Rows
    introduction_html: str = ""
    comparison: Comparison | None = None
    """with the published values"""


def write_report(path: str | Path, entries: Sequence[Entry], frame: Frame) -> None:
    """Write the page: overview with the headline numbers, figures by category in the order given, the paper's values, provenance."""
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(PAGE)
    folder = Path(path).parent
    page = template.render(
        title=frame.title,
        style=STYLE,
        introduction=frame.introduction_html,
        overview=[(label, _text(value)) for label, value in frame.overview],
        categories=_categories(entries, folder),
        comparison=frame.comparison,
        comparison_link=_link(frame.comparison.path, folder) if frame.comparison else "",
        provenance=[(label, _text(value)) for label, value in frame.provenance],
    )
    with replace_when_done(path) as temporary:
        temporary.write_text(page, encoding="utf-8")


def _categories(entries: Sequence[Entry], folder: Path) -> list[dict]:
    """Group the entries, categories in the order of their first entry."""
    grouped: dict[str, list[dict]] = {}
    for number, entry in enumerate(entries):
        figure = {
            "anchor": f"{_slug(entry.title)}-{number}",
            "title": entry.title,
            "is_movie": Path(entry.path).suffix == ".mp4",
            "data": _data_uri(Path(entry.path)),
            "caption": entry.caption_html,
            "quotes": entry.quote.splitlines(),
            "paper": entry.paper,
            "links": _links(Path(entry.path), folder),
        }
        grouped.setdefault(entry.category, []).append(figure)
    return [
        {"name": name, "anchor": f"category-{_slug(name)}", "figures": figures}
        for name, figures in grouped.items()
    ]


def _links(path: Path, folder: Path) -> list[tuple[str, str]]:
    """Ending and relative address of a figure's files, those that are there."""
    files = [path.with_suffix(ending) for ending in LINKED]
    return [(file.suffix[1:], _link(file, folder)) for file in files if file.is_file()]


def _link(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


def _data_uri(path: Path) -> str:
    if not path.is_file() or path.stat().st_size == 0:
        raise ValueError(f"{path}: missing or empty; draw this figure before the report")
    return f"data:{MEDIA_TYPES[path.suffix]};base64,{base64.b64encode(path.read_bytes()).decode()}"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _text(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
