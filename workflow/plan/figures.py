"""Figures, films and the report: which this run has, where they lie, what they are drawn from."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, reduce
from pathlib import Path
from typing import Any

from workflow.plan.evaluate import EvaluatePlan
from workflow.plan.figure_table import figure_table
from workflow.plan.paths import Paths
from workflow.plan.row import Row

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class FiguresPlan:
    """The section `figures` of the config as files."""

    paths: Paths
    config: dict[str, Any]
    """the whole of it: figures read keys of every section"""
    evaluate: EvaluatePlan

    def file(self, row: Row, ending: str = "", **by: object) -> str:
        """The picture or film of a row, or the file beside it that ends so; a pattern without `by`."""
        of = by or row.wildcards
        if row.is_film:
            return self.paths.film(row.name, **of)
        return self.paths.figure(row.name, ending or "png", **of)

    def settings(self, row: Row) -> dict[str, Any]:
        """What the function of a row is given beside its files."""
        keys = row.keys if row.is_film else (*row.keys, "figures.png_dpi")
        return {key.rpartition(".")[2]: find(self.config, key) for key in keys} | row.given

    def entries(self) -> list[tuple[Row, dict[str, object]]]:
        """Every figure and film of this run, in the order of the report, with what each is of."""
        return [(row, of) for row in self.rows if row.exists for of in self._each(row.over)]

    @property
    def report_page(self) -> str:
        return self.paths.result("", "report.html")

    @property
    def stored_config(self) -> str:
        """The config as the run had it."""
        return self.paths.result("", "config.yaml")

    def targets(self, chosen: Callable[[Row], bool] = lambda row: True) -> list[str]:
        return [self.file(row, **of) for row, of in self.entries() if chosen(row)]

    def files(self) -> list[str]:
        """Every figure with its svg and the numbers in it, every film."""
        endings = {True: ("mp4",), False: ("png", "svg", "csv")}
        return [
            self.file(row, ending, **of)
            for row, of in self.entries()
            for ending in endings[row.is_film]
        ]

    def report_entries(self) -> list[dict[str, Any]]:
        """What the report is told of each."""
        return [
            {
                "category": row.category,
                "name": row.name,
                "path": self.file(row, **of),
                "of": of,
                "paper": row.paper,
                "tells": row.tells,
                "tables": list(row.tables),
            }
            for row, of in self.entries()
        ]

    def quoted_tables(self) -> dict[str, str]:
        """The tables that words below captions are made from."""
        names = {name for row, _ in self.entries() for name in row.tables}
        return {name: self.evaluate.table(name) for name in sorted(names)}

    def captions(self) -> str:
        """A hash of the caption templates, so that an edited caption renews the report."""
        used = {row.caption for row, _ in self.entries()} | {"workflow/report/workflow.rst"}
        texts = [(ROOT / path).read_bytes() for path in sorted(used)]
        return hashlib.sha256(b"\0".join(texts)).hexdigest()[:12]

    def _each(self, over: tuple[str, ...]) -> list[dict[str, object]]:
        """Every combination of what a row runs over."""
        selection = self.config["recordings"]["selection"]
        num_clips = min(self.config["figures"]["num_example_clips"], selection["num_clips"])
        values = {
            "mouse": self.evaluate.mice,
            "clip": list(range(num_clips)),
            "kind": self.evaluate.reconstruct.kinds,
        }
        combined: list[dict[str, object]] = [{}]
        for name in over:
            combined = [of | {name: value} for of in combined for value in values[name]]
        return combined

    @cached_property
    def rows(self) -> list[Row]:
        """The table, in the order of the report, with what this run has not."""
        return figure_table(self.config, self.evaluate)


def find(config: dict[str, Any], dotted: str) -> Any:
    """The value of a dotted key."""
    return reduce(lambda node, key: node[key], dotted.split("."), config)
