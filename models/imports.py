"""Published checkpoints as members of the ensemble, measured on the same validation movies as the trained ones."""

import hashlib
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from models.checkpoint import MemberDescription, save_member
from models.data import MouseData
from models.device import choose_device
from models.published import pick_mice, read_published
from models.readouts import match_readouts
from models.train import validation_correlation
from recordings.progress import report_progress


def import_member(
    path: str | Path,
    readouts: list[str],
    mice: dict[str, MouseData],
    folders: dict[str, str],
    output: Path,
) -> pd.DataFrame:
    """Write a published checkpoint as a member with the readouts of these mice; return its curve of one point.

    `readouts` names the recordings of the file's readouts in their order, `folders` those of the mice.
    """
    file = read_published(path)
    recordings = {m: (folders[m], data.recording.num_neurons) for m, data in mice.items()}
    encoder = pick_mice(file, match_readouts(path, file.num_neurons, readouts, recordings))
    device = choose_device()
    rows = []
    for mouse, data in report_progress(mice.items(), f"validating {Path(path).name}"):
        correlation = validation_correlation(encoder.to(device), mouse, data, device)
        rows.append({"update": 0, "mouse": mouse, "validation_correlation": correlation})
    with open(path, "rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    settings, neurons = asdict(file.settings), dict(encoder.num_neurons)
    description = MemberDescription("dwiseneuro", settings, {}, -1, neurons, str(path), sha256)
    save_member(output, encoder, description)
    return pd.DataFrame(rows).assign(training_loss=float("nan"))
