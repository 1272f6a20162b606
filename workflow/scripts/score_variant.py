from _run import start

start(snakemake)

from evaluate.jobs import scoring_of
from evaluate.measures import measure_clips
from reconstruct.ensemble import SMOOTHED
from reconstruct.movies import read_movies
from recordings.csv_table import write_table

given, params = snakemake.input, snakemake.params
scoring = scoring_of(snakemake.wildcards.mouse, given, params)
table = measure_clips(scoring, read_movies(given.ensemble, SMOOTHED), **params.columns)
write_table(snakemake.output.scores, table)
