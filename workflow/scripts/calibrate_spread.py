from _run import start

start(snakemake)

from evaluate.calibration import calibrate_spread
from evaluate.jobs import scoring_of
from recordings.csv_table import write_table

given, params = snakemake.input, snakemake.params
scoring = scoring_of(snakemake.wildcards.mouse, given, params)
for name, table in calibrate_spread(scoring, given.ensemble, params.num_members).items():
    write_table(snakemake.output[name], table)
