from _run import start

start(snakemake)

from evaluate.jobs import scoring_of
from reconstruct.ensemble import SMOOTHED
from reconstruct.movies import read_movies
from recordings.files import replace_when_done

given = snakemake.input
scoring = scoring_of(snakemake.wildcards.mouse, given, snakemake.params)
table = scoring.pairs(read_movies(given.ensemble, SMOOTHED))
with replace_when_done(snakemake.output.pairs) as path:
    table.to_csv(path, index=False)
