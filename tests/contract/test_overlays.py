"""What an overlay takes away is gone before the config is validated."""

import pytest

from workflow.overlays import take_away_mice


def test_a_mouse_that_is_null_is_taken_away_and_others_keep_their_order():
    config = {"recordings": {"mice": {"C": "three", "B": None, "A": "one"}, "folder": None}}
    take_away_mice(config)
    assert list(config["recordings"]["mice"].items()) == [("C", "three"), ("A", "one")]
    assert config["recordings"]["folder"] is None


@pytest.mark.parametrize(
    "config", [{}, {"recordings": None}, {"recordings": {}}, {"recordings": {"mice": ["A"]}}]
)
def test_what_is_no_block_of_mice_is_left_to_the_schema(config):
    before = repr(config)
    take_away_mice(config)
    assert repr(config) == before
