"""What is made of the config files once Snakemake has merged them: mice taken away, one order and one way to write a number."""

from dataclasses import fields, is_dataclass
from typing import Any

from reconstruct.variants import variant_config
from workflow.config import Config
from workflow.validation import read_config


def take_away_mice(config: dict[str, Any]) -> None:
    """Drop the mice that are null, before the config is validated; what is no block of mice is left to it."""
    recordings = config.get("recordings")
    mice = recordings.get("mice") if isinstance(recordings, dict) else None
    if isinstance(mice, dict):
        recordings["mice"] = {name: folder for name, folder in mice.items() if folder is not None}


def settle(config: Config) -> dict[str, Any]:
    """A valid config in the order of its class, with numbers as that has them, free names in that of the alphabet.

    Snakemake compares the texts of params: equal values must read alike, whichever file names a key, whatever stands
    before it, and whether a number is written 1 or 1.0. Lists keep their order.
    """
    settled = _plain(config)
    for name, change in settled["variants"]["changes"].items():
        whole = _plain(read_config(variant_config(settled, name)))
        read = whole["reconstruct"] | {"update": whole["masks"]["update"]}
        settled["variants"]["changes"][name] = _as_in(read, change)
    return settled


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {name: _plain(value[name]) for name in sorted(value)}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _as_in(whole: Any, part: Any) -> Any:
    """The keys of `part`, in the order and with the values of `whole`."""
    if not isinstance(part, dict):
        return whole
    return {name: _as_in(whole[name], part[name]) for name in whole if name in part}
