"""Numbers as a reader of a figure expects them."""

import pytest

from figures.numerals import MINUS, NO_VALUE, numeral


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        (0.5, "z.2f", "0.50"),
        (-0.104, "z.2f", f"{MINUS}0.10"),
        (-0.004, "z.2f", "0.00"),
        (-60, "+g", f"{MINUS}60"),
        (60.0, "+g", "+60"),
        (2.5e-5, "z.1e", f"2.5e{MINUS}5"),
        (2.5e-15, "z.1e", f"2.5e{MINUS}15"),
        (1e20, ".0e", "1e+20"),
        (float("nan"), "z.2f", NO_VALUE),
    ],
)
def test_a_true_minus_and_none_before_nothing(value, form, expected):
    assert numeral(value, form) == expected


def test_what_stands_for_nan():
    assert numeral(float("nan"), none="undefined") == "undefined"
