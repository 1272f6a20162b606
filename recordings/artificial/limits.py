"""Limits that settings of artificial stimuli must keep."""

from collections.abc import Sequence


def check_values(name: str, values: Sequence[float], lowest: float, highest: float) -> None:
    """Refuse a list that is empty, repeats a value or leaves its range."""
    if not values:
        raise ValueError(f"{name} is empty; name at least one value")
    for value in values:
        if not lowest <= value <= highest:
            raise ValueError(f"{name} has {value}; use {lowest:g}..{highest:g}")
    if len(set(values)) < len(values):
        raise ValueError(f"{name} {list(values)} names a value twice; name it once")


def check_whole(name: str, value: float, lowest: int) -> None:
    """Refuse what is no whole number or too small."""
    if value != int(value) or value < lowest:
        raise ValueError(f"{name} is {value}; use a whole number from {lowest}")
