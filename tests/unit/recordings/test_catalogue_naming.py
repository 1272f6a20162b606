"""Ids and addresses of the published metadata, taken over by the catalogue of the same recordings."""

import pandas as pd
import pytest

from recordings.catalogue.naming import map_published_ids, name_recordings, name_videos
from recordings.catalogue.publish import export_published
from recordings.catalogue.published import read_published, read_published_names
from tests.published import ONE, TWO, make_catalogue


@pytest.fixture
def published(tmp_path):
    """What another lab published of the same recordings: its ids of our videos, trials and basic facts."""
    tables = make_catalogue()
    elsewhere = tables | {"basic": tables["basic"].assign(dataset_url="https://a", data_url="")}
    ids = export_published(elsewhere, tmp_path / "published")
    return ids, *read_published_names(tmp_path / "published", [ONE, TWO])


def test_names_are_those_of_the_whole_metadata(published, tmp_path):
    whole = read_published(tmp_path / "published")
    pd.testing.assert_frame_equal(published[1], whole.trials)
    pd.testing.assert_frame_equal(published[2], whole.basic)
    of_one, _ = read_published_names(tmp_path / "published", [TWO])
    assert set(of_one.recording) == {TWO}


def test_every_video_gets_its_published_id_and_every_recording_its_address(published):
    tables, (ids, trials, basic) = make_catalogue(), published
    unnamed = tables["videos"].drop(columns="published_video_ID")
    videos, conflicts = name_videos(unnamed, tables["trials"], trials)
    assert videos.published_video_ID.tolist() == videos.video_ID.map(ids).tolist()
    assert conflicts.empty
    named = name_recordings(tables["basic"], basic)
    assert set(named.dataset_url) == {"https://a"}
    assert set(named.data_url) == {""}


def test_without_a_folder_nothing_has_a_name(tmp_path):
    tables, (trials, basic) = make_catalogue(), read_published_names("", [ONE])
    videos, conflicts = name_videos(tables["videos"], tables["trials"], trials)
    assert set(videos.published_video_ID) == {""}
    assert conflicts.columns.tolist() == ["video_ID", "published_video_ID", "num_trials"]
    assert conflicts.empty
    assert set(name_recordings(tables["basic"], basic).dataset_url) == {""}
    with pytest.raises(ValueError, match=f"{tmp_path}: no published metadata here"):
        read_published_names(tmp_path, [ONE])


def test_a_published_id_of_two_of_our_videos_is_a_conflict_and_taken_over_nowhere(published):
    tables, (ids, trials, _) = make_catalogue(), published
    one, other = sorted(ids[name] for name in tables["videos"].video_ID[:2])
    trials.loc[trials.video_ID == other, "video_ID"] = one
    videos, conflicts = name_videos(tables["videos"], tables["trials"], trials)
    assert one not in set(videos.published_video_ID)
    assert set(conflicts.published_video_ID) == {one}
    assert len(conflicts) == 2


def test_published_ids_are_mapped_and_conflicts_reported():
    ours = pd.DataFrame(
        {"recording": "r", "trial": range(7), "video_ID": [*"aabbcd", "e"]},
    )
    published = ours.assign(
        trial=ours.trial.astype(str), video_ID=["v1", "v1", "v2", "v3", "v4", "v4", "v5"]
    )[:6]
    ids, conflicts = map_published_ids(ours, published)
    assert ids.to_dict() == {"a": "v1", "b": "", "c": "", "d": "", "e": ""}
    assert conflicts.to_numpy().tolist() == [
        ["b", "v2", 1],
        ["b", "v3", 1],
        ["c", "v4", 1],
        ["d", "v4", 1],
    ]
