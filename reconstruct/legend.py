"""What the arrays of a file of movies mean."""

GREY_LEVELS = "grey level, 0 to 255"
UNITS_OF_LOSS = "as the objective of the method"
LEGEND = {
    "movies": (
        "clip, frame, row, column",
        GREY_LEVELS,
        "a clip shorter than the longest ends in NaN (in 0 where uint8)",
    ),
    "smoothed": ("clip, frame, row, column", GREY_LEVELS, "the mean of the members, smoothed"),
    "spread": (
        "clip, frame, row, column",
        "grey levels",
        "standard deviation over members; 0 where there is one",
    ),
    "predicted_TN": (
        "clip, frame, neuron",
        "as the recording",
        "responses that the encoders expect of the movie",
    ),
    "mean_frame_HW": ("row, column", GREY_LEVELS, "mean of the training movies"),
    "trial": ("clip", "", "number of the trial in the recording"),
    "num_frames": ("clip", "frames", "length of the clip"),
    "noise_N": (
        "neuron",
        "as the recording",
        "mean squared error about the prediction over mean response, on validation trials; "
        "infinite where the response never changes",
    ),
    "choice/prior_weights": ("weight", "", "weights of the prior that were tried"),
    "choice/held_out_loss_WI": (
        "weight, iteration",
        UNITS_OF_LOSS,
        "of the neurons that were held out, mean over the pilot clips, where each gradient was taken",
    ),
    "choice/weight": ("", "", "of the prior, with the lowest held-out loss"),
    "choice/num_iterations": ("", "", "after which the held-out loss was lowest"),
    "traces/clip": ("row", "", "place of the clip in this file"),
    "traces/iteration": ("row", "", "from 1"),
    "traces/loss": (
        "row",
        UNITS_OF_LOSS,
        "misfit of the responses where the gradient was taken, before the step",
    ),
    "traces/prior": ("row", UNITS_OF_LOSS, "improbability of the movie, before the step"),
    "traces/held_out_loss": ("row", UNITS_OF_LOSS, "of neurons held out, before the step"),
    "traces/gradient_norm": ("row", "", "before the step"),
    "traces/step": ("row", "", "length of the step in the parameters"),
    "traces/video_correlation": (
        "row",
        "",
        "with the movie that was shown, after the step, where the movie is optimised (map: all of the screen); nothing decides by it",
    ),
    "traces/accepted": ("row", "", "whether the line search kept the step"),
}
"""axes, unit and meaning of every array"""
