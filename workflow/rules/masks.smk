"""Which pixels the population sees: transparency masks and receptive fields."""


rule fit_alpha:
    """The transparency mask of a mouse, before it is cut by thresholds."""
    input:
        sets=recordings.training_sets,
        recording=ancient(recordings.of_mouse),
        members=masks.members_of_alpha,
    output:
        alpha=ensure(masks.fitted_alpha, non_empty=True),
    resources:
        mem_mb=8000,
        runtime=240,
        gpu=gpus,
        checkpoint_s=CHECKPOINT_S,
    params:
        method=masks.config["alpha"]["method"],
        settings=masks.alpha_settings,
        seed=masks.alpha_settings["seed"],
    script:
        "../scripts/fit_alpha.py"


rule map_fields:
    """What one member predicts when patches of sparse noise come and go."""
    input:
        sets=recordings.training_sets,
        recording=ancient(recordings.of_mouse),
        member=models.file("member.pt"),
    output:
        fields=ensure(masks.responses(), non_empty=True),
    resources:
        mem_mb=8000,
        runtime=720,
        gpu=gpus,
        checkpoint_s=CHECKPOINT_S,
    params:
        settings=masks.stimulus_settings,
    script:
        "../scripts/map_fields.py"


rule locate_fields:
    """Centre and size of every neuron's receptive field, mean over the members, and the population's coverage."""
    input:
        fields=[masks.responses(member) for member in models.members],
    output:
        fields=ensure(masks.fields("fields.h5"), non_empty=True),
        neurons=masks.fields("neurons.csv"),
        coverage=masks.fields("coverage.h5"),
    resources:
        mem_mb=8000,
        runtime=120,
    params:
        smallest_change=masks.config["fields"]["smallest_change"],
        full_share=masks.config["fields"]["full_share"],
    script:
        "../scripts/locate_fields.py"
