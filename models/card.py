"""The model card of a member: what it is, what it was trained on, how well it predicts each mouse."""

import platform
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import yaml

from models.checkpoint import TRAINED_HERE, MemberDescription
from models.data import MouseData
from models.encoder import Encoder
from models.ensemble import TEACHER
from recordings.files import replace_when_done

PACKAGES = ("torch", "numpy")

TEXT = """
# Model card of {name}

The numbers above are for machines; in words:

- **What**: an encoder `{encoder}` with {num_parameters:,} parameters, {origin}. From movie, pupil size, running speed and
  gaze it predicts the responses of the neurons of the mice listed above.
- {training}
- **validation_correlation**: correlation of predicted and recorded single-trial responses over all frames of the validation
  trials, mean over neurons.
- **For** the reconstruction of movies from these mice. It knows nothing of other neurons, and only movies like those
  that it was trained on.
"""
TRAINED_TEXT = """**Trained on** the trials counted above (an epoch is one clip of each of them). None of their movies is among the validation or
  held-out movies (`results/recordings/split.csv`)."""
LOADED_TEXT = """**Trained on** what its authors say. Which movies it has not seen is stated in `models.load`, not known from the file; here it is
  validated on and reconstructs movies of that fold only (masks are fitted on others)."""


def describe_member_card(
    name: str,
    description: MemberDescription,
    encoder: Encoder,
    mice: dict[str, MouseData],
    curve: pd.DataFrame,
    folders: dict[str, str],
) -> dict:
    """What the card says, as plain numbers and texts."""
    trained = description.source == TRAINED_HERE
    return {
        "name": name,
        "encoder": description.encoder,
        "source": description.source,
        "num_parameters": sum(parameter.numel() for parameter in encoder.parameters()),
        **(_training(name, description, mice) if trained else {}),
        **({} if trained else {"source_sha256": description.source_sha256}),
        "encoder_settings": description.encoder_settings,
        "mice": {
            mouse: {"recording": folders[mouse], **_mouse(data, curve, mouse, trained)}
            for mouse, data in mice.items()
        },
        "versions": {"python": platform.python_version()} | {p: version(p) for p in PACKAGES},
    }


def _training(name: str, description: MemberDescription, mice: dict[str, MouseData]) -> dict:
    training = description.training_settings
    num_trials = sum(len(data.training) for data in mice.values())
    num_clips = training["num_updates"] * training["batch_clips"]
    teacher = {"teacher": f"{name}{TEACHER}"} if training["distillation_share"] else {}
    return {
        "seed": description.seed,
        "num_updates": training["num_updates"],
        "num_epochs": round(num_clips / num_trials, 2),
        **teacher,
        "training_settings": training,
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
        "data_digest": data.content,
        "validation_correlation": round(float(last.validation_correlation), 6),
    }


def write_card(path: str | Path, card: dict) -> None:
    """Markdown with the numbers as YAML front matter, as model hubs read it."""
    front = yaml.safe_dump(_plain(card), sort_keys=False, width=120)
    trained = card["source"] == TRAINED_HERE
    text = TEXT.format(
        **card,
        origin=describe_source(card["source"]),
        training=TRAINED_TEXT if trained else LOADED_TEXT,
    )
    with replace_when_done(path) as temporary:
        temporary.write_text(f"---\n{front}---\n{text}")


def describe_source(source: str) -> str:
    return source if source == TRAINED_HERE else f"loaded from {source}"


def read_card(path: str | Path) -> dict:
    """The front matter of a card."""
    return yaml.safe_load(Path(path).read_text().split("---\n")[1])


def tabulate_cards(cards: dict[str, dict]) -> pd.DataFrame:
    """A row per member and mouse, from the cards by name."""
    return pd.DataFrame(
        {
            "member": name,
            "encoder": card["encoder"],
            "source": describe_source(card["source"]),
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
