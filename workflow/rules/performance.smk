"""Scores beyond those of single clips: against other movies, pixel by pixel, at other thresholds."""


rule correlate_clips:
    """Every reconstruction of a mouse against every movie that it was shown."""
    input:
        sets=result("recordings", "sets.csv"),
        recording=recording_of_mouse,
        alpha=alpha_file(),
        ensemble=ensemble_file(STANDARD),
    output:
        pairs=result("evaluate/tables", "pairs.csv", mouse="{mouse}"),
    log:
        log_of("correlate_clips", mouse="{mouse}"),
    benchmark:
        benchmark_of("correlate_clips", mouse="{mouse}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        evaluation_threshold=MASKS["evaluation_threshold"],
        skip_frames=EVALUATE["skip_frames"],
        max_frames=RECONSTRUCT["max_frames"],
        code=code_hash("evaluate.jobs"),
    script:
        "../scripts/correlate_clips.py"


rule measure_performance:
    """Reconstructions with their own movie and with others, tested over clips and over mice."""
    input:
        pairs=tables_of_mice("pairs.csv"),
    output:
        performance=result("evaluate", "performance.csv"),
        tests=result("evaluate", "performance_tests.csv"),
    log:
        log_of("measure_performance"),
    benchmark:
        benchmark_of("measure_performance")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        seed=EVALUATE["shuffle_seed"],
        code=code_hash("evaluate.performance"),
    script:
        "../scripts/measure_performance.py"


rule map_temporal_correlation:
    """How well each pixel of the screen is followed in time."""
    input:
        sets=result("recordings", "sets.csv"),
        recording=recording_of_mouse,
        alpha=alpha_file(),
        ensemble=ensemble_file(STANDARD),
    output:
        map=ensure(result("evaluate/tables", "temporal_map.npy", mouse="{mouse}"), non_empty=True),
        summary=result("evaluate/tables", "temporal_maps.csv", mouse="{mouse}"),
    log:
        log_of("map_temporal_correlation", mouse="{mouse}"),
    benchmark:
        benchmark_of("map_temporal_correlation", mouse="{mouse}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        update_threshold=UPDATE_THRESHOLD,
        evaluation_threshold=MASKS["evaluation_threshold"],
        skip_frames=EVALUATE["skip_frames"],
        max_frames=RECONSTRUCT["max_frames"],
        code=code_hash("evaluate.jobs", "evaluate.temporal"),
    script:
        "../scripts/map_temporal_correlation.py"


rule sweep_thresholds:
    """Scores of one variant at every evaluation threshold, whichever the config has."""
    input:
        sets=result("recordings", "sets.csv"),
        recording=recording_of_mouse,
        alpha=alpha_file(),
        ensemble=ensemble_file("{variant}"),
    output:
        scores=variant_table("threshold_scores.csv"),
    log:
        log_of("sweep_thresholds", variant="{variant}", mouse="{mouse}"),
    benchmark:
        benchmark_of("sweep_thresholds", variant="{variant}", mouse="{mouse}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        screen=MASKS["screen"],
        skip_frames=EVALUATE["skip_frames"],
        max_frames=RECONSTRUCT["max_frames"],
        code=code_hash(
            "evaluate.sweep", "masks.thresholds", "reconstruct.ensemble", "recordings.selection"
        ),
    script:
        "../scripts/sweep_thresholds.py"


rule stack_sweeps:
    """The scores at every threshold of all mice and of all variants with movies of their own."""
    input:
        tables=[
            variant_table("threshold_scores.csv", v, m)
            for v in with_own_movies(config)
            for m in MICE
        ],
    output:
        scores=result("evaluate", "threshold_scores.csv"),
    log:
        log_of("stack_sweeps"),
    benchmark:
        benchmark_of("stack_sweeps")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        code=code_hash("recordings.files"),
    script:
        "../scripts/stack_sweeps.py"
