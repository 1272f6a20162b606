"""What is made of the merged config files: mice taken away, then one order and one way to write a number."""

import copy
import os
import random
from pathlib import Path

import pytest
import yaml

from workflow.overlays import settle, take_away_mice
from workflow.validation import read_config

ROOT = Path(__file__).resolve().parents[2]
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())
NUM_MUTANTS = 400 if "THOROUGH" in os.environ else 40


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


def settled(config):
    return settle(read_config(copy.deepcopy(config)))


def rewritten(node, rng):
    """The same values with keys in another order, and whole numbers written without a point."""
    if isinstance(node, dict):
        return {key: rewritten(node[key], rng) for key in rng.sample(list(node), len(node))}
    if isinstance(node, list):
        return [rewritten(item, rng) for item in node]
    return int(node) if isinstance(node, float) and node == int(node) else node


def test_equal_values_read_alike_however_they_are_written():
    expected = repr(settled(CONFIG))
    rng = random.Random(0)
    different = [
        seed for seed in range(NUM_MUTANTS) if repr(settled(rewritten(CONFIG, rng))) != expected
    ]
    assert different == []


def test_settling_changes_no_value_and_no_order_of_a_list():
    assert settled(CONFIG) == CONFIG
    assert settled(settled(CONFIG)) == settled(CONFIG)


def test_other_values_read_differently():
    config = copy.deepcopy(CONFIG)
    config["reconstruct"]["map"]["prior_weights"].reverse()
    assert repr(settled(config)) != repr(settled(CONFIG))
    config = copy.deepcopy(CONFIG)
    config["variants"]["changes"]["population50"]["population"]["share"] = 0.4
    assert repr(settled(config)) != repr(settled(CONFIG))


def test_numbers_are_as_the_schema_has_them_in_variants_too():
    config = copy.deepcopy(CONFIG)
    config["recordings"]["simulated"]["noise"] = 1
    config["evaluate"]["ridge"]["penalties"] = [1, 10]
    config["variants"]["changes"]["unsmoothed"] = {"smoothing": {"sigma_px": 0, "sigma_frames": 0}}
    config["variants"]["changes"]["lone"] = {"map": {"num_iterations": 3}}
    found = settled(config)
    assert repr(found["recordings"]["simulated"]["noise"]) == "1.0"
    assert repr(found["evaluate"]["ridge"]["penalties"]) == "[1.0, 10.0]"
    assert (
        repr(found["variants"]["changes"]["unsmoothed"]["smoothing"])
        == "{'sigma_frames': 0.0, 'sigma_px': 0.0}"
    )
    assert repr(found["variants"]["changes"]["lone"]) == "{'map': {'num_iterations': 3}}"


def key_orders(node, where=""):
    """The order of keys of every block whose keys are known."""
    if not isinstance(node, dict) or where in ("variants.changes", "models.load.files"):
        return {}
    inner = [key_orders(value, f"{where}.{key}".lstrip(".")) for key, value in node.items()]
    return {where: list(node)} | {k: v for found in inner for k, v in found.items()}


def test_known_keys_stay_in_the_order_of_config_yaml():
    """The report prints the config as the user knows it; only free names are put in the order of the alphabet."""
    assert key_orders(settled(CONFIG)) == key_orders(CONFIG)
