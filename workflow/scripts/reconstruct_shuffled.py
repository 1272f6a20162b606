from _run import start

start(snakemake)

from functools import partial

from evaluate.controls import shuffle_neurons
from reconstruct.jobs import clip_job

files, params = snakemake.input, snakemake.params
job = clip_job(snakemake.wildcards.mouse, files, params, snakemake.output.movies)
shuffle = partial(shuffle_neurons, seed=snakemake.params.shuffle_seed)
job.run_member(snakemake.input.member, shuffle)
