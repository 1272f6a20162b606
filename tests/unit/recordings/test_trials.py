"""What is known of a trial: its check and its row in the catalogue; queries over both."""

import pandas as pd
import pytest

from recordings.trials import QUERYABLE, check_query, find_trials, join_catalogue

CHECKED = pd.DataFrame({"trial": [0, 2], "video": ["sha0", "sha2"], "num_frames": [120, 90]})
CATALOGUE = pd.DataFrame(
    {
        "recording": ["one", "one", "two"],
        "trial": [0, 2, 0],
        "label": ["NaturalVideo", "Gabor", "Gabor"],
        "video_ID": ["v0", "v1", "v1"],
    }
)


def test_each_trial_gets_its_row_and_the_id_of_its_video():
    joined = join_catalogue({"A": CHECKED}, CATALOGUE, {"A": "one"})["A"]
    assert joined.video.tolist() == ["v0", "v1"]
    assert joined.label.tolist() == ["NaturalVideo", "Gabor"]
    assert joined.num_frames.tolist() == [120, 90]


def test_another_recording_s_catalogue_is_refused():
    with pytest.raises(ValueError, match="mouse A: the catalogue has 1 trials of two, the check 2"):
        join_catalogue({"A": CHECKED}, CATALOGUE, {"A": "two"})


def test_a_query_chooses_rows_in_place():
    assert find_trials(CATALOGUE, 'label == "Gabor" and trial < 2').tolist() == [False, False, True]


@pytest.mark.parametrize("name", QUERYABLE)
def test_every_column_can_be_asked_for(name):
    value = {"str": "''", "int64": "1", "bool": "True"}[QUERYABLE[name]]
    check_query(f"{name} == {value}")


@pytest.mark.parametrize("query", ["labell == 'Gabor'", "label = 'Gabor'", "print(1)", "@x", ""])
def test_a_wrong_query_is_refused_before_any_trial_is_read(query):
    with pytest.raises(ValueError, match="query"):
        check_query(query)
