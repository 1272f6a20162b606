from _run import start

start(snakemake)

from evaluate.jobs import scoring_of
from evaluate.measures import measure_clips
from reconstruct.ensemble import SMOOTHED
from reconstruct.movies import read_movies
from recordings.files import replace_when_done

given, params = snakemake.input, snakemake.params
scoring = scoring_of(snakemake.wildcards.mouse, given, params)
table = measure_clips(scoring, read_movies(given.ensemble, SMOOTHED), **params.columns)
with replace_when_done(snakemake.output.scores) as path:
    table.to_csv(path, index=False)
