rule train_member:
    """One member of the ensemble, trained on all mice; its number is its seed."""
    input:
        sets=result("recordings", "sets.csv"),
        recordings=[recording_folder(mouse) for mouse in MICE],
    output:
        member=ensure(result("models", "member.pt", member="{member}"), non_empty=True),
        curve=result("models", "curve.csv", member="{member}"),
    log:
        log_of("train_member", member="{member}"),
    benchmark:
        benchmark_of("train_member", member="{member}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=1440,
        gpu=gpus_per_job,
        checkpoint_s=CHECKPOINT_S,
    params:
        encoder=MODELS["encoder"],
        settings=MODELS[MODELS["encoder"]],
        training=MODELS["training"],
        mice=MICE,
        seed=seed_of_member,
        code=code_hash("models.train"),
    script:
        "../scripts/train_member.py"


rule tabulate_training:
    """The learning curves of all members in one table."""
    input:
        curves=member_files("curve.csv"),
    output:
        validation=result("models", "validation.csv"),
    log:
        log_of("tabulate_training"),
    benchmark:
        benchmark_of("tabulate_training")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        members=MEMBERS,
        code=code_hash("recordings.files"),
    script:
        "../scripts/tabulate_training.py"
