"""What else can be asked for by name, beside `all`; and, all rules being there, what their outputs must not delete."""

from workflow.folders import refuse_foreign_outputs

if workflow.is_main_process:
    made = [str(file) for rule in workflow.rules for file in rule.output if file.is_directory]
    try:
        refuse_foreign_outputs(made)
    except ValueError as error:
        raise WorkflowError(str(error)) from None


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
