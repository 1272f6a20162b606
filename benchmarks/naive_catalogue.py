"""Classification of a movie written down frame by frame and segment by segment: what benchmarks/catalogue.py compares ours with.

It shares no code with recordings/catalogue but the form of the answer, so that a test can ask both. The rules, and what is
done where the published ones are silent or wrong, are the same: see the comments marked `catalogue:` there.
"""

import itertools

import numpy as np
import pandas as pd

from recordings.catalogue.classify import Classification

PRESETS = {  # window, distance, factor, outlier cut
    "unknown": (10, 7, 5, 2),
    "NaturalVideo": (30, 7, 5, None),
    "RandomDots": (20, 45, 5, 2),
    "NaturalImages": (10, 10, 3, 2),
    "Gabor": (10, 20, 3, 2),
    "PinkNoise": (10, 20, 5, 2),
    "GaussianDot": (5, 7, 3, 2),
}
DURATIONS = {"RandomDots": 60, "NaturalImages": 15, "Gabor": 25, "PinkNoise": 27, "GaussianDot": 9}
NUM_SEGMENTS = {  # expected, tolerance, most that may be bad
    "GaussianDot": (35, 2, 2),
    "NaturalImages": (20, 2, 4),
    "Gabor": (12, 2, 2),
    "PinkNoise": (12, 2, 2),
    "RandomDots": (4, 1, 1),
}


def classify_video(video_HWT: np.ndarray) -> Classification:
    """Label the valid frames of a movie and cut it into segments, in three passes."""
    video_HWT = np.asarray(video_HWT, np.float32)
    num_frames = video_HWT.shape[2]
    change = measure_change(video_HWT)

    first = bounds_of(find_peaks(change, "unknown"), num_frames)
    first_label, _ = decide_label([describe(video_HWT, change, *bounds) for bounds in first])

    peaks = find_peaks(change, first_label)
    second = bounds_of(peaks, num_frames)
    second_label, _ = decide_label([describe(video_HWT, change, *bounds) for bounds in second])

    third = split_long(second, second_label)
    segments = [describe(video_HWT, change, *bounds) for bounds in third]
    label, bad = decide_label(segments)
    table = pd.DataFrame(segments)
    table["bad_properties"] = bad
    table["after_peak"] = [start - 1 in peaks for start, _ in third]
    return Classification(label, first_label, tuple(peaks), dict(table.items()))


def measure_change(video_HWT: np.ndarray) -> np.ndarray:
    """Mean squared difference between each frame and the next."""
    change = []
    for t in range(video_HWT.shape[2] - 1):
        difference = video_HWT[:, :, t + 1] - video_HWT[:, :, t]
        change.append(np.mean(difference**2, dtype=np.float64))
    return np.array(change)


def find_peaks(change: np.ndarray, label: str) -> list[int]:
    """Samples that differ from both neighbours by more than the thresholds of either side."""
    window, distance, factor, cut = PRESETS[label]
    prominences = {}
    for t in range(1, len(change) - 1):
        before = threshold_of(change[max(0, t - window) : t], factor, cut)
        after = threshold_of(change[t + 1 : t + 1 + window], factor, cut)
        left, here, right = change[t - 1], change[t], change[t + 1]
        passes_left = here > left + before or here < left - before
        passes_right = here > right + after or here < right - after
        prominence = max(here - max(left, right), min(left, right) - here)
        if passes_left and passes_right and (prominence > 0 or label != "NaturalVideo"):
            prominences[t] = prominence
    kept = []
    for t in sorted(prominences, key=lambda t: (-prominences[t], t)):
        if all(abs(t - other) >= distance for other in kept):
            kept.append(t)
    return sorted(kept)


def threshold_of(values: np.ndarray, factor: float, cut: float | None) -> float:
    if cut is not None and len(values):
        deviation = np.abs(values - np.mean(values))
        values = values[deviation <= cut * np.std(values) * (1 + 1e-9)]
    return max(factor * np.std(values), 10) if len(values) > 2 else np.inf


def bounds_of(peaks: list[int], num_frames: int) -> list[tuple[int, int]]:
    edges = [0, *[peak + 1 for peak in peaks], num_frames]
    return list(itertools.pairwise(edges))


def split_long(segments: list[tuple[int, int]], label: str) -> list[tuple[int, int]]:
    """Cut segments that last a multiple of the nominal duration, give or take 3 frames."""
    if label not in DURATIONS:
        return segments
    result = []
    for start, end in segments:
        parts = round((end - start) / DURATIONS[label])
        if parts > 1 and abs(end - start - parts * DURATIONS[label]) < 4:
            duration = round((end - start) / parts)
            edges = [start + part * duration for part in range(parts)] + [end]
            result += list(itertools.pairwise(edges))
        else:
            result.append((start, end))
    return result


def describe(video_HWT: np.ndarray, change: np.ndarray, start: int, end: int) -> dict:
    """Descriptors of the segment of frames start..end - 1."""
    video = video_HWT[:, :, start:end]
    change = change[start : end - 1]
    first, last = transition_of(change), transition_of(change[::-1])
    core = video[:, :, first : end - start - last]
    changes = change[first : len(change) - last]
    max_change = np.max(changes) if len(changes) else 0.0
    intensity_range = float(core.max()) - float(core.min())
    density, edges = np.histogram(core, bins=255, range=(0, 256), density=True)
    fullest = np.argmax(density)
    margins = margins_of(video)
    if intensity_range <= 35:
        height, width = video.shape[:2]
        margins = {"left": width, "right": width, "top": height, "bottom": height}
    return {
        "frame_start": start,
        "frame_end": end,
        "duration": end - start,
        "transition_start": first,
        "transition_end": last,
        "max_change": max_change,
        "is_static": max_change <= 50,
        "intensity_range": intensity_range,
        **{f"margin_{side}": margin for side, margin in margins.items()},
        "background_color": (edges[fullest] + edges[fullest + 1]) / 2,
        "background_proportion": density[fullest],
        "is_uniform": density[fullest] >= 0.8 and intensity_range <= 35 and max_change <= 50,
    }


def transition_of(change: np.ndarray) -> int:
    """Frames to leave out at the start for the rest to be still."""
    if len(change) > 6:
        for frames in range(4):
            if np.max(change[frames : len(change) - 3]) < 50:
                return frames
    return 0


def margins_of(video: np.ndarray) -> dict[str, int]:
    """Rows or columns from each side on whose grey levels are within 35."""
    views = {
        "left": video.transpose(1, 0, 2),
        "right": video.transpose(1, 0, 2)[::-1],
        "top": video,
        "bottom": video[::-1],
    }
    margins = {}
    for side, lines in views.items():
        margin = 0
        while margin < len(lines):
            strip = lines[: margin + 1]
            if float(strip.max()) - float(strip.min()) > 35:
                break
            margin += 1
        margins[side] = margin
    return margins


def decide_label(segments: list[dict]) -> tuple[str, list[bool]]:
    """The one parametric class that the segments fit, or natural video, or unknown; and the bad segments."""
    fitting = {}
    for label, (expected, tolerance, most_bad) in NUM_SEGMENTS.items():
        bad = [is_bad(label, segments, i) for i in range(len(segments))]
        if label == "NaturalImages" and not any(s["is_uniform"] for s in segments):
            bad = [True] * len(segments)
        if abs(len(segments) - expected) <= tolerance and sum(bad) <= most_bad:
            fitting[label] = bad
    if len(fitting) == 1:
        return fitting.popitem()
    uniform = [s["is_uniform"] for s in segments]
    varied = len(segments) <= 3 or np.std([s["duration"] for s in segments]) >= 1
    if not fitting and varied and sum(uniform) <= 1:
        return "NaturalVideo", uniform
    return "unknown", [False] * len(segments)


def is_bad(label: str, segments: list[dict], i: int) -> bool:
    """Whether segment i does not look as segments of the class do."""
    segment = segments[i]
    duration = segment["duration"]
    grey = segment["background_proportion"] >= 0.5
    if label == "GaussianDot":
        return not (segment["is_static"] and abs(duration - 9) <= 1 and grey)
    if label == "NaturalImages":
        neighbours = segments[max(0, i - 1) : i] + segments[i + 1 : i + 2]
        alternates = all(s["is_uniform"] != segment["is_uniform"] for s in neighbours)
        lasts = 10 <= duration <= 20 if segment["is_uniform"] else 13 <= duration <= 17
        return not (segment["is_static"] and alternates and lasts)
    if label == "Gabor":
        inside = min(segment["margin_left"], segment["margin_right"]) >= 5
        return not (abs(duration - 25) <= 2 and inside and grey)
    if label == "PinkNoise":
        sides = ("left", "right", "top", "bottom")
        framed = all(segment[f"margin_{side}"] >= 5 for side in sides)
        return abs(duration - 27) > 2 or framed
    return not (abs(duration - 60) <= 2 and grey)
