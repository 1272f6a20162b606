"""Misspelt labels, tiers, states and recordings are refused; known ones that do not occur find nothing."""

import re

import pytest

import recordings
from recordings.notebook import Recordings
from tests.catalogued import SECOND, write_catalogue, write_recordings


@pytest.fixture(scope="module")
def opened(tmp_path_factory) -> Recordings:
    folder = tmp_path_factory.mktemp("vocabulary")
    write_recordings(folder / "recordings")
    write_catalogue(folder / "catalogue")
    return recordings.open(folder / "recordings", catalogue=folder / "catalogue")


@pytest.mark.parametrize(
    ("conditions", "complaint"),
    [
        ({"label": "Gabr"}, "label: unknown value 'Gabr', did you mean 'Gabor'?; this table has"),
        ({"label": "gabor"}, "did you mean 'Gabor'?; this table has Gabor, NaturalVideo"),
        ({"label__ne": ["Gabor", "Nope"]}, "label: unknown value 'Nope'; this table has Gabor"),
        ({"recording": "4-5-6"}, f"unknown value '4-5-6', did you mean '{SECOND}'?"),
        ({"trial_type": "test"}, "unknown value 'test'; this table has final_test_bonus, live_t"),
        ({"response_state__eq": "hiden"}, "did you mean 'hidden'?; this table has hidden, measur"),
    ],
)
def test_a_misspelt_value_is_refused(opened, conditions, complaint):
    calls = (opened.find_trials, opened.load_all, opened.compare_videos)
    for call in calls:
        with pytest.raises(ValueError, match=re.escape(complaint)):
            call(**conditions)


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("trial > 3 and label == 'gabor'", "gabor"),
        ("not 'Gabr' != label", "Gabr"),
        ("label in ['Gabor', 'Nope']", "Nope"),
        ("trial_type not in ('oracle', 'test')", "test"),
    ],
)
def test_a_misspelt_value_in_a_query_is_refused(opened, query, wrong):
    with pytest.raises(ValueError, match=f"unknown value '{wrong}'"):
        opened.find_trials(query)


def test_known_values_in_a_query_are_not(opened):
    query = "label in ['Gabor', 'PinkNoise'] and label > 'A' and video_ID != 'v0'"
    assert len(opened.find_trials(query)) == 4


def test_a_misspelt_label_of_a_segment_is_refused(opened):
    with pytest.raises(ValueError, match="segment_label: unknown value 'Pink', did you mean 'Pink"):
        opened.find_segments(segment_label="Pink")


@pytest.mark.parametrize(
    "conditions",
    [
        {"label": "PinkNoise"},
        {"label": "unknown"},
        {"label": None},
        {"label": []},
        {"trial_type": "final_test_main"},
        {"response_state": ["missing", "constant"]},
        {"video_ID": "v0"},
    ],
)
def test_what_may_occur_but_does_not_finds_nothing(opened, conditions):
    assert opened.find_trials(**conditions).empty
