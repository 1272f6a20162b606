"""What a neuron is predicted from: the members of the ensemble."""

from workflow.plan.recordings import digest_of


rule train_member:
    """One member of the ensemble, trained on all mice; its name is its encoder and its seed."""
    input:
        sets=recordings.training_sets,
        packed=[ancient(folder) for folder in recordings.packed],
        digests=[digest_of(folder) for folder in recordings.packed],
        teacher=models.teacher_of_member,
    output:
        member=ensure(models.file("member.pt"), non_empty=True),
        curve=models.file("curve.csv"),
    wildcard_constraints:
        member=models.trainable_pattern,
    resources:
        mem_mb=16000,
        runtime=2880,
        gpu=gpus,
        checkpoint_s=CHECKPOINT_S,
    params:
        encoder=models.encoder_of_member,
        settings=models.settings_of_member,
        training=models.training_of_member,
        mice=recordings.mice,
        seed=models.seed_of_member,
    script:
        "../scripts/train_member.py"


rule import_member:
    """A published checkpoint as a member, with the readouts of these mice, measured on their validation movies."""
    input:
        sets=recordings.training_sets,
        packed=[ancient(folder) for folder in recordings.packed],
        digests=[digest_of(folder) for folder in recordings.packed],
        checkpoint=models.checkpoint_of_member,
    output:
        member=ensure(models.file("member.pt"), non_empty=True),
        curve=models.file("curve.csv"),
    wildcard_constraints:
        member=models.loadable_pattern,
    resources:
        mem_mb=16000,
        runtime=240,
        gpu=gpus,
    params:
        path=models.path_of_member,
        readouts=models.config["load"]["readouts"],
        mice=recordings.mice,
        folders=recordings.config["mice"],
    script:
        "../scripts/import_member.py"


rule write_card:
    """The model card of a member: parameters, data, seed, epochs, correlation per mouse, versions."""
    input:
        sets=recordings.training_sets,
        packed=[ancient(folder) for folder in recordings.packed],
        digests=[digest_of(folder) for folder in recordings.packed],
        member=models.file("member.pt"),
        curve=models.file("curve.csv"),
    output:
        card=models.file("card.md"),
    resources:
        mem_mb=8000,
    params:
        folders=recordings.config["mice"],
    script:
        "../scripts/write_card.py"


rule tabulate_members:
    """The learning curves of all members in one table, what they are and how well they predict in another."""
    input:
        curves=models.files("curve.csv"),
        cards=models.files("card.md"),
    output:
        validation=models.table("validation"),
        members=models.table("members"),
    params:
        members=models.members,
    script:
        "../scripts/tabulate_members.py"
