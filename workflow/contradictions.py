"""Keys of different blocks of the config that contradict each other: one sentence each."""

from contextlib import suppress
from typing import Any

from recordings.trials import check_query
from workflow.blocks import build_block, find

TRIAL_LENGTHS = ("recordings.selection.min_frames", "reconstruct.max_frames")
"""keys that say how short a trial may be"""
FEWEST_FRAMES = 3
"""that a correlation is taken over"""


def contradictions(config: dict) -> list[str]:
    """What spans blocks; what spans the keys of one block is checked by its dataclass."""
    optimised = (
        "masks.update_threshold",
        "masks.evaluation_threshold",
        "every scored pixel must be optimised: lower the first or raise the second",
    )
    pairs = [optimised] if config["masks"]["update"] == "threshold" else []
    pairs += [
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
        + _short_stimuli(config)
        + _shared_folders(config)
        + _clips_of_nobody(config)
        + _broken_queries(config)
    )


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
        too_long = [
            f"{block}: a window of {encoder.window_frames} frames is above {length} {find(config, length)}; "
            "every trial must fill one"
            for length in TRIAL_LENGTHS
            if encoder.window_frames > find(config, length)
        ]
        problems += too_long or _stimulus_problems(config["masks"]["fields"], block, encoder)
        key = f"reconstruct.{config['reconstruct']['method']}.window_stride_frames"
        if find(config, key) > encoder.scored_frames:
            problems.append(
                f"{key}: {find(config, key)} is above the {encoder.scored_frames} frames that a window of {block} "
                "scores; windows must leave no frame out"
            )
    return problems


def _stimulus_problems(fields: dict, block: str, encoder: Any) -> list[str]:
    """The encoder must see a stimulus of sparse noise whole, and predict frames before the patch."""
    unseen = encoder.window_frames - encoder.scored_frames
    length = sum(fields[f"{part}_frames"] for part in ("before", "stimulus", "after"))
    problems = []
    if fields["before_frames"] <= unseen:
        problems.append(
            f"masks.fields.before_frames: {fields['before_frames']} is not above the {unseen} first frames of a window "
            f"that {block} does not predict; raise it"
        )
    if length < encoder.window_frames:
        problems.append(
            f"masks.fields: before, stimulus and after have {length} frames together, fewer than the window of "
            f"{encoder.window_frames} of {block}; lengthen one"
        )
    if fields["stride_frames"] > encoder.scored_frames:
        problems.append(
            f"masks.fields.stride_frames: {fields['stride_frames']} is above the {encoder.scored_frames} frames that a "
            f"window of {block} scores; lower it"
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
    skipped, lag = (config["evaluate"][key] for key in ("skip_frames", "max_lag_frames"))
    problems = [
        f"evaluate.max_lag_frames: {lag} leaves fewer than {FEWEST_FRAMES} of the scored frames of a trial of {length} "
        f"{find(config, length)}; lower it"
        for length in TRIAL_LENGTHS
        if skipped < find(config, length) < skipped + lag + FEWEST_FRAMES
    ]
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


def _short_stimuli(config: dict) -> list[str]:
    """Artificial movies that no encoder can take, or of which nothing would be scored; two frames hold a motion."""
    problems = []
    windows = {}
    if config["models"]["source"] != "load":
        for name in config["models"]["encoders"]:
            with suppress(ValueError):  # reported with its block
                block = f"models.{name}"
                windows[block] = build_block(block, find(config, block)).window_frames
    for kind in config["stimuli"]["run"]:
        key, frames = f"stimuli.{kind}.num_frames", config["stimuli"][kind]["num_frames"]
        problems += [
            f"{key}: {frames} is below the window of {window} frames of {block}; raise it"
            for block, window in windows.items()
            if frames < window
        ]
        skipped = config["evaluate"]["skip_frames"]
        if frames < skipped + 2:
            problems.append(
                f"{key}: {frames} leaves fewer than two frames after evaluate.skip_frames {skipped}; raise it"
            )
    return problems


def _shared_folders(config: dict) -> list[str]:
    folders = list(config["recordings"]["mice"].values())
    twice = sorted({folder for folder in folders if folders.count(folder) > 1})
    return [
        f"recordings.mice: {folder} is named for more than one mouse; name it once"
        for folder in twice
    ]


def _clips_of_nobody(config: dict) -> list[str]:
    mice = config["recordings"]["mice"]
    return [
        f"recordings.selection.clips.{mouse}: none of recordings.mice; those are {', '.join(mice)}"
        for mouse in config["recordings"]["selection"]["clips"]
        if mouse not in mice
    ]


def _broken_queries(config: dict) -> list[str]:
    """Queries that would fail in a job, after all recordings have been read."""
    problems = []
    for key in ("recordings.selection.training", "recordings.selection.held_out"):
        try:
            check_query(find(config, key))
        except ValueError as error:
            problems.append(f"{key}: {error}")
    return problems
