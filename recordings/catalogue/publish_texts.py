"""What the columns of the published tables mean, as written beside them."""

from recordings.catalogue.labels import LABELS, UNKNOWN
from recordings.catalogue.published_format import EXCLUDES_HIDDEN, MEASURED
from recordings.reader import TIERS

COUNT, FLAG = "whole number", [True, False]
SOURCES = dict(
    zip(MEASURED, ("video", "responses", "pupil size", "gaze", "running speed"), strict=True)
)


def _describe(description: str, values: object) -> dict:
    return {"description": description, "values": values}


TRIAL_TEXTS = {
    "recording": _describe("Name of the recording's folder.", "text"),
    "label": _describe("Kind of stimulus.", [*LABELS, UNKNOWN]),
    "trial": _describe("Number of the trial, the name of its files.", COUNT),
    "trial_type": _describe("Tier of the trial.", list(TIERS)),
    "video_ID": _describe(
        "ID of the video; equal videos of all recordings share it.", "v and 6 digits"
    ),
    "valid_frames": _describe("Lesser of the valid frames of video and responses.", COUNT),
    "valid_trial": _describe("The stimulus was shown without a fault.", FLAG),
    **{
        f"valid_frames_{name}": _describe(
            f"Frames of the {source} before the NaN at the end.", COUNT
        )
        for name, source in SOURCES.items()
    },
    **{
        f"valid_{name}": _describe(f"The {source} of the trial can be used.", FLAG)
        for name, source in SOURCES.items()
    },
}
POOLED = f"over all valid frames of the recording; {EXCLUDES_HIDDEN}."
NEURON_TEXTS = {
    "ID": _describe("Number of the neuron, unique in the recording.", COUNT),
    **{
        f"coord_{axis}": _describe(f"Position along {axis} in micrometres.", COUNT)
        for axis in "xyz"
    },
    "mean_activation": _describe(f"Mean response {POOLED}", "number"),
    "min_activation": _describe(f"Smallest response {POOLED}", "number"),
    "max_activation": _describe(f"Largest response {POOLED}", "number"),
    "std_activation": _describe(f"Population standard deviation {POOLED}", "number"),
}
