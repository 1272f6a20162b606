"""Which trials are trained on, validated on and reconstructed: split by movie, never by trial."""

import hashlib
import math
from pathlib import Path

import pandas as pd

from recordings.reader import Recording, Trial
from recordings.settings import SelectionSettings

TRAINING, VALIDATION, HELD_OUT, UNUSED = "training", "validation", "held_out", "unused"


def select_trials(trials: dict[str, pd.DataFrame], settings: SelectionSettings) -> pd.DataFrame:
    """Label every trial of every mouse with its set.

    Held-out clips: of each mouse the first `num_clips` distinct movies of the held-out tiers, one trial each.
    A movie of the held-out tiers is never trained on, in any mouse. Trials with hidden responses or fewer
    than `min_frames` frames are unused.
    """
    table = pd.concat([rows.assign(mouse=mouse) for mouse, rows in trials.items()])
    table = table.sort_values(["mouse", "trial"], ignore_index=True)
    usable = ~table.hidden & (table.num_frames >= settings.min_frames)
    held_out = table.tier.isin(settings.held_out_tiers)
    forbidden = set(table.video[held_out])
    training = usable & table.tier.isin(settings.training_tiers) & ~table.video.isin(forbidden)
    validation = training & table.video.isin(_validation_videos(table.video[training], settings))
    table["set"] = UNUSED
    table.loc[training, "set"] = TRAINING
    table.loc[validation, "set"] = VALIDATION
    first = ~table[usable & held_out].duplicated(["mouse", "video"])
    candidates = table[usable & held_out][first]
    chosen = candidates.groupby("mouse").head(settings.num_clips).index
    table.loc[chosen, "set"] = HELD_OUT
    _refuse_empty_sets(table, list(trials), settings)
    return table[["mouse", "trial", "tier", "num_frames", "hidden", "video", "content", "set"]]


def _validation_videos(videos: pd.Series, settings: SelectionSettings) -> list[str]:
    """The movies with the smallest content ids: the same ones whatever mouse shows them."""
    distinct = sorted(videos.unique())
    return distinct[: math.ceil(settings.validation_fraction * len(distinct))]


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
    opened = Recording(Path(recording))
    numbers = trials_of(pd.read_csv(sets, dtype={"mouse": str}), mouse, HELD_OUT)
    return [opened.trial(number, max_frames) for number in numbers]
