"""Numbers as figures and captions print them."""

import math

MINUS, NO_VALUE = "\N{MINUS SIGN}", "\N{EN DASH}"


def numeral(value: float, form: str = "z.2f", none: str = NO_VALUE) -> str:
    """In this format, with a true minus sign; `none` where it is not finite. The `z` of the default leaves no minus before 0.00."""
    return format(value, form).replace("-", MINUS) if math.isfinite(value) else none
