rule measure_spectrum:
    """The mean frame and the spectrum of the training movies, from which the prior is made."""
    input:
        sets=training_sets(),
        recordings=recordings_of_mice(),
    output:
        spectrum=ensure(result("reconstruct", "spectrum.h5"), non_empty=True),
    log:
        log_of("measure_spectrum"),
    benchmark:
        benchmark_of("measure_spectrum")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=120,
    params:
        mice=MICE,
        max_frames=RECONSTRUCT["max_frames"],
        code=code_hash("reconstruct.prior"),
    script:
        "../scripts/measure_spectrum.py"


rule reconstruct_clips:
    """The movies of a mouse's held-out clips from one member, or from all of them together."""
    input:
        sets=result("recordings", "sets.csv"),
        recording=recording_of_mouse,
        alpha=update_mask,
        spectrum=spectrum_file,
        members=members_of_movie,
        predictors=predictors,
    output:
        movies=ensure(
            result("reconstruct/{variant}", "movies.h5", mouse="{mouse}", member="{member}"),
            non_empty=True,
        ),
    log:
        log_of("reconstruct_clips", variant="{variant}", mouse="{mouse}", member="{member}"),
    benchmark:
        benchmark_of("reconstruct_clips", variant="{variant}", mouse="{mouse}", member="{member}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=8000,
        runtime=1440,
        gpu=gpus_per_job,
        checkpoint_s=CHECKPOINT_S,
    params:
        settings=settings_of_movies,
        mouse_index=index_of_mouse,
        update_threshold=threshold_of_movie,
        code=code_hash("reconstruct.jobs"),
    script:
        "../scripts/reconstruct_clips.py"


rule average_members:
    """The ensemble: the mean of the members' movies, plain and smoothed."""
    input:
        movies=movies_of_members,
    output:
        movies=ensure(ensemble_file("{variant}"), non_empty=True),
    log:
        log_of("average_members", variant="{variant}", mouse="{mouse}"),
    benchmark:
        benchmark_of("average_members", variant="{variant}", mouse="{mouse}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        settings=smoothing_of_variant,
        code=code_hash("reconstruct.ensemble"),
    script:
        "../scripts/average_members.py"
