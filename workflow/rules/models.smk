rule train_member:
    """One member of the ensemble, trained on all mice; its name is its encoder and its seed."""
    input:
        sets=training_sets(),
        packed=[ancient(packed_recording(mouse)) for mouse in MICE],
        digests=[digest_of(packed_recording(mouse)) for mouse in MICE],
        teacher=teacher_of_member,
    output:
        member=ensure(result("models", "member.pt", member="{member}"), non_empty=True),
        curve=result("models", "curve.csv", member="{member}"),
    log:
        log_of("train_member", member="{member}"),
    benchmark:
        benchmark_of("train_member", member="{member}")
    wildcard_constraints:
        member=f"({'|'.join(TRAINED) or '(?!)'})({TEACHER})?",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=16000,
        runtime=2880,
        gpu=gpus_per_job,
        checkpoint_s=CHECKPOINT_S,
    params:
        encoder=encoder_of_member,
        settings=settings_of_member,
        training=training_of_member,
        mice=MICE,
        seed=seed_of_member,
        code=code_hash("models.train"),
    script:
        "../scripts/train_member.py"


rule import_member:
    """A published checkpoint as a member, with the readouts of these mice, measured on their validation movies."""
    input:
        sets=training_sets(),
        packed=[ancient(packed_recording(mouse)) for mouse in MICE],
        digests=[digest_of(packed_recording(mouse)) for mouse in MICE],
        checkpoint=checkpoint_of_member,
    output:
        member=ensure(result("models", "member.pt", member="{member}"), non_empty=True),
        curve=result("models", "curve.csv", member="{member}"),
    log:
        log_of("import_member", member="{member}"),
    benchmark:
        benchmark_of("import_member", member="{member}")
    wildcard_constraints:
        member="|".join(LOADED) or "(?!)",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=16000,
        runtime=240,
        gpu=gpus_per_job,
    params:
        path=path_of_member,
        readouts=MODELS["load"]["readouts"],
        mice=MICE,
        folders=RECORDINGS["mice"],
        code=code_hash("models.imports"),
    script:
        "../scripts/import_member.py"


rule write_card:
    """The model card of a member: parameters, data, seed, epochs, correlation per mouse, versions."""
    input:
        sets=training_sets(),
        packed=[ancient(packed_recording(mouse)) for mouse in MICE],
        digests=[digest_of(packed_recording(mouse)) for mouse in MICE],
        member=result("models", "member.pt", member="{member}"),
        curve=result("models", "curve.csv", member="{member}"),
    output:
        card=result("models", "card.md", member="{member}"),
    log:
        log_of("write_card", member="{member}"),
    benchmark:
        benchmark_of("write_card", member="{member}")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=8000,
        runtime=60,
    params:
        folders=RECORDINGS["mice"],
        code=code_hash("models.card", "models.checkpoint", "recordings.packed"),
    script:
        "../scripts/write_card.py"


rule tabulate_members:
    """The learning curves of all members in one table, what they are and how well they predict in another."""
    input:
        curves=member_files("curve.csv"),
        cards=member_files("card.md"),
    output:
        validation=result("models", "validation.csv"),
        members=result("models", "members.csv"),
    log:
        log_of("tabulate_members"),
    benchmark:
        benchmark_of("tabulate_members")
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        members=MEMBERS,
        code=code_hash("models.card", "recordings.files"),
    script:
        "../scripts/tabulate_members.py"
