"""Numbers in sentences."""


def counted(number: float, noun: str) -> str:
    """`1 frame`, `2 frames`, `0.5 frames`."""
    return f"{number:g} {noun}" + ("" if number == 1 else "s")
