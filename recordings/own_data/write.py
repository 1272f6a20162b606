"""Writes a session as a recording folder in the Sensorium layout, all of it or nothing."""

import json
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pandas as pd

from recordings.checks import check_recording
from recordings.files import replace_when_done
from recordings.names import safe_name
from recordings.own_data.convert import Converter
from recordings.own_data.session import BEHAVIOUR, OwnSession
from recordings.progress import report_progress
from recordings.reader import FRAME_RATE_HZ, SCREEN_HEIGHT, SCREEN_WIDTH, Recording
from recordings.wording import size_text
from recordings.write_layout import save_array, write_trial

BYTES_PER_VALUE = 4
NUM_BEHAVIOURS = sum(BEHAVIOUR.values())

logger = logging.getLogger(__name__)


def write_recording(folder: str | Path, session: OwnSession) -> pd.DataFrame:
    """Write `folder` in the Sensorium layout, check it as the pipeline does, and return that check's row per trial.

    ValueError in one sentence where the session cannot be converted, where `folder` has files in it already, or where its
    last part is no name of a recording; nothing is left behind then.
    """
    with new_recording(folder) as temporary:
        return fill_recording(temporary, Path(folder).absolute(), session)


@contextmanager
def new_recording(folder: str | Path) -> Iterator[Path]:
    """A temporary folder that becomes `folder`, which must be new or empty; on failure nothing stays, no folder above it either."""
    folder = Path(folder).absolute()
    safe_name(folder.name, str(folder))
    if os.path.lexists(folder) and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(
            f"{folder}: exists already; delete it, or write the recording into another folder"
        )
    above = [parent for parent in folder.parents if not parent.exists()]
    try:
        with replace_when_done(folder) as temporary:
            yield temporary
    except BaseException:
        for parent in above:
            with suppress(OSError):
                parent.rmdir()
        raise


def fill_recording(temporary: Path, folder: Path, session: OwnSession) -> pd.DataFrame:
    """Write a session to a temporary folder that becomes `folder`, and return the check's row per trial."""
    converter = Converter(session)
    _refuse_full_disk(temporary.parent, converter)
    for name in session.not_measured:
        logger.warning("%s: %s was not measured, it is filled with zeros", folder.name, name)
    for number in report_progress(range(len(session.trials)), f"writing {folder.name}"):
        write_trial(temporary, number, converter.trial(number), converter.num_frames)
    _write_meta(temporary / "meta", session)
    return _check(temporary, folder)


def _refuse_full_disk(folder: Path, converter: Converter) -> None:
    num_trials, values = len(converter.session.trials), converter.session.responses.values
    values_per_frame = SCREEN_HEIGHT * SCREEN_WIDTH + values.shape[0] + NUM_BEHAVIOURS
    num_bytes = BYTES_PER_VALUE * num_trials * converter.num_frames * values_per_frame
    free = shutil.disk_usage(folder).free
    if num_bytes > free:
        raise ValueError(
            f"trials: {num_trials} of up to {converter.num_frames} frames need {size_text(num_bytes)}, but {folder} has "
            f"{size_text(free)} free; write to another disk, or leave out the longest trial"
        )


def _check(temporary: Path, folder: Path) -> pd.DataFrame:
    try:
        return check_recording(Recording(temporary))
    except ValueError as error:
        raise ValueError(str(error).replace(str(temporary), str(folder))) from None


def _write_meta(folder: Path, session: OwnSession) -> None:
    num_neurons = session.responses.values.shape[0]
    ids = np.arange(num_neurons) if session.unit_ids is None else session.unit_ids
    save_array(folder / "trials/tiers.npy", np.array([trial.tier for trial in session.trials]))
    save_array(folder / "neurons/unit_ids.npy", np.asarray(ids, np.int64))
    if session.coordinates_um is not None:
        coordinates = np.round(np.asarray(session.coordinates_um, np.float64)).astype(np.int64)
        save_array(folder / "neurons/cell_motor_coordinates.npy", coordinates)
    record = {
        "frame_rate_hz": FRAME_RATE_HZ,
        "filled_with_zeros": list(session.not_measured),
        "fit": session.fit,
        "max_gap_s": session.max_gap_s,
        "trials": [vars(trial) for trial in session.trials],
        "notes": dict(session.notes),
    }
    text = json.dumps(record, indent=1, default=float)
    (folder / "own_data.json").write_text(text + "\n", encoding="utf-8")
