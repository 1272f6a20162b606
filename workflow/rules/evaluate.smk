rule reconstruct_shuffled:
    """Control: the same reconstruction after handing the responses to other neurons."""
    input:
        sets=result("recordings", "sets.csv"),
        recording=recording_of_mouse,
        alpha=update_mask,
        spectrum=spectrum_file,
        members=members_of_movie,
        predictors=predictors,
    output:
        movies=ensure(control_file(SHUFFLED), non_empty=True),
    log:
        log_of("reconstruct_shuffled", mouse="{mouse}"),
    benchmark:
        benchmark_of("reconstruct_shuffled", mouse="{mouse}")
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
        seed=EVALUATE["shuffle_seed"],
        code=code_hash("reconstruct.jobs", "evaluate.controls"),
    script:
        "../scripts/reconstruct_shuffled.py"


rule decode_ridge:
    """Control: a linear decoder from activity to pixels, fitted on the training trials."""
    input:
        sets=result("recordings", "sets.csv"),
        recording=recording_of_mouse,
    output:
        movies=ensure(control_file("ridge"), non_empty=True),
    log:
        log_of("decode_ridge", mouse="{mouse}"),
    benchmark:
        benchmark_of("decode_ridge", mouse="{mouse}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=6000,
        runtime=240,
    params:
        settings=EVALUATE["ridge"],
        max_frames=RECONSTRUCT["max_frames"],
        code=code_hash("evaluate.ridge", "models.data", "recordings.selection"),
    script:
        "../scripts/decode_ridge.py"


if SIMULATED:

    rule reconstruct_bound:
        """Control: reconstruction through the simulated neurons, from recorded or noise-free responses."""
        input:
            sets=result("recordings", "sets.csv"),
            recording=recording_of_mouse,
            alpha=update_mask,
            spectrum=spectrum_file,
            truth=truth_of_mouse,
        output:
            movies=ensure(control_file("{bound}"), non_empty=True),
        log:
            log_of("reconstruct_bound", mouse="{mouse}", bound="{bound}"),
        benchmark:
            benchmark_of("reconstruct_bound", mouse="{mouse}", bound="{bound}")
        conda:
            "../../environment.yml"
        threads: 1
        resources:
            mem_mb=8000,
            runtime=1440,
            gpu=gpus_per_job,
            checkpoint_s=CHECKPOINT_S,
        params:
            settings=settings_of_bound,
            mouse_index=index_of_mouse,
            update_threshold=threshold_of_movie,
            code=code_hash("reconstruct.jobs", "evaluate.controls"),
        script:
            "../scripts/reconstruct_bound.py"

    rule describe_truth:
        """What the simulator knows and figures may show: reliability, field centres, coverage."""
        input:
            truth=truth_of_mouse,
        output:
            neurons=result("evaluate/tables", "neurons.csv", mouse="{mouse}"),
            coverage=result("evaluate/tables", "coverage.npy", mouse="{mouse}"),
        log:
            log_of("describe_truth", mouse="{mouse}"),
        benchmark:
            benchmark_of("describe_truth", mouse="{mouse}")
        conda:
            "../../environment.yml"
        threads: 1
        resources:
            mem_mb=2000,
            runtime=60,
        params:
            code=code_hash("evaluate.truth"),
        script:
            "../scripts/describe_truth.py"


rule score_clips:
    """Scores of every clip, source and ensemble size, and the traces with their correlations."""
    input:
        unpack(controls_of_mouse),
        sets=result("recordings", "sets.csv"),
        recording=recording_of_mouse,
        alpha=alpha_file(),
        members=movies_of_members,
        ensemble=ensemble_file(STANDARD),
    output:
        scores=result("evaluate/tables", "scores.csv", mouse="{mouse}"),
        ensemble_sizes=result("evaluate/tables", "ensemble_sizes.csv", mouse="{mouse}"),
        traces=result("evaluate/tables", "traces.csv", mouse="{mouse}"),
        clips=result("evaluate/tables", "clips.h5", mouse="{mouse}"),
    log:
        log_of("score_clips", mouse="{mouse}"),
    benchmark:
        benchmark_of("score_clips", mouse="{mouse}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        members=movie_members,
        controls=control_names(),
        evaluation_threshold=MASKS["evaluation_threshold"],
        smoothing=RECONSTRUCT["smoothing"],
        skip_frames=EVALUATE["skip_frames"],
        max_frames=RECONSTRUCT["max_frames"],
        code=code_hash("evaluate.jobs"),
    script:
        "../scripts/score_clips.py"


rule score_variant:
    """Scores of every clip of one variant."""
    input:
        sets=result("recordings", "sets.csv"),
        recording=recording_of_mouse,
        alpha=alpha_file(),
        ensemble=ensemble_file("{variant}"),
    output:
        scores=variant_table("scores.csv"),
    log:
        log_of("score_variant", variant="{variant}", mouse="{mouse}"),
    benchmark:
        benchmark_of("score_variant", variant="{variant}", mouse="{mouse}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        columns=columns_of_variant,
        evaluation_threshold=MASKS["evaluation_threshold"],
        skip_frames=EVALUATE["skip_frames"],
        max_frames=RECONSTRUCT["max_frames"],
        code=code_hash("evaluate.jobs", "evaluate.measures"),
    script:
        "../scripts/score_variant.py"


rule compare_variants:
    """The scores of all variants in one table, and each against the standard run, mouse by mouse."""
    input:
        tables=[variant_table("scores.csv", v, m) for v in VARIANTS for m in MICE],
    output:
        scores=result("evaluate", "variants.csv"),
        populations=result("evaluate", "populations.csv"),
        tests=result("evaluate", "variant_tests.csv"),
    log:
        log_of("compare_variants"),
    benchmark:
        benchmark_of("compare_variants")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        populations=populations(config),
        seed=EVALUATE["shuffle_seed"],
        code=code_hash("evaluate.comparison", "evaluate.complete", "recordings.files"),
    script:
        "../scripts/compare_variants.py"


rule compare_sizes:
    """Whether more members reconstruct better, size by size."""
    input:
        sizes=result("evaluate", "ensemble_sizes.csv"),
    output:
        tests=result("evaluate", "ensemble_tests.csv"),
    log:
        log_of("compare_sizes"),
    benchmark:
        benchmark_of("compare_sizes")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        seed=EVALUATE["shuffle_seed"],
        code=code_hash("evaluate.comparison", "evaluate.complete", "recordings.files"),
    script:
        "../scripts/compare_sizes.py"


rule calibrate_spread:
    """Whether the spread of the members tells the error of their mean."""
    input:
        sets=result("recordings", "sets.csv"),
        recording=recording_of_mouse,
        alpha=alpha_file(),
        ensemble=ensemble_file(STANDARD),
    output:
        calibration=result("evaluate/tables", "calibration.csv", mouse="{mouse}"),
        spread_bins=result("evaluate/tables", "spread_bins.csv", mouse="{mouse}"),
        spread_clips=result("evaluate/tables", "spread_clips.csv", mouse="{mouse}"),
    log:
        log_of("calibrate_spread", mouse="{mouse}"),
    benchmark:
        benchmark_of("calibrate_spread", mouse="{mouse}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        num_members=len(MEMBERS),
        evaluation_threshold=MASKS["evaluation_threshold"],
        skip_frames=EVALUATE["skip_frames"],
        max_frames=RECONSTRUCT["max_frames"],
        code=code_hash("evaluate.jobs", "evaluate.calibration"),
    script:
        "../scripts/calibrate_spread.py"


rule stack_tables:
    """The tables of all mice, one under the other."""
    input:
        tables=[table for name in tidy_tables() for table in tables_of_mice(f"{name}.csv")],
    output:
        tables=[result("evaluate", f"{name}.csv") for name in tidy_tables()],
    log:
        log_of("stack_tables"),
    benchmark:
        benchmark_of("stack_tables")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        code=code_hash("recordings.files"),
    script:
        "../scripts/stack_tables.py"


include: "stimuli.smk"
include: "paper.smk"
include: "performance.smk"
include: "activity.smk"
