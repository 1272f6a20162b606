"""config.yaml, its schema and the dataclasses name the same keys; a wrong config is refused in one sentence each."""

import copy
import subprocess
import sys
from functools import reduce
from pathlib import Path

import pytest
import yaml

from models.registry import ENCODERS
from workflow.plan.figures import find
from workflow.schema import SCHEMA_PATH, written_schema
from workflow.validation import CONFIG as ADAPTER
from workflow.validation import validate_config

ROOT = Path(__file__).resolve().parents[2]
CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text())
OVERLAYS = sorted((ROOT / "configs").glob("*.yaml"))
LAID_OVER = {"paper": ("sensorium2023",), "published": ("sensorium2023", "paper")}
NUMBERS = {"integer", "number"}


def changed(dotted, value):
    """The config with one key set."""
    config = copy.deepcopy(CONFIG)
    *parents, last = dotted.split(".")
    find(config, ".".join(parents))[last] = value
    return config


def without(dotted):
    config = copy.deepcopy(CONFIG)
    *parents, last = dotted.split(".")
    del find(config, ".".join(parents))[last]
    return config


def distilling_one_mouse():
    config = changed("models.training.factorised.distillation_share", 0.3)
    config["recordings"]["mice"] = {"A": "folder"}
    return config


def loading(source="load", unseen=0, num_folds=7, held_out=(0,), readouts=None, **files):
    """The config with members that are loaded."""
    config = changed("models.source", source)
    readouts = ["90001-1-1", "90002-1-1"] if readouts is None else readouts
    config["models"]["load"] |= {"files": files, "unseen_fold": unseen, "num_folds": num_folds}
    config["models"]["load"]["readouts"] = readouts
    config["recordings"]["selection"]["held_out_folds"] = list(held_out)
    return config


def refusal(config):
    with pytest.raises(ValueError, match=r"the configuration is refused") as caught:
        validate_config(config)
    return [line.strip() for line in str(caught.value).splitlines()[1:]]


def overlaid(base, overlay):
    """As Snakemake lays one --configfile over another."""
    if not isinstance(base, dict) or not isinstance(overlay, dict):
        return overlay
    return base | {key: overlaid(base.get(key), value) for key, value in overlay.items()}


def test_config_is_accepted():
    validate_config(CONFIG)


def keys_of(schema, node, where=""):
    """Dotted name and description of every key below a node of the JSON schema."""
    node = schema["$defs"][node["$ref"].rpartition("/")[2]] | node if "$ref" in node else node
    for name, child in node.get("properties", {}).items():
        below = f"{where}.{name}".lstrip(".")
        yield below, child
        yield from keys_of(schema, child, below)


def test_the_schema_for_editors_is_the_settings():
    """`make schema` writes it."""
    assert SCHEMA_PATH.read_text(encoding="utf-8") == written_schema()


def test_every_key_is_described_with_unit_and_range_and_has_no_default():
    schema = ADAPTER.json_schema()
    lacking = []
    for name, node in keys_of(schema, schema):
        number = node.get("items", node)
        is_number = number.get("type") in NUMBERS
        lacking += [f"{name}: description"] if not node.get("description") else []
        lacking += [f"{name}: default"] if "default" in node else []
        lacking += [f"{name}: unit"] if is_number and not node.get("unit") else []
        for ends in ({"minimum", "exclusiveMinimum"}, {"maximum", "exclusiveMaximum"}):
            lacking += [f"{name}: {ends}"] if is_number and not ends & set(number) else []
    assert lacking == []


def test_lists_become_tuples():
    assert validate_config(CONFIG).evaluate.ridge.lags_frames == (0, 2, 4, 6, 8, 10)


REFUSED = {
    "wrong type": (
        changed("models.num_members", "four"),
        "models.num_members: found the text 'four'; "
        "allowed: a whole number at least 1 and at most 100 (members)",
    ),
    "not whole": (
        changed("models.num_members", 4.0),
        "models.num_members: found 4.0; allowed: a whole number at least 1 and at most 100 (members)",
    ),
    "below range": (
        changed("models.training.factorised.learning_rate", 0.0),
        "models.training.factorised.learning_rate: found 0.0; "
        "allowed: a number above 0 and at most 1 (per update)",
    ),
    "above range": (
        changed("masks.evaluation_threshold", 1.5),
        "masks.evaluation_threshold: found 1.5; allowed: a number at least 0 and at most 1 (alpha)",
    ),
    "not finite": (
        changed("reconstruct.smoothing.sigma_px", float("nan")),
        "reconstruct.smoothing.sigma_px: found nan; "
        "allowed: a number at least 0 and at most 36 (pixels)",
    ),
    "number that YAML reads as text": (
        changed("models.training.factorised.weight_decay", "1e-2"),
        "models.training.factorised.weight_decay: found the text '1e-2' "
        "(write a number without quotes, and 1.0e-3 instead of 1e-3); "
        "allowed: a number at least 0 and at most 1 (per learning rate)",
    ),
    "no boolean": (
        changed("recordings.simulated.share_movies", 1),
        "recordings.simulated.share_movies: found 1; allowed: true or false",
    ),
    "empty value": (
        changed("evaluate.skip_frames", None),
        "evaluate.skip_frames: found nothing; "
        "allowed: a whole number at least 0 and at most 9999 (frames)",
    ),
    "no such choice": (
        changed("recordings.source", "monkey"),
        "recordings.source: found the text 'monkey'; allowed: one of simulated, sensorium",
    ),
    "list too short": (
        changed("recordings.simulated.field_center_px", [17.0]),
        "recordings.simulated.field_center_px: found [17.0]; allowed: a list of 2 numbers at least 0 and at most 63 (pixels)",
    ),
    "one wrong item": (
        changed("evaluate.ridge.lags_frames", [0, -2]),
        "evaluate.ridge.lags_frames[1]: found -2; allowed: a whole number at least 0 and at most 300 (frames)",
    ),
    "mouse name": (
        changed("recordings.mice.A-1", "folder"),
        "recordings.mice.A-1: name not allowed; use letters and digits only",
    ),
    "no mouse": (
        changed("recordings.mice", {}),
        "recordings.mice: found no name; allowed: at least 1 name: folder",
    ),
    "key that YAML reads as number": (
        changed("recordings.mice", {1: "folder"}),
        "recordings.mice: key 1 is no text; write it in quotes",
    ),
    "unknown key": (
        changed("masks.zebra", 1),
        "masks.zebra: unknown key; the keys here are kind, update, update_threshold, evaluation_threshold, screen, alpha, fields",
    ),
    "misspelt key": (
        changed("masks.evaluation_treshold", 1.0),
        "masks.evaluation_treshold: unknown key; did you mean evaluation_threshold?",
    ),
    "missing key": (
        without("models.num_members"),
        "models.num_members: missing; add it to config.yaml: "
        "trained members of each encoder; they differ by seed only; "
        "allowed: a whole number at least 1 and at most 100 (members)",
    ),
    "missing section": (
        {stage: part for stage, part in CONFIG.items() if stage != "figures"},
        "figures: missing; add it to config.yaml: what is drawn and how large; allowed: a block of keys",
    ),
    "keys of a block contradict": (
        changed("recordings.simulated.padded_frames", 100),
        "recordings.simulated: padded_frames 100 is below clip_frames 120",
    ),
    "keys of two blocks contradict": (
        changed("evaluate.skip_frames", 60),
        "evaluate.skip_frames: 60 is not below recordings.selection.min_frames 60; "
        "no frame of such a trial would be scored",
    ),
    "thresholds contradict": (
        changed("masks.evaluation_threshold", 0.25),
        "masks.update_threshold: 0.5 is above masks.evaluation_threshold 0.25; "
        "every scored pixel must be optimised: lower the first or raise the second",
    ),
    "frames that no window scores": (
        changed("reconstruct.map.window_stride_frames", 25),
        "reconstruct.map.window_stride_frames: 25 is above the 24 frames that a window of models.factorised "
        "scores; windows must leave no frame out",
    ),
    "patches before the encoder predicts": (
        changed(
            "masks.fields", CONFIG["masks"]["fields"] | {"before_frames": 8, "after_frames": 16}
        ),
        "masks.fields.before_frames: 8 is not above the 8 first frames of a window that models.factorised does not "
        "predict; raise it",
    ),
    "stimuli shorter than a window": (
        changed("masks.fields.after_frames", 1),
        "masks.fields: before, stimulus and after have 25 frames together, fewer than the window of 32 of "
        "models.factorised; lengthen one",
    ),
    "a window longer than a trial": (
        changed("models.factorised.clip_frames", 64),
        "models.factorised: a window of 64 frames is above recordings.selection.min_frames 60; "
        "every trial must fill one",
    ),
    "lags beyond a trial": (
        changed("evaluate.ridge.lags_frames", [0, 60]),
        "evaluate.ridge.lags_frames: 60 is not below recordings.selection.min_frames 60; "
        "no frame of such a trial would be decoded",
    ),
    "two mice in one folder": (
        changed("recordings.mice", {"A": "x", "B": "x"}),
        "recordings.mice: x is named for more than one mouse; name it once",
    ),
    "two mice in one folder where the disk does not tell capitals": (
        changed("recordings.mice", {"A": "x", "a": "y"}),
        "recordings.mice: a differs from A by capitals only; take another name",
    ),
    "a variant that is the standard run where the disk does not tell capitals": (
        changed("variants.changes", {"Standard": {"reconstruct": {"target": "predicted"}}}),
        "variants.changes: Standard differs from standard by capitals only; take another name",
    ),
    "a mouse that tables read as nothing": (
        changed("recordings.mice", {"NA": "x"}),
        "recordings.mice: 'NA' means in a table that there is nothing; use another name",
    ),
    "a block for a number": (
        changed("figures.png_dpi", {}),
        "figures.png_dpi: found a block of keys; allowed: a whole number at least 30 and at most 1200 (dots per inch)",
    ),
    "a run that is a folder of results where the disk does not tell capitals": (
        changed("run.name", "Recordings"),
        "run.name: Recordings is a folder of results; take another name",
    ),
    "no such encoder": (
        changed("models.encoders", ["transformer"]),
        f"models.encoders[0]: found the text 'transformer'; allowed: one of {', '.join(ENCODERS)}",
    ),
    "archive outside of its folder": (
        changed("sources.archive.files", ["../secret"]),
        "sources.archive.files[0]: '..' cannot name a file or folder; use up to 128 letters, digits, _ . and -, not . or - first, and no two dots in a row",
    ),
    "nothing to load": (
        loading(),
        "models.load.files: names no member, but models.source is load; name one, or set it to train",
    ),
    "no such checkpoint": (
        loading(P="fold_9"),
        "models.load.files.P: fold_9 is no file; give the path of a checkpoint, or the name of one of "
        "sources.archive.files",
    ),
    "several checkpoints": (
        loading(P="mask_m"),
        "models.load.files.P: mask_m is several files of the archive "
        "(reconstructions/masks/mask_m0.npy, reconstructions/masks/mask_m1.npy, reconstructions/masks/mask_m2.npy, "
        "reconstructions/masks/mask_m3.npy, reconstructions/masks/mask_m4.npy); give the path of a checkpoint, or "
        "the name of one of sources.archive.files",
    ),
    "two members of one name": (
        loading(source="both", factorised2="true_batch_002/fold_0"),
        "models.load.files.factorised2: a trained member has this name; give the loaded one another",
    ),
    "movies that a loaded member was trained on": (
        loading(P="true_batch_002/fold_0", unseen=0, held_out=[0, 1]),
        "recordings.selection.held_out_folds: [0, 1] would show loaded members movies that they were trained on; "
        "set it to [0], as models.load has it",
    ),
    "folds that a loaded member was not trained with": (
        loading(P="true_batch_002/fold_0", num_folds=5),
        "recordings.selection.num_folds: 7 would show loaded members movies that they were trained on; "
        "set it to 5, as models.load has it",
    ),
    "a mouse that no readout is of": (
        loading(P="true_batch_002/fold_0", readouts=["90001-1-1"]),
        "recordings.mice.B: recording 90002-1-1 is none of models.load.readouts; loaded members predict only the "
        "neurons of those",
    ),
    "a list that is a text": (
        changed("models.encoders", "dwiseneuro"),
        "models.encoders: found the text 'dwiseneuro'; "
        f"allowed: a list of at least 1 different of {', '.join(ENCODERS)}, such as [factorised]",
    ),
    "files without names": (
        changed("models.load.files", ["a.pth"]),
        "models.load.files: found ['a.pth']; allowed: names, each with a file",
    ),
    "behaviour mixed by boxes": (
        changed("models.training.factorised.cutmix_probability", 0.5),
        "models.training.factorised.cutmix_probability: this encoder reads behaviour from one pixel, which a box "
        "would swap whole; set it to 0.0",
    ),
    "nobody to distil": (
        distilling_one_mouse(),
        "models.training.factorised.distillation_share: 0.3 needs another mouse to distil; set it to 0.0",
    ),
    "no such variant": (
        changed("variants.run", ["predictd"]),
        f"variants.run: predictd is none of variants.changes; those are {', '.join(CONFIG['variants']['changes'])}",
    ),
    "name of a variant": (
        changed("variants.changes", {"half__size": {"population": {"share": 0.5}}}),
        "variants.changes.half__size: name not allowed; use letters and digits, joined by single underscores, only",
    ),
    "a variant that changes what it cannot": (
        changed("variants.changes", {"short": {"max_frames": 60}}),
        "variants.changes.short.max_frames: a variant cannot change this; it may change method, target, ensembling, "
        "population, map, paper, smoothing, update",
    ),
    "a misspelt key of a variant": (
        changed("variants.changes", {"half": {"population": {"shares": 0.5}}}),
        "variants.changes.half: reconstruct.population.shares: unknown key; did you mean share?",
    ),
    "a value out of range in a variant": (
        changed("variants.changes", {"half": {"population": {"share": 50}}}),
        "variants.changes.half: reconstruct.population.share: found 50; allowed: a number above 0 and at most 1 "
        "(fraction)",
    ),
    "fields off the screen": (
        changed("recordings.simulated.field_center_px", [36.0, 30.0]),
        "recordings.simulated: row 36.0 of field_center_px is off the screen of 36 rows",
    ),
}


@pytest.mark.parametrize(("config", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_refused_in_one_sentence(config, sentence):
    assert refusal(config) == [sentence]


def test_misspelt_key_in_place_is_one_problem():
    config = without("masks.evaluation_threshold")
    config["masks"]["evaluation_treshold"] = 1.0
    assert refusal(config) == [
        "masks.evaluation_treshold: unknown key; did you mean evaluation_threshold?"
    ]


def test_all_problems_at_once():
    config = changed("models.num_members", 0)
    config["evaluate"]["skip_frames"] = -1
    assert len(refusal(config)) == 2


@pytest.mark.parametrize("path", OVERLAYS, ids=lambda path: path.stem)
def test_overlay_is_accepted(path):
    below = LAID_OVER.get(path.stem, ())
    layers = [ROOT / f"configs/{name}.yaml" for name in below] + [path]
    validate_config(reduce(overlaid, (yaml.safe_load(p.read_text()) for p in layers), CONFIG))


def test_reading_a_config_loads_no_torch():
    command = "import sys, workflow.validation; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", command], cwd=ROOT).returncode == 0


def test_one_checkpoint_under_two_names_is_refused():
    config = loading(a="true_batch_002/fold_0", b="true_batch_002/fold_0")
    assert [line.split(":")[0] for line in refusal(config)] == [
        "models.load.files.a",
        "models.load.files.b",
    ]
