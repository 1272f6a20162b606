"""What else can be asked for by name, beside `all`."""


report: "report/workflow.rst"


rule figures:
    input:
        figures.targets(),


rule masks:
    input:
        figures.targets(lambda row: row.tunes_masks),


rule archive:
    input:
        recordings.archive_targets,


rule recordings:
    input:
        recordings.recording_targets,


rule check:
    input:
        recordings.file("checks.csv"),
        recordings.metadata_checks,


rule catalogue:
    input:
        recordings.catalogue_tables("parquet"),
        recordings.catalogue("published"),
        recordings.catalogue("unified"),
