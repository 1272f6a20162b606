"""Numbers in sentences."""

import pytest

from recordings.wording import counted


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 frames"), (1, "1 frame"), (1.0, "1 frame"), (0.5, "0.5 frames"), (16, "16 frames")],
)
def test_one_is_singular(number, text):
    assert counted(number, "frame") == text
