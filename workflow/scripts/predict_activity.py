from _run import start

start(snakemake)

from evaluate.predictions import PredictionJob
from masks.thresholds import mask_above, read_alpha
from models.device import choose_device
from models.predictors import load_predictors
from reconstruct.ensemble import SMOOTHED
from reconstruct.movies import read_movies
from recordings.selection import load_held_out

mouse, given, params = snakemake.wildcards.mouse, snakemake.input, snakemake.params
trials = load_held_out(mouse, given.recording, given.sets, params.max_frames)
mask_HW = mask_above(read_alpha(given.alpha), params.update_threshold, "masks.update_threshold")
movies = read_movies(given.ensemble, SMOOTHED)
device = choose_device()
encoders = load_predictors(given.members, mouse, len(trials[0].responses_NT), device)
variant, stride_frames = snakemake.wildcards.variant, params.stride_frames
job = PredictionJob(mouse, variant, trials, movies, mask_HW, stride_frames, params.code)
job.run(encoders, device, snakemake.output.activity)
