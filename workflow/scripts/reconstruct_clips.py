from _run import start

start(snakemake)

from reconstruct.jobs import clip_job

files, params, of = snakemake.input, snakemake.params, snakemake.wildcards
output, checkpoint_s = snakemake.output.movies, snakemake.resources.checkpoint_s
job = clip_job(of.mouse, of.member, files, params, output, checkpoint_s)
job.run_members(files.members, files.predictors)
