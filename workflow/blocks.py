"""Blocks of the config and the frozen dataclasses that mirror them."""

from importlib import import_module
from typing import Any

BLOCKS = {
    "recordings.selection": "recordings.settings.SelectionSettings",
    "recordings.archive": "recordings.settings.ArchiveSettings",
    "recordings.download": "recordings.settings.DownloadSettings",
    "recordings.simulated": "recordings.settings.SimulationSettings",
    "models.factorised": "models.settings.FactorisedSettings",
    "models.dwiseneuro": "models.settings.DwiseNeuroSettings",
    "models.training.factorised": "models.settings.TrainingSettings",
    "models.training.dwiseneuro": "models.settings.TrainingSettings",
    "models.load": "models.settings.LoadSettings",
    "masks.screen": "masks.geometry.ScreenSettings",
    "masks.alpha.robust": "masks.settings.RobustAlphaSettings",
    "masks.alpha.paper": "masks.settings.PaperAlphaSettings",
    "masks.fields": "masks.settings.FieldSettings",
    "reconstruct.population": "reconstruct.settings.PopulationSettings",
    "reconstruct.map": "reconstruct.settings.MapSettings",
    "reconstruct.paper": "reconstruct.settings.PaperSettings",
    "reconstruct.output": "reconstruct.settings.OutputSettings",
    "reconstruct.smoothing": "reconstruct.settings.SmoothingSettings",
    "stimuli.noise": "recordings.artificial.noise.NoiseSettings",
    "stimuli.gratings": "recordings.artificial.gratings.GratingSettings",
    "evaluate.ridge": "evaluate.settings.RidgeSettings",
}
"""Block of config.yaml -> dataclass of the stage that mirrors it."""


def build_settings(config: dict) -> dict[str, Any]:
    """The frozen dataclass of every block of the config, by dotted name."""
    return {block: build_block(block, find(config, block)) for block in BLOCKS}


def build_block(block: str, values: dict) -> Any:
    """The frozen dataclass of one block; lists become tuples; raises ValueError where keys contradict."""
    module, _, name = BLOCKS[block].rpartition(".")
    frozen = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    return getattr(import_module(module), name)(**frozen)


def find(config: dict, dotted: str) -> Any:
    """The value of a dotted key."""
    for key in dotted.split("."):
        config = config[key]
    return config
