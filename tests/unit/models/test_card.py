"""Model cards say what was counted, and are read back as they were written."""

from dataclasses import replace

import pandas as pd
import pytest

from models.card import describe_member_card, read_card, tabulate_cards, write_card
from models.data import MouseData
from models.registry import build_encoder
from models.train import describe_member
from tests.tiny import NUM_FRAMES, NUM_NEURONS, write_recording
from tests.unit.models.test_dwiseneuro import SMALL
from tests.unit.models.test_train import TRAINING

FOLDERS = {"A": "dynamic1", "B": "dynamic2"}


@pytest.fixture
def member(tmp_path):
    mice = {
        mouse: MouseData(write_recording(tmp_path / mouse), [0, 1, 4], [9], f"digest of {mouse}")
        for mouse in "AB"
    }
    description = describe_member("dwiseneuro", SMALL, TRAINING, 7, mice)
    encoder = build_encoder("dwiseneuro", SMALL, description.num_neurons)
    rows = [(3, "A", 0.1), (3, "B", 0.2), (6, "A", 0.3), (6, "B", 0.4)]
    curve = pd.DataFrame(rows, columns=["update", "mouse", "validation_correlation"])
    return description, encoder, mice, curve


def test_a_card_of_a_trained_member(member, tmp_path):
    description, encoder, mice, curve = member
    write_card(
        tmp_path / "card.md", describe_member_card("d7", description, encoder, mice, curve, FOLDERS)
    )
    card = read_card(tmp_path / "card.md")
    assert card["num_parameters"] == sum(p.numel() for p in encoder.parameters())
    assert (card["seed"], card["num_updates"], card["num_epochs"]) == (
        7,
        6,
        2.0,
    )  # 12 clips of 6 trials
    assert card["mice"]["B"] == {
        "recording": "dynamic2",
        "num_neurons": NUM_NEURONS,
        "num_training_trials": 3,
        "num_training_frames": 3 * NUM_FRAMES,
        "num_validation_trials": 1,
        "data_digest": "digest of B",
        "validation_correlation": 0.4,
    }
    assert card["training_settings"] == TRAINING
    assert {"python", "torch", "numpy"} <= set(card["versions"])
    assert (
        f"{card['num_parameters']:,} parameters, trained here" in (tmp_path / "card.md").read_text()
    )


def test_a_card_of_a_loaded_member_claims_no_training(member, tmp_path):
    description, encoder, mice, curve = member
    description = replace(description, source="w.pth", source_sha256="abc", training_settings={})
    write_card(
        tmp_path / "card.md", describe_member_card("P", description, encoder, mice, curve, FOLDERS)
    )
    card = read_card(tmp_path / "card.md")
    assert (card["source"], card["source_sha256"]) == ("w.pth", "abc")
    assert not {"seed", "num_updates", "training_settings"} & set(card)
    assert "num_training_trials" not in card["mice"]["A"]
    assert "loaded from w.pth" in (tmp_path / "card.md").read_text()


def test_a_card_names_the_teacher(member):
    description, encoder, mice, curve = member
    training = description.training_settings | {"distillation_share": 0.3}
    description = replace(description, training_settings=training)
    card = describe_member_card("d7", description, encoder, mice, curve, FOLDERS)
    assert card["teacher"] == "d7teacher"


def test_the_table_has_a_row_per_member_and_mouse(member):
    description, encoder, mice, curve = member
    card = describe_member_card("d7", description, encoder, mice, curve, FOLDERS)
    table = tabulate_cards({"dwiseneuro7": card, "other": card})
    assert list(table.member) == ["dwiseneuro7", "dwiseneuro7", "other", "other"]
    assert list(table.validation_correlation) == [0.3, 0.4, 0.3, 0.4]
