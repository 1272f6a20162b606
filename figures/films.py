"""Movies of all clips of all mice at once."""

from pathlib import Path
from typing import Any

import numpy as np

from figures.clips import MouseClips, read_clips
from figures.compared import ComparedClip, read_compared
from figures.examples import Examples, matched_movie, places_of, read_examples
from figures.heat import error_scale, lay_over
from figures.tiles import Row, write_tiles
from recordings.wording import counted

SPACE = {"noise": "px", "gratings": "cyc/px"}
SLOW = 0.5
"""speed of the errors, as in the paper"""


def write_all_clips(path: str | Path, mice: list[MouseClips], frame_rate_hz: float) -> None:
    """Write two rows per mouse: the shown movies, and under them the contrast-matched reconstructions."""
    rows = []
    for one in mice:
        shown = [clip.true_THW for clip in one.clips]
        matched = [clip.matched_THW(one.mask_HW) for clip in one.clips]
        for name, movies in (("shown", shown), ("reconstructed", matched)):
            label = (f"mouse {one.mouse}", name)
            rows.append(Row(label, one.mask_HW, tuple(_as_bytes(movie) for movie in movies)))
    write_tiles(path, rows, _columns(mice), frame_rate_hz)


def write_errors(
    path: str | Path, mice: list[MouseClips], frame_rate_hz: float, error_limit: float
) -> None:
    """Write a row per mouse at half speed: shown movies under the error, opaque from `error_limit` grey levels on.

    The clips are `ComparedClip`: positive errors, where the reconstruction is the brighter one, are hot.
    """

    def movie(clip: ComparedClip, mask_HW: np.ndarray) -> np.ndarray:
        return _as_bytes(lay_over(clip.true_THW, clip.error_THW(mask_HW), error_limit))

    rows = [
        Row(
            (f"mouse {one.mouse}", "recorded minus", "predicted"),
            one.mask_HW,
            tuple(movie(clip, one.mask_HW) for clip in one.clips),
        )
        for one in mice
    ]
    write_tiles(path, rows, _columns(mice), frame_rate_hz, SLOW, error_scale(error_limit))


def write_stimuli(path: str | Path, examples: Examples, kind: str, frame_rate_hz: float) -> None:
    """Write two rows per spatial scale, stimuli and under them the contrast-matched reconstructions; time scales in columns."""
    grid = places_of(examples, kind)
    rows = []
    for spatial, places in zip(grid.index, grid.to_numpy(), strict=True):
        shown = [examples.true_CTHW[place] for place in places]
        matched = [matched_movie(examples, place) for place in places]
        for name, movies in (("shown", shown), ("reconstructed", matched)):
            label = (f"{spatial:.3g} {SPACE[kind]}", name)
            rows.append(Row(label, examples.mask_HW, tuple(_as_bytes(movie) for movie in movies)))
    columns = [_name_time(temporal, kind) for temporal in grid.columns]
    write_tiles(path, rows, columns, frame_rate_hz)


def _name_time(temporal: float, kind: str) -> str:
    return counted(temporal, "frame") if kind == "noise" else f"{temporal:.3g} Hz"


def _columns(mice: list[MouseClips]) -> list[str]:
    return [f"clip {number}" for number in range(max((len(m.clips) for m in mice), default=0))]


def _as_bytes(movie: np.ndarray) -> np.ndarray:
    return np.clip(movie, 0, 255).round().astype(np.uint8)


def film_all_clips(path: str | Path, files: Any, settings: Any, of: Any) -> None:
    """The film `all_clips`."""
    paths = zip(settings.mice, files.clips, strict=True)
    mice = [MouseClips(mouse, *read_clips(of_mouse)) for mouse, of_mouse in paths]
    write_all_clips(path, mice, settings.frame_rate_hz)


def film_errors(path: str | Path, files: Any, settings: Any, of: Any) -> None:
    """The film `errors`."""
    paths = zip(settings.mice, files.clips, files.predicted, strict=True)
    mice = [read_compared(*of_mouse) for of_mouse in paths]
    write_errors(path, mice, settings.frame_rate_hz, settings.error_limit_grey_levels)


def film_stimuli(path: str | Path, files: Any, settings: Any, of: Any) -> None:
    """The film `stimulus_film` of one kind."""
    write_stimuli(path, read_examples(files.examples), of.kind, settings.frame_rate_hz)
