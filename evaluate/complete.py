"""Clips that can be compared: those with a score in every condition."""

import logging

import pandas as pd

logger = logging.getLogger(__name__)


def complete_clips(scores: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """The rows of the clips (`mouse`, `clip`) that miss none of these columns in any row: pairs stay pairs.

    A constant movie has no correlation: its clip is left out of every condition, and the log says so.
    """
    incomplete = scores[columns].isna().any(axis=1)
    missing = incomplete.groupby([scores["mouse"], scores["clip"]]).transform("any")
    for mouse, clip in sorted(
        set(zip(scores["mouse"][missing], scores["clip"][missing], strict=True))
    ):
        logger.warning("mouse %s, clip %s: no score in one condition, left out of all", mouse, clip)
    return scores[~missing]
