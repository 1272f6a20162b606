rule predict_activity:
    """What all members expect of each clip as shown, masked, reconstructed and matched in contrast, or reconstructed from predicted activity."""
    input:
        sets=result("recordings", "sets.csv"),
        recording=recording_of_mouse,
        alpha=alpha_file(),
        members=member_files("member.pt"),
        ensemble=ensemble_file("{variant}"),
    output:
        activity=ensure(predictions_file("{variant}"), non_empty=True),
    log:
        log_of("predict_activity", variant="{variant}", mouse="{mouse}"),
    benchmark:
        benchmark_of("predict_activity", variant="{variant}", mouse="{mouse}")
    wildcard_constraints:
        variant=f"{STANDARD}|{PREDICTED}",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=8000,
        runtime=720,
        gpu=gpus_per_job,
    params:
        update_threshold=MASKS["update_threshold"],
        stride_frames=stride_of_predictions,
        max_frames=RECONSTRUCT["max_frames"],
        code=code_hash(
            "evaluate.predictions",
            "masks.thresholds",
            "models.predictors",
            "models.device",
            "reconstruct.ensemble",
            "recordings.selection",
        ),
    script:
        "../scripts/predict_activity.py"


rule score_activity:
    """Scores of every prediction, and what clips and frames are like: movie, behaviour, accuracy."""
    input:
        sets=result("recordings", "sets.csv"),
        recording=recording_of_mouse,
        alpha=alpha_file(),
        ensemble=ensemble_file(STANDARD),
        activity=predictions_of_mouse,
    output:
        scores=activity_file("scores.csv"),
        relations=activity_file("relations.csv"),
        frames=activity_file("frames.csv"),
    log:
        log_of("score_activity", mouse="{mouse}"),
    benchmark:
        benchmark_of("score_activity", mouse="{mouse}")
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
        code=code_hash(
            "evaluate.activity_tables",
            "masks.thresholds",
            "reconstruct.ensemble",
            "recordings.selection",
        ),
    script:
        "../scripts/score_activity.py"


rule compare_activity:
    """The scores of all mice, and paired tests of the masked movie and of matched contrast."""
    input:
        scores=activity_tables("scores.csv"),
    output:
        scores=result("evaluate", "activity.csv"),
        tests=result("evaluate", "activity_tests.csv"),
    log:
        log_of("compare_activity"),
    benchmark:
        benchmark_of("compare_activity")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        seed=EVALUATE["shuffle_seed"],
        code=code_hash("evaluate.activity_comparison", "recordings.files"),
    script:
        "../scripts/compare_activity.py"


rule relate_clips:
    """Accuracy of the reconstructions against movie, behaviour and accuracy of the predictions."""
    input:
        relations=activity_tables("relations.csv"),
        frames=activity_tables("frames.csv"),
    output:
        relations=result("evaluate", "relations.csv"),
        fits=result("evaluate", "relation_fits.csv"),
        lags=result("evaluate", "cross_correlation.csv"),
    log:
        log_of("relate_clips"),
    benchmark:
        benchmark_of("relate_clips")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        max_lag_frames=EVALUATE["max_lag_frames"],
        code=code_hash("evaluate.relations", "recordings.files"),
    script:
        "../scripts/relate_clips.py"
