from _run import start

start(snakemake)

from evaluate.ridge import fit_ridge, write_decoded
from evaluate.settings import RidgeSettings
from models.data import open_mice
from recordings.selection import load_held_out

mouse, recording, sets = snakemake.wildcards.mouse, snakemake.input.recording, snakemake.input.sets
data = open_mice([mouse], [recording], sets)[mouse]
settings = RidgeSettings(**snakemake.params.settings)
decoder = fit_ridge(data.recording, data.training, data.validation, settings)
trials = load_held_out(mouse, recording, sets, snakemake.params.max_frames)
movies = [decoder.decode(trial.responses_NT) for trial in trials]
write_decoded(snakemake.output.movies, decoder, [trial.number for trial in trials], movies)
