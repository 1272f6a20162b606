"""What the published metadata calls the same videos, and where it says the recordings are."""

import pandas as pd

URLS = ["dataset_url", "data_url"]


def name_videos(
    videos: pd.DataFrame, trials: pd.DataFrame, published_trials: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The videos with their published ids as published_video_ID, "" where there is none, and the ids in conflict.

    A published id that goes with several of ours, or the other way round, is taken over nowhere and is a row per pair of the conflicts.
    """
    ids, conflicts = map_published_ids(trials, published_trials)
    return videos.assign(published_video_ID=_look_up(videos.video_ID, ids)), conflicts


def name_recordings(basic: pd.DataFrame, published_basic: pd.DataFrame) -> pd.DataFrame:
    """The recordings with their published addresses, "" where there is none."""
    known = published_basic.set_index("recording")[URLS]
    return basic.assign(**{name: _look_up(basic.recording, known[name]) for name in URLS})


def _look_up(keys: pd.Series, texts: pd.Series) -> pd.Series:
    """The text of each key, "" where there is none."""
    known = texts.to_dict()
    return pd.Series([known.get(key, "") for key in keys], keys.index, dtype="str")


def map_published_ids(
    trials: pd.DataFrame, published_trials: pd.DataFrame
) -> tuple[pd.Series, pd.DataFrame]:
    """The published id of each of our video ids, "" where there is none or more than one, and the conflicts.

    Both tables have the columns recording, trial and video_ID. A conflict is a row per pair of ids of which one goes with several:
    video_ID, published_video_ID, num_trials.
    """
    keys = ["recording", "trial"]
    published = published_trials[[*keys, "video_ID"]].astype({"trial": "int64"})
    both = trials[[*keys, "video_ID"]].merge(
        published.rename(columns={"video_ID": "published_video_ID"}), on=keys
    )
    names = ["video_ID", "published_video_ID"]
    pairs = both.groupby(names).size().rename("num_trials").reset_index()
    clash = pairs.duplicated("video_ID", keep=False) | pairs.duplicated(
        "published_video_ID", keep=False
    )
    ids = pairs[~clash].set_index("video_ID").published_video_ID
    return ids.reindex(sorted(trials.video_ID.unique()), fill_value=""), pairs[clash].reset_index(
        drop=True
    )
