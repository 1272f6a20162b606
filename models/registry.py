"""The encoders by name: one file each, built from their block of config.yaml."""

from models.dwiseneuro import DwiseNeuro
from models.encoder import Encoder
from models.factorised import FactorisedEncoder
from models.settings import DwiseNeuroSettings, FactorisedSettings

ENCODERS = {
    "factorised": (FactorisedEncoder, FactorisedSettings),
    "dwiseneuro": (DwiseNeuro, DwiseNeuroSettings),
}


def build_encoder(name: str, settings: dict, num_neurons: dict[str, int]) -> Encoder:
    """An untrained encoder of the named kind."""
    settings_class = settings_of(name)
    return ENCODERS[name][0](settings_class(**settings), num_neurons)


def settings_of(name: str) -> type:
    """The class of an encoder's settings."""
    if name not in ENCODERS:
        raise ValueError(f"models.encoders: unknown encoder '{name}' (known: {sorted(ENCODERS)})")
    return ENCODERS[name][1]
