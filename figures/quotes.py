"""What captions of the report quote of a run: a sentence from the tables behind each figure."""

from collections.abc import Mapping
from pathlib import Path

from figures import quotes_of_scores, quotes_of_variants
from recordings.csv_table import read_table

VOICES = {
    module.__name__.rpartition(".")[2]: module for module in (quotes_of_scores, quotes_of_variants)
}


def quote(tells: str, figure: str | Path, tables: Mapping[str, str | Path]) -> str:
    """What a figure's caption quotes, a paragraph a line; empty where no function tells anything.

    `tells` is `<module>.<function>`: a function of the figure's own csv and, by name, of the tables.
    """
    if not tells:
        return ""
    module, _, name = tells.rpartition(".")
    own = read_table(Path(figure).with_suffix(".csv"))
    return getattr(VOICES[module], name)(own, **{k: read_table(path) for k, path in tables.items()})
