"""Numbers in sentences."""


def counted(number: float, noun: str, several: str | None = None) -> str:
    """`1 frame`, `2 frames`, `0.5 frames`; `3 mice` where the plural is given."""
    digits = str(number) if isinstance(number, int) else f"{number:g}"
    return f"{digits} {noun if number == 1 else several or noun + 's'}"


def size_text(num_bytes: float) -> str:
    """`12 bytes`, `3.4 kB`, `3.4 MB`, `3.4 GB`: never a 0.0 of something that is there."""
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if num_bytes >= size:
            return f"{num_bytes / size:.1f} {unit}"
    return counted(num_bytes, "byte")
