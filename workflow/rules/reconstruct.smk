rule reconstruct_clips:
    """The movies of a mouse's held-out clips from one member, by gradient descent."""
    input:
        sets=result("recordings", "sets.csv"),
        recording=recording_of_mouse,
        alpha=alpha_file(),
        member=result("models", "member.pt", member="{member}"),
    output:
        movies=ensure(
            result("reconstruct/standard", "movies.h5", mouse="{mouse}", member="{member}"),
            non_empty=True,
        ),
    log:
        log_of("reconstruct_clips", mouse="{mouse}", member="{member}"),
    benchmark:
        benchmark_of("reconstruct_clips", mouse="{mouse}", member="{member}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=8000,
        runtime=1440,
        gpu=gpus_per_job,
        checkpoint_s=CHECKPOINT_S,
    params:
        settings=RECONSTRUCT["descent"],
        update_threshold=MASKS["update_threshold"],
        max_frames=RECONSTRUCT["max_frames"],
        code=code_hash("reconstruct.jobs"),
    script:
        "../scripts/reconstruct_clips.py"


rule average_members:
    """The ensemble: the mean of the members' movies, plain and smoothed."""
    input:
        movies=movies_of_members,
    output:
        movies=ensure(
            result("reconstruct/standard", "ensemble.h5", mouse="{mouse}"), non_empty=True
        ),
    log:
        log_of("average_members", mouse="{mouse}"),
    benchmark:
        benchmark_of("average_members", mouse="{mouse}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        settings=RECONSTRUCT["smoothing"],
        code=code_hash("reconstruct.ensemble"),
    script:
        "../scripts/average_members.py"
