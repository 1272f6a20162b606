from _run import start

start(snakemake)

from reconstruct.stimuli import stimulus_job

files, params, of = snakemake.input, snakemake.params, snakemake.wildcards
output, checkpoint_s = snakemake.output.movies, snakemake.resources.checkpoint_s
job = stimulus_job(of.mouse, of.kind, of.member, files, params, output, checkpoint_s)
job.run_members(files.members, files.predictors)
