"""Checks of the global videos and segments, of the files per trial, and of both against the trials tables."""

from collections.abc import Callable, Iterator

import pandas as pd

from recordings.catalogue.defects import Defect, list_defects
from recordings.catalogue.labels import BACKGROUND, LABELS, UNKNOWN
from recordings.catalogue.published import Published

BOUNDARY_TOLERANCE = 2
"""Boundaries of one video may differ by so many frames between its trials: it was identified with this tolerance."""


def _check_ids(published: Published) -> Iterator[Defect]:
    tables = (
        (published.videos, "video_ID", "v", (*LABELS, UNKNOWN)),
        (
            published.segments,
            "segment_ID",
            "s",
            (*LABELS, BACKGROUND),
        ),
    )
    for table, column, letter, labels in tables:
        odd = table[~table[column].str.fullmatch(rf"{letter}[0-9]{{6}}").astype(bool)]
        yield from list_defects("id", odd, f"is no {letter} with six digits", column)
        twice = table[table.duplicated(column)]
        yield from list_defects("id_twice", twice, "is the ID of several files", column)
        odd = table[~table.label.isin(labels)]
        yield from list_defects("label", odd, "is a {label}", column)
    counts = published.counts
    wrong = counts[counts.n != counts.listed]
    yield from list_defects("count", wrong, "n is {n} for the {listed} listed in {place}", "ID")


def _check_duplicates(published: Published) -> Iterator[Defect]:
    keys = ["video_ID", "recording", "trial"]
    trials, listed = published.trials, published.video_trials
    played = trials[trials.video_ID.isin(published.videos.video_ID)]
    text = "plays {video_ID}, whose file does not list the trial"
    yield from list_defects(
        "missing_duplicate", played[~_index(played, keys).isin(_index(listed, keys))], text
    )
    known = listed[listed.recording.isin(trials.recording)]
    text = "is listed by {video_ID}, which it does not play"
    yield from list_defects(
        "wrong_duplicate", known[~_index(known, keys).isin(_index(trials, keys))], text
    )
    text = "is listed by {video_ID} more than once"
    yield from list_defects("duplicate_twice", listed[listed.duplicated(keys)], text)


def _check_videos_of_trials(published: Published) -> Iterator[Defect]:
    videos = published.videos[["video_ID", "label", "valid_frames"]]
    both = published.trials.merge(videos, on="video_ID", suffixes=("", "_of_video"))
    other = both[both.label != both.label_of_video]
    yield from list_defects("video_label", other, "is {label}, but {video_ID} is {label_of_video}")
    far = (both.valid_frames_video - both.valid_frames_of_video).abs() > BOUNDARY_TOLERANCE
    text = "{valid_frames_video} frames, but {video_ID} has {valid_frames_of_video}"
    yield from list_defects("video_frames", both[far], text)


def _check_bounds(published: Published) -> Iterator[Defect]:
    frames = published.videos.drop_duplicates("video_ID")[["video_ID", "valid_frames"]]
    segments = published.video_segments.merge(frames, on="video_ID")
    text = "segments are not one after another from frame 0 to the last valid frame"
    yield from list_defects("bounds", _find_broken(segments, ["video_ID"]), text, "video_ID")
    home = ["recording", "trial"]
    segments = published.trial_segments.merge(
        published.trial_videos[[*home, "valid_frames"]], on=home
    )
    yield from list_defects("bounds", _find_broken(segments, home), text)
    valid = published.trials.video_ID[published.trials.valid_video]
    bad = published.video_segments[published.video_segments.bad]
    text = "segment {segment_index} is bad, but trials that play the video are valid"
    yield from list_defects("bad_segment", bad[bad.video_ID.isin(valid)], text, "video_ID")


def _check_segments(published: Published) -> Iterator[Defect]:
    keys = ["video_ID", "segment_index", "segment_ID"]
    slots, places = published.video_segments, published.segment_places
    named = slots[slots.segment_ID != ""]
    lost = named[~_index(named, keys).isin(_index(places, keys))]
    text = "segment {segment_index} is {segment_ID}, whose file does not say so"
    yield from list_defects("segment", lost, text, "video_ID")
    known = places[places.video_ID.isin(published.videos.video_ID)]
    text = "is listed at segment {segment_index} of {video_ID}, which does not say so"
    yield from list_defects(
        "segment", known[~_index(known, keys).isin(_index(slots, keys))], text, "segment_ID"
    )
    both = named.merge(published.segments, on="segment_ID").merge(
        published.videos[["video_ID", "label"]], on="video_ID", suffixes=("", "_of_video")
    )
    grey = (both.label == BACKGROUND) & (both.label_of_video == "NaturalImages")
    odd = both[(both.label != both.label_of_video) & ~grey]
    text = "segment {segment_index} is {label} {segment_ID} in a {label_of_video}"
    yield from list_defects("segment_label", odd, text, "video_ID")
    length = both.frame_end - both.frame_start
    far = (length - both.valid_frames).abs() > BOUNDARY_TOLERANCE
    text = "segment {segment_index} is not as long as {segment_ID} ({valid_frames} frames)"
    yield from list_defects("segment_frames", both[far & ~grey], text, "video_ID")
    labels = slots.merge(published.videos, on="video_ID")
    holes = labels[(labels.segment_ID == "") & labels.label.isin(published.segments.label)]
    yield from list_defects(
        "segment", holes, "segment {segment_index} has no segment_ID", "video_ID"
    )


def _check_trial_files(published: Published) -> Iterator[Defect]:
    home = ["recording", "trial"]
    both = published.trial_videos.merge(published.trials, on=home, suffixes=("", "_of_table"))
    for own, other in (
        ("label", "label_of_table"),
        ("trial_type", "trial_type_of_table"),
        ("valid_frames", "valid_frames_video"),
    ):
        text = f"{own} is {{{own}}} in its file, {{{other}}} in the trials table"
        yield from list_defects("trial_file", both[both[own] != both[other]], text)
    segments = published.trial_segments
    bad = segments.groupby(home).bad_properties.sum().rename("num_bad").reset_index()
    counted = published.trial_videos.merge(bad, on=home)
    text = "segments_bad_n is {segments_bad_n}, but {num_bad} segments are bad"
    yield from list_defects("trial_file", counted[counted.segments_bad_n != counted.num_bad], text)
    yield from list_defects(
        "boundaries",
        _find_other_bounds(published),
        "its segments are not those of {video_ID} (within 2 frames)",
    )


def _find_other_bounds(published: Published) -> pd.DataFrame:
    """Trials with a file whose segments differ from those of their video by more than the tolerance."""
    home, slot = ["recording", "trial"], ["video_ID", "segment_index"]
    videos = published.trials[[*home, "video_ID"]].drop_duplicates()
    described = videos.merge(published.trial_segments[home].drop_duplicates(), on=home)
    described = described[described.video_ID.isin(published.video_segments.video_ID)]
    own = described.merge(published.trial_segments, on=home)
    theirs = described.merge(published.video_segments, on="video_ID")
    both = own.merge(theirs, on=[*home, *slot], how="outer", suffixes=("", "_of_video"))
    far = pd.Series(False, index=both.index)
    for bound in ("frame_start", "frame_end"):
        far |= ~((both[bound] - both[f"{bound}_of_video"]).abs() <= BOUNDARY_TOLERANCE)
    return both[far][[*home, "video_ID"]].drop_duplicates()


def _find_broken(segments: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Videos or trials whose segments leave a gap, overlap, or miss the first or the last valid frame."""
    groups = segments.groupby(keys)
    before = groups.frame_end.shift(fill_value=0)
    after = groups.frame_start.shift(-1).fillna(segments.valid_frames)
    wrong = segments.frame_start != before
    wrong |= (segments.frame_end != after) | (segments.frame_end <= segments.frame_start)
    return segments[wrong][keys].drop_duplicates()


def _index(table: pd.DataFrame, keys: list[str]) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(table[keys])


VIDEO_CHECKS: tuple[Callable[[Published], Iterator[Defect]], ...] = (
    _check_ids,
    _check_duplicates,
    _check_videos_of_trials,
    _check_bounds,
    _check_segments,
    _check_trial_files,
)
