"""Clips that can be compared: those with a score in every condition."""

import logging
from collections.abc import Sequence

import pandas as pd

logger = logging.getLogger(__name__)
CLIP = ("mouse", "clip")


def complete_clips(scores: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The rows of the clips (`mouse`, `clip`) that miss none of these columns in any row: pairs stay pairs.

    A constant movie has no correlation: its clip is left out of every condition, and the log says so.
    """
    for mouse, clip in omitted_clips(scores, columns):
        logger.warning("mouse %s, clip %s: no score in one condition, left out of all", mouse, clip)
    return scores[~_missing(scores, columns, CLIP)]


def omitted_clips(scores: pd.DataFrame, columns: Sequence[str]) -> list[tuple[str, int]]:
    """Mouse and clip of what `complete_clips` leaves out, in order."""
    missing = scores[_missing(scores, columns, CLIP)]
    return sorted(set(zip(missing["mouse"], missing["clip"], strict=True)))


def blank_incomplete(scores: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """The table with NaN in these columns wherever a clip misses one of them in any row of its threshold: an empty mask leaves its row."""
    missing = _missing(scores, columns, (*CLIP, "threshold"))
    return scores.assign(**{name: scores[name].mask(missing) for name in columns})


def _missing(scores: pd.DataFrame, columns: Sequence[str], keys: Sequence[str]) -> pd.Series:
    incomplete = scores[list(columns)].isna().any(axis=1)
    return incomplete.groupby([scores[key] for key in keys]).transform("any")
