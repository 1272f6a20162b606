"""What is known of every trial when sets are chosen: its check and its row in the catalogue."""

from functools import cache

import pandas as pd

from recordings.filters import filter_table

TEXT, WHOLE, TRUTH = "str", "int64", "bool"
MODALITIES = ("video", "response", "pupil", "gaze", "locomotion")
QUERYABLE = {
    "mouse": TEXT,
    "recording": TEXT,
    "trial": WHOLE,
    "trial_type": TEXT,
    "label": TEXT,
    "first_label": TEXT,
    "video_ID": TEXT,
    "fold": WHOLE,
    "hidden": TRUTH,
    "valid_frames": WHOLE,
    "valid_trial": TRUTH,
    "num_segments": WHOLE,
    "num_bad_segments": WHOLE,
    "num_repeats": WHOLE,
    **{f"valid_frames_{name}": WHOLE for name in MODALITIES},
    **{f"valid_{name}": TRUTH for name in MODALITIES},
    **{f"{name}_state": TEXT for name in MODALITIES[1:]},
}
"""columns that a query may name, and what they hold"""


def join_catalogue(
    trials: dict[str, pd.DataFrame], catalogue: pd.DataFrame, recordings: dict[str, str]
) -> dict[str, pd.DataFrame]:
    """The checked trials of each mouse with what the catalogue knows of them; `video` becomes the catalogue's id.

    Equal ids are the same movie: its presentations may differ by rounding, or by a frame where a picture appeared.
    """
    joined = {}
    for mouse, table in trials.items():
        known = catalogue[catalogue.recording == recordings[mouse]]
        if sorted(known.trial) != sorted(table.trial):
            raise ValueError(
                f"mouse {mouse}: the catalogue has {len(known)} trials of {recordings[mouse]}, the check {len(table)}, and "
                "not the same ones; delete results/recordings/catalogue to make it anew"
            )
        rows = table.merge(known, on="trial", validate="one_to_one")
        joined[mouse] = rows.assign(video=rows.video_ID)
    return joined


def find_trials(table: pd.DataFrame, query: str) -> pd.Series:
    """Which rows meet a query over the columns of QUERYABLE."""
    found = filter_table(table[[name for name in QUERYABLE if name in table]], query)
    return table.index.isin(found.index)


@cache
def check_query(query: str) -> None:
    """Raise ValueError for a query that names an unknown column, compares what cannot be compared, or is none."""
    nothing = {name: pd.Series(dtype=kind) for name, kind in QUERYABLE.items()}
    filter_table(pd.DataFrame(nothing), query)
