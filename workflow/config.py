"""The whole of config.yaml as one class, and what spans its sections."""

from dataclasses import asdict
from typing import Annotated, Any

from evaluate.settings import EvaluateSection
from figures.settings import FiguresSection
from masks.settings import MasksSection
from models.ensemble import loaded_members, trained_members
from models.settings import ModelsSection
from reconstruct.settings import ReconstructSection, StimuliSection, VariantsSection
from recordings.keys import block, key, matching, settings
from recordings.names import recording_id
from recordings.settings import RecordingsSection, SourcesSection

FOLDERS = ("recordings", "models", "masks", "reconstruct", "evaluate", "figures")
FOLDERS += ("explorer", "tables", "logs", "benchmarks")
"""of a run without a name: no name of another one"""
FEWEST_FRAMES = 3
"""that a correlation is taken over"""


@settings
class RunSection:
    """One of several runs in one folder."""

    name: Annotated[
        str,
        key("its results lie in results/<name>/; empty: in results/ itself"),
        matching("((?!({})$)[A-Za-z0-9][A-Za-z0-9_-]{{0,39}})?".format("|".join(FOLDERS))),
    ]

    def __post_init__(self) -> None:
        if self.name.lower() in FOLDERS:  # one folder, where the disk does not tell capitals
            raise ValueError(f"run.name: {self.name} is a folder of results; take another name")


@settings
class Config:
    """config.yaml: a section for each stage, and one for the run."""

    run: Annotated[RunSection, block("which of several runs in one folder this is")]
    recordings: Annotated[RecordingsSection, block("what was shown and what was measured")]
    models: Annotated[ModelsSection, block("what a neuron is predicted from")]
    masks: Annotated[MasksSection, block("which pixels the population sees")]
    reconstruct: Annotated[ReconstructSection, block("movies from activity")]
    variants: Annotated[VariantsSection, block("runs beside the standard one")]
    stimuli: Annotated[
        StimuliSection,
        block("artificial movies, reconstructed from what the members predict of them"),
    ]
    evaluate: Annotated[EvaluateSection, block("how movies are scored")]
    figures: Annotated[FiguresSection, block("what is drawn and how large")]
    sources: Annotated[SourcesSection, block("where public files come from")]


def contradictions(config: Config) -> list[str]:
    """Keys of different sections that contradict each other: one sentence each."""
    checks = (_example_clips, _windows, _distillation, _loading, _lengths, _stimuli)
    return [problem for check in checks for problem in check(config)]


def _example_clips(config: Config) -> list[str]:
    drawn, made = config.figures.num_example_clips, config.recordings.selection.num_clips
    if drawn <= made:
        return []
    return [
        f"figures.num_example_clips: {drawn} is above recordings.selection.num_clips {made}; "
        "only reconstructed clips can be drawn"
    ]


def _trained(config: Config) -> dict[str, Any]:
    """The blocks of the encoders that are trained."""
    if config.models.source == "load":
        return {}
    return {f"models.{name}": getattr(config.models, name) for name in config.models.encoders}


def _trial_lengths(config: Config) -> dict[str, int]:
    """Keys that say how short a trial may be."""
    return {
        "recordings.selection.min_frames": config.recordings.selection.min_frames,
        "reconstruct.max_frames": config.reconstruct.max_frames,
    }


def _windows(config: Config) -> list[str]:
    """Windows of the trained encoders must fit into every trial and leave no frame out."""
    problems = []
    method = config.reconstruct.method
    stride = getattr(config.reconstruct, method).window_stride_frames
    for name, encoder in _trained(config).items():
        too_long = [
            f"{name}: a window of {encoder.window_frames} frames is above {key} {length}; "
            "every trial must fill one"
            for key, length in _trial_lengths(config).items()
            if encoder.window_frames > length
        ]
        problems += too_long or _sparse_noise(config, name, encoder)
        if stride > encoder.scored_frames:
            problems.append(
                f"reconstruct.{method}.window_stride_frames: {stride} is above the "
                f"{encoder.scored_frames} frames that a window of {name} scores; windows must leave "
                "no frame out"
            )
    return problems


def _sparse_noise(config: Config, name: str, encoder: Any) -> list[str]:
    """The encoder must see a stimulus whole, and predict frames before the patch."""
    fields, unseen = config.masks.fields, encoder.window_frames - encoder.scored_frames
    length = fields.before_frames + fields.stimulus_frames + fields.after_frames
    problems = []
    if fields.before_frames <= unseen:
        problems.append(
            f"masks.fields.before_frames: {fields.before_frames} is not above the {unseen} first frames "
            f"of a window that {name} does not predict; raise it"
        )
    if length < encoder.window_frames:
        problems.append(
            f"masks.fields: before, stimulus and after have {length} frames together, fewer than the "
            f"window of {encoder.window_frames} of {name}; lengthen one"
        )
    if fields.stride_frames > encoder.scored_frames:
        problems.append(
            f"masks.fields.stride_frames: {fields.stride_frames} is above the {encoder.scored_frames} "
            f"frames that a window of {name} scores; lower it"
        )
    return problems


def _distillation(config: Config) -> list[str]:
    """One mouse has no other to learn from."""
    if len(config.recordings.mice) > 1:
        return []
    shares = {
        name: getattr(config.models.training, name).distillation_share
        for name in config.models.encoders
    }
    return [
        f"models.training.{name}.distillation_share: {share} needs another mouse to distil; set it to 0.0"
        for name, share in shares.items()
        if share > 0
    ]


def _loading(config: Config) -> list[str]:
    """Loaded members must exist, have names of their own and be used on movies that they have not seen."""
    models = asdict(config.models)
    if config.models.source == "train":
        return []
    try:
        loaded = loaded_members(models, asdict(config.sources.archive))
    except ValueError as error:
        return [str(error)]
    trained = {name.lower() for name in trained_members(models)}
    problems = [
        f"models.load.files.{name}: a trained member has this name; give the loaded one another"
        for name in loaded
        if name.lower() in trained
    ]
    if not loaded:
        problems.append(
            f"models.load.files: names no member, but models.source is {config.models.source}; name one, or "
            "set it to train"
        )
    paths = [member.path for member in loaded.values()]
    problems += [
        f"models.load.files.{name}: {member.path} is named more than once; name it once"
        for name, member in loaded.items()
        if paths.count(member.path) > 1
    ]
    return problems + _unread_mice(config) + _seen_movies(config)


def _unread_mice(config: Config) -> list[str]:
    readouts = config.models.load.readouts
    return [
        f"recordings.mice.{mouse}: recording {recording_id(folder)} is none of models.load.readouts; "
        "loaded members predict only the neurons of those"
        for mouse, folder in config.recordings.mice.items()
        if recording_id(folder) not in readouts
    ]


def _seen_movies(config: Config) -> list[str]:
    load, selection = config.models.load, config.recordings.selection
    expected = {
        "num_folds": load.num_folds,
        "validation_fold": load.unseen_fold,
        "held_out_folds": (load.unseen_fold,),
    }
    return [
        f"recordings.selection.{key}: {_listed(getattr(selection, key))} would show loaded members movies "
        f"that they were trained on; set it to {_listed(value)}, as models.load has it"
        for key, value in expected.items()
        if getattr(selection, key) != value
    ]


def _listed(value: Any) -> Any:
    """As YAML writes it."""
    return list(value) if isinstance(value, tuple) else value


def _lengths(config: Config) -> list[str]:
    """Frames that no score or no decoder would ever see."""
    skipped, lag = config.evaluate.skip_frames, config.evaluate.max_lag_frames
    lengths = _trial_lengths(config)
    problems = [
        f"evaluate.max_lag_frames: {lag} leaves fewer than {FEWEST_FRAMES} of the scored frames of a trial "
        f"of {key} {length}; lower it"
        for key, length in lengths.items()
        if skipped < length < skipped + lag + FEWEST_FRAMES
    ]
    used = {
        "evaluate.skip_frames": (skipped, "would be scored"),
        "evaluate.ridge.lags_frames": (max(config.evaluate.ridge.lags_frames), "would be decoded"),
    }
    return problems + [
        f"{name}: {frames} is not below {key} {length}; no frame of such a trial {what}"
        for name, (frames, what) in used.items()
        for key, length in lengths.items()
        if frames >= length
    ]


def _stimuli(config: Config) -> list[str]:
    """Artificial movies that no encoder can take, or of which nothing would be scored; two frames hold a motion."""
    problems, skipped = [], config.evaluate.skip_frames
    for kind in config.stimuli.run:
        key, frames = f"stimuli.{kind}.num_frames", getattr(config.stimuli, kind).num_frames
        problems += [
            f"{key}: {frames} is below the window of {encoder.window_frames} frames of {name}; raise it"
            for name, encoder in _trained(config).items()
            if frames < encoder.window_frames
        ]
        if frames < skipped + 2:
            problems.append(
                f"{key}: {frames} leaves fewer than two frames after evaluate.skip_frames {skipped}; raise it"
            )
    return problems
