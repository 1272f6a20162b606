"""What the published metadata calls the same videos, and where it says the recordings are."""

from dataclasses import replace

import pandas as pd

from recordings.catalogue.identity import map_published_ids
from recordings.catalogue.published import Published
from recordings.catalogue.tables import Catalogue

URLS = ["dataset_url", "data_url"]


def take_published_names(
    catalogue: Catalogue, published: Published
) -> tuple[Catalogue, pd.DataFrame]:
    """The catalogue with the published id of each video and the addresses of the recordings, and the ids in conflict.

    A published id that goes with several of ours, or the other way round, is taken over nowhere and is a row per pair of the conflicts.
    """
    ids, conflicts = map_published_ids(catalogue.trials, published.trials)
    videos = catalogue.videos
    videos = videos.assign(published_video_ID=videos.video_ID.map(ids).fillna(""))
    known = published.basic.set_index("recording")[URLS]
    basic = catalogue.basic
    for name in URLS:
        basic = basic.assign(**{name: basic.recording.map(known[name]).fillna("")})
    return replace(catalogue, videos=videos, basic=basic), conflicts


def no_conflicts() -> pd.DataFrame:
    return pd.DataFrame(columns=["video_ID", "published_video_ID", "num_trials"])
