"""Ids and addresses of the published metadata, taken over by the catalogue of the same recordings."""

import pandas as pd

from recordings.catalogue.naming import no_conflicts, take_published_names
from recordings.catalogue.publish import export_published
from recordings.catalogue.published import read_published
from recordings.catalogue.tables import Catalogue
from tests.published import make_catalogue


def published_of(tables, folder):
    """What another lab would publish of the same recordings."""
    elsewhere = tables | {"basic": tables["basic"].assign(dataset_url="https://a", data_url="")}
    return export_published(elsewhere, folder), read_published(folder)


def test_every_video_gets_its_published_id_and_every_recording_its_address(tmp_path):
    tables = make_catalogue()
    ids, published = published_of(tables, tmp_path / "published")
    unnamed = tables["videos"].assign(published_video_ID="")
    named, conflicts = take_published_names(Catalogue(**tables | {"videos": unnamed}), published)
    assert named.videos.published_video_ID.tolist() == named.videos.video_ID.map(ids).tolist()
    assert set(named.basic.dataset_url) == {"https://a"}
    assert set(named.basic.data_url) == {""}
    pd.testing.assert_frame_equal(conflicts, no_conflicts(), check_dtype=False)


def test_a_published_id_of_two_of_our_videos_is_a_conflict_and_taken_over_nowhere(tmp_path):
    tables = make_catalogue()
    ids, published = published_of(tables, tmp_path / "published")
    one, other = sorted(ids[name] for name in tables["videos"].video_ID[:2])
    published.trials.loc[published.trials.video_ID == other, "video_ID"] = one
    named, conflicts = take_published_names(Catalogue(**tables), published)
    assert one not in set(named.videos.published_video_ID)
    assert set(conflicts.published_video_ID) == {one}
    assert len(conflicts) == 2
