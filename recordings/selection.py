"""Which trials are trained on, validated on and reconstructed: split by movie, never by trial."""

import hashlib
from pathlib import Path

import pandas as pd

from recordings.reader import Recording, Trial
from recordings.settings import SelectionSettings

TRAINING, VALIDATION, HELD_OUT, UNUSED = "training", "validation", "held_out", "unused"


def select_trials(trials: dict[str, pd.DataFrame], settings: SelectionSettings) -> pd.DataFrame:
    """Label every trial of every mouse with its set.

    Held-out clips: of each mouse the first `num_clips` distinct movies of the held-out tiers and folds, one trial
    each; none that also occurs in another fold. A movie that might be chosen or measures encoders is never trained
    on, in any mouse, and a chosen one measures no encoder. Where a tier is trained on and reconstructed from, the rest of its held-out fold measures the encoders.
    Trials with hidden responses or fewer than `min_frames` frames are unused.
    """
    table = pd.concat([rows.assign(mouse=mouse) for mouse, rows in trials.items()])
    table = table.sort_values(["mouse", "trial"], ignore_index=True)
    table["fold"] = [int(phash, 16) % settings.num_folds for phash in table.phash]
    usable = ~table.hidden & (table.num_frames >= settings.min_frames)
    training = usable & table.tier.isin(settings.training_tiers)
    candidates = table.tier.isin(settings.held_out_tiers) & table.fold.isin(settings.held_out_folds)
    astray = table.groupby("video").fold.transform("nunique") > 1
    chosen = _choose_held_out(table[usable & candidates & ~astray], settings.num_clips)
    kept_apart = candidates & ~(
        table.tier.isin(settings.training_tiers) & ~table.index.isin(chosen)
    )
    table["set"] = UNUSED
    in_fold = table.fold == settings.validation_fold
    validation = training & in_fold & ~_shows_any(table, table[kept_apart])
    reserved = _shows_any(table, table[candidates | validation])
    table.loc[training & ~in_fold & ~reserved, "set"] = TRAINING
    table.loc[validation, "set"] = VALIDATION
    table.loc[chosen, "set"] = HELD_OUT
    _refuse_empty_sets(table, list(trials), settings)
    columns = ["mouse", "trial", "tier", "num_frames", "hidden", "video", "phash", "fold"]
    return table[[*columns, "content", "set"]]


def _choose_held_out(candidates: pd.DataFrame, num_clips: int) -> pd.Index:
    """Rows of the first trials of distinct movies, `num_clips` of each mouse."""
    first = ~(candidates.duplicated(["mouse", "video"]) | candidates.duplicated(["mouse", "phash"]))
    return candidates[first].groupby("mouse").head(num_clips).index


def _shows_any(table: pd.DataFrame, others: pd.DataFrame) -> pd.Series:
    """Which trials show a movie of the others, whether its bytes are equal or it only looks the same."""
    return table.video.isin(set(others.video)) | table.phash.isin(set(others.phash))


def prove_split(sets: pd.DataFrame) -> pd.DataFrame:
    """A row per movie with the number of its trials in each set over all mice; ValueError where sets share one."""
    movies = sets.assign(trials=1).pivot_table(
        index=["video", "phash", "fold"],
        columns="set",
        values="trials",
        aggfunc="sum",
        fill_value=0,
    )
    movies = movies.reindex(columns=[TRAINING, VALIDATION, HELD_OUT, UNUSED], fill_value=0)
    for level in ("video", "phash"):
        shown = movies.groupby(level=level).sum() > 0
        shared = shown[shown[[TRAINING, VALIDATION, HELD_OUT]].sum(axis=1) > 1]
        if len(shared):
            names = [name for name in (TRAINING, VALIDATION, HELD_OUT) if shared[name].iloc[0]]
            raise ValueError(
                f"the movie with {level} {shared.index[0]} is in the sets {' and '.join(names)}; sets must share no movie"
            )
    return movies.reset_index()


def _refuse_empty_sets(table: pd.DataFrame, mice: list[str], settings: SelectionSettings) -> None:
    needed = {
        TRAINING: (1, settings.training_tiers),
        VALIDATION: (1, settings.training_tiers),
        HELD_OUT: (settings.num_clips, settings.held_out_tiers),
    }
    for mouse in mice:
        for name, (least, tiers) in needed.items():
            count = int(((table.mouse == mouse) & (table["set"] == name)).sum())
            if count < least:
                raise ValueError(
                    f"mouse {mouse}: {count} {name} trials with responses in tiers {list(tiers)}, need {least}; "
                    "change recordings.selection"
                )


def content_of(table: pd.DataFrame, mouse: str) -> str:
    """A digest of all data of one mouse and of their sets: what a resumed job must find unchanged."""
    rows = table[table.mouse == mouse].sort_values("trial")[["trial", "content", "set"]]
    return hashlib.sha256(rows.to_csv(index=False).encode()).hexdigest()[:16]


def trials_of(table: pd.DataFrame, mouse: str, name: str) -> list[int]:
    """Trial numbers of one mouse in one set, ascending."""
    rows = table[(table.mouse == mouse) & (table["set"] == name)]
    return sorted(int(trial) for trial in rows.trial)


def load_held_out(mouse: str, recording: str, sets: str, max_frames: int) -> list[Trial]:
    """The held-out trials of a mouse, in clip order."""
    return load_set(mouse, recording, sets, HELD_OUT, max_frames)


def load_set(
    mouse: str, recording: str, sets: str, name: str, max_frames: int, most: int | None = None
) -> list[Trial]:
    """The first trials of one set of a mouse, or all of them, in clip order."""
    opened = Recording(Path(recording))
    numbers = trials_of(pd.read_csv(sets, dtype={"mouse": str}), mouse, name)
    return [opened.trial(number, max_frames) for number in numbers[:most]]
