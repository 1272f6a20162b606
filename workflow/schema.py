"""The JSON schema of config.yaml for editors, written from the settings: `make schema`."""

import json
from pathlib import Path

from workflow.validation import CONFIG

SCHEMA_PATH = Path(__file__).with_name("schemas") / "config.schema.json"


def written_schema() -> str:
    """The text of the file."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **CONFIG.json_schema()}
    return json.dumps(schema, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    SCHEMA_PATH.parent.mkdir(exist_ok=True)
    SCHEMA_PATH.write_text(written_schema(), encoding="utf-8")
