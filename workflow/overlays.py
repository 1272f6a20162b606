"""What an overlay can take away: Snakemake merges config files, so a key can only be laid over, not left out."""

from typing import Any


def take_away_mice(config: dict[str, Any]) -> None:
    """Drop the mice that are null, before the config is validated; what is no block of mice is left to the schema."""
    recordings = config.get("recordings")
    mice = recordings.get("mice") if isinstance(recordings, dict) else None
    if isinstance(mice, dict):
        recordings["mice"] = {name: folder for name, folder in mice.items() if folder is not None}
