import sys

from snakemake.utils import min_version

min_version("9.0")


sys.path.insert(0, workflow.basedir)

from workflow.opening import CHECKPOINT_S, complete_rules, config_file, gpus_per_job, open_run


configfile: config_file(workflow.basedir)


plan, gpus = open_run(workflow, config), gpus_per_job(workflow)
recordings, models, masks, reconstruct, evaluate, figures = plan.stages


include: "workflow/rules/recordings.smk"
include: "workflow/rules/models.smk"
include: "workflow/rules/masks.smk"
include: "workflow/rules/reconstruct.smk"
include: "workflow/rules/evaluate.smk"
include: "workflow/rules/figures.smk"


complete_rules(workflow, plan)


include: "workflow/targets.smk"


rule all:
    default_target: True
    input:
        plan.targets(),
