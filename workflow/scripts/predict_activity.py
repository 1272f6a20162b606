from _run import start

start(snakemake)

from evaluate.predictions import PredictionJob, reconstructions_of
from masks.thresholds import mask_above, read_alpha
from models.device import choose_device
from models.predictors import load_predictors
from reconstruct.ensemble import SMOOTHED
from reconstruct.movies import read_movies
from recordings.selection import load_held_out

mouse, given, params = snakemake.wildcards.mouse, snakemake.input, snakemake.params
trials = load_held_out(mouse, given.recording, given.sets, params.max_frames)
mask_HW = mask_above(read_alpha(given.alpha), params.update_threshold, "masks.update_threshold")
predicted = read_movies(given.from_predicted, SMOOTHED) if given.from_predicted else None
movies = reconstructions_of(read_movies(given.ensemble, SMOOTHED), predicted)
device = choose_device()
encoders = load_predictors(given.members, mouse, len(trials[0].responses_NT), device)
job = PredictionJob(mouse, trials, movies, mask_HW, params.stride_frames, params.code)
job.run(encoders, device, snakemake.output.activity)
