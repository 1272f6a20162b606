rule fit_alpha:
    """The transparency mask of a mouse, fitted through the first member; thresholds come later."""
    input:
        sets=result("recordings", "sets.csv"),
        recording=recording_of_mouse,
        member=member_files("member.pt")[0],
    output:
        alpha=ensure(alpha_file(), non_empty=True),
    log:
        log_of("fit_alpha", mouse="{mouse}"),
    benchmark:
        benchmark_of("fit_alpha", mouse="{mouse}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=240,
        gpu=gpus_per_job,
        checkpoint_s=CHECKPOINT_S,
    params:
        settings=MASKS["alpha"],
        seed=MASKS["alpha"]["seed"],
        code=code_hash("masks.alpha", "models.checkpoint", "models.device"),
    script:
        "../scripts/fit_alpha.py"
