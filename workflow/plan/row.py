"""One figure or film: a row of the table."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Input = str | list[str] | Callable[[Any], str]
FILMS = "Movies"
"""the category of what moves"""


@dataclass(frozen=True)
class Row:
    """One figure (svg, png and csv) or film (mp4)."""

    name: str
    draws: str
    """the function, of the package figures: (files, settings, of) -> figure and table; a film's takes the path first"""
    inputs: dict[str, Input]
    keys: tuple[str, ...] = ()
    """of the config, dotted; the function finds them in its settings by their last part"""
    given: dict[str, Any] = field(default_factory=dict)
    """what else the function finds there: mice, or what follows from the config"""
    over: tuple[str, ...] = ()
    """one for each of these: mouse, clip, kind (of stimulus)"""
    exists: bool = True
    """whether this run has it"""
    paper: str = ""
    """the paper's figure; empty where it has none"""
    tells: str = ""
    """the function that puts the run's numbers into words below the caption"""
    tables: tuple[str, ...] = ()
    """of results/evaluate that this function is given beside the figure's own csv"""
    tunes_masks: bool = False
    """whether it belongs to the target `masks`, which reconstructs nothing"""
    mem_mb: int = 2000
    category: str = ""
    """heading in the report; the table says it for many"""

    @property
    def is_film(self) -> bool:
        return self.category == FILMS

    @property
    def rule(self) -> str:
        return f"{'film' if self.is_film else 'draw'}_{self.name}"

    @property
    def caption(self) -> str:
        """From the root of the project."""
        return f"workflow/report/{self.name}.rst"

    @property
    def labels(self) -> dict[str, str]:
        """Of Snakemake's own report."""
        return {"name": self.name.replace("_", " ")} | self.wildcards

    @property
    def wildcards(self) -> dict[str, str]:
        return {name: f"{{{name}}}" for name in self.over}
