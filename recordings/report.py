"""Everything that is amiss with a recording, file by file: a table, a text, and the counts of several recordings."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np
import pandas as pd

from recordings.checks import brightness_findings
from recordings.findings import SEVERITIES, Finding, error, listed, note, warning, without_path
from recordings.layout import all_trials, common_shapes, layout_findings, neuron_findings
from recordings.progress import report_progress
from recordings.reader import Recording
from recordings.trial_checks import ExaminedTrial, examine_trial
from recordings.wording import counted

CHANNELS = {  # modality and row -> name, and what would be plausible
    ("behavior", 0): ("pupil size", (0, 500)),
    ("behavior", 1): ("running speed", (-200, 500)),
    ("pupil_center", 0): ("x of the pupil centre", (-500, 1000)),
    ("pupil_center", 1): ("y of the pupil centre", (-500, 1000)),
}
HIGHEST_RESPONSE = 1e5
OPEN_TIERS = ("train", "oracle")
"""tiers whose responses nobody withholds"""


def inspect_recording(folder: Path) -> list[Finding]:
    """Every fault of a recording, errors first; what is broken is told and passed over, nothing is raised."""
    try:
        recording = Recording(Path(folder))
    except ValueError as refusal:
        return [error(folder, without_path(folder, refusal))]
    shapes = common_shapes(recording)
    findings = layout_findings(recording)
    findings += neuron_findings(recording, shapes["responses"][0])
    oddities, brightest = defaultdict(list), {}
    for trial in report_progress(all_trials(recording), f"inspecting {recording.folder.name}"):
        examined = examine_trial(recording, trial, shapes)
        findings += examined.findings
        for oddity in _oddities(examined):
            oddities[oddity].append(trial)
        if "videos" in examined.arrays:
            brightest[trial] = float(examined.valid("videos").max())
    findings += brightness_findings(recording, max(brightest.values(), default=np.inf))
    findings += _dim_findings(recording, brightest)
    findings += _hidden_findings(recording, oddities.pop("hidden", []))
    findings += [_common_finding(recording, *odd, trials) for odd, trials in oddities.items()]
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))


def _oddities(examined: ExaminedTrial) -> list:
    """What many trials may have in common, to be told once for all of them."""
    found = ["hidden"] if examined.hidden else []
    for (modality, row), (name, (low, high)) in CHANNELS.items():
        if modality in examined.arrays:
            values = examined.valid(modality)[row]
            lowest, highest = values.min(), values.max()
            found += [(modality, f"{name} does not change")] if lowest == highest else []
            outside = lowest < low or highest > high
            found += [(modality, f"{name} outside {low}..{high}")] if outside else []
    if "responses" in examined.arrays and examined.valid("responses").max() > HIGHEST_RESPONSE:
        found.append(("responses", f"responses above {HIGHEST_RESPONSE:g}"))
    return found


def _dim_findings(recording: Recording, brightest: dict[int, float]) -> list[Finding]:
    """Movies of 0..1 among others of 0..255, by the brightest pixel of each trial; a black one is none."""
    dim = [trial for trial, value in brightest.items() if 0 < value <= 1]
    if not dim or max(brightest.values()) <= 1:
        return []
    return [
        warning(
            recording.folder / "data/videos",
            f"no pixel above 1 in {listed(dim)}, though others reach {max(brightest.values()):g}",
            "used as it is, as good as black; multiply these movies by 255 if their grey levels are 0..1",
        )
    ]


def _hidden_findings(recording: Recording, trials: list[int]) -> list[Finding]:
    """Trials with responses of zeros, tier by tier: expected in the tests of the competition, odd elsewhere."""
    try:
        tiers = recording.tiers
    except ValueError:  # told as a fault of the tiers
        tiers = {}
    by_tier = defaultdict(list)
    for trial in trials:
        by_tier[tiers.get(trial, "")].append(trial)
    path, meaning = (
        recording.folder / "data/responses",
        "these trials are neither trained on nor scored",
    )
    return [
        (warning if tier in OPEN_TIERS else note)(
            path, f"responses{_of_tier(tier)} are all 0 in {listed(trials)}", meaning
        )
        for tier, trials in sorted(by_tier.items())
    ]


def _of_tier(tier: str) -> str:
    """Nothing where the tiers are lost."""
    return f" of tier {tier[:40]!a}" if tier else ""


def _common_finding(recording: Recording, modality: str, what: str, trials: list[int]) -> Finding:
    path, told = recording.folder / "data" / modality, f"{what} in {listed(trials)}"
    if what.endswith("does not change"):
        return note(path, told, "valid: a mouse may rest, or nothing was measured")
    return warning(path, told, "used as it is; are these the units of the other recordings?")


def findings_table(findings: Iterable[Finding]) -> pd.DataFrame:
    """A row per finding: file, what, meaning, severity."""
    columns = [field.name for field in fields(Finding)]
    return pd.DataFrame([asdict(finding) for finding in findings], columns=columns)


def count_findings(findings: Iterable[Finding]) -> dict[str, int]:
    """`{"error": 2, "warning": 0, "note": 5}`"""
    found = [finding.severity for finding in findings]
    return {severity: found.count(severity) for severity in SEVERITIES}


def report_text(folder: Path, findings: list[Finding]) -> str:
    """The findings for a reader: the counts, then three lines each."""
    lines = [f"{folder}: {counts_text(count_findings(findings))}"]
    for finding in findings:
        lines += ["", f"{finding.severity}: {finding.file}"]
        lines += [f"  {finding.what}", f"  meaning: {finding.meaning}"]
    return "\n".join(lines) + "\n"


def counts_text(counts: dict[str, int]) -> str:
    """`2 errors, 0 warnings, 1 note`"""
    return ", ".join(counted(number, name) for name, number in counts.items())


def summarise_findings(tables: dict[str, pd.DataFrame]) -> tuple[pd.DataFrame, str]:
    """A row of counts per mouse, and one sentence that names those with errors."""
    counts = {
        mouse: {severity: int((table.severity == severity).sum()) for severity in SEVERITIES}
        for mouse, table in tables.items()
    }
    summary = pd.DataFrame.from_dict(counts, orient="index").rename_axis("mouse").reset_index()
    faulty = summary.mouse[summary.error > 0].tolist()
    if not faulty:
        return summary, f"none of {len(tables)} recordings has errors"
    return (
        summary,
        f"errors in {len(faulty)} of {len(tables)} recordings: mouse {', '.join(faulty)}",
    )
