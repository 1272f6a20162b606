"""Ranges that loaded files are held to are those of the config's schema."""

import math
from dataclasses import fields
from pathlib import Path

import yaml

from models.settings import (
    ABOVE_ZERO,
    BELOW_ONE,
    RANGES,
    DwiseNeuroSettings,
    FactorisedSettings,
    TrainingSettings,
)

SCHEMA = Path(__file__).resolve().parents[2] / "workflow/schemas/config.schema.yaml"


def range_of(node: dict) -> tuple:
    if node["type"] == "boolean":
        return False, True
    node = node.get("items", node)
    low = ABOVE_ZERO if node.get("exclusiveMinimum") == 0 else node["minimum"]
    return low, BELOW_ONE if node.get("exclusiveMaximum") == 1 else node["maximum"]


def test_ranges_are_those_of_the_schema():
    models = yaml.safe_load(SCHEMA.read_text())["properties"]["models"]["properties"]
    training = models["training"]["properties"]["factorised"]
    blocks = {
        FactorisedSettings: models["factorised"],
        DwiseNeuroSettings: models["dwiseneuro"],
        TrainingSettings: training,
    }
    stated = {}
    for kind, block in blocks.items():
        assert {field.name for field in fields(kind)} == set(block["properties"])
        stated |= {name: range_of(node) for name, node in block["properties"].items()}
    assert stated == RANGES


def test_open_ends_are_the_numbers_next_to_them():
    assert math.nextafter(0, 1) == ABOVE_ZERO
    assert math.nextafter(1, 0) == BELOW_ONE
