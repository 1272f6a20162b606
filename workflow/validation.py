"""Refuses a wrong config before any rule is read: one sentence per problem, all problems at once."""

import difflib
import math
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

BLOCKS = {
    "recordings.selection": "recordings.settings.SelectionSettings",
    "recordings.archive": "recordings.settings.ArchiveSettings",
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
    "evaluate.ridge": "evaluate.settings.RidgeSettings",
}
"""Block of config.yaml -> dataclass of the stage that mirrors it."""

TRIAL_LENGTHS = ("recordings.selection.min_frames", "reconstruct.max_frames")
"""keys that say how short a trial may be"""

ARTICLES = {"integer": "a whole number", "number": "a number", "string": "a text"}
PLURALS = {"integer": "whole numbers", "number": "numbers", "string": "texts"}


def validate_config(config: dict, schema_path: str | Path) -> None:
    """Raise ValueError with one sentence per problem: its key, what was found, what is allowed."""
    schema = yaml.safe_load(Path(schema_path).read_text())
    problems = _odd_keys(config) or _schema_problems(config, schema)
    problems = problems or _settings_problems(config) or _variant_problems(config, schema)
    if problems:
        raise ValueError(
            "the configuration is refused (config.yaml and what is laid over it):\n"
            + "\n".join(f"  {text}" for text in problems)
        )


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


def _odd_keys(node: Any, where: str = "") -> list[str]:
    """YAML reads `1:`, `no:` and `on:` as numbers and booleans: as keys they are always a slip."""
    if not isinstance(node, dict):
        return []
    odd = [
        f"{where or 'config.yaml'}: key {k!r} is no text; write it in quotes"
        for k in node
        if not isinstance(k, str)
    ]
    return odd or [
        text for k, v in node.items() for text in _odd_keys(v, f"{where}.{k}".lstrip("."))
    ]


def _schema_problems(config: dict, schema: dict) -> list[str]:
    from jsonschema import Draft202012Validator, validators

    checker = Draft202012Validator.TYPE_CHECKER.redefine_many(
        {
            "integer": lambda _, value: _is_number(value) and isinstance(value, int),
            "number": lambda _, value: _is_number(value),
        }
    )
    validator = validators.extend(Draft202012Validator, type_checker=checker)(schema)
    errors = sorted(
        validator.iter_errors(config),
        key=lambda e: ([str(p) for p in e.absolute_path], e.validator),
    )
    return list(dict.fromkeys(text for error in errors for text in _sentences(error, schema)))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _sentences(error: Any, schema: dict) -> list[str]:
    path = list(error.absolute_path)
    dotted = ".".join(key for key in path if isinstance(key, str))
    keys = [key for key in path if isinstance(key, str)]
    if error.validator == "additionalProperties":
        return [
            _unknown(dotted, key, error.schema) for key in _extras(error.instance, error.schema)
        ]
    if error.validator == "required":
        return _missing(dotted, error.instance, error.schema)
    node = _node(schema, keys)
    index = [key for key in path if isinstance(key, int)]
    if index:
        node = node["items"] | {"unit": node["unit"]} if "unit" in node else node["items"]
    where = dotted + "".join(f"[{i}]" for i in index) or "config.yaml"
    return [f"{where}: found {_found(error.instance)}; allowed: {_allowed(node)}"]


def _node(schema: dict, keys: list[str]) -> dict:
    """The part of the schema that describes a key."""
    for key in keys:
        patterns = schema.get("patternProperties", {})
        schema = schema.get("properties", {}).get(key) or next(iter(patterns.values()))
    return schema


def _extras(instance: dict, schema: dict) -> list[str]:
    patterns = schema.get("patternProperties", {})
    known = schema.get("properties", {})
    return [k for k in instance if k not in known and not any(re.search(p, k) for p in patterns)]


def _unknown(where: str, key: str, schema: dict) -> str:
    dotted = f"{where}.{key}".lstrip(".")
    if "patternProperties" in schema:
        return f"{dotted}: name not allowed; use letters and digits only"
    known = list(schema["properties"])
    close = difflib.get_close_matches(key, known, n=1)
    return f"{dotted}: unknown key; " + (
        f"did you mean {close[0]}?" if close else f"the keys here are {', '.join(known)}"
    )


def _missing(where: str, instance: dict, schema: dict) -> list[str]:
    """Missing keys, without those whose misspelling is reported already."""
    known = list(schema["properties"])
    meant = {
        m for key in _extras(instance, schema) for m in difflib.get_close_matches(key, known, n=1)
    }
    return [
        f"{f'{where}.{key}'.lstrip('.')}: missing; add it to config.yaml: "
        f"{schema['properties'][key]['description']}; allowed: {_allowed(schema['properties'][key])}"
        for key in schema["required"]
        if key not in instance and key not in meant
    ]


def _found(value: Any) -> str:
    if isinstance(value, str):
        try:
            float(value)
        except ValueError:
            return f"the text {value!r}"
        return f"the text {value!r} (write a number without quotes, and 1.0e-3 instead of 1e-3)"
    if isinstance(value, dict):
        return "a block of keys"
    if value is None:
        return "nothing"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _allowed(node: dict) -> str:
    unit = f" ({node['unit']})" if "unit" in node else ""
    if "enum" in node:
        return "one of " + ", ".join(str(choice) for choice in node["enum"])
    if node["type"] == "boolean":
        return "true or false"
    if node["type"] == "object":
        least = node.get("minProperties")
        if "patternProperties" in node:
            return f"at least {least} name: folder" if least else "names, each with a file"
        return "a block of keys"
    if node["type"] == "array":
        exactly = node["minItems"] == node.get("maxItems")
        count = f"{'' if exactly else 'at least '}{node['minItems']}"
        distinct = " different" if node.get("uniqueItems") else ""
        items = node["items"]
        if "enum" in items:
            return f"a list of {count}{distinct} of {', '.join(items['enum'])}, such as [{items['enum'][0]}]"
        return f"a list of {count}{distinct} {PLURALS[items['type']]}{_range(items)}{unit}"
    if "pattern" in node:
        return "a name with folders, without .."
    return ARTICLES[node["type"]] + _range(node) + unit


def _range(node: dict) -> str:
    bounds = (
        ("exclusiveMinimum", "above {}"),
        ("minimum", "at least {}"),
        ("exclusiveMaximum", "below {}"),
        ("maximum", "at most {}"),
    )
    parts = [text.format(node[key]) for key, text in bounds if key in node]
    return " " + " and ".join(parts) if parts else ""


def _settings_problems(config: dict) -> list[str]:
    problems = _contradictions(config)
    for block in BLOCKS:
        try:
            build_block(block, find(config, block))
        except ValueError as error:
            problems.append(str(error))
    return problems


def _contradictions(config: dict) -> list[str]:
    """What spans blocks; what spans the keys of one block is checked by its dataclass."""
    pairs = [
        (
            "masks.update_threshold",
            "masks.evaluation_threshold",
            "every scored pixel must be optimised, so lower it",
        ),
        (
            "figures.num_example_clips",
            "recordings.selection.num_clips",
            "only reconstructed clips can be drawn",
        ),
    ]
    above = [
        f"{low}: {find(config, low)} is above {high} {find(config, high)}; {why}"
        for low, high, why in pairs
        if find(config, low) > find(config, high)
    ]
    return (
        above
        + _window_problems(config)
        + _training_problems(config)
        + _load_problems(config)
        + _short_trials(config)
        + _shared_folders(config)
    )


def _variant_problems(config: dict, schema: dict) -> list[str]:
    """A variant must be a config that could stand alone."""
    from reconstruct.variants import variant_config, variant_problems

    problems = variant_problems(config)
    if problems:
        return problems
    for name in config["variants"]["changes"]:
        merged = variant_config(config, name)
        found = _schema_problems(merged, schema) or _settings_problems(merged)
        problems += [f"variants.changes.{name}: {text}" for text in found]
    return problems


def _window_problems(config: dict) -> list[str]:
    """Windows of the trained encoders must fit into every trial and leave no frame out."""
    if config["models"]["source"] == "load":
        return []
    problems = []
    for name in config["models"]["encoders"]:
        block = f"models.{name}"
        try:
            encoder = build_block(block, find(config, block))
        except ValueError:  # reported with its block
            continue
        problems += [
            f"{block}: a window of {encoder.window_frames} frames is above {length} {find(config, length)}; "
            "every trial must fill one"
            for length in TRIAL_LENGTHS
            if encoder.window_frames > find(config, length)
        ]
        key = f"reconstruct.{config['reconstruct']['method']}.window_stride_frames"
        if find(config, key) > encoder.scored_frames:
            problems.append(
                f"{key}: {find(config, key)} is above the {encoder.scored_frames} frames that a window of {block} "
                "scores; windows must leave no frame out"
            )
    return problems


def _training_problems(config: dict) -> list[str]:
    """What an encoder or too few mice cannot be trained with."""
    problems = []
    if config["models"]["training"]["factorised"]["cutmix_probability"] > 0:
        problems.append(
            "models.training.factorised.cutmix_probability: this encoder reads behaviour from one pixel, which a box "
            "would swap whole; set it to 0.0"
        )
    for name in config["models"]["encoders"]:
        share = config["models"]["training"][name]["distillation_share"]
        if share > 0 and len(config["recordings"]["mice"]) == 1:
            problems.append(
                f"models.training.{name}.distillation_share: {share} needs another mouse to distil; set it to 0.0"
            )
    return problems


def _load_problems(config: dict) -> list[str]:
    """Loaded members must exist, have names of their own and be used on movies that they have not seen."""
    from models.ensemble import loaded_members, trained_members
    from models.readouts import recording_id

    models, selection = config["models"], config["recordings"]["selection"]
    if models["source"] == "train":
        return []
    try:
        loaded = loaded_members(models, config["recordings"]["archive"])
    except ValueError as error:
        return [str(error)]
    problems = [
        f"models.load.files.{name}: a trained member has this name; give the loaded one another"
        for name in sorted(set(loaded) & set(trained_members(models)))
    ]
    if not loaded:
        problems.append(
            f"models.load.files: names no member, but models.source is {models['source']}; name one, or set it to train"
        )
    paths = [member.path for member in loaded.values()]
    problems += [
        f"models.load.files.{name}: {member.path} is named more than once; name it once"
        for name, member in loaded.items()
        if paths.count(member.path) > 1
    ]
    problems += [
        f"recordings.mice.{mouse}: recording {recording_id(folder)} is none of models.load.readouts; loaded members "
        "predict only the neurons of those"
        for mouse, folder in config["recordings"]["mice"].items()
        if recording_id(folder) not in models["load"]["readouts"]
    ]
    unseen = models["load"]["unseen_fold"]
    expected = {
        "num_folds": models["load"]["num_folds"],
        "validation_fold": unseen,
        "held_out_folds": [unseen],
    }
    return problems + [
        f"recordings.selection.{key}: {selection[key]} would show loaded members movies that they were trained on; "
        f"set it to {value}, as models.load has it"
        for key, value in expected.items()
        if selection[key] != value
    ]


def _short_trials(config: dict) -> list[str]:
    """Frames that no score or no decoder would ever see."""
    problems = []
    used = {
        "evaluate.skip_frames": (config["evaluate"]["skip_frames"], "would be scored"),
        "evaluate.ridge.lags_frames": (
            max(find(config, "evaluate.ridge.lags_frames")),
            "would be decoded",
        ),
    }
    for key, (frames, what) in used.items():
        problems += [
            f"{key}: {frames} is not below {length} {find(config, length)}; no frame of such a trial {what}"
            for length in TRIAL_LENGTHS
            if frames >= find(config, length)
        ]
    return problems


def _shared_folders(config: dict) -> list[str]:
    folders = list(config["recordings"]["mice"].values())
    twice = sorted({folder for folder in folders if folders.count(folder) > 1})
    return [
        f"recordings.mice: {folder} is named for more than one mouse; name it once"
        for folder in twice
    ]
