"""Published checkpoints as members of the ensemble, measured on the same validation movies as the trained ones."""

import hashlib
import logging
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from models.card import describe_import, write_card
from models.checkpoint import MemberDescription, save_member
from models.data import MouseData
from models.device import choose_device
from models.published import pick_mice, read_published
from models.readouts import match_readouts
from models.train import validation_correlation
from recordings.progress import report_progress

logger = logging.getLogger(__name__)


def import_member(
    path: str | Path,
    mice: dict[str, MouseData],
    folders: dict[str, str],
    load: dict,
    output: Path,
    card: Path,
) -> pd.DataFrame:
    """Write a published checkpoint as a member with the readouts of these mice; return its one-point curve.

    `folders` are the names of the mice's recordings, `load` is the block models.load of the config.
    """
    file = read_published(path)
    recordings = {m: (folders[m], data.recording.num_neurons) for m, data in mice.items()}
    places = match_readouts(path, file.num_neurons, load["readouts"], recordings)
    encoder = pick_mice(file, places)
    description = MemberDescription(
        "dwiseneuro", asdict(file.settings), {}, -1, dict(encoder.num_neurons)
    )
    device = choose_device()
    rows = []
    for mouse, data in report_progress(mice.items(), f"validating {Path(path).name}"):
        correlation = validation_correlation(encoder.to(device), mouse, data, device)
        rows.append({"update": 0, "mouse": mouse, "validation_correlation": correlation})
    curve = pd.DataFrame(rows).assign(training_loss=float("nan"))
    with open(path, "rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    about = {"path": str(path), "sha256": sha256, "unseen_fold": load["unseen_fold"]}
    write_card(card, describe_import(description, encoder, mice, curve, about))
    save_member(output, encoder, description)
    return curve
