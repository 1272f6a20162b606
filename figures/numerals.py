"""Numbers as figures and captions print them."""

import math
import re

MINUS, NO_VALUE = "\N{MINUS SIGN}", "\N{EN DASH}"


def numeral(value: float, form: str = "z.2f", none: str = NO_VALUE) -> str:
    """In this format with a true minus sign, powers of ten as `1.5e-5`; `none` where it is not finite.

    The `z` of the default leaves no minus before 0.00.
    """
    if not math.isfinite(value):
        return none
    return re.sub(r"(e-?)0(?=\d)", r"\1", format(value, form)).replace("-", MINUS)
