from _run import start

start(snakemake)

from functools import partial

from evaluate.controls import shuffle_neurons
from reconstruct.jobs import clip_job

files, params = snakemake.input, snakemake.params
output, checkpoint_s = snakemake.output.movies, snakemake.resources.checkpoint_s
job = clip_job(snakemake.wildcards.mouse, "shuffled_neurons", files, params, output, checkpoint_s)
shuffle = partial(shuffle_neurons, seed=snakemake.params.seed)
job.run_members(files.members, files.predictors, shuffle)
