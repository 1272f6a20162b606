from _run import start

start(snakemake)

from reconstruct.jobs import clip_job

files, params = snakemake.input, snakemake.params
output, checkpoint_s = snakemake.output.movies, snakemake.resources.checkpoint_s
job = clip_job(snakemake.wildcards.mouse, files, params, output, checkpoint_s)
job.run_members(files.members, files.predictors)
