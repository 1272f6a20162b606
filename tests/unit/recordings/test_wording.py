"""Numbers in sentences."""

import pytest

from recordings.wording import counted, size_text


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 frames"), (1, "1 frame"), (1.0, "1 frame"), (0.5, "0.5 frames"), (16, "16 frames")],
)
def test_one_is_singular(number, text):
    assert counted(number, "frame") == text


@pytest.mark.parametrize(
    ("num_bytes", "text"),
    [(1, "1 byte"), (10, "10 bytes"), (3e3, "3.0 kB"), (2.34e8, "234.0 MB"), (5.16e9, "5.2 GB")],
)
def test_a_size_has_the_unit_that_shows_it(num_bytes, text):
    assert size_text(num_bytes) == text
