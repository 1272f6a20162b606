"""What differs between a run and the paper's own, for each published value, as the run's config says."""

from collections.abc import Mapping
from dataclasses import dataclass

from reconstruct.variants import STANDARD

PAPER_MEMBERS, PAPER_ENCODER, PAPER_MASK = 7, "dwiseneuro", "alpha, paper"
PAPER_CLIPS, PAPER_FRAMES = 10, 300
PAPER_ITERATIONS, PAPER_METHOD = 1000, "paper"
PAPER_MICE = {"noise": 3, "gratings": 1}
ALL_PAPER_MICE = 5
PAPER_STIMULI = {"num_repetitions": 5, "num_directions": 4, "num_frames": 60}
PAPER_TARGET = "member"
PAPER_SETTINGS = {
    "masks.evaluation_threshold": 1.0,
    "evaluate.skip_frames": 30,
    "smoothing.sigma_px": 0.5,
    "smoothing.sigma_frames": 0.5,
}
OWN_THRESHOLD = "threshold_scores"
"""a table in which each row has a threshold of its own"""
OF_STIMULI = "true_"
"""begins the columns that no reconstruction has a part in"""
CELLS = "cells_"
NAMED = ("variant", "second")
"""conditions that name the variant of a row"""


@dataclass(frozen=True)
class Run:
    """What the config says of a run."""

    simulated: bool
    num_mice: int
    num_clips: int
    """a mouse"""
    max_frames: int
    num_members: int
    encoders: str
    mask: str
    methods: Mapping[str, tuple[str, int]]
    """method and iterations of every variant, the standard run among them"""
    settings: Mapping[str, float]
    """of the standard run: those of PAPER_SETTINGS"""
    stimuli: Mapping[str, Mapping]
    """num_mice, target and those of PAPER_STIMULI that it has, of each kind that is run"""


def differences(run: Run, table: str, rows: str, column: str) -> str:
    """In words, parts joined by `; `; empty where none of what `Run` names differs (which clips are taken it does not)."""
    kind = table.removeprefix(CELLS) if table.startswith(CELLS) else None
    if kind is not None and kind not in run.stimuli:
        return ""
    parts = [_mice(run, kind), _mask(run)]
    if column != "diameter_deg" and not column.startswith(OF_STIMULI):
        parts += [_clips(run)] if kind is None else _stimuli(run.stimuli[kind])
        method = _method(run, _variant_of(rows))
        parts += [_members(run), method, *_settings(run, table)]
    return "; ".join(filter(None, parts))


def _mice(run: Run, kind: str | None) -> str:
    here = run.num_mice if kind is None else run.stimuli[kind]["num_mice"]
    there = PAPER_MICE.get(kind, ALL_PAPER_MICE)
    if run.simulated:
        return f"simulated mice ({here}), not recorded ones ({there})"
    return "" if here == there else f"mice: {here}, not {there}"


def _clips(run: Run) -> str:
    if (run.num_clips, run.max_frames) == (PAPER_CLIPS, PAPER_FRAMES):
        return ""
    here = f"{run.num_clips} of {run.max_frames} frames"
    return f"clips of each mouse: {here}, not {PAPER_CLIPS} of {PAPER_FRAMES}"


def _stimuli(stimuli: Mapping) -> list[str]:
    parts = [
        f"{name.removeprefix('num_')}: {stimuli[name]}, not {paper}"
        for name, paper in PAPER_STIMULI.items()
        if stimuli.get(name, paper) != paper
    ]
    if stimuli["target"] == PAPER_TARGET:
        return parts
    return [*parts, "targets predicted by all members together, not by the one that reconstructs"]


def _members(run: Run) -> str:
    if (run.num_members, run.encoders) == (PAPER_MEMBERS, PAPER_ENCODER):
        return ""
    return f"members: {run.num_members} ({run.encoders}), not {PAPER_MEMBERS} ({PAPER_ENCODER})"


def _mask(run: Run) -> str:
    return "" if run.mask == PAPER_MASK else f"mask: {run.mask}, not the published training"


def _method(run: Run, variant: str) -> str:
    method, num_iterations = run.methods.get(variant, run.methods[STANDARD])
    if method != PAPER_METHOD:
        return f"method {method}, not the published descent"
    same = num_iterations == PAPER_ITERATIONS
    return "" if same else f"iterations: {num_iterations:,}, not {PAPER_ITERATIONS:,}"


def _settings(run: Run, table: str) -> list[str]:
    own = {"masks.evaluation_threshold"} if table == OWN_THRESHOLD else set()
    return [
        f"{name}: {run.settings[name]:g}, not {value:g}"
        for name, value in PAPER_SETTINGS.items()
        if name not in own and run.settings[name] != value
    ]


def _variant_of(rows: str) -> str:
    """The variant that the rows of a table are of; sizes and shares of the population are of the standard run."""
    parts = (part.partition("=") for part in str(rows).split("&"))
    return next((value.strip() for name, _, value in parts if name.strip() in NAMED), STANDARD)
