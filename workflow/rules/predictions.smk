"""Predicted activity: where it lies, and what it is made from."""


def activity_file(name, mouse="{mouse}"):
    return result("evaluate/activity", name, mouse=mouse)


def activity_tables(name):
    """One table of every mouse."""
    return [activity_file(name, mouse) for mouse in MICE]


def ensemble_from_predicted(wildcards):
    """The movies of the variant `predicted`, where it is run."""
    return ensemble_file("predicted", wildcards.mouse) if "predicted" in VARIANTS else []


def stride_of_predictions(wildcards):
    """Frames between the windows of a prediction: all of them as published, or those that `map` descends through."""
    method = RECONSTRUCT["method"]
    return 1 if method == "paper" else RECONSTRUCT["map"]["window_stride_frames"]
