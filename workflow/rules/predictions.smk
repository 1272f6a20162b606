"""Predicted activity: where it lies, and what it is made from."""


def activity_file(name, mouse="{mouse}"):
    return result("evaluate/activity", name, mouse=mouse)


def activity_tables(name):
    """One table of every mouse."""
    return [activity_file(name, mouse) for mouse in MICE]


def predictions_file(variant, mouse="{mouse}"):
    """What is predicted from the reconstructions of a variant; with those of the standard run also from the movie."""
    return result("evaluate/activity", "activity.h5", variant=variant, mouse=mouse)


def predictions_of_mouse(wildcards):
    """The predictions of the standard run, and those of the variant `predicted` where it is run."""
    names = [name for name in (STANDARD, PREDICTED) if name in VARIANTS]
    return [predictions_file(name, wildcards.mouse) for name in names]


def stride_of_predictions(wildcards):
    """Frames between the windows of a prediction: all of them as published, or those that `map` descends through."""
    method = RECONSTRUCT["method"]
    return 1 if method == "paper" else RECONSTRUCT["map"]["window_stride_frames"]
