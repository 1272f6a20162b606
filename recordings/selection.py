"""Which trials are trained on, validated on and reconstructed: split by movie, never by trial."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from recordings.csv_table import read_table
from recordings.reader import Recording, Trial
from recordings.settings import SelectionSettings, SplitSettings
from recordings.trials import find_trials

TRAINING, VALIDATION, HELD_OUT, UNUSED = "training", "validation", "held_out", "unused"
ABOUT = ["mouse", "trial", "tier", "label", "num_frames", "hidden", "video", "num_repeats"]
ABOUT += ["phash", "fold", "content"]
"""columns that say what a trial is"""


@dataclass(frozen=True)
class Choice:
    """Trials of one mouse: those to reconstruct, place by place, and the candidates that were rejected."""

    used: list[int]
    rejected: list[int]


def split_trials(trials: dict[str, pd.DataFrame], settings: SplitSettings) -> pd.DataFrame:
    """Every trial of every mouse, in order, and what it may be used for whichever clips are chosen.

    `trials`: by mouse, as `join_catalogue` gives them. Columns, beside fold: usable; trainable: usable and of the query
    `training`; withheld: of the query `held_out` and the held-out folds; candidate: may be reconstructed, that is the first trial
    of a withheld movie, none that also occurs in another fold; measuring: may measure encoders; training: trained on, that
    is of no movie that is withheld or may measure encoders. Trials with hidden responses or fewer than `min_frames` frames are none but withheld.
    """
    table = pd.concat([rows.assign(mouse=mouse) for mouse, rows in trials.items()])
    table = table.sort_values(["mouse", "trial"], ignore_index=True)
    table["fold"] = [int(phash, 16) % settings.num_folds for phash in table.phash]
    usable = ~table.hidden & (table.num_frames >= settings.min_frames)
    table["usable"] = usable
    asked = {name: find_trials(table, getattr(settings, name)) for name in ("training", HELD_OUT)}
    _refuse_overlap(table, asked, settings)
    table["trainable"] = trainable = usable & asked["training"]
    in_fold = table.fold == settings.validation_fold
    table["withheld"] = asked[HELD_OUT] & table.fold.isin(settings.held_out_folds)
    astray = table.groupby("video").fold.transform("nunique") > 1
    eligible = table[usable & table.withheld & ~astray]
    repeated = eligible.duplicated(["mouse", "video"]) | eligible.duplicated(["mouse", "phash"])
    table["candidate"] = table.index.isin(eligible.index[~repeated])
    table["measuring"] = trainable & in_fold
    reserved = _shows_any(table, table[table.withheld | table.measuring])
    table["training"] = trainable & ~in_fold & ~reserved
    return table


def refuse_empty(table: pd.DataFrame, settings: SplitSettings) -> None:
    """Raise ValueError where a query leaves no trial of any mouse to reconstruct or to train on; `table` as of `split_trials`."""
    uses = {
        HELD_OUT: ("candidate", "may be reconstructed", "the folds other than held_out_folds"),
        "training": (
            "training",
            "may be trained on",
            "the validation fold, or a movie that `held_out` withholds",
        ),
    }
    for key, (column, use, where) in uses.items():
        if table[column].any():
            continue
        query = getattr(settings, key)
        num_selected = int(find_trials(table, query).sum())
        reason = (
            f"none of which {use} (hidden responses, fewer frames than min_frames, {where})"
            if num_selected
            else "need one at least"
        )
        raise ValueError(
            f"recordings.selection.{key}: `{query}` selects {num_selected} of {len(table)} trials, {reason}; change it, or the "
            "keys beside it"
        )


def trained_on(trials: dict[str, pd.DataFrame], settings: SplitSettings) -> pd.DataFrame:
    """Which trials are trained on and which measure encoders, as `select_trials` labels them, before any clip is chosen.

    The choice changes it only where a trial may be trained on and reconstructed, that is in the validation fold.
    """
    table = split_trials(trials, settings)
    sets = _label(table, table.withheld & ~table.trainable, settings)
    return sets[[*ABOUT, "set"]].assign(place=pd.array([pd.NA] * len(sets), "Int64"))


def _label(table: pd.DataFrame, apart: pd.Series, settings: SplitSettings) -> pd.DataFrame:
    """The trials that are trained on, and those that measure encoders: none that shows a movie of those `apart`."""
    sets = table.assign(set=UNUSED)
    sets.loc[table.training, "set"] = TRAINING
    sets.loc[table.measuring & ~_shows_any(table, table[apart]), "set"] = VALIDATION
    for name in (TRAINING, VALIDATION):
        _refuse_too_few(sets[sets["set"] == name], name, 1, table.mouse.unique(), settings)
    return sets


def select_trials(
    trials: dict[str, pd.DataFrame], settings: SelectionSettings, alike: pd.DataFrame
) -> pd.DataFrame:
    """Label every trial of every mouse with its set, and the held-out ones with their places.

    Held-out clips: of each mouse the first `num_clips` candidates; `alike` says how much each candidate correlates with
    the training movie most like it, and those at `duplicate_correlation` or more leave their places to the next ones.
    `clips` names those of a mouse instead. A chosen or rejected movie measures no encoder. Where a tier is trained on and reconstructed from, the rest of its held-out fold does.
    """
    table = split_trials(trials, settings)
    candidates = table[table.candidate]
    compared = alike[["mouse", "trial"]].to_numpy().tolist()
    assert candidates[["mouse", "trial"]].to_numpy().tolist() == compared
    others = [mouse for mouse in trials if mouse not in settings.clips]
    _refuse_too_few(candidates, HELD_OUT, settings.num_clips, others, settings)
    alike = alike[alike.mouse.isin(others)]
    choices = exclude_duplicates(alike, settings.duplicate_correlation, settings.num_clips)
    places = _places(choices | _named_choices(table, settings.clips))
    table = table.merge(places, on=["mouse", "trial"], how="left", indicator="settled")
    apart = table.withheld & ((table.settled == "both") | ~table.trainable)
    table = _label(table, apart, settings)
    table.loc[table.place.notna(), "set"] = HELD_OUT
    return table[[*ABOUT, "set", "place"]]


def _refuse_overlap(table: pd.DataFrame, asked: dict, settings: SplitSettings) -> None:
    """A trial may be asked for by both queries only where folds tell training and reconstruction apart."""
    both = table[asked["training"] & asked[HELD_OUT]]
    if len(both) and list(settings.held_out_folds) != [settings.validation_fold]:
        raise ValueError(
            f"recordings.selection: {len(both)} trials meet both `training` and `held_out` (mouse {both.mouse.iloc[0]}, trial "
            f"{both.trial.iloc[0]} first); make the queries exclude each other, or reconstruct from the fold that is not "
            f"trained on: held_out_folds [{settings.validation_fold}]"
        )


def _places(choices: dict[str, Choice]) -> pd.DataFrame:
    """A row per candidate that has a place or was rejected."""
    rows = [(m, n, k) for m, choice in choices.items() for k, n in enumerate(choice.used)]
    rows += [(m, n, pd.NA) for m, choice in choices.items() for n in choice.rejected]
    return pd.DataFrame(rows, columns=["mouse", "trial", "place"]).astype({"place": "Int64"})


def _named_choices(table: pd.DataFrame, clips: dict[str, list[int]]) -> dict[str, Choice]:
    """The withheld trials at the places that the config names, counted from 0 in the order of their numbers."""
    choices = {}
    for mouse, places in clips.items():
        withheld = table[table.withheld & (table.mouse == mouse)]
        if max(places) >= len(withheld):
            raise ValueError(
                f"recordings.selection.clips.{mouse}: place {max(places)}, but the mouse has {len(withheld)} trials of "
                "`held_out` and the held-out folds; the first place is 0"
            )
        chosen = withheld.iloc[places]
        useless = chosen[~chosen.usable]
        if len(useless):
            raise ValueError(
                f"recordings.selection.clips.{mouse}: trial {useless.trial.iloc[0]} has hidden responses or fewer frames "
                "than min_frames; name another place"
            )
        choices[mouse] = Choice(chosen.trial.tolist(), [])
    return choices


def exclude_duplicates(alike: pd.DataFrame, threshold: float, num_clips: int) -> dict[str, Choice]:
    """Of each mouse the first `num_clips` candidates; the next ones take the places of those that correlate at `threshold` or more.

    `alike` has a row per candidate, in order; ValueError where a mouse has too few candidates below the threshold.
    """
    return {
        mouse: _choose(str(mouse), rows, threshold, num_clips)
        for mouse, rows in alike.groupby("mouse", sort=False)
    }


def _choose(mouse: str, rows: pd.DataFrame, threshold: float, num_clips: int) -> Choice:
    if rows.trial.duplicated().any():
        trial = rows.trial[rows.trial.duplicated()].iloc[0]
        raise ValueError(f"mouse {mouse}: trial {trial} is a candidate twice; give each trial once")
    trials, rejected = rows.trial.tolist(), set(rows.trial[rows.correlation >= threshold])
    if len(trials) - len(rejected) < num_clips:
        raise ValueError(
            f"mouse {mouse}: {len(trials) - len(rejected)} of {len(trials)} candidates correlate with every training "
            f"movie below {threshold:g}, need {num_clips}; lower recordings.selection.num_clips or raise "
            "recordings.selection.duplicate_correlation"
        )
    spare = (trial for trial in trials[num_clips:] if trial not in rejected)
    used = [next(spare) if trial in rejected else trial for trial in trials[:num_clips]]
    return Choice(used, [trial for trial in trials if trial in rejected])


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


def _refuse_too_few(
    rows: pd.DataFrame, name: str, least: int, mice: Iterable[str], settings: SplitSettings
) -> None:
    key = HELD_OUT if name == HELD_OUT else "training"
    query, also = getattr(settings, key), ", or lower num_clips" if name == HELD_OUT else ""
    for mouse in mice:
        count = int((rows.mouse == mouse).sum())
        if count < least:
            raise ValueError(
                f"mouse {mouse}: {count} {name} trials with responses meet `{query}`, need {least}; "
                f"change recordings.selection.{key}{also}"
            )


def content_of(table: pd.DataFrame, mouse: str) -> str:
    """A digest of the data of one mouse that are trained on or measure encoders: what a resumed job must find unchanged."""
    rows = table[(table.mouse == mouse) & table["set"].isin([TRAINING, VALIDATION])]
    rows = rows.sort_values("trial")[["trial", "content", "set"]]
    return hashlib.sha256(rows.to_csv(index=False).encode()).hexdigest()[:16]


def trials_of(table: pd.DataFrame, mouse: str, name: str) -> list[int]:
    """Trial numbers of one mouse in one set: held-out ones in the order of their places, others ascending."""
    rows = table[(table.mouse == mouse) & (table["set"] == name)]
    return [int(trial) for trial in rows.sort_values(["place", "trial"]).trial]


def load_held_out(mouse: str, recording: str, sets: str, max_frames: int) -> list[Trial]:
    """The held-out trials of a mouse, in clip order."""
    return load_set(mouse, recording, sets, HELD_OUT, max_frames)


def load_set(
    mouse: str, recording: str, sets: str, name: str, max_frames: int, most: int | None = None
) -> list[Trial]:
    """The first trials of one set of a mouse, or all of them, in clip order."""
    opened = Recording(Path(recording))
    numbers = trials_of(read_table(sets), mouse, name)
    return [opened.trial(number, max_frames) for number in numbers[:most]]
