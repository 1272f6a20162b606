from _run import start

start(snakemake)

from evaluate.jobs import scoring_of
from evaluate.measures import score_variant
from recordings.files import replace_when_done

given, params, of = snakemake.input, snakemake.params, snakemake.wildcards
scoring = scoring_of(of.mouse, given, params)
table = score_variant(scoring, given.ensemble, of.variant, params.reconstruct)
with replace_when_done(snakemake.output.scores) as path:
    table.to_csv(path, index=False)
