"""Columns with known values: a misspelt one would find nothing without a word."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import pandas as pd

from recordings.catalogue.labels import BACKGROUND, LABELS, UNKNOWN
from recordings.catalogue.scan import CONSTANT, HIDDEN, MEASURED, MISSING, SIGNALS
from recordings.filters import SEVERAL
from recordings.reader import TIERS

STATES = (MEASURED, HIDDEN, CONSTANT, MISSING)
KNOWN: Mapping[str, Sequence[str]] = {
    "label": (*LABELS, UNKNOWN),
    "first_label": (*LABELS, UNKNOWN),
    "video_label": (*LABELS, UNKNOWN),
    "segment_label": (*LABELS, UNKNOWN, BACKGROUND),
    "trial_type": TIERS,
    **{f"{name}_state": STATES for name in SIGNALS},
    "recording": (),
}
"""values that a column may have beside those that it has"""


def refuse_unknown_values(table: pd.DataFrame, conditions: Mapping[str, Any]) -> None:
    """Refuse texts that a column of KNOWN is compared with (equal, one of, not equal) and that it can never hold."""
    for name, value in conditions.items():
        column = name.removesuffix("__eq").removesuffix("__ne")
        if column not in KNOWN or column not in table:
            continue
        occurring = sorted(table[column].dropna().unique())
        known = {*KNOWN[column], *occurring}
        for one in value if isinstance(value, SEVERAL) else [value]:
            if isinstance(one, str) and one not in known:
                raise ValueError(
                    f"{column}: unknown value '{one}'{_suggest(one, known)}; this table has {', '.join(occurring) or 'none'}"
                )


def _suggest(wrong: str, known: set[str]) -> str:
    lower = {name.lower(): name for name in sorted(known)}
    near = [lower[name] for name in get_close_matches(wrong.lower(), lower, n=1)]
    near = near or [name for name in known if wrong and wrong in name]
    return f", did you mean '{near[0]}'?" if len(near) == 1 else ""
