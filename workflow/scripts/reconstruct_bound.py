from functools import partial

from _run import start

start(snakemake)

from evaluate.controls import TrueEncoder, remove_noise
from models.device import choose_device
from reconstruct.jobs import clip_job, keep_trial

files, params = snakemake.input, snakemake.params
output, checkpoint_s = snakemake.output.movies, snakemake.resources.checkpoint_s
job = clip_job(snakemake.wildcards.mouse, files, params, output, checkpoint_s)
device = choose_device()
encoder = TrueEncoder(files.truth, job.mouse).to(device)
noise_free = snakemake.wildcards.bound == "noise_free"
alter = partial(remove_noise, truth_path=files.truth) if noise_free else keep_trial
job.run((encoder,), device, alter)
