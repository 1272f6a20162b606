"""The unified JSON of a recording: one entry per video, with fields that mean what they are called."""

import json
import re
from pathlib import Path

import pytest

from recordings.catalogue.unified import make_unified, write_unified
from tests.published import NAMES, ONE, TWO, make_catalogue, needs_real, read_real


@pytest.fixture
def trials():
    return make_catalogue(hidden=(1,))["trials"]


def test_an_entry_per_video_under_its_lowest_trial(trials):
    unified = make_unified(trials[trials.recording == ONE].sample(frac=1, random_state=0))
    assert list(unified) == ["0", "2", "11"]
    assert unified["2"] == {
        "number_equivalent_videos": 1,
        "equivalent_videos": ["10"],
        "video_valid_frames": 20,
        "same_valid_responses": True,
        "incorrect_valid_responses": 0,
        "label": "NaturalVideo",
    }


def test_the_readme_has_a_row_per_field(trials):
    readme = Path(__file__).resolve().parents[3].joinpath("README.md").read_text()
    table = readme.split("unified/combined_metadata_<recording>.json", 1)[1].split("\n\n")[1]
    (entry, *_) = make_unified(trials[trials.recording == ONE]).values()
    assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == set(entry)


def test_equivalent_trials_are_in_the_order_of_their_numbers(trials):
    one = trials[trials.recording == ONE].assign(video_ID="v1", label="Gabor")
    assert make_unified(one)["0"]["equivalent_videos"] == ["2", "10", "11"]


def test_a_hidden_trial_has_no_valid_responses(trials):
    unified = make_unified(trials[trials.recording == TWO])
    assert unified["1"]["same_valid_responses"] is False
    assert unified["1"]["incorrect_valid_responses"] == 60
    assert unified["0"]["same_valid_responses"] is True


def test_one_trial_with_other_frames_is_enough(trials):
    one = trials[trials.recording == ONE].copy()
    one.loc[one.trial == 10, "valid_frames_response"] = 17
    assert make_unified(one)["2"]["incorrect_valid_responses"] == 3
    assert make_unified(one)["2"]["same_valid_responses"] is False


def test_a_file_per_recording(trials, tmp_path):
    paths = write_unified(trials, tmp_path)
    assert [p.name for p in paths] == [f"combined_metadata_{name}.json" for name in (ONE, TWO)]
    assert json.loads(paths[1].read_text()) == make_unified(trials[trials.recording == TWO])


@needs_real
def test_the_real_entry_of_the_web_app_with_its_artefacts_gone():
    trials = read_real().trials
    unified = make_unified(trials[trials.recording == NAMES["A"]])
    assert len(unified) == 388
    assert unified["12"] == {
        "number_equivalent_videos": 9,
        "equivalent_videos": ["14", "23", "28", "57", "155", "316", "409", "590", "726"],
        "video_valid_frames": 315,
        "same_valid_responses": True,
        "incorrect_valid_responses": 0,
        "label": "GaussianDot",
    }
    assert all(entry["same_valid_responses"] for entry in unified.values())
