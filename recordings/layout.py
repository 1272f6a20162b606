"""Which files a recording has, and what its files of all trials together say: a finding per fault."""

from collections import Counter
from pathlib import Path

import numpy as np

from recordings.access import (
    is_absent,
    is_link_to_nothing,
    links_to_nothing,
    list_names,
    unreadable,
)
from recordings.findings import Finding, error, listed, note, warning, without_path
from recordings.npy import load_array
from recordings.reader import (
    MAX_META_BYTES,
    MISSING_TIERS,
    MODALITIES,
    SCREEN_HEIGHT,
    SCREEN_WIDTH,
    TIERS,
    Recording,
)

LARGEST_COORDINATE_UM, SMALLEST_EXTENT_UM = 5000, 10
UNUSED = "reconstruction does not need it, but the tables of neurons lack it or are wrong"
NOT_READ = "nothing here reads this file; what needs it will not find it"
OPTIONAL = "reconstruction does not need it, own data may have none: the table of neurons has no coordinates; real Sensorium recordings have it in their zip"


def layout_findings(recording: Recording) -> list[Finding]:
    """Folders, names, files that lack their partners, links to nothing, tiers: nothing of a trial's arrays is read."""
    findings = _folder_findings(recording) + _name_findings(recording)
    findings += _partner_findings(recording) + _link_findings(recording)
    return findings + _tier_findings(recording)


def all_trials(recording: Recording) -> list[int]:
    """Trial numbers of any modality, ascending."""
    return sorted({n for modality in MODALITIES for n in _numbers(recording, modality)})


def _numbers(recording: Recording, modality: str) -> list[int]:
    """Trial numbers of a modality; none of a folder that cannot be listed, which is told as a fault of its own."""
    try:
        return recording._numbers(modality)
    except ValueError:
        return []


def common_shapes(recording: Recording) -> dict[str, tuple[int, ...]]:
    """The shapes that most of the readable arrays agree on, so that a single odd one stands out, not all others."""
    widths, neurons = Counter(), Counter()
    for modality in MODALITIES:
        for number in _numbers(recording, modality):
            try:
                shape = recording.array(modality, number).shape
            except ValueError:  # told with its trial
                continue
            widths[shape[-1]] += 1
            if modality == "responses":
                neurons[shape[0]] += 1
    width, num_neurons = (count.most_common(1)[0][0] if count else 0 for count in (widths, neurons))
    return {
        "videos": (SCREEN_HEIGHT, SCREEN_WIDTH, width),
        "responses": (num_neurons, width),
        "behavior": (2, width),
        "pupil_center": (2, width),
    }


def neuron_findings(recording: Recording, num_neurons: int) -> list[Finding]:
    """Coordinates and ids of the neurons, 0 if their number is unknown; reconstruction needs neither, so nothing here is an error."""
    folder = recording.folder / "meta/neurons"
    findings = []
    checks = {"cell_motor_coordinates": _odd_coordinates, "unit_ids": _odd_ids}
    if is_absent(folder / "cell_motor_coordinates.npy"):
        del checks["cell_motor_coordinates"]
        findings.append(note(folder / "cell_motor_coordinates.npy", "no such file", OPTIONAL))
    for name, complain in checks.items():
        path = folder / f"{name}.npy"
        if is_link_to_nothing(path):  # told with the other links
            continue
        try:
            stored = load_array(path, MAX_META_BYTES)
            complaint = complain(stored, num_neurons or (stored.shape or (0,))[0])
        except ValueError as refusal:
            complaint = without_path(path, refusal)
        findings += [warning(path, complaint, UNUSED)] if complaint else []
    return findings


def _folder_findings(recording: Recording) -> list[Finding]:
    findings = []
    for modality in MODALITIES:
        folder = recording.folder / "data" / modality
        try:
            recording._numbers(modality)
        except ValueError as refusal:
            findings.append(error(folder, without_path(folder, refusal)))
    if findings or recording.trials:
        return findings
    return [error(recording.folder / "data/videos", "no trials (expected <number>.npy files)")]


def _name_findings(recording: Recording) -> list[Finding]:
    """Files that are no trial, or a trial under another name than its number."""
    findings = []
    for modality in _listable(recording):
        folder = recording.folder / "data" / modality
        for path in map(Path, list_names(folder)):
            named = folder / ascii(path.name)[1:-1]
            number = int(path.stem) if path.suffix == ".npy" and path.stem.isdecimal() else None
            if number is None and not path.name.startswith((".", "_")):
                findings.append(note(named, "no <number>.npy", "it is ignored"))
            if number is not None and path.stem != str(number):
                what = f"another name for trial {number} (expected {number}.npy); delete or rename the file"
                findings.append(error(named, what))
    return findings


def _listable(recording: Recording) -> list[str]:
    """The modalities whose folders can be listed."""
    told = {finding.file for finding in _folder_findings(recording)}
    return [m for m in MODALITIES if str(recording.folder / "data" / m) not in told]


def _partner_findings(recording: Recording) -> list[Finding]:
    """Trials that lack one of their four files; a whole folder that is missing is told once."""
    numbers = {modality: set(recording._numbers(modality)) for modality in _listable(recording)}
    return [
        error(
            recording.path(modality, trial),
            f"missing (trial {trial} exists in another data folder); copy the file, or delete the trial from all four "
            "folders",
        )
        for trial in all_trials(recording)
        for modality, known in numbers.items()
        if trial not in known
    ]


def _link_findings(recording: Recording) -> list[Finding]:
    """Links to nothing among the files about trials and neurons; those of the trials themselves are told with their arrays."""
    findings = []
    for path in links_to_nothing(recording.folder / "meta"):
        what = without_path(path, unreadable(path, FileNotFoundError()))
        needed = path.relative_to(recording.folder / "meta").parts[0] in ("trials", "neurons")
        if path != recording.tiers_path:  # told with what the tiers say
            findings.append(error(path, what) if needed else warning(path, what, NOT_READ))
    return findings


def _tier_findings(recording: Recording) -> list[Finding]:
    path = recording.tiers_path
    try:
        names = recording.stored_tiers
        if "videos" not in _listable(recording):  # told already
            return []
        tiers = recording.tiers
    except ValueError as refusal:
        return [error(path, without_path(path, refusal))]
    unknown = [
        error(
            path,
            f"trial {trial} has tier {tier[:40]!a} (expected one of {', '.join(TIERS)})",
        )
        for trial, tier in tiers.items()
        if tier in MISSING_TIERS or tier not in TIERS
    ]
    known = set(all_trials(recording))
    unused = [
        number
        for number, tier in enumerate(names)
        if number not in known and tier not in MISSING_TIERS
    ]
    if unused:
        what = f"a tier but no files of {listed(unused)}"
        unknown.append(warning(path, what, "the trials are not used"))
    return unknown + _length_findings(path, len(names), tuple(tiers))


def _length_findings(path: Path, length: int, trials: tuple[int, ...]) -> list[Finding]:
    if not trials or length == trials[-1] + 1:
        return []
    what = f"{length} entries, expected {trials[-1] + 1}, one more than the last trial number"
    return [warning(path, what, "entries after the last trial are not used")]


def _odd_coordinates(stored: np.ndarray, num_neurons: int) -> str:
    if stored.shape != (num_neurons, 3):
        return f"shape {stored.shape}, expected {(num_neurons, 3)}: x, y, z of every neuron"
    if stored.dtype.kind not in "iuf":
        return f"dtype {stored.dtype}, expected numbers"
    with np.errstate(over="ignore"):
        values = stored.astype(np.float32).astype(np.float64)
    if not np.isfinite(values).all():
        return f"neuron {int(np.argmin(np.isfinite(values).all(axis=1)))} has no finite coordinates"
    largest, extent = np.abs(values).max(), np.ptp(values[:, :2], axis=0).max()
    if largest > LARGEST_COORDINATE_UM:
        return f"coordinates up to {largest:g}, expected micrometres within {LARGEST_COORDINATE_UM} of 0"
    if num_neurons > 1 and extent < SMALLEST_EXTENT_UM:
        return f"neurons lie within {extent:g} of each other, expected micrometres"
    return ""


def _odd_ids(stored: np.ndarray, num_neurons: int) -> str:
    if stored.shape != (num_neurons,):
        return f"shape {stored.shape}, expected {(num_neurons,)}: one id per neuron"
    if stored.dtype.kind not in "iu":
        return f"dtype {stored.dtype}, expected whole numbers"
    ids = stored.tolist()
    if len(set(ids)) != len(ids):
        return f"{len(ids) - len(set(ids))} ids occur twice, expected unique ones"
    if ids != sorted(ids):
        return "ids do not increase, expected ascending ones"
    return ""
