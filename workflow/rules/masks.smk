rule fit_alpha:
    """The transparency mask of a mouse, before it is cut by thresholds."""
    input:
        sets=training_sets(),
        recording=recording_of_mouse,
        members=members_of_alpha(),
    output:
        alpha=ensure(
            result("masks", "alpha.h5", mouse="{mouse}", seed=ALPHA_SETTINGS["seed"]),
            non_empty=True,
        ),
    log:
        log_of("fit_alpha", mouse="{mouse}"),
    benchmark:
        benchmark_of("fit_alpha", mouse="{mouse}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=8000,
        runtime=240,
        gpu=gpus_per_job,
        checkpoint_s=CHECKPOINT_S,
    params:
        method=MASKS["alpha"]["method"],
        settings=ALPHA_SETTINGS,
        seed=ALPHA_SETTINGS["seed"],
        code=code_hash("masks.alpha", "models.checkpoint", "models.device", "models.frozen"),
    script:
        "../scripts/fit_alpha.py"


rule map_fields:
    """What one member predicts when patches of sparse noise come and go."""
    input:
        sets=training_sets(),
        recording=recording_of_mouse,
        member=result("models", "member.pt", member="{member}"),
    output:
        fields=ensure(
            result("masks/fields", "responses.h5", mouse="{mouse}", member="{member}"),
            non_empty=True,
        ),
    log:
        log_of("map_fields", mouse="{mouse}", member="{member}"),
    benchmark:
        benchmark_of("map_fields", mouse="{mouse}", member="{member}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=8000,
        runtime=720,
        gpu=gpus_per_job,
        checkpoint_s=CHECKPOINT_S,
    params:
        settings=stimulus_settings(),
        code=code_hash("masks.fields", "models.checkpoint", "models.device", "models.frozen"),
    script:
        "../scripts/map_fields.py"


rule locate_fields:
    """Centre and size of every neuron's receptive field, mean over the members, and the population's coverage."""
    input:
        fields=[
            result("masks/fields", "responses.h5", mouse="{mouse}", member=member)
            for member in MEMBERS
        ],
    output:
        fields=ensure(fields_file("fields.h5"), non_empty=True),
        neurons=fields_file("neurons.csv"),
        coverage=fields_file("coverage.h5"),
    log:
        log_of("locate_fields", mouse="{mouse}"),
    benchmark:
        benchmark_of("locate_fields", mouse="{mouse}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=8000,
        runtime=120,
    params:
        smallest_change=MASKS["fields"]["smallest_change"],
        full_share=MASKS["fields"]["full_share"],
        code=code_hash("masks.locate"),
    script:
        "../scripts/locate_fields.py"
