from _run import start

start(snakemake)

from evaluate.activity_file import read_versions
from evaluate.activity_tables import ActivityScoring, tabulate_activity
from masks.thresholds import mask_above, read_alpha
from reconstruct.ensemble import SMOOTHED
from reconstruct.movies import read_movies
from recordings.csv_table import write_table
from recordings.selection import load_held_out

mouse, given, params = snakemake.wildcards.mouse, snakemake.input, snakemake.params
threshold, skip_frames = params.evaluation_threshold, params.skip_frames
trials = load_held_out(mouse, given.recording, given.sets, params.max_frames)
movies = read_movies(given.ensemble, SMOOTHED)
mask_HW = mask_above(read_alpha(given.alpha), threshold, "masks.evaluation_threshold")
clips = []
for clip, pair in enumerate(zip(trials, movies, strict=True)):
    activities = read_versions(given.activity, clip)
    clips.append(ActivityScoring(mouse, clip, *pair, activities, mask_HW, skip_frames))
for name, table in tabulate_activity(clips).items():
    write_table(snakemake.output[name], table)
