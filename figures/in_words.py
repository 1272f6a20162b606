"""Numbers as captions write them."""

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from figures.numerals import numeral
from figures.variants import p_text

ANOVA, PAIRED = "repeated-measures ANOVA", "paired t"


def number(value: float) -> str:
    """Three decimals; `undefined` for NaN."""
    return numeral(value, "z.3f", none="undefined")


def interval(low: float, high: float) -> str:
    """`0.605 to 0.813`; empty where there is none."""
    return f"{number(low)} to {number(high)}" if np.isfinite([low, high]).all() else ""


def with_interval(mean: float, low: float, high: float) -> str:
    """`0.709 (0.605 to 0.813)`; the mean alone where there is no interval."""
    return number(mean) + told(interval(low, high))


def percent(change: float) -> str:
    """`+10.9 %`, with its sign."""
    return f"{numeral(change, '+z.1f')} %"


def told(*parts: str) -> str:
    """` (difference 0.075, p = 0.012)`, of the parts that are not empty; nothing where all are."""
    kept = ", ".join(filter(None, parts))
    return f" ({kept})" if kept else ""


def p_of(p: float, words: str = "") -> str:
    """`p = 0.012`, with words before it; empty where there is no test."""
    return f"{words} {p_text(p)}".strip() if np.isfinite(p) else ""


def anova(row) -> str:
    """`repeated-measures ANOVA F(2, 4) = 510.1, p = 1.5e-5`; empty where there is none."""
    if not np.isfinite(row["F"]):
        return ""
    degrees = f"{row['df1']:.0f}, {row['df2']:.0f}"
    return f"repeated-measures ANOVA F({degrees}) = {row['F']:.1f}, {p_text(row['p'])}"


def levels_tested(tests: pd.DataFrame, name: Callable = str, unit: str = "") -> list[str]:
    """The ANOVA over levels and the corrected p of each step between neighbours, of those that there are."""
    items = [anova(row) for _, row in tests[tests["test"] == ANOVA].iterrows()]
    steps = [
        f"{name(row.first)} to {name(row.second)}{unit} {p_of(row.p_corrected)}"
        for row in tests[tests["test"] == PAIRED].itertuples()
        if p_of(row.p_corrected)
    ]
    items += ["corrected for the number of steps " + ", ".join(steps)] if steps else []
    return items


def omitted(clips: list[tuple[str, int]]) -> str:
    """A sentence that names the clips that count in no condition; empty where all count."""
    if not clips:
        return ""
    names = "; ".join(f"mouse {mouse}, clip {clip}" for mouse, clip in clips)
    return f"Left out of every condition, as they have no correlation in one of them (a constant movie): {names}."


def paragraphs(*texts: str) -> str:
    """Those that are not empty, a line each."""
    return "\n".join(filter(None, texts))


def capital(text: str) -> str:
    """With its first letter large, the others as they are."""
    return text[:1].upper() + text[1:]


def listed(lead: str, items: Iterable[str]) -> str:
    """`Lead: one; two.`"""
    return f"{lead}: {'; '.join(items)}."
