from _run import start

start(snakemake)

from evaluate.controls import TrueEncoder
from models.device import choose_device
from reconstruct.jobs import clip_job

files, params = snakemake.input, snakemake.params
job = clip_job(snakemake.wildcards.mouse, files, params, snakemake.output.movies)
device = choose_device()
encoder = TrueEncoder(snakemake.input.truth, job.mouse).to(device)
job.run(encoder, device)
