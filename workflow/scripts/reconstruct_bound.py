from _run import start

start(snakemake)

from functools import partial

from evaluate.controls import TrueEncoder, remove_noise_of_all
from models.device import choose_device
from reconstruct.jobs import clip_job, keep

files, params, bound = snakemake.input, snakemake.params, snakemake.wildcards.bound
output, checkpoint_s = snakemake.output.movies, snakemake.resources.checkpoint_s
job = clip_job(snakemake.wildcards.mouse, bound, files, params, output, checkpoint_s)
device = choose_device()
encoder = TrueEncoder(files.truth, job.mouse).to(device)
expected = partial(remove_noise_of_all, truth_path=files.truth)
job.run((encoder,), device, retarget=expected if bound == "noise_free" else keep)
