"""What is made of the config files once Snakemake has merged them: mice taken away, one order and one way to write a number."""

from typing import Any


def take_away_mice(config: dict[str, Any]) -> None:
    """Drop the mice that are null, before the config is validated; what is no block of mice is left to the schema."""
    recordings = config.get("recordings")
    mice = recordings.get("mice") if isinstance(recordings, dict) else None
    if isinstance(mice, dict):
        recordings["mice"] = {name: folder for name, folder in mice.items() if folder is not None}


def settle(config: dict[str, Any], schema: dict[str, Any]) -> None:
    """Put a valid config, in place, in the order of the schema, with numbers as the schema has them.

    Snakemake compares the texts of params: equal values must read alike, whichever file names a key, whatever stands
    before it, and whether a number is written 1 or 1.0. Lists keep their order.
    """
    keys = schema["properties"]
    changeable = keys["reconstruct"]["properties"] | {
        "update": keys["masks"]["properties"]["update"]
    }
    settled = _settled(config, schema)
    changes = settled["variants"]["changes"]
    settled["variants"]["changes"] = {
        name: _settled(change, {"properties": changeable}) for name, change in changes.items()
    }
    config.clear()
    config.update(settled)


def _settled(value: Any, node: dict[str, Any]) -> Any:
    """Known keys in the order of the schema, free names in that of the alphabet."""
    if isinstance(value, dict):
        known = node.get("properties", {})
        free = next(iter(node.get("patternProperties", {}).values()), {})
        names = [*(k for k in known if k in value), *sorted(value.keys() - known)]
        return {name: _settled(value[name], known.get(name, free)) for name in names}
    if isinstance(value, list):
        return [_settled(item, node.get("items", {})) for item in value]
    return float(value) if node.get("type") == "number" else value
