from _run import start

start(snakemake)

from evaluate.jobs import scoring_of
from reconstruct.ensemble import SMOOTHED
from reconstruct.movies import read_movies
from recordings.csv_table import write_table

given = snakemake.input
scoring = scoring_of(snakemake.wildcards.mouse, given, snakemake.params)
table = scoring.pairs(read_movies(given.ensemble, SMOOTHED))
write_table(snakemake.output.pairs, table)
