"""What else can be asked for by name, beside `all`."""


rule figures:
    input:
        figure_targets(),


rule masks:
    input:
        mask_targets(),


rule archive:
    input:
        archive_targets(),


rule recordings:
    input:
        recording_targets(),


rule check:
    input:
        result("recordings", "checks.csv"),
        metadata_checks(),


rule catalogue:
    input:
        catalogue_tables("parquet"),
        catalogue_file("published"),
        catalogue_file("unified"),


add_script_hashes()  # when all rules are read
