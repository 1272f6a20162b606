from _run import start

start(snakemake)

from reconstruct.jobs import clip_job

files, params = snakemake.input, snakemake.params
job = clip_job(snakemake.wildcards.mouse, files, params, snakemake.output.movies)
job.run_member(snakemake.input.member)
