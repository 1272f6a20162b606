"""The model card of a member: what it is, what it was trained on, how well it predicts each mouse."""

import platform
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import yaml

from models.checkpoint import MemberDescription
from models.data import MouseData
from models.encoder import Encoder
from recordings.files import replace_when_done

PACKAGES = ("torch", "numpy")
TRAINED_HERE = "trained here"

TEXT = """
# Model card

The numbers above are for machines; in words:

- **What**: an encoder `{encoder}` with {num_parameters:,} parameters, {source}. From movie, pupil size, running speed and
  gaze it predicts the responses of the neurons of the mice listed above.
- **Trained on** the trials counted above. No movie of them is among the validation or held-out movies
  (`results/recordings/split.csv`).
- **validation_correlation**: correlation of predicted and recorded single-trial responses over all frames of the validation
  trials, mean over neurons.
- **For** the reconstruction of movies from these mice. It knows nothing of other neurons, and only movies like those
  that it was trained on.
"""
LOADED = """
# Model card

The numbers above are for machines; in words:

- **What**: an encoder `{encoder}` with {num_parameters:,} parameters, {source}. From movie, pupil size, running speed and
  gaze it predicts the responses of the neurons of the mice listed above.
- **Trained on** what its authors say. Here it is only used on movies of fold {unseen_fold}, which `models.load.unseen_fold`
  states it has not seen.
- **validation_correlation**: correlation of predicted and recorded single-trial responses over all frames of the validation
  trials, mean over neurons.
"""


def describe_training(
    description: MemberDescription,
    encoder: Encoder,
    mice: dict[str, MouseData],
    curve: pd.DataFrame,
) -> dict:
    """The card of a member that was trained here."""
    training = description.training_settings
    num_trials = sum(len(data.training) for data in mice.values())
    num_clips = training["num_updates"] * training["batch_clips"]
    return {
        **_common(description, encoder, TRAINED_HERE),
        "seed": description.seed,
        "num_updates": training["num_updates"],
        "num_epochs": round(num_clips / num_trials, 2),
        "encoder_settings": description.encoder_settings,
        "training_settings": training,
        "mice": {mouse: _mouse(data, curve, mouse, True) for mouse, data in mice.items()},
    }


def describe_import(
    description: MemberDescription,
    encoder: Encoder,
    mice: dict[str, MouseData],
    curve: pd.DataFrame,
    file: dict,
) -> dict:
    """The card of a loaded member; `file` names it, with its sha256 and the fold that it has not seen."""
    return {
        **_common(description, encoder, f"loaded from {file['path']}"),
        "file": file,
        "encoder_settings": description.encoder_settings,
        "mice": {mouse: _mouse(data, curve, mouse, False) for mouse, data in mice.items()},
    }


def _common(description: MemberDescription, encoder: Encoder, source: str) -> dict:
    return {
        "encoder": description.encoder,
        "source": source,
        "num_parameters": sum(parameter.numel() for parameter in encoder.parameters()),
        "versions": {"python": platform.python_version()} | {p: version(p) for p in PACKAGES},
    }


def _mouse(data: MouseData, curve: pd.DataFrame, mouse: str, trained: bool) -> dict:
    """A mouse's data and its last validation."""
    last = curve[curve.mouse == mouse].iloc[-1]
    counted = {
        "num_training_trials": len(data.training),
        "num_training_frames": sum(map(data.recording.num_valid_frames, data.training)),
    }
    return {
        "num_neurons": data.recording.num_neurons,
        **(counted if trained else {}),
        "num_validation_trials": len(data.validation),
        "data_sha256": data.content,
        "validation_correlation": round(float(last.validation_correlation), 6),
    }


def write_card(path: str | Path, card: dict) -> None:
    """Markdown with the numbers as YAML front matter, as model hubs read it."""
    front = yaml.safe_dump(_plain(card), sort_keys=False, width=120)
    trained = card["source"] == TRAINED_HERE
    text = TEXT.format(**card) if trained else LOADED.format(**card, **card["file"])
    with replace_when_done(path) as temporary:
        temporary.write_text(f"---\n{front}---\n{text}")


def read_card(path: str | Path) -> dict:
    """The front matter of a card."""
    return yaml.safe_load(Path(path).read_text().split("---\n")[1])


def tabulate_cards(cards: dict[str, dict]) -> pd.DataFrame:
    """A row per member and mouse, from the cards by name."""
    return pd.DataFrame(
        {
            "member": name,
            "encoder": card["encoder"],
            "source": card["source"],
            "seed": card.get("seed"),
            "num_parameters": card["num_parameters"],
            "num_epochs": card.get("num_epochs"),
            "mouse": mouse,
            "num_neurons": about["num_neurons"],
            "validation_correlation": about["validation_correlation"],
        }
        for name, card in cards.items()
        for mouse, about in card["mice"].items()
    )


def _plain(value):
    """Tuples as lists, which is all that YAML knows."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value
