from _run import start

start(snakemake)

from evaluate.calibration import calibrate_spread
from evaluate.jobs import scoring_of
from recordings.files import replace_when_done

given, params = snakemake.input, snakemake.params
scoring = scoring_of(snakemake.wildcards.mouse, given, params)
for name, table in calibrate_spread(scoring, given.ensemble, params.num_members).items():
    with replace_when_done(snakemake.output[name]) as path:
        table.to_csv(path, index=False)
