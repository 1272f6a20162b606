from _run import start

start(snakemake)

from evaluate.sweep import sweep_thresholds
from masks.geometry import ScreenSettings
from masks.thresholds import read_alpha
from reconstruct.ensemble import SMOOTHED
from reconstruct.movies import read_movies
from recordings.csv_table import write_table
from recordings.selection import load_held_out

given, params, by = snakemake.input, snakemake.params, snakemake.wildcards
trials = load_held_out(by.mouse, given.recording, given.sets, params.max_frames)
movies = read_movies(given.ensemble, SMOOTHED)
pairs = list(zip(movies, [trial.video_THW for trial in trials], strict=True))
screen = ScreenSettings(**params.screen)
table = sweep_thresholds(pairs, read_alpha(given.alpha), params.skip_frames, screen)
table.insert(0, "variant", by.variant)
table.insert(1, "mouse", by.mouse)
write_table(snakemake.output.scores, table)
