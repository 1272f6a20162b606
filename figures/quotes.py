"""What captions of the report quote of a run: a sentence from the tables behind each figure."""

from collections.abc import Mapping
from pathlib import Path

from figures import quotes_of_scores as of_scores
from figures import quotes_of_variants as of_variants
from figures.quoted_tables import QUOTED_TABLES
from figures.tables import read_table

TELL = {
    "scores": of_scores.tell_scores,
    "performance": of_scores.tell_performance,
    "ensemble_sizes": of_scores.tell_sizes,
    "calibration": of_scores.tell_calibration,
    "activity": of_scores.tell_activity,
    "relations": of_scores.tell_relations,
    "duplicates": of_scores.tell_duplicates,
    "variants": of_variants.tell_variants,
    "population": of_variants.tell_populations,
    "threshold_scores": of_variants.tell_thresholds,
    "stimuli": of_variants.tell_stimuli,
    "stimulus_grid": of_variants.tell_grid,
}
"""Functions of the figure's own csv and, by name, of its QUOTED_TABLES."""


def quote(name: str, figure: str | Path, tables: Mapping[str, str | Path]) -> str:
    """What a figure's caption quotes, a paragraph a line; empty for a movie and for a figure that quotes nothing.

    Raises ValueError for a table that is not given.
    """
    if name not in TELL or Path(figure).suffix == ".mp4":
        return ""
    missing = [table for table in QUOTED_TABLES[name] if table not in tables]
    if missing:
        raise ValueError(
            f"caption {name}: table {', '.join(missing)} is not given; add it to the inputs of write_report"
        )
    own = read_table(Path(figure).with_suffix(".csv"))
    return TELL[name](own, **{table: read_table(tables[table]) for table in QUOTED_TABLES[name]})
